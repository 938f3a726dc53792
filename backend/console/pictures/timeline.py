"""A day as a picture: what was planned above what was recorded, on one scale of London time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from backend.console.words import time

WIDTH: Final = 1000.0
"""Units across; templates/pictures.html draws at any size."""
_HOUR: Final = timedelta(hours=1)
_MOST_LABELS: Final = 13
"""More hours than this are named in steps, so that no name runs into the next."""
_NARROWEST: Final = 1.5
"""Units. The shortest stretch is still seen."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time to draw. `kind` is one of the day's kinds, or `planned`; `says` is shown when a pointer is on
    it.
    """

    kind: str
    start: datetime
    end: datetime
    says: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch in units from the left."""

    kind: str
    x: float
    width: float
    says: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """`lanes`: each with its name, top to bottom. `hours`: units from the left, with a name or an empty one. `kinds`:
    those drawn, in the order of the day, for the key.
    """

    lanes: list[tuple[str, list[Bar]]]
    hours: list[tuple[float, str]]
    kinds: list[str]


def timeline(
    lanes: Sequence[tuple[str, Sequence[Stretch]]], ends: tuple[datetime, datetime] | None = None
) -> Timeline | None:
    """The lanes on one scale, from the full hour before the first stretch to that after the last; None without any.

    `ends`: the first and last instant of several pictures that stand beneath each other.
    """
    every = [stretch for _, stretches in lanes for stretch in stretches]
    if not every:
        return None
    first, last = ends or (min(one.start for one in every), max(one.end for one in every))
    opens, closes = _full_hour(first), _full_hour(last + _HOUR - timedelta(microseconds=1))
    closes = max(closes, opens + _HOUR)
    scale = WIDTH / (closes - opens).total_seconds()
    return Timeline(
        lanes=[(name, [_bar(stretch, opens, scale) for stretch in stretches]) for name, stretches in lanes],
        hours=list(_hours(opens, closes, scale)),
        kinds=list(dict.fromkeys(stretch.kind for stretch in every)),
    )


def _bar(stretch: Stretch, opens: datetime, scale: float) -> Bar:
    x = (stretch.start - opens).total_seconds() * scale
    width = (stretch.end - stretch.start).total_seconds() * scale
    return Bar(stretch.kind, round(x, 1), round(max(width, _NARROWEST), 1), stretch.says)


def _hours(opens: datetime, closes: datetime, scale: float) -> Iterable[tuple[float, str]]:
    count = int((closes - opens) / _HOUR)
    step = -(-count // _MOST_LABELS)
    for number in range(count + 1):
        at = opens + number * _HOUR
        name = time(at) if number % step == 0 else ""
        yield round((at - opens).total_seconds() * scale, 1), name


def _full_hour(instant: datetime) -> datetime:
    """London's clocks differ from UTC by whole hours, so its hours are UTC's."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
