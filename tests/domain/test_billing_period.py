"""Billing periods and when their invoices are due."""

from datetime import UTC, date, datetime

import pytest

from backend.domain.billing_period import due_at, period_containing, periods_between
from schemas.contract import parse_billing_period


@pytest.mark.parametrize(
    ("cycle", "day", "start", "end"),
    [
        ("weekly:mon", date(2026, 11, 8), date(2026, 11, 2), date(2026, 11, 8)),
        ("weekly:mon", date(2026, 11, 9), date(2026, 11, 9), date(2026, 11, 15)),
        ("weekly:sat", date(2026, 11, 6), date(2026, 10, 31), date(2026, 11, 6)),
        ("four_weekly:2026-11-02", date(2026, 11, 29), date(2026, 11, 2), date(2026, 11, 29)),
        ("four_weekly:2026-11-02", date(2026, 11, 1), date(2026, 10, 5), date(2026, 11, 1)),
        ("monthly:1", date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        ("monthly:15", date(2026, 1, 14), date(2025, 12, 15), date(2026, 1, 14)),
    ],
)
def test_the_period_that_holds_a_date(cycle: str, day: date, start: date, end: date) -> None:
    period = period_containing(cycle, day)
    assert (period.start, period.end) == (start, end)


def test_periods_follow_each_other_without_a_gap() -> None:
    found = periods_between("weekly:mon", date(2026, 10, 20), date(2026, 11, 9))
    assert [(period.start, period.end) for period in found] == [
        (date(2026, 10, 19), date(2026, 10, 25)),
        (date(2026, 10, 26), date(2026, 11, 1)),
        (date(2026, 11, 2), date(2026, 11, 8)),
        (date(2026, 11, 9), date(2026, 11, 15)),
    ]


def test_dates_that_begin_and_end_a_period_are_of_that_one_alone() -> None:
    found = periods_between("weekly:mon", date(2026, 11, 2), date(2026, 11, 8))
    assert [(period.start, period.end) for period in found] == [(date(2026, 11, 2), date(2026, 11, 8))]


def test_an_invoice_is_due_at_the_london_midnight_after_the_last_day() -> None:
    winter, summer = (period_containing("weekly:mon", day) for day in (date(2026, 11, 4), date(2026, 7, 1)))
    assert due_at(winter) == datetime(2026, 11, 9, 0, tzinfo=UTC)
    assert due_at(summer) == datetime(2026, 7, 5, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["weekly", "weekly:monday", "fortnightly:2026-11-02", "monthly:32", "four_weekly:1", 7]
)
def test_other_words_are_refused(text: object) -> None:
    with pytest.raises(ValueError, match="weekly:mon"):
        parse_billing_period(text)


def test_a_four_weekly_period_needs_a_date_that_exists() -> None:
    with pytest.raises(ValueError, match="not a date that exists"):
        parse_billing_period("four_weekly:2026-02-30")
