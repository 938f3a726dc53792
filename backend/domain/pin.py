"""Where a home really seems to be: the middle of where phones were at its visits, and what it would change.

A position says where a phone was, not where a person lives. So a point is suggested only where many visits and several
carers agree, apart from every approved place; a manager who knows the place decides.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from backend.domain.place import Circle, distance_m, fence

Point = tuple[float, float]
PLACES: Final = 5
"""Decimals of a suggested degree: about a metre."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Where a carer's phone was at a visit, in degrees and metres."""

    carer: Hashable
    visit: Hashable
    lat: float
    lon: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A point with its evidence. Of `visits` visits with `fixes` positions half lie within `spread_m` of it; the
    phones of `carers` agree. `distance_m` to the nearest approved place. `outside_now` of the positions are surely
    outside every approved place, `outside_then` with this one of `radius_m` among them.
    """

    lat: float
    lon: float
    radius_m: float
    fixes: int
    visits: int
    carers: int
    spread_m: float
    distance_m: float
    outside_now: int
    outside_then: int


def suggested(
    fixes: Sequence[Fixed], places: Sequence[Circle], least_visits: int, least_carers: int
) -> Suggestion | None:
    """The point on which phones agree, with the radius of the first of the approved `places`; None where there is none.

    Each visit counts once, however often its phones told where they were. They agree if half of the visits, and the
    middle of each of at least `least_carers` carers, lie within the radius of the point. It lies outside every approved
    place.
    """
    visits = _middles((fix.visit, (fix.lat, fix.lon)) for fix in fixes)
    if not places or len(visits) < least_visits:
        return None
    radius = places[0].radius_m
    lat, lon = _middle(visits)
    point = (round(lat, PLACES), round(lon, PLACES))
    spread = median(_apart(point, visit, radius) for visit in visits)
    carers = _middles((fix.carer, (fix.lat, fix.lon)) for fix in fixes)
    agreeing = sum(_apart(point, carer, radius) <= radius for carer in carers)
    distances = [_apart(point, (place.lat, place.lon), place.radius_m) for place in places]
    inside = any(distance <= place.radius_m for distance, place in zip(distances, places, strict=True))
    if inside or spread > radius or agreeing < least_carers:
        return None
    moved = Circle(*point, radius)
    return Suggestion(
        lat=point[0],
        lon=point[1],
        radius_m=radius,
        fixes=len(fixes),
        visits=len(visits),
        carers=agreeing,
        spread_m=spread,
        distance_m=min(distances),
        outside_now=_outside(fixes, places),
        outside_then=_outside(fixes, [*places, moved]),
    )


def _middles(points: Iterable[tuple[Hashable, Point]]) -> list[Point]:
    """The middle of the points of each key."""
    found: dict[Hashable, list[Point]] = defaultdict(list)
    for key, point in points:
        found[key].append(point)
    return [_middle(each) for each in found.values()]


def _middle(points: Sequence[Point]) -> Point:
    """The median of the degrees north and of the degrees east: a few strays do not move it. For Great Britain."""
    return median(lat for lat, _ in points), median(lon for _, lon in points)


def _apart(point: Point, other: Point, edge: float) -> float:
    return distance_m(*point, *other, edges=(edge,))


def _outside(fixes: Sequence[Fixed], places: Sequence[Circle]) -> int:
    """How many positions are surely outside every place."""
    return sum(
        all(
            fence(
                _apart((fix.lat, fix.lon), (place.lat, place.lon), place.radius_m),
                fix.accuracy_m,
                place.radius_m,
            )
            == "outside"
            for place in places
        )
        for fix in fixes
    )
