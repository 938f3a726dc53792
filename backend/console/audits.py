"""Audits on the web: what the tests flagged, what became of each flag, samples and their findings."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.paging import key_of, with_query
from backend.console.rendering import redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.decide_flag import decide_flag
from backend.use_cases.draw_sample import Wanted, draw_sample_for
from backend.use_cases.read_audit import read_flags, read_run, read_runs
from backend.use_cases.read_samples import read_sample, read_samples
from backend.use_cases.record_finding import record_finding
from backend.use_cases.run_audit import run_audit_for
from schemas.scalars import parse_date

READERS: Final = ("manager", "auditor")
_SAID: Final = {
    "decided": "Your decision is recorded.",
    "found": "Your finding is recorded.",
    "ran": "The tests have run.",
    "drawn": "The sample is drawn.",
}
Problem = tuple[str, str]


async def _audits(ask: Ask) -> Response[Any]:
    return await _audits_page(ask)


async def _audits_page(ask: Ask, problem: Problem | None = None, status: int = 200) -> Response[Any]:
    runs, providers = await read_runs(ask.viewer)
    samples = await read_samples(ask.viewer)
    given = {name: ask.form.get(name, "") for name in ("provider", "first", "last", "seed")}
    return render(
        "audits.html", ask.user, status=status, runs=runs, providers=providers, samples=samples, given=given,
        problem=problem,
    )  # fmt: skip


async def _run(ask: Ask) -> Response[Any]:
    try:
        run_id = await run_audit_for(ask.viewer, *_period(ask))
    except DomainError as error:
        return await _audits_page(ask, ("first", error.detail), STATUS[error.code])
    return redirect(f"/audits/{run_id}?done=ran")


def _period(ask: Ask) -> tuple[UUID, date, date]:
    """Provider, first and last day as a form gives them. Raises DomainError bad_request."""
    try:
        provider = UUID(ask.form.get("provider", ""))
    except ValueError:
        raise DomainError("bad_request", "Choose a provider.") from None
    try:
        return provider, parse_date(ask.form.get("first", "")), parse_date(ask.form.get("last", ""))
    except ValueError as error:
        raise DomainError("bad_request", f"The first or the last day {error}.") from error


async def _draw(ask: Ask) -> Response[Any]:
    try:
        provider, first, last = _period(ask)
        percents = [_percent(ask, name) for name in ("confidence", "tolerable", "expected")]
        by = "risk" if ask.form.get("by") == "risk" else "random"
        confidence, tolerable, expected = percents
        wanted = Wanted(
            first, last, ask.form.get("seed", "").strip(), confidence, tolerable, expected, cast(Any, by)
        )
        sample_id = await draw_sample_for(ask.viewer, provider, wanted)
    except DomainError as error:
        return await _audits_page(ask, ("seed", error.detail), STATUS[error.code])
    return redirect(f"/samples/{sample_id}?done=drawn")


def _percent(ask: Ask, name: str) -> Decimal:
    try:
        found = Decimal(ask.form.get(name, ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found.as_tuple().exponent not in range(-4, 1):
        raise DomainError("bad_request", f"Give a plain number for {name}, in per cent.")
    return found


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
        said=_SAID.get(ask.asked("done") or ""),
    )  # fmt: skip


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


async def _sample_page(ask: Ask, problem: Problem | None = None, status: int = 200) -> Response[Any]:
    shown = await read_sample(ask.viewer, ask.path("sample_id"))
    return render(
        "audit-sample.html", ask.user, status=status, shown=shown, sample=shown.row, provider=ask.viewer.provider,
        problem=problem, said=_SAID.get(ask.asked("done") or ""),
    )  # fmt: skip


async def _find(ask: Ask) -> Response[Any]:
    sample_id, position = ask.path("sample_id"), ask.path("position")
    deviates = ask.form.get("deviates")
    try:
        if deviates not in ("yes", "no"):
            raise DomainError("bad_request", "Say whether it deviates.")
        await record_finding(ask.viewer, sample_id, position, deviates == "yes", ask.form.get("note", ""))
    except DomainError as error:
        return await _sample_page(ask, (f"note-{position}", error.detail), STATUS[error.code])
    return redirect(f"/samples/{sample_id}?done=found#attendance-{position}")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/audits", *READERS)(_audits),
    action("/audits/run", *READERS)(_run),
    page("/audits/{run_id:uuid}", *READERS)(_audit),
    page("/audits/{run_id:uuid}/tests/{test:str}", *READERS)(_flags),
    action("/audits/{run_id:uuid}/tests/{test:str}/{number:int}/decision", *READERS)(_decide),
    action("/samples/draw", *READERS)(_draw),
    page("/samples/{sample_id:uuid}", *READERS)(_sample),
    action("/samples/{sample_id:uuid}/{position:int}/finding", *READERS)(_find),
]
