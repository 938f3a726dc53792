"""Wage reports, for the provider and for a commissioner's auditor: from a shortfall down to the signed events."""

from typing import Any, Final, cast
from urllib.parse import unquote
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.downloads import download
from backend.console.paging import key_of, with_query
from backend.console.pictures.hours import hours_by_kind, minutes_by_kind
from backend.console.proving import proven
from backend.console.rendering import render
from backend.documents import earlier_changes, worker_page
from backend.documents.beside import report_tables, worker_tables
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.export_evidence import read_evidence
from backend.use_cases.read_documents import WAGE_REPORTS, After, read_documents, read_file
from backend.use_cases.read_untested import read_untested
from backend.use_cases.read_wage_report import ShownWorker, read_wage_report, read_worker
from backend.use_cases.read_worked_day import days_of, read_worked_day
from schemas.scalars import parse_date, parse_instant

READERS: Final = ("manager", "finance", "auditor")
PROVIDER: Final = ("manager", "finance")
SHORTEST_REASON: Final = 10

Problem = tuple[str, str]


async def _reports(ask: Ask) -> Response[Any]:
    after = key_of(ask.asked("after"), parse_date, parse_instant, unquote, UUID)
    shown, more = await read_documents(ask.viewer, WAGE_REPORTS, cast(After | None, after))
    following = with_query(ask, "after", shown[-1].key) if more else None
    return render("wage-reports.html", ask.user, shown=shown, more=following)


async def _report(ask: Ask) -> Response[Any]:
    return await _report_page(ask)


async def _report_page(ask: Ask, problem: Problem | None = None, status: int = 200) -> Response[Any]:
    shown = await read_wage_report(ask.viewer, ask.path("document_id"))
    work = [row for worker in shown.workers for row in worker.result.work]
    return render(
        "wage-report.html",
        ask.user,
        status=status,
        shown=shown,
        beside=[
            *([] if shown.head.beside is None else report_tables(shown.head.beside)),
            *earlier_changes.report_tables(shown.changes),
        ],
        hours=minutes_by_kind(work),
        picture=hours_by_kind(work),
        masked=ask.viewer.masked,
        problem=problem,
    )


async def _file(ask: Ask) -> Response[Any]:
    return download(await read_file(ask.viewer, WAGE_REPORTS, ask.path("document_id"), ask.path("format")))


async def _file_for_auditor(ask: Ask) -> Response[Any]:
    kind = ask.form.get("format", "")
    try:
        reason = _reason(ask)
    except DomainError as error:
        return await _report_page(ask, ("reason", error.detail), STATUS[error.code])
    return download(await read_file(ask.viewer, WAGE_REPORTS, ask.path("document_id"), kind, reason))


async def _evidence(ask: Ask) -> Response[Any]:
    return download(await read_evidence(ask.viewer, ask.path("document_id")))


async def _evidence_of_worker(ask: Ask) -> Response[Any]:
    return download(await read_evidence(ask.viewer, ask.path("document_id"), ask.path("place")))


async def _worker(ask: Ask) -> Response[Any]:
    return _worker_page(ask, await read_worker(ask.viewer, ask.path("document_id"), ask.path("place")))


async def _untested(ask: Ask) -> Response[Any]:
    document_id, place = ask.path("document_id"), ask.path("place")
    shown = await read_untested(ask.viewer, document_id, place)
    here = f"/wage-reports/{document_id}/untested/{place}"
    return render("untested.html", ask.user, shown=shown, provider=ask.viewer.provider, here=here)


async def _unmask(ask: Ask) -> Response[Any]:
    document_id, place = ask.path("document_id"), ask.path("place")
    try:
        reason = _reason(ask)
    except DomainError as error:
        masked = await read_worker(ask.viewer, document_id, place)
        return _worker_page(ask, masked, ("reason", error.detail), STATUS[error.code])
    return _worker_page(ask, await read_worker(ask.viewer, document_id, place, reason))


def _worker_page(
    ask: Ask, shown: ShownWorker, problem: Problem | None = None, status: int = 200
) -> Response[Any]:
    result = shown.worker.result
    steps = worker_page.steps_to_counted(result)
    return render(
        "worker.html",
        ask.user,
        status=status,
        used_rules={row.rule for row in result.work}
        | {row.rule for row in result.pay}
        | {rule for _, _, rule in steps},
        shown=shown,
        result=result,
        rules={rule.id: rule for rule in shown.head.rules},
        statute={entry.id: entry for entry in shown.head.statute},
        exactly=worker_page.before_rounding(shown.worker),
        verdict=worker_page.verdict(shown.worker.result),
        kind_of_work=worker_page.kind_of_work(shown.worker),
        employed=worker_page.employed_days(shown.worker),
        steps=steps,
        paid=[(row, worker_page.basis(line) if line else "") for row, line in worker_page.paid(shown.worker)],
        beside=[
            *([] if shown.worker.beside is None else worker_tables(shown.worker.beside, str)),
            *earlier_changes.worker_tables(shown.changes),
        ],
        work=worker_page.by_kind(result.work),
        picture=hours_by_kind(result.work),
        days=days_of(shown),
        problem=problem,
    )


async def _day(ask: Ask) -> Response[Any]:
    shown = await read_worked_day(ask.viewer, ask.path("document_id"), ask.path("place"), ask.path("day"))
    rules = {rule.id: rule for rule in shown.worker.head.rules}
    engines = {row.segment.engine for row in shown.segments}
    parts = {part.rule for row in shown.gaps for part in row.gap.parts}
    return render(
        "worked-day.html",
        ask.user,
        shown=shown,
        worker=shown.worker,
        rules=rules,
        used_rules={row.segment.rule for row in shown.segments} | parts,
        engines=engines,
        paces={pace.id: pace for pace in shown.worker.head.paces},
    )


def _reason(ask: Ask) -> str:
    """Why an auditor must see names. Raises DomainError bad_request for one that says nothing."""
    reason = ask.form.get("reason", "").strip()
    if len(reason) < SHORTEST_REASON:
        raise DomainError(
            "bad_request", f"Say why in at least {SHORTEST_REASON} characters. The reason is recorded."
        )
    return reason


_REPORT: Final = "/wage-reports/{document_id:uuid}"
_WORKER: Final = _REPORT + "/workers/{place:int}"

handlers: Final[list[HTTPRouteHandler]] = [
    page("/wage-reports", *READERS)(_reports),
    page(_REPORT, *READERS)(_report),
    page(_REPORT + "/files/{format:str}", *PROVIDER)(_file),
    action(_REPORT + "/files", "auditor")(_file_for_auditor),
    page(_REPORT + "/evidence", *READERS)(proven(_evidence)),
    page(_REPORT + "/untested/{place:int}", *READERS)(_untested),
    page(_WORKER, *READERS)(_worker),
    page(_WORKER + "/evidence", *READERS)(proven(_evidence_of_worker)),
    action(_WORKER + "/name", "auditor")(_unmask),
    page(_WORKER + "/days/{day:date}", *READERS)(_day),
]
