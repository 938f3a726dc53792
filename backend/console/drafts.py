"""Drafts of invoices: what the billing periods of a day come to so far, and issuing one that has ended."""

from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.months import day_asked, day_of
from backend.console.proving import proven
from backend.console.rendering import render
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.jobs.on_demand import draft_period, issue_period
from backend.problems import STATUS
from backend.use_cases.draft_invoice import billed_contracts

READERS: Final = ("manager", "finance")


async def _drafts(ask: Ask) -> Response[Any]:
    problem, day = None, london_date(clock.now())
    try:
        day = day_asked(ask)
    except DomainError as error:
        problem = ("date", error.detail)
    shown = await billed_contracts(ask.organisation, day)
    status = 200 if problem is None else 400
    return render("drafts.html", ask.user, status=status, shown=shown, day=day, problem=problem)


async def _draft(ask: Ask) -> Response[Any]:
    return await _draft_of(ask, ask.asked("contract") or "", day_asked(ask))


async def _draft_of(ask: Ask, contract: str, day: date, problem: DomainError | None = None) -> Response[Any]:
    now = clock.now()
    shown = await draft_period(ask.organisation, contract, day, now)
    return render(
        "draft.html",
        ask.user,
        status=200 if problem is None else STATUS[problem.code],
        shown=shown,
        rules={rule.id: rule for snapshot in shown.snapshots for rule in snapshot.rules},
        ended=shown.contract.period.end < london_date(now),
        problem=None if problem is None else ("issue", problem.detail),
    )


async def _issue(ask: Ask) -> Response[Any]:
    """By the run that the schedule would use: whoever asks first, the documents are made once."""
    contract, day = ask.form.get("contract", ""), day_of(ask.form.get("date", ""))
    try:
        ran = await issue_period(ask.organisation, contract, day, clock.now())
        if ran.failed:
            raise DomainError(
                "conflict", f"The documents could not be made, and will be tried again: {ran.detail}"
            )
    except DomainError as error:
        if error.code != "conflict":
            raise
        return await _draft_of(ask, contract, day, error)
    return render("issued.html", ask.user, contract=contract, day=day, told=ran.detail)


handlers: Final[list[HTTPRouteHandler]] = [
    page("/invoices/drafts", *READERS)(_drafts),
    page("/invoices/draft", *READERS)(_draft),
    action("/invoices/draft/issue", *READERS)(proven(_issue)),
]
