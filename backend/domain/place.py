"""Where a phone was, in three values. A doubt is never a refusal."""

from dataclasses import dataclass
from datetime import date
from math import asin, cos, hypot, radians, sin, sqrt
from typing import Final, Literal

from geopy.distance import geodesic

Fence = Literal["inside", "outside", "cannot_tell", "no_position"]

EARTH_RADIUS_M: Final = 6_371_008.8
# The sphere is off by at most half a per cent against the ellipsoid: farther from the edge than that, it decides.
_SPHERE_ERROR: Final = 0.006


@dataclass(frozen=True, slots=True)
class Circle:
    """A place with the radius, in metres, within which one is there. In force on the London dates `first` to `last`,
    without them always."""

    lat: float
    lon: float
    radius_m: float
    id: str | None = None
    first: date | None = None
    last: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether it is an approved place on a London date."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def haversine_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points of a sphere of the earth's mean radius."""
    half = sin(radians(other_lat - lat) / 2), sin(radians(other_lon - lon) / 2)
    root = hypot(half[0], sqrt(cos(radians(lat)) * cos(radians(other_lat))) * half[1])
    return 2 * EARTH_RADIUS_M * asin(min(1.0, root))


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float, edges: tuple[float, ...]) -> float:
    """Metres between two points: by the ellipsoid where the sphere could put it on the wrong side of an edge."""
    rough = haversine_m(lat, lon, other_lat, other_lon)
    if all(abs(rough - edge) > rough * _SPHERE_ERROR for edge in edges):
        return rough
    return float(geodesic((lat, lon), (other_lat, other_lon)).meters)


def fence(distance: float, accuracy: float, radius: float) -> Fence:
    """`inside` if the whole circle of doubt is, `outside` if none of it is, else `cannot_tell`. All in metres."""
    if distance + accuracy <= radius:
        return "inside"
    if distance - accuracy > radius:
        return "outside"
    return "cannot_tell"
