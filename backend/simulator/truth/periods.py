"""Billing periods and pay reference periods, counted out by hand, and when their documents are due."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from backend.simulator.model import County

Span = tuple[date, date]
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
INVOICES_AFTER, REPORTS_AFTER = timedelta(days=2), timedelta(days=7)
LENGTHS: Final = {"fortnightly": 14, "four_weekly": 28}


def period_of(cycle: str, day: date) -> Span:
    """The period of a cycle (`weekly:mon`, `fortnightly:DATE`, `four_weekly:DATE`, `monthly:1`) that holds a date."""
    shape, _, anchor = cycle.partition(":")
    if shape == "monthly":
        first = day.replace(day=1)
        return first, following_month(first) - timedelta(days=1)
    if shape == "weekly":
        first = day - timedelta(days=(day.weekday() - WEEKDAYS.index(anchor)) % 7)
        return first, first + timedelta(days=6)
    length = LENGTHS[shape]
    first = day - timedelta(days=(day - date.fromisoformat(anchor)).days % length)
    return first, first + timedelta(days=length - 1)


def following_month(first: date) -> date:
    """The first day of the month after the one that `first` begins."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def periods(cycle: str, first: date, last: date) -> Iterator[Span]:
    """The periods of a cycle that touch the dates `first` to `last`, in order."""
    period = period_of(cycle, first)
    while period[0] <= last:
        yield period
        period = period_of(cycle, period[1] + timedelta(days=1))


def everything_due(county: County) -> date:
    """The day on which the documents of every period with a played day are due, and of the week after the last of them,
    whose documents give what is credited after a dispute.
    """
    last = county.start + timedelta(days=county.days - 1)
    billed = [contract["billing_period"] for contract in county.contracts]
    due = [period[1] + INVOICES_AFTER for cycle in billed for period in periods(cycle, county.start, last)]
    paid = [provider.pay_cycle for provider in county.providers]
    due += [period[1] + REPORTS_AFTER for cycle in paid for period in periods(cycle, county.start, last)]
    week_after = period_of("weekly:mon", last + timedelta(days=7))
    return max(*due, week_after[1] + INVOICES_AFTER)
