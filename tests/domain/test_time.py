"""London dates and clock times."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.time import (
    AmbiguousTime,
    ImpossibleTime,
    instant_of,
    instants_in,
    local_instants,
    london_date,
    london_date_of,
    london_midnight,
    london_midnight_of,
    runs_of_days,
    seconds_of,
    to_instant,
)


def test_a_summer_evening_belongs_to_the_london_date_not_the_utc_one() -> None:
    assert london_date(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert london_date(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)) == date(2026, 12, 1)


def test_midnight_in_summer_is_eleven_the_evening_before_in_utc() -> None:
    assert london_midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, tzinfo=UTC)


def test_the_clock_change_dates_last_23_and_25_hours() -> None:
    assert london_midnight(date(2026, 3, 30)) - london_midnight(date(2026, 3, 29)) == timedelta(hours=23)
    assert london_midnight(date(2026, 10, 26)) - london_midnight(date(2026, 10, 25)) == timedelta(hours=25)


def test_an_autumn_time_that_happens_twice_needs_an_offset() -> None:
    local = datetime.fromisoformat("2026-10-25T01:30")
    assert len(local_instants(local)) == 2
    with pytest.raises(AmbiguousTime, match="happens twice"):
        to_instant(local)
    assert to_instant(local, timedelta(hours=1)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert to_instant(local, timedelta(0)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-07-01T09:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-12-01T09:00", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-10-25T00:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25T02:00", datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_a_clock_time_that_happens_once_needs_no_offset(local: str, instant: datetime) -> None:
    assert to_instant(datetime.fromisoformat(local)) == instant


def test_a_spring_time_that_never_happens_is_refused() -> None:
    with pytest.raises(ImpossibleTime, match="does not exist"):
        to_instant(datetime.fromisoformat("2026-03-29T01:30"))


def test_an_offset_that_london_does_not_keep_then_is_refused() -> None:
    with pytest.raises(ImpossibleTime, match="never stands"):
        to_instant(datetime.fromisoformat("2026-01-05T09:00"), timedelta(hours=1))


@settings(max_examples=60, deadline=None)
@given(st.integers(946_684_800, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_columns_agree_with_single_instants(instant: datetime) -> None:
    frame = pl.DataFrame({"at": [seconds_of(instant)]}).select(
        instant_of(pl.col("at")).alias("instant"),
        london_date_of(pl.col("at")).alias("date"),
        london_midnight_of(london_date_of(pl.col("at"))).alias("midnight"),
    )
    row = frame.row(0, named=True)
    assert row["instant"] == instant.replace(microsecond=0)
    assert row["date"] == london_date(instant)
    assert row["midnight"] == seconds_of(london_midnight(london_date(instant)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.datetimes(timezones=st.just(UTC))))
def test_the_instants_of_a_column_are_those_that_polars_gives(instants: list[datetime | None]) -> None:
    column = pl.Series(instants, dtype=pl.Datetime("us", "UTC"))
    assert instants_in(column) == column.to_list()


def test_a_fraction_of_a_second_is_dropped_before_1970_too() -> None:
    assert seconds_of(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -1


def test_days_are_gathered_into_runs_whatever_their_order() -> None:
    days = [date(2026, 3, 1), date(2026, 2, 27), date(2026, 3, 4), date(2026, 2, 28), date(2026, 3, 1)]
    assert runs_of_days(days) == [
        (date(2026, 2, 27), date(2026, 3, 1)),
        (date(2026, 3, 4), date(2026, 3, 4)),
    ]
    assert runs_of_days([]) == []
