"""Drafts of invoices: what the billing periods of a day come to so far."""

from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, page
from backend.console.rendering import render
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.use_cases.draft_invoice import billed_contracts, draft_invoice
from schemas.scalars import parse_date

READERS: Final = ("manager", "finance")


async def _drafts(ask: Ask) -> Response[Any]:
    problem, day = None, london_date(clock.now())
    try:
        day = _day(ask)
    except DomainError as error:
        problem = ("date", error.detail)
    shown = await billed_contracts(ask.organisation, day)
    status = 200 if problem is None else 400
    return render("drafts.html", ask.user, status=status, shown=shown, day=day, problem=problem)


async def _draft(ask: Ask) -> Response[Any]:
    shown = await draft_invoice(ask.organisation, ask.asked("contract") or "", _day(ask), clock.now())
    rules = {rule.id: rule for snapshot in shown.snapshots for rule in snapshot.rules}
    return render("draft.html", ask.user, shown=shown, rules=rules)


def _day(ask: Ask) -> date:
    """The day asked for, today if none is. Raises DomainError bad_request."""
    try:
        return parse_date(ask.asked("date") or london_date(clock.now()).isoformat())
    except ValueError as error:
        raise DomainError("bad_request", f"The date {error}.") from error


handlers: Final[list[HTTPRouteHandler]] = [
    page("/invoices/drafts", *READERS)(_drafts),
    page("/invoices/draft", *READERS)(_draft),
]
