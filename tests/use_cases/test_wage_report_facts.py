"""What payslip lines come to in a wage case."""

from datetime import date
from decimal import Decimal
from typing import Any

from backend.use_cases.wage_report_facts import accommodation_of, period_of
from schemas.wage import Accommodation, Period

WEEK = Period(start=date(2026, 11, 2), end=date(2026, 11, 8))
MONTH = Period(start=date(2026, 11, 1), end=date(2026, 11, 30))


def line(kind: str, amount: str, days: int) -> dict[str, Any]:
    return {"kind": kind, "amount": Decimal(amount), "days": days}


def test_without_a_line_there_is_no_accommodation() -> None:
    assert accommodation_of([], WEEK) is None


def test_a_line_stands_as_it_was_loaded() -> None:
    assert accommodation_of([line("charge_per_day", "12.00", 7)], WEEK) == Accommodation(
        days=7, charge_per_day=Decimal("12.00")
    )


def test_charges_a_day_on_several_lines_are_added_as_what_they_come_to() -> None:
    lines = [
        line("charge_per_day", "12.00", 7),
        line("charge_per_day", "10.00", 3),
        line("charge", "5.00", 1),
    ]
    assert accommodation_of(lines, MONTH) == Accommodation(days=11, charge=Decimal("119.00"))


def test_the_days_are_no_more_than_the_period_has() -> None:
    lines = [line("charge", "20.00", 5), line("charge", "20.00", 5)]
    assert accommodation_of(lines, WEEK) == Accommodation(days=7, charge=Decimal("40.00"))
    monthly = [line("charge_per_month", "300.00", 20), line("charge_per_month", "20.00", 20)]
    assert accommodation_of(monthly, MONTH) == Accommodation(days=30, charge_per_month=Decimal("320.00"))


def test_the_period_of_a_report_says_where_the_months_of_its_cycle_begin() -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 30)
    assert period_of("monthly:31", first, last) == Period(start=first, end=last, monthly_from=31)
    assert period_of("monthly:1", MONTH.start, MONTH.end) == MONTH
    so_far = date(2026, 3, 12)
    assert period_of("monthly:31", first, so_far) == Period(start=first, end=so_far)
