"""What cannot be kept in a planned day: visits of one carer that overlap, or lie too close for the journey between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

Point = tuple[float, float]
Journey = Callable[[Point, Point], int]
"""Seconds between two places, for one carer."""


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit of a carer's day. `place` in degrees north and east, None where it is not known."""

    reference: str
    start: datetime
    end: datetime
    place: Point | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two visits that one carer cannot both keep. `between`: seconds from the end of the first to the start of the
    second, below zero where they overlap; `needed`: the estimate of the journey, in seconds.
    """

    kind: Literal["overlap", "too_close"]
    first: str
    second: str
    between: int
    needed: int | None = None


def seconds_needed(one: Point | None, other: Point | None, journey: Journey) -> int:
    """The estimate of the way from one place to another: nothing where one is not known, or both are the same."""
    return 0 if one is None or other is None or one == other else journey(one, other)


def conflicts(visits: Sequence[PlannedVisit], journey: Journey) -> list[Conflict]:
    """The conflicts of one carer's visits by the time of the second.

    A visit is held against that which ends last of those before it, which need not be the one just before.
    """
    found: list[Conflict] = []
    ordered = sorted(visits, key=lambda visit: (visit.start, visit.end, visit.reference))
    last = ordered[0] if ordered else None
    for _, visit in pairwise(ordered):
        assert last is not None
        between = int((visit.start - last.end).total_seconds())
        if between < 0:
            found.append(Conflict("overlap", last.reference, visit.reference, between))
        elif (needed := seconds_needed(last.place, visit.place, journey)) > between:
            found.append(Conflict("too_close", last.reference, visit.reference, between, needed))
        last = max(last, visit, key=lambda one: one.end)
    return found
