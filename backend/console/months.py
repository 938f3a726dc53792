"""Days and months in addresses: `date=2026-11-23`, `from=2026-09&until=2026-11`."""

from datetime import date

from backend import clock
from backend.console.asking import Ask
from backend.domain.time import london_date
from backend.faults import DomainError
from schemas.scalars import parse_date


def day_asked(ask: Ask) -> date:
    """The London date of the query, today if it names none. Raises DomainError bad_request."""
    return day_of(ask.asked("date") or london_date(clock.now()).isoformat())


def day_of(text: str) -> date:
    """A date written as 2026-11-23. Raises DomainError bad_request."""
    try:
        return parse_date(text)
    except ValueError as error:
        raise DomainError("bad_request", f"The date {error}.") from error


def this_month() -> date:
    """The first day of the London month."""
    return london_date(clock.now()).replace(day=1)


def months_asked(ask: Ask) -> tuple[date, date]:
    """The first days of the first and the last month of the query, of this month if it names none.

    Raises DomainError bad_request.
    """
    last = month_of(ask.asked("until"), this_month())
    return month_of(ask.asked("from"), last), last


def month_of(text: str | None, usual: date) -> date:
    """The first day of a month written as 2026-11. Raises DomainError bad_request."""
    try:
        return usual if text is None else parse_date(f"{text}-01")
    except ValueError as error:
        raise DomainError("bad_request", f"{text} is not a month: write it as 2026-11.") from error
