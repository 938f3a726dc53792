"""Issued invoices held against visits, both ways, on a page."""

from datetime import date, timedelta
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, page
from backend.console.rendering import render
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.use_cases.reconcile import reconcile
from schemas.scalars import parse_date

_USUAL: Final = timedelta(days=42)
"""Six weeks: the last two periods of most contracts."""
_LONGEST: Final = timedelta(days=366)


async def _reconciled(ask: Ask) -> Response[Any]:
    today = london_date(clock.now())
    first, last, problem = today - _USUAL, today, None
    try:
        first, last = _asked(ask, first, last)
    except DomainError as error:
        problem = ("from", error.detail)
    shown = [] if problem else [period async for period in reconcile(ask.organisation, first, last)]
    status = 200 if problem is None else 400
    return render(
        "reconciliation.html", ask.user, status=status, shown=shown, first=first, last=last, problem=problem
    )


def _asked(ask: Ask, first: date, last: date) -> tuple[date, date]:
    """The dates of the query. Raises DomainError bad_request."""
    try:
        first = parse_date(ask.asked("from") or first.isoformat())
        last = parse_date(ask.asked("until") or last.isoformat())
    except ValueError as error:
        raise DomainError("bad_request", f"The date {error}.") from error
    if not first <= last <= first + _LONGEST:
        raise DomainError("bad_request", "Ask for the days of a year at most, the first one first.")
    return first, last


handlers: Final[list[HTTPRouteHandler]] = [page("/reconciliation", "manager", "finance")(_reconciled)]
