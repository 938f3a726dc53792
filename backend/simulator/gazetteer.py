"""Where the made-up county lies: real towns and villages of Herefordshire, written down by hand.

Coordinates are degrees (WGS 84) of the middle of each place, to about a hundred metres. `weight` is roughly how many
people who need care live there, compared with the others; `zone` the price level its homes have.
"""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_M: Final = 6_371_008.8
METRES_PER_DEGREE: Final = 111_195.0


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map in degrees north and east."""

    lat: float
    lon: float

    def metres_to(self, other: "Point") -> float:
        """Great-circle distance in metres."""
        half_lat, half_lon = radians(other.lat - self.lat) / 2, radians(other.lon - self.lon) / 2
        chord = sin(half_lat) ** 2 + cos(radians(self.lat)) * cos(radians(other.lat)) * sin(half_lon) ** 2
        return 2 * EARTH_RADIUS_M * asin(sqrt(chord))

    def moved(self, north_m: float, east_m: float) -> "Point":
        """The point so many metres further north and east, to seven decimals."""
        lat = self.lat + north_m / METRES_PER_DEGREE
        lon = self.lon + east_m / (METRES_PER_DEGREE * cos(radians(self.lat)))
        return Point(round(lat, 7), round(lon, 7))


@dataclass(frozen=True, slots=True)
class Settlement:
    """A town, village or hamlet. `spread_m` is how far from the middle its homes lie; `signal` the share of homes
    where a phone finds a network."""

    name: str
    point: Point
    weight: int
    zone: str
    spread_m: int
    signal: float


def _place(name: str, lat: float, lon: float, weight: int, zone: str) -> Settlement:
    spread, signal = _BY_ZONE[zone]
    return Settlement(name, Point(lat, lon), weight, zone, spread, signal)


_BY_ZONE: Final = {
    "urban": (2200, 0.5),
    "fringe": (900, 0.4),
    "rural": (700, 0.25),
    "isolated": (1500, 0.1),
}

SETTLEMENTS: Final = (
    _place("Hereford", 52.0567, -2.7160, 60, "urban"),
    _place("Leominster", 52.2280, -2.7380, 16, "fringe"),
    _place("Ross-on-Wye", 51.9140, -2.5820, 16, "fringe"),
    _place("Ledbury", 52.0340, -2.4230, 14, "fringe"),
    _place("Bromyard", 52.1900, -2.5090, 8, "fringe"),
    _place("Kington", 52.2040, -3.0300, 6, "fringe"),
    _place("Colwall", 52.0800, -2.3580, 4, "rural"),
    _place("Credenhill", 52.0880, -2.8030, 4, "rural"),
    _place("Clehonger", 52.0420, -2.7920, 3, "rural"),
    _place("Kingstone", 52.0130, -2.8410, 3, "rural"),
    _place("Madley", 52.0440, -2.8540, 2, "rural"),
    _place("Burghill", 52.0950, -2.7670, 2, "rural"),
    _place("Bodenham", 52.1530, -2.6890, 2, "rural"),
    _place("Marden", 52.1200, -2.6980, 2, "rural"),
    _place("Sutton St Nicholas", 52.1020, -2.6760, 2, "rural"),
    _place("Withington", 52.0870, -2.6370, 2, "rural"),
    _place("Bartestree", 52.0670, -2.6390, 3, "rural"),
    _place("Fownhope", 52.0070, -2.6140, 3, "rural"),
    _place("Wellington", 52.1310, -2.7320, 2, "rural"),
    _place("Canon Pyon", 52.1290, -2.7810, 2, "rural"),
    _place("Weobley", 52.1590, -2.8720, 3, "rural"),
    _place("Pembridge", 52.2180, -2.8930, 2, "rural"),
    _place("Kingsland", 52.2480, -2.8130, 2, "rural"),
    _place("Shobdon", 52.2590, -2.8790, 2, "rural"),
    _place("Orleton", 52.3010, -2.7450, 2, "rural"),
    _place("Wigmore", 52.3150, -2.8590, 1, "rural"),
    _place("Leintwardine", 52.3610, -2.8760, 2, "rural"),
    _place("Lyonshall", 52.1950, -2.9680, 1, "rural"),
    _place("Eardisley", 52.1380, -3.0100, 2, "rural"),
    _place("Peterchurch", 52.0410, -2.9560, 2, "rural"),
    _place("Ewyas Harold", 51.9530, -2.8930, 2, "rural"),
    _place("Much Birch", 51.9830, -2.7220, 2, "rural"),
    _place("Goodrich", 51.8730, -2.6160, 1, "rural"),
    _place("Whitchurch", 51.8570, -2.6540, 2, "rural"),
    _place("Weston under Penyard", 51.9060, -2.5340, 2, "rural"),
    _place("Lea", 51.8980, -2.5020, 1, "rural"),
    _place("Much Marcle", 51.9920, -2.5010, 1, "rural"),
    _place("Bosbury", 52.0840, -2.4430, 1, "rural"),
    _place("Cradley", 52.1230, -2.3820, 2, "rural"),
    _place("Bishops Frome", 52.1340, -2.4900, 1, "rural"),
    _place("Whitbourne", 52.2050, -2.4200, 1, "rural"),
    _place("Llangarron", 51.8890, -2.6830, 1, "isolated"),
    _place("Garway", 51.8990, -2.7930, 1, "isolated"),
    _place("Longtown", 51.9560, -2.9870, 1, "isolated"),
    _place("Michaelchurch Escley", 52.0050, -3.0000, 1, "isolated"),
    _place("Bredwardine", 52.0960, -2.9710, 1, "isolated"),
    _place("Brampton Bryan", 52.3470, -2.9240, 1, "isolated"),
    _place("Stoke Lacy", 52.1480, -2.5500, 1, "isolated"),
)
"""Every place of the made-up county, the largest first."""
