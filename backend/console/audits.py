"""Audits on the web: what the tests flagged, what became of each flag, samples and their findings."""

from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console import audit_forms as forms
from backend.console.asking import Ask, action, local, page
from backend.console.paging import key_of, with_query
from backend.console.rendering import redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.decide_flag import decide_flag
from backend.use_cases.draw_sample import draw_sample_for
from backend.use_cases.read_attendance import read_attendance
from backend.use_cases.read_audit import PAGE, Behind, read_flags, read_run, read_runs
from backend.use_cases.read_samples import read_sample, read_samples
from backend.use_cases.record_finding import record_finding
from backend.use_cases.run_audit import run_audit_for
from schemas.scalars import parse_instant

READERS: Final = ("manager", "auditor")
_SAID: Final = {
    "decided": "Your decision is recorded.",
    "found": "Your finding is recorded.",
    "ran": "The tests have run.",
    "drawn": "The sample is drawn.",
}
_NOTHING_BEHIND: Final = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
_SAMPLE: Final = "sample-"
"""How the names of a sample's fields for provider and days begin, so that they differ from those of the tests."""
Problem = tuple[str, str]


async def _audits(ask: Ask) -> Response[Any]:
    return await _audits_page(ask)


async def _audits_page(
    ask: Ask, prefix: str = "", problems: forms.Problems | None = None, status: int = 200
) -> Response[Any]:
    after = key_of(ask.asked("after"), parse_instant, UUID, parse_instant, UUID)
    runs, more_runs, providers = await read_runs(ask.viewer, after and (after[0], after[1]))
    samples, more_samples = await read_samples(ask.viewer, after and (after[2], after[3]))
    filled = {each: forms.given(ask.form if each == prefix else {}) for each in ("", _SAMPLE)}
    return render(
        "audits.html", ask.user, status=status, runs=runs, providers=providers, samples=samples, filled=filled,
        problems=problems or {}, more=_following(ask, more_runs, more_samples),
    )  # fmt: skip


def _following(ask: Ask, runs: Behind | None, samples: Behind | None) -> str | None:
    """The address where both lists of the page go on, each behind its own last row; one that has ended stays so."""
    if runs is None and samples is None:
        return None
    rows = [runs or _NOTHING_BEHIND, samples or _NOTHING_BEHIND]
    return with_query(ask, "after", "~".join(f"{at.isoformat()}~{row}" for at, row in rows), "/audits")


async def _run(ask: Ask) -> Response[Any]:
    problems: forms.Problems = {}
    period = forms.period_of(ask.form, "", problems)
    if problems or period is None:
        return await _audits_page(ask, "", problems, STATUS["bad_request"])
    try:
        run_id = await run_audit_for(ask.viewer, period.provider, period.first, period.last)
    except DomainError as error:
        return await _audits_page(ask, "", {"provider": error.detail}, STATUS[error.code])
    return redirect(f"/audits/{run_id}?done=ran")


async def _draw(ask: Ask) -> Response[Any]:
    problems: forms.Problems = {}
    wanted = forms.sample_of(ask.form, _SAMPLE, problems)
    if problems or wanted is None:
        return await _audits_page(ask, _SAMPLE, problems, STATUS["bad_request"])
    try:
        sample_id = await draw_sample_for(ask.viewer, *wanted)
    except DomainError as error:
        return await _audits_page(ask, _SAMPLE, {f"{_SAMPLE}provider": error.detail}, STATUS[error.code])
    return redirect(f"/samples/{sample_id}?done=drawn")


async def _audit(ask: Ask) -> Response[Any]:
    run, tests = await read_run(ask.viewer, ask.path("run_id"))
    return render("audit.html", ask.user, run=run, tests=tests, said=_SAID.get(ask.asked("done") or ""))


async def _flags(ask: Ask) -> Response[Any]:
    return await _flags_page(ask, ask.path("test"))


async def _flags_page(
    ask: Ask, test: str, problem: Problem | None = None, status: int = 200, after: int = 0
) -> Response[Any]:
    [after] = cast(list[int], key_of(ask.asked("after"), int) or [after])
    run, counted, shown, more = await read_flags(
        ask.viewer, ask.path("run_id"), test, min(max(after, 0), 2**31 - 1)
    )
    return render(
        "audit-flags.html", ask.user, status=status, run=run, test=counted, shown=shown, provider=ask.viewer.provider,
        more=with_query(ask, "after", str(shown[-1].number)) if more else None, problem=problem,
        said=_SAID.get(ask.asked("done") or ""), here=_here(ask, f"/audits/{ask.path('run_id')}/tests/{test}"),
    )  # fmt: skip


def _here(ask: Ask, path: str) -> str:
    """The address of a page, for another page to lead back to: of a list the part that is shown."""
    after = ask.asked("after")
    return path if after is None else f"{path}?{urlencode({'after': after})}"


async def _decide(ask: Ask) -> Response[Any]:
    run_id, test, number = ask.path("run_id"), ask.path("test"), ask.path("number")
    state = ask.form.get("state")
    try:
        if state not in ("open", "explained", "upheld"):
            raise DomainError("bad_request", "Choose what became of it.")
        await decide_flag(ask.viewer, run_id, number, cast(Any, state), ask.form.get("reason", ""))
    except DomainError as error:
        return await _flags_page(
            ask, test, (f"reason-{number}", error.detail), STATUS[error.code], max(0, number - 1)
        )
    return redirect(f"/audits/{run_id}/tests/{test}?done=decided&after={number - 1}")


async def _sample(ask: Ask) -> Response[Any]:
    return await _sample_page(ask)


async def _sample_page(
    ask: Ask, problem: Problem | None = None, status: int = 200, after: int = 0
) -> Response[Any]:
    [after] = cast(list[int], key_of(ask.asked("after"), int) or [after])
    shown = await read_sample(ask.viewer, ask.path("sample_id"))
    behind = [one for one in shown.items if one.position > after]
    more = with_query(ask, "after", str(behind[PAGE - 1].position)) if len(behind) > PAGE else None
    return render(
        "audit-sample.html", ask.user, status=status, shown=shown, sample=shown.row, items=behind[:PAGE], more=more,
        provider=ask.viewer.provider, problem=problem, said=_SAID.get(ask.asked("done") or ""),
        here=_here(ask, f"/samples/{shown.row['id']}"),
    )  # fmt: skip


def _page_of(position: int) -> int:
    """The position behind which the page begins that has this one."""
    return max(0, position - 1) // PAGE * PAGE


async def _attendance(ask: Ask) -> Response[Any]:
    shown = await read_attendance(ask.viewer, ask.path("visit_id"))
    return render("attendance.html", ask.user, shown=shown, back=local(ask.asked("back")))


async def _find(ask: Ask) -> Response[Any]:
    sample_id, position = ask.path("sample_id"), ask.path("position")
    deviates = ask.form.get("deviates")
    try:
        if deviates not in ("yes", "no"):
            raise DomainError("bad_request", "Say whether it deviates.")
        await record_finding(ask.viewer, sample_id, position, deviates == "yes", ask.form.get("note", ""))
    except DomainError as error:
        problem = (f"note-{position}", error.detail)
        return await _sample_page(ask, problem, STATUS[error.code], _page_of(position))
    return redirect(f"/samples/{sample_id}?done=found&after={_page_of(position)}#attendance-{position}")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/attendances/{visit_id:uuid}", "auditor")(_attendance),
    page("/audits", *READERS)(_audits),
    action("/audits/run", *READERS)(_run),
    page("/audits/{run_id:uuid}", *READERS)(_audit),
    page("/audits/{run_id:uuid}/tests/{test:str}", *READERS)(_flags),
    action("/audits/{run_id:uuid}/tests/{test:str}/{number:int}/decision", *READERS)(_decide),
    action("/samples/draw", *READERS)(_draw),
    page("/samples/{sample_id:uuid}", *READERS)(_sample),
    action("/samples/{sample_id:uuid}/{position:int}/finding", *READERS)(_find),
]
