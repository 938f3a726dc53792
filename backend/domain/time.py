"""London dates and clock times of instants. Instants are UTC; durations are their differences, in seconds."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

LONDON: Final = ZoneInfo("Europe/London")
LONDON_NAME: Final = "Europe/London"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class AmbiguousTime(ValueError):
    """A London clock time that happens twice (autumn) and came without an offset."""


class ImpossibleTime(ValueError):
    """A London clock time that never happens (spring), or never at the offset given with it."""


def london_date(instant: datetime) -> date:
    """The calendar date in London at an instant."""
    return instant.astimezone(LONDON).date()


def london_midnight(day: date) -> datetime:
    """The instant (UTC) at which a London date begins."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def runs_of_days(days: Iterable[date]) -> list[tuple[date, date]]:
    """The first and last day of each run of days that follow each other, in order."""
    runs: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def local_instants(local: datetime) -> tuple[datetime, ...]:
    """The instants (UTC, in order) at which London clocks show a local time: none, one or two."""
    found = {local.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = (instant for instant in found if instant.astimezone(LONDON).replace(tzinfo=None) == local)
    return tuple(sorted(shown))


def to_instant(local: datetime, offset: timedelta | None = None) -> datetime:
    """The instant (UTC) of a London clock time without a zone; `offset` from UTC settles an ambiguous one.

    Raises AmbiguousTime or ImpossibleTime, both with words for the person who typed it.
    """
    instants = local_instants(local)
    if not instants:
        raise ImpossibleTime(f"{local:%Y-%m-%d %H:%M} does not exist in London: clocks go forward then")
    if offset is not None:
        return _at_offset(local, offset, instants)
    if len(instants) > 1:
        raise AmbiguousTime(
            f"{local:%Y-%m-%d %H:%M} happens twice in London: say which with +01:00 or +00:00"
        )
    return instants[0]


def _at_offset(local: datetime, offset: timedelta, instants: tuple[datetime, ...]) -> datetime:
    instant = (local - offset).replace(tzinfo=UTC)
    if instant not in instants:
        raise ImpossibleTime(f"{local:%Y-%m-%d %H:%M} in London never stands at that offset from UTC")
    return instant


def instant_of(seconds: pl.Expr) -> pl.Expr:
    """A column of whole seconds since 1970 (UTC) as instants."""
    return pl.from_epoch(seconds, time_unit="s").dt.replace_time_zone("UTC")


def seconds_of(instant: datetime) -> int:
    """Whole seconds since 1970 (UTC); a fraction of a second is dropped."""
    return int((instant - _EPOCH) // timedelta(seconds=1))


def instants_in(column: pl.Series) -> list[datetime | None]:
    """The instants that a column holds; Polars takes three times as long to make them."""
    moments = column.dt.epoch("us").to_list()
    return [None if moment is None else _EPOCH + timedelta(0, 0, moment) for moment in moments]


def london_date_of(seconds: pl.Expr) -> pl.Expr:
    """A column of seconds since 1970 (UTC) as London dates."""
    return instant_of(seconds).dt.convert_time_zone(LONDON_NAME).dt.date()


def london_midnight_of(day: pl.Expr) -> pl.Expr:
    """A column of London dates as the seconds since 1970 (UTC) at which they begin."""
    return day.cast(pl.Datetime("us")).dt.replace_time_zone(LONDON_NAME).dt.epoch("s")
