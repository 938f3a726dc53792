"""The calendar of jobs: what is due when, on London dates."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.pay_period import parse_pay_cycle
from backend.jobs.calendar import Period, due_at, ended_periods

LONDON = ZoneInfo("Europe/London")
CYCLES = (
    "weekly:mon",
    "weekly:sun",
    "fortnightly:2026-11-02",
    "four_weekly:2026-10-05",
    "monthly:1",
    "monthly:31",
)


def period_of(cycle: str, day: date) -> Period:
    found = parse_pay_cycle(cycle).containing(day)
    return Period(found.start, found.end)


def periods(cycle: str, since: date, after_days: int, now: datetime) -> list[Period]:
    return list(ended_periods(lambda day: period_of(cycle, day), since, after_days, now))


def test_a_period_is_due_at_six_in_london_in_winter_and_in_summer() -> None:
    assert due_at(Period(date(2026, 11, 2), date(2026, 11, 8)), 2) == datetime(2026, 11, 10, 6, tzinfo=UTC)
    assert due_at(Period(date(2026, 7, 6), date(2026, 7, 12)), 2) == datetime(2026, 7, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize("changes", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_clock_change_neither_repeats_a_period_nor_leaves_one_out(changes: date) -> None:
    start = datetime.combine(changes - timedelta(days=10), datetime.min.time(), tzinfo=UTC)
    seen: list[Period] = []
    for minutes in range(0, 20 * 1440, 7):
        now = start + timedelta(minutes=minutes)
        since = seen[-1].end + timedelta(days=1) if seen else changes - timedelta(days=14)
        seen += periods("weekly:mon", since, 1, now)
    assert len(seen) == len(set(seen))
    assert all(later.start == earlier.end + timedelta(days=1) for earlier, later in pairwise(seen))


def test_nothing_is_due_a_second_before_its_instant() -> None:
    week = Period(date(2026, 11, 2), date(2026, 11, 8))
    at = due_at(week, 2)
    assert periods("weekly:mon", week.start, 2, at) == [week]
    assert periods("weekly:mon", week.start, 2, at - timedelta(seconds=1)) == []


def test_after_a_long_silence_every_period_is_still_due_oldest_first() -> None:
    found = periods("weekly:mon", date(2026, 9, 2), 2, datetime(2026, 11, 10, 6, tzinfo=UTC))
    assert [found[0].start, found[-1].start, len(found)] == [date(2026, 8, 31), date(2026, 11, 2), 10]


@settings(max_examples=60)
@given(
    cycle=st.sampled_from(CYCLES),
    since=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    weeks=st.integers(0, 60),
    after=st.integers(0, 14),
)
def test_periods_follow_each_other_and_all_that_are_due_are_there(
    cycle: str, since: date, weeks: int, after: int
) -> None:
    now = datetime.combine(since + timedelta(weeks=weeks), datetime.min.time(), tzinfo=UTC)
    found = periods(cycle, since, after, now)
    assert all(later.start == earlier.end + timedelta(days=1) for earlier, later in pairwise(found))
    assert all(due_at(period, after) <= now for period in found)
    following = period_of(cycle, found[-1].end + timedelta(days=1) if found else since)
    assert due_at(following, after) > now
    if found:
        assert found[0].start <= since <= found[0].end
