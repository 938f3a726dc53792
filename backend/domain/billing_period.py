"""Billing periods of a contract: which one holds a date, and when its invoice is due to be drawn up."""

from datetime import date, datetime, timedelta

from backend.domain.pay_period import parse_pay_cycle
from backend.domain.time import london_midnight
from schemas.contract import BillingPeriod
from schemas.wage import Period


def period_containing(billing_period: BillingPeriod, day: date) -> Period:
    """The period of `weekly:mon`, `four_weekly:2026-11-02` or `monthly:1` that holds a London date.

    Four-weekly periods run on in both directions from the date named.
    """
    return parse_pay_cycle(billing_period).containing(day)


def periods_between(billing_period: BillingPeriod, first: date, last: date) -> list[Period]:
    """The periods that hold the London dates `first` to `last`, both included, in order."""
    cycle = parse_pay_cycle(billing_period)
    found = [cycle.containing(first)]
    while found[-1].end < last:
        found.append(cycle.following(found[-1]))
    return found


def due_at(period: Period) -> datetime:
    """The instant from which the invoice of a period can be drawn up: the London midnight that ends its last day."""
    return london_midnight(period.end + timedelta(days=1))
