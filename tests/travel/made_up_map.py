"""A town that exists on no map but the one written here, so that the quickest way between two corners is known.

Streets of 50 km/h cross at eight by eight corners. A river runs between the fourth row and the fifth; only the first
and the last column have a bridge. South of the first row a faster road of 100 km/h joins its
two ends, longer and quicker.
"""

from itertools import pairwise
from pathlib import Path
from typing import Final

import osmium
from geopy.distance import geodesic
from osmium.osm.mutable import Node, Way

CORNERS: Final = 8
SOUTH, WEST = 52.0, -2.7
NORTHWARD, EASTWARD = 0.004, 0.006
BANK: Final = CORNERS // 2
"""The first row north of the river."""
DATE: Final = "2026-11-01"
STREET: Final = {"highway": "residential", "maxspeed": "50"}
FASTER: Final = {"highway": "primary", "maxspeed": "100"}

Point = tuple[float, float]


def corner(row: int, column: int) -> Point:
    """Degrees north and east of a crossing; row -1 is the faster road's."""
    return round(SOUTH + row * NORTHWARD, 6), round(WEST + column * EASTWARD, 6)


def along(*corners: Point) -> float:
    """Metres from corner to corner over the ellipsoid."""
    return sum(float(geodesic(*pair).meters) for pair in pairwise(corners))


def write(path: Path) -> None:
    """Write the town as OpenStreetMap data."""
    last = CORNERS - 1
    streets = [[(row, column) for column in range(CORNERS)] for row in range(CORNERS)]
    for column in range(CORNERS):
        whole = [(row, column) for row in range(CORNERS)]
        streets += [whole] if column in (0, last) else [whole[:BANK], whole[BANK:]]
    faster = [(0, 0), (-1, 0), (-1, last), (0, last)]
    with osmium.SimpleWriter(str(path)) as writer:
        for row, column in [(row, column) for row in range(-1, CORNERS) for column in range(CORNERS)]:
            lat, lon = corner(row, column)
            writer.add_node(Node(id=_number(row, column), location=(lon, lat)))
        for number, (street, tags) in enumerate([*[(one, STREET) for one in streets], (faster, FASTER)], 1):
            writer.add_way(Way(id=number, nodes=[_number(*place) for place in street], tags=tags))


def _number(row: int, column: int) -> int:
    return (row + 1) * CORNERS + column + 1
