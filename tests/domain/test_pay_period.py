"""Pay cycles and how a period's shape repeats."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from backend.domain.pay_period import (
    PeriodColumns,
    boundary,
    is_month,
    last_day_after_leaving,
    parse_pay_cycle,
    period_index,
)
from schemas.month import last_day_of_month_from
from schemas.strict import decode
from schemas.wage import Period

CYCLES = ["weekly:mon", "weekly:sun", "fortnightly:2026-11-02", "four_weekly:2026-11-02", "monthly:1", "monthly:6",
          "monthly:29", "monthly:31"]  # fmt: skip


def period_columns(start: date, end: date, monthly_from: int | None) -> PeriodColumns:
    dates = pl.lit(start), pl.lit(end), pl.lit(monthly_from, dtype=pl.Int64)
    return PeriodColumns(*dates, is_month(*dates))


def period(text: str, day: str) -> tuple[str, str]:
    found = parse_pay_cycle(text).containing(date.fromisoformat(day))
    return found.start.isoformat(), found.end.isoformat()


@pytest.mark.parametrize(
    ("cycle", "day", "expected"),
    [
        ("weekly:mon", "2026-11-01", ("2026-10-26", "2026-11-01")),
        ("weekly:mon", "2026-11-02", ("2026-11-02", "2026-11-08")),
        ("weekly:sun", "2026-11-07", ("2026-11-01", "2026-11-07")),
        ("fortnightly:2026-11-02", "2026-11-15", ("2026-11-02", "2026-11-15")),
        ("fortnightly:2026-11-02", "2026-11-01", ("2026-10-19", "2026-11-01")),
        ("four_weekly:2026-11-02", "2026-11-30", ("2026-11-30", "2026-12-27")),
        ("monthly:1", "2026-02-28", ("2026-02-01", "2026-02-28")),
        ("monthly:6", "2026-04-05", ("2026-03-06", "2026-04-05")),
        ("monthly:31", "2026-02-28", ("2026-01-31", "2026-02-28")),
        ("monthly:31", "2026-03-30", ("2026-03-01", "2026-03-30")),
        ("monthly:29", "2028-02-29", ("2028-02-29", "2028-03-28")),
    ],
)
def test_a_cycle_gives_the_period_that_holds_a_day(cycle: str, day: str, expected: tuple[str, str]) -> None:
    assert period(cycle, day) == expected


@pytest.mark.parametrize(
    ("cycle", "instalments"),
    [("weekly:mon", 52), ("fortnightly:2026-11-02", 26), ("four_weekly:2026-11-02", 13), ("monthly:6", 12)],
)
def test_a_yearly_salary_is_paid_in_the_instalments_of_its_cycle(cycle: str, instalments: int) -> None:
    assert parse_pay_cycle(cycle).periods_a_year == instalments


@pytest.mark.parametrize(
    "text",
    ["", "weekly", "weekly:monday", "weekly:1", "monthly:0", "monthly:32", "monthly:01", "daily:1", "four_weekly:mon",
     "four_weekly:2026-02-30", "fortnightly:20261102"],
)  # fmt: skip
def test_what_is_no_cycle_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a pay cycle|is not a date that exists"):
        parse_pay_cycle(text)


def test_a_cycle_from_a_date_that_does_not_exist_is_refused_by_saying_so() -> None:
    with pytest.raises(ValueError, match="2026-02-30 is not a date that exists"):
        parse_pay_cycle("four_weekly:2026-02-30")


@given(st.sampled_from(CYCLES), st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_periods_follow_each_other_without_a_gap_and_are_a_month_at_most(text: str, day: date) -> None:
    cycle = parse_pay_cycle(text)
    found = cycle.containing(day)
    assert found.start <= day <= found.end <= last_day_of_month_from(found.start)
    assert cycle.following(found).start == found.end + timedelta(days=1)
    assert cycle.preceding(found).end == found.start - timedelta(days=1)
    assert cycle.following(cycle.preceding(found)) == found


@settings(deadline=None)
@given(
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    st.sampled_from([None, 1, 7, 14, 28]),
    st.lists(st.integers(-800, 800), min_size=1, max_size=5),
)
def test_columns_number_the_periods_so_that_each_day_lies_in_its_own(
    start: date, days: int | None, offsets: list[int]
) -> None:
    latest = last_day_of_month_from(start)
    end = latest if days is None else min(latest, start + timedelta(days=days - 1))
    given_days = [start + timedelta(days=offset) for offset in offsets]
    frame = pl.DataFrame({"day": given_days})
    columns = period_columns(start, end, None)
    numbered = frame.with_columns(
        start=pl.lit(start), end=pl.lit(end), number=period_index(columns, pl.col("day"))
    )
    edges = numbered.select(
        first=boundary(columns, pl.col("number")), after=boundary(columns, pl.col("number") + 1)
    )
    for day, (first, after) in zip(given_days, edges.iter_rows(), strict=True):
        assert first <= day < after
    assert numbered.filter(pl.col("day").is_between(start, end))["number"].to_list() == [
        0 for day in given_days if start <= day <= end
    ]


def test_the_last_day_of_a_month_from_a_late_day_is_that_months_last() -> None:
    ends = {"2026-01-28": "2026-02-27", "2026-01-29": "2026-02-28", "2026-01-31": "2026-02-28",
            "2028-01-30": "2028-02-29", "2026-12-15": "2027-01-14", "2026-05-31": "2026-06-30"}  # fmt: skip
    assert {day: last_day_of_month_from(date.fromisoformat(day)).isoformat() for day in ends} == ends
    assert Period.faults({"start": date(2026, 1, 31), "end": date(2026, 2, 28)}) is not None


@settings(deadline=None)
@given(
    st.sampled_from(["monthly:1", "monthly:15", "monthly:28", "monthly:29", "monthly:30", "monthly:31"]),
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    st.integers(-400, 400),
)
def test_columns_see_the_same_months_as_the_cycle_from_whichever_period_they_start(
    text: str, day: date, offset: int
) -> None:
    cycle = parse_pay_cycle(text)
    known, other = cycle.containing(day), day + timedelta(days=offset)
    columns = period_columns(known.start, known.end, known.monthly_from)
    index = period_index(columns, pl.lit(other))
    [(month, first, after)] = pl.select(
        month=columns.month, first=boundary(columns, index), after=boundary(columns, index + 1)
    ).iter_rows()
    holding = cycle.containing(other)
    assert (month, first, after) == (True, holding.start, holding.end + timedelta(days=1))


@given(st.sampled_from(CYCLES), st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_every_period_of_a_cycle_is_one_that_a_wage_case_may_have(text: str, day: date) -> None:
    found = parse_pay_cycle(text).containing(day)
    assert decode(Period, to_builtins(found)).value == found


def test_a_late_month_says_the_day_that_months_begin_on() -> None:
    cycle = parse_pay_cycle("monthly:31")
    days = {
        day: cycle.containing(date.fromisoformat(day)).monthly_from for day in ("2026-02-10", "2026-03-10")
    }
    assert days == {"2026-02-10": None, "2026-03-10": 31}


@pytest.mark.parametrize(
    ("start", "end", "day"),
    [("2026-03-01", "2026-03-29", 31), ("2026-03-02", "2026-03-30", 31), ("2026-02-01", "2026-02-28", 30)],
)
def test_a_day_that_the_dates_of_a_month_belie_is_refused(start: str, end: str, day: int) -> None:
    faults = decode(Period, {"start": start, "end": end, "monthly_from": day}).faults
    assert [fault.pointer for fault in faults] == ["/monthly_from"]


@pytest.mark.parametrize(
    ("left", "last"),
    [
        ("2026-07-15", "2026-08-15"),  # HMRC NMWM09030
        ("2026-01-31", "2026-02-28"),
        ("2026-01-30", "2026-02-28"),
        ("2028-01-30", "2028-02-29"),
        ("2026-12-31", "2027-01-31"),
        ("2026-02-28", "2026-03-31"),
    ],
)
def test_the_month_after_leaving_is_a_calendar_month_from_the_next_day(left: str, last: str) -> None:
    assert last_day_after_leaving(date.fromisoformat(left)) == date.fromisoformat(last)
