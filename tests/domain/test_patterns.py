"""Visits that come again: on their days, in their weeks, by London's clocks on every night of the year."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.patterns import Repeat, days_of, span_on
from backend.domain.time import LONDON, local_instants

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
MONDAY = date(2026, 11, 2)


def repeat(first: date = MONDAY, last: date | None = None, weeks: int = 1, days: str = "1") -> Repeat:
    return Repeat(first, last, frozenset(map(int, days)), weeks, time(8), 30)


def found(*periods: Repeat, weeks: int = 5) -> list[tuple[str, int]]:
    closes = MONDAY + timedelta(weeks=weeks, days=-1)
    return [(f"{day:%d %b}", number) for day, number in days_of(periods, MONDAY, closes)]


def test_a_pattern_comes_on_its_days_of_its_weeks() -> None:
    assert found(repeat(days="13"), weeks=1) == [("02 Nov", 0), ("04 Nov", 0)]
    assert found(repeat(weeks=2)) == [("02 Nov", 0), ("16 Nov", 0), ("30 Nov", 0)]
    assert found(repeat(first=date(2026, 10, 29), weeks=2)) == [("09 Nov", 0), ("23 Nov", 0)], (
        "from that week on"
    )
    assert found(repeat(last=date(2026, 11, 9))) == [("02 Nov", 0), ("09 Nov", 0)]
    assert found() == []


def test_a_change_takes_over_from_its_day_and_keeps_the_turn_of_the_weeks() -> None:
    before, after = (
        repeat(last=date(2026, 11, 8), weeks=2),
        repeat(first=date(2026, 11, 9), weeks=2, days="15"),
    )
    assert found(before, after) == [("02 Nov", 0), ("16 Nov", 1), ("20 Nov", 1), ("30 Nov", 1), ("04 Dec", 1)]


@pytest.mark.parametrize(
    ("day", "start", "minutes", "begins", "ends"),
    [
        (SPRING, "08:00", 30, "08:00+01:00", "08:30+01:00"),
        (
            SPRING,
            "01:30",
            30,
            "02:30+01:00",
            "03:00+01:00",
        ),  # does not happen: by the clock before it goes forward
        (SPRING, "00:45", 30, "00:45+00:00", "02:15+01:00"),
        (
            AUTUMN,
            "01:30",
            30,
            "01:30+01:00",
            "01:00+00:00",
        ),  # happens twice: the first, and half an hour is that
        (AUTUMN, "00:45", 120, "00:45+01:00", "01:45+00:00"),
        (
            AUTUMN - timedelta(days=1),
            "22:00",
            540,
            "22:00+01:00",
            "07:00+00:00",
        ),  # ten hours, to the end of the night
        (SPRING - timedelta(days=1), "22:00", 540, "22:00+00:00", "07:00+01:00"),
        (SPRING - timedelta(days=1), "22:00", 210, "22:00+00:00", "02:30+01:00"),
        (SPRING - timedelta(days=1), "22:00", 239, "22:00+00:00", "02:59+01:00"),
        (SPRING - timedelta(days=1), "22:00", 240, "22:00+00:00", "02:00+01:00"),
    ],
)
def test_on_the_nights_when_clocks_change(
    day: date, start: str, minutes: int, begins: str, ends: str
) -> None:
    span = span_on(day, time.fromisoformat(start), minutes, 240)
    assert [
        one.astimezone(LONDON).isoformat()[11:16] + one.astimezone(LONDON).isoformat()[19:] for one in span
    ] == [
        begins,
        ends,
    ]


@pytest.mark.parametrize("minutes", [30, 60])
def test_a_visit_never_ends_before_it_begins_or_as_it_does(minutes: int) -> None:
    """From half past one, which does not happen, the clock shows two or half past two before or as it begins."""
    begins, ends = span_on(SPRING, time(1, 30), minutes, 30)
    assert ends - begins == timedelta(minutes=minutes)


@given(
    st.dates(date(2026, 1, 1), date(2028, 12, 31)) | st.sampled_from([SPRING, AUTUMN]),
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    st.integers(1, 1440),
)
def test_a_visit_starts_by_the_clock_and_lasts_its_minutes_unless_the_clocks_change(
    day: date, start: time, minutes: int
) -> None:
    begins, ends = span_on(day, start, minutes, 240)
    local = datetime.combine(day, start)
    happens = bool(local_instants(local))
    if happens:
        assert begins.astimezone(LONDON).replace(tzinfo=None) == local
    assert begins.astimezone(LONDON).date() == day
    changes = not happens or begins.astimezone(LONDON).utcoffset() != ends.astimezone(LONDON).utcoffset()
    assert ends - begins == timedelta(minutes=minutes) or (changes and minutes >= 240)
    assert timedelta(minutes=-60) <= ends - begins - timedelta(minutes=minutes) <= timedelta(minutes=60)
    assert ends > begins


@given(
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(1, 5),
    st.dates(date(2026, 8, 1), date(2026, 12, 31)),
    st.integers(0, 200),
)
def test_a_pattern_comes_as_often_as_its_days_in_each_of_its_weeks(
    days: set[int], weeks: int, first: date, split: int
) -> None:
    """Looking ahead in two steps finds what one step finds, and no day twice."""
    period = Repeat(first, None, frozenset(days), weeks, time(8), 30)
    monday = first - timedelta(days=first.weekday())
    last = monday + timedelta(weeks=weeks * 8) - timedelta(days=1)
    whole = [day for day, _ in days_of([period], monday, last)]
    middle = monday + timedelta(days=min(split, (last - monday).days - 1))
    parts = [*days_of([period], monday, middle), *days_of([period], middle + timedelta(days=1), last)]
    assert whole == [day for day, _ in parts] == sorted(set(whole))
    missed = sum(monday + timedelta(days=day - 1) < first for day in days)
    assert len(whole) == len(days) * 8 - missed
