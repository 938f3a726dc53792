"""What cannot be kept in a planned day: visits of one carer that overlap, or lie too close for the journey between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

Point = tuple[float, float]


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


def conflicts(visits: Sequence[PlannedVisit], journey: Callable[[Point, Point], int]) -> list[Conflict]:
    """The conflicts of one carer's visits by the time of the second. `journey`: seconds between two places.

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
        elif last.place is not None and visit.place is not None and last.place != visit.place:
            needed = journey(last.place, visit.place)
            if needed > between:
                found.append(Conflict("too_close", last.reference, visit.reference, between, needed))
        last = max(last, visit, key=lambda one: one.end)
    return found
