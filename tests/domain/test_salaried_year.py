"""Hours beyond the basic hours of the calculation year, by HMRC's worked examples, and absences on less pay."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.salaried_year import YearSoFar, as_if_said, calculation_year, year_so_far
from schemas.salaried import Leave, YearBefore

HOUR = 3600


def leave(first: str, last: str | None, hours: str | None = None, pay: Any = None) -> Leave:
    return Leave(
        first=date.fromisoformat(first),
        last=None if last is None else date.fromisoformat(last),
        hours=None if hours is None else Decimal(hours),
        pay=pay,
    )


def year(worked: Fraction | int, *leaves: Leave, since: str | None = "2025-04-01") -> YearBefore:
    """A calculation year from April with hours of work before the period."""
    until = None if since is None else date(2026, 3, 31)
    first = None if since is None else date.fromisoformat(since)
    return YearBefore(since=first, until=until, worked_seconds=int(worked * HOUR), leave=list(leaves))


def so_far(before: YearBefore, first: str, last: str, basic: int = 2080, **hours: int) -> YearSoFar:
    """A period with hours worked by day of the month, such as `d12=9`, of the month it begins in."""
    start = date.fromisoformat(first)
    worked = {start.replace(day=int(day[1:])): many * HOUR for day, many in hours.items()}
    return year_so_far(before, Fraction(basic), start, date.fromisoformat(last), worked)


def test_a_fortnight_that_passes_the_basic_hours_has_those_beyond_besides() -> None:
    """HMRC NMWM08133: two hours of 12 March are beyond 2,080, and eight on each of the next two days."""
    found = so_far(year(2055), "2026-03-02", "2026-03-15", d10=9, d11=9, d12=9, d13=8, d14=8)
    assert (found.excess, found.passed_here, found.before, found.here) == (18, True, 2055, 43)


def test_in_later_periods_of_the_year_all_hours_are_beyond() -> None:
    found = so_far(year(2081), "2026-03-16", "2026-03-29", d16=8, d17=7)
    assert (found.excess, found.passed_here) == (15, False)


def test_up_to_the_basic_hours_nothing_is_beyond() -> None:
    found = so_far(year(2071), "2026-03-16", "2026-03-29", d16=9)
    assert (found.excess, found.passed_here) == (0, False)
    assert so_far(year(2080), "2026-03-16", "2026-03-29", d16=1).passed_here, "passed by the next hour"


def test_absences_are_treated_as_worked_paid_or_not() -> None:
    """HMRC NMWM08122: seven days of eight hours, three of sick absence, one of them unpaid, and eight hours more."""
    paid = leave("2026-03-02", "2026-03-03", "16", "full")
    unpaid = leave("2026-03-04", "2026-03-04", "8", "none")
    worked = {f"d{day:02d}": 8 for day in (5, 6, 9, 10, 11, 12)} | {"d13": 16}
    found = so_far(year(85, paid, unpaid), "2026-03-02", "2026-03-15", **worked)
    assert (found.here, found.before + found.here, found.excess) == (88, 173, 0)
    assert (found.absent["none"], found.absent["reduced"], found.absent["full"]) == (8, 0, 16)


def test_leave_before_the_period_counts_by_its_days() -> None:
    found = so_far(year(100, leave("2026-02-27", "2026-03-04", "30", "reduced")), "2026-03-02", "2026-03-15")
    assert (found.before, found.here, found.absent["reduced"]) == (115, 15, 15)


def test_once_the_basic_hours_are_passed_an_absence_takes_nothing_off() -> None:
    """Reg 28(3): only before the day they are passed. After it, what is treated as worked counts besides."""
    before = leave("2026-03-02", "2026-03-02", "8", "none")
    after = leave("2026-03-13", "2026-03-13", "8", "none")
    found = so_far(year(2064, before, after), "2026-03-02", "2026-03-15", d10=9)
    assert (found.absent["none"], found.excess) == (8, 9)


def test_hours_after_the_end_of_the_calculation_year_belong_to_the_next() -> None:
    found = so_far(year(2080), "2026-03-30", "2026-04-12", d30=5, d31=4)
    assert found.excess == 9
    start, later = date(2026, 3, 30), date(2026, 4, 1)
    cut = year_so_far(
        year(2080), Fraction(2080), start, date(2026, 4, 12), {start: 5 * HOUR, later: 7 * HOUR}
    )
    assert (cut.excess, cut.here) == (5, 5)


def test_without_a_first_day_of_the_year_nothing_is_looked_for_but_absences_come_off() -> None:
    unpaid = leave("2026-03-04", "2026-03-05", "16", "none")
    found = so_far(year(5000, unpaid, since=None), "2026-03-02", "2026-03-15", d10=9)
    assert (found.excess, found.absent["none"], found.passed_here) == (0, 16, False)


def test_leave_of_which_nobody_said_the_hours_is_counted_in_days_and_taken_either_way() -> None:
    unsaid = year(
        100, leave("2026-03-05", None), leave("2026-03-02", "2026-03-03"), leave("2026-03-03", "2026-03-05")
    )
    found = so_far(unsaid, "2026-03-02", "2026-03-08")
    assert (found.unsaid_days, found.here) == (7, 0)
    for pay, kind in (("full", "full"), ("none", "none")):
        said = as_if_said(unsaid, Fraction(3650), date(2026, 3, 8), pay)  # type: ignore[arg-type]
        either = so_far(said, "2026-03-02", "2026-03-08", basic=3650)
        # ten hours a day: four days to the eighth, two, and three of which two are the others' too
        assert (either.absent[kind], either.unsaid_days) == (90, 0)


def test_leave_of_unsaid_hours_earlier_in_the_year_stays_an_open_question() -> None:
    earlier = leave("2026-01-05", "2026-01-06")
    assert so_far(year(100, earlier), "2026-03-02", "2026-03-08").unsaid_days == 2
    assert so_far(year(100, earlier, since=None), "2026-03-02", "2026-03-08").unsaid_days == 0
    said = as_if_said(year(100, earlier), Fraction(3650), date(2026, 3, 8), "none")
    assert so_far(said, "2026-03-02", "2026-03-08", basic=3650).before == 120


def test_a_day_of_unsaid_hours_is_taken_to_the_millionth_of_an_hour_below() -> None:
    said = as_if_said(year(100, leave("2026-03-02", None)), Fraction(2000), date(2026, 3, 2), "full")
    assert said.leave[0].hours == Decimal("5.479452")


@pytest.mark.parametrize(
    ("day", "began", "first", "last"),
    [
        ("2026-03-31", "2020-04-01", "2025-04-01", "2026-03-31"),
        ("2026-04-01", "2020-04-01", "2026-04-01", "2027-03-31"),
        ("2026-02-28", "2024-02-29", "2025-03-01", "2026-02-28"),
        ("2028-02-29", "2024-02-29", "2028-02-29", "2029-02-28"),
        ("2026-01-05", "2026-01-05", "2026-01-05", "2027-01-04"),
    ],
)
def test_a_calculation_year_is_the_twelve_months_that_hold_a_day(
    day: str, began: str, first: str, last: str
) -> None:
    found = calculation_year(date.fromisoformat(day), date.fromisoformat(began))
    assert [each.isoformat() for each in found] == [first, last]


@given(st.integers(0, 2200), st.lists(st.integers(0, 16), min_size=14, max_size=14), st.integers(1, 13))
def test_two_periods_find_together_what_one_finds(before: int, hours: list[int], cut: int) -> None:
    start, until = date(2026, 3, 2), date(2026, 3, 15)
    worked = {start + timedelta(days=number): many * HOUR for number, many in enumerate(hours)}
    middle = start + timedelta(days=cut)
    whole = year_so_far(year(before), Fraction(2080), start, until, worked)
    first = year_so_far(year(before), Fraction(2080), start, middle - timedelta(days=1), worked)
    second = year_so_far(year(before + sum(hours[:cut])), Fraction(2080), middle, until, worked)
    assert whole.excess == first.excess + second.excess == max(0, before + sum(hours) - max(2080, before))
    assert whole.passed_here == (first.passed_here or second.passed_here)
