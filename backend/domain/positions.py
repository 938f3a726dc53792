"""The positions of one carer in order of time, and the speed that each two that follow each other imply."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from msgspec import Struct

from backend.domain.implied_speed import implied_kmh
from backend.domain.place import haversine_m

FARTHEST: Final = timedelta(days=1)
"""Two positions farther apart in time than this imply no speed worth a question, whatever the distance."""


class Position(Struct, frozen=True):
    """Where an event's phone was, in degrees and metres, and when the position was taken by the time that counts."""

    row: UUID
    at: datetime
    lat: float
    lon: float
    accuracy_m: float


class Speed(Struct, frozen=True):
    """The least speed between two positions that follow each other."""

    before: Position
    after: Position
    kmh: float


def speeds(positions: Iterable[Position], fresh: Collection[UUID]) -> list[Speed]:
    """The speed between each two consecutive positions of one carer, of which at least one is `fresh`.

    Events come late and in any order. Whichever of two neighbours comes last finds the other beside it. So, whatever
    the order, all pairs of the final order are among those noted; and of all pairs that lead to a position, the one
    from the latest position before it counts.
    """
    ordered = sorted(positions, key=lambda one: (one.at, one.row))
    return [
        Speed(before, after, _kmh(before, after))
        for before, after in pairwise(ordered)
        if (before.row in fresh or after.row in fresh) and after.at - before.at <= FARTHEST
    ]


def _kmh(before: Position, after: Position) -> float:
    metres = haversine_m(before.lat, before.lon, after.lat, after.lon)
    return implied_kmh(metres, before.accuracy_m + after.accuracy_m, (after.at - before.at).total_seconds())
