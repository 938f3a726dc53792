"""Single cells: among others, that a pay cycle which loads is one that the calendar of pay periods can read."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import pay_period
from schemas.cells import parse_day, parse_moment, parse_pay_cycle, parse_postcode, parse_tasks

DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1)).map(str)
CYCLES = st.one_of(
    st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")).map("weekly:{}".format),
    DAYS.map("fortnightly:{}".format),
    DAYS.map("four_weekly:{}".format),
    st.integers(1, 31).map("monthly:{}".format),
)


@given(CYCLES)
def test_a_pay_cycle_that_loads_can_be_reckoned_with(text: str) -> None:
    assert pay_period.parse_pay_cycle(parse_pay_cycle(text)) is not None


@pytest.mark.parametrize(
    ("written", "kept"),
    [("hr11aa", "HR1 1AA"), (" Hr1  1aA", "HR1 1AA"), ("W1A 1AA", "W1A 1AA"), ("gir0aa", "GIR 0AA")],
)
def test_a_postcode_is_kept_in_one_form(written: str, kept: str) -> None:
    assert parse_postcode(written) == kept


def test_a_time_with_an_offset_is_utc_and_one_without_stays_local() -> None:
    assert parse_moment("2026-07-01T07:00+01:00").isoformat() == "2026-07-01T06:00:00+00:00"
    assert parse_moment("2026-07-01 07:00").tzinfo is None


def test_tasks_may_hold_a_colon_in_their_name_and_end_with_a_semicolon() -> None:
    assert [(task.id, task.minutes) for task in parse_tasks("meal: hot:15;washing:10;")] == [
        ("meal: hot", 15),
        ("washing", 10),
    ]


@pytest.mark.parametrize("number", [10_000, 46_328, 99_999])
def test_a_spreadsheet_s_number_of_a_date_is_told_as_one_with_the_date_that_it_means(number: int) -> None:
    meant = date(1899, 12, 30) + timedelta(days=number)
    for parse in (parse_day, parse_moment):
        with pytest.raises(
            ValueError, match=f"{number} looks like a spreadsheet's number for {meant}: give the"
        ):
            parse(str(number))


def test_a_spreadsheet_s_number_of_a_time_is_told_with_the_minute_that_it_means() -> None:
    with pytest.raises(ValueError, match="number for 2026-11-02T07:05: "):
        parse_moment("46328.2951388889")
    for other in ("9999", "100000", "2026", "46328.", "46328,5", "-46328"):
        with pytest.raises(ValueError, match="must be a date and time"):
            parse_moment(other)
        with pytest.raises(ValueError, match="must be a date"):
            parse_day(other)
