"""Where a visit should have been and where the phones were: places with their fences to scale, and no map behind.

No other service is asked for anything, and the picture holds no coordinates, only metres from the first place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, radians, sin
from typing import Final

from backend.domain.place import EARTH_RADIUS_M

SIZE: Final = 400.0
"""Units across and down; the first place is in the middle."""
_HALF: Final = SIZE / 2
_FENCES: Final = 2.5
"""So many radii of the farthest fence are shown, so that what lies just outside is."""
_ROUND_M: Final = (10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
_RIM: Final = 0.91
_LEAST_DOUBT: Final = 3.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, or a position with its accuracy as the radius: degrees and metres."""

    name: str
    lat: float
    lon: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Disc:
    """A spot in units from the left and the top. `bearing` is set, in degrees clockwise from the top, on one that lies
    beyond the picture and stands at its rim; `metres` is how far the spot is from the first place.
    """

    name: str
    x: float
    y: float
    radius: float
    metres: float
    bearing: float | None


@dataclass(frozen=True, slots=True)
class VisitMap:
    """`scale`: a round length in metres, and how many units it is."""

    places: list[Disc]
    readings: list[Disc]
    scale: tuple[int, float]


def visit_map(places: Sequence[Spot], readings: Sequence[Spot]) -> VisitMap | None:
    """The picture about the first place; None without a place or without a reading."""
    if not places or not readings:
        return None
    shown = max(_reach(places[0], place) + place.radius_m for place in places) * _FENCES
    units = _HALF / shown
    longest = max((length for length in _ROUND_M if length * units <= _HALF / 1.5), default=_ROUND_M[0])
    return VisitMap(
        places=[_disc(places[0], place, units) for place in places],
        readings=[_disc(places[0], reading, units) for reading in readings],
        scale=(longest, round(longest * units, 1)),
    )


def _disc(centre: Spot, spot: Spot, units: float) -> Disc:
    east, north = _metres(centre, spot)
    away = hypot(east, north)
    bearing = None
    if max(abs(east), abs(north)) * units > _HALF * _RIM:
        angle = atan2(east, north)
        bearing = round(angle * 180 / pi % 360, 1)
        east, north = (_HALF * _RIM / units * part for part in (sin(angle), cos(angle)))
    return Disc(
        name=spot.name,
        x=round(_HALF + east * units, 1),
        y=round(_HALF - north * units, 1),
        radius=round(max(spot.radius_m * units, _LEAST_DOUBT), 1),
        metres=away,
        bearing=bearing,
    )


def _reach(centre: Spot, spot: Spot) -> float:
    return hypot(*_metres(centre, spot))


def _metres(centre: Spot, spot: Spot) -> tuple[float, float]:
    """East and north of the centre, on a plane that touches the earth there: good to a metre over a few kilometres."""
    east = radians((spot.lon - centre.lon + 180) % 360 - 180) * cos(radians(centre.lat)) * EARTH_RADIUS_M
    return east, radians(spot.lat - centre.lat) * EARTH_RADIUS_M
