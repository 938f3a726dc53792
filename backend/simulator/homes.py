"""Where the county's people live: near the gazetteer's places, or on the postcodes of a file."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from backend.faults import SetupFault
from backend.simulator.gazetteer import METRES_PER_DEGREE, SETTLEMENTS, Point, Settlement
from backend.simulator.model import Home

NEAREST: Final = 80
MARGIN_DEGREES: Final = 0.1
STREETS: Final = (
    "Orchard Close", "Church Lane", "Mill Road", "The Hop Yard", "Station Road", "Castle View", "Perry Fields",
    "Chapel Row", "Bridge Street", "Cider Mill Way", "Wye Terrace", "Blackthorn Drive",
)  # fmt: skip
ZONES: Final = {"A": "urban", "B": "urban", "C": "urban", "D": "fringe", "E": "rural", "F": "isolated"}


@dataclass(frozen=True, slots=True)
class Postcode:
    """A live postcode of the file: its text, its point, and its rural-urban indicator."""

    text: str
    point: Point
    indicator: str


class Homes:
    """Gives out homes near a settlement. With `postcodes`, each stands on one of them; else in a made-up one."""

    def __init__(self, postcodes: list[Postcode] | None) -> None:
        self._near = (
            None if postcodes is None else {place.name: _nearest(place, postcodes) for place in SETTLEMENTS}
        )
        self._given = 0

    def near(self, place: Settlement, chance: Random) -> Home:
        """A home in or near `place`."""
        self._given += 1
        address = f"{chance.randint(1, 90)} {chance.choice(STREETS)}, {place.name}"
        signal = chance.random() < place.signal
        if self._near is not None:
            chosen = chance.choice(self._near[place.name])
            return Home(chosen.point, chosen.text, address, ZONES[chosen.indicator[:1]], signal, listed=True)
        angle_north, angle_east = chance.gauss(0, 0.5), chance.gauss(0, 0.5)
        point = place.point.moved(angle_north * place.spread_m, angle_east * place.spread_m)
        return Home(point, _made_up(self._given), address, place.zone, signal)


def read_postcodes(path: Path) -> list[Postcode]:
    """The live postcodes of a National Statistics Postcode Lookup that lie in the county and have an indicator.

    Raises SetupFault if the file cannot be read or holds none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = list(_live(csv.DictReader(file)))
    except KeyError as error:
        raise SetupFault(
            f"{path} is no National Statistics Postcode Lookup: it has no column {error.args[0]}. "
            "Give the file as it is published."
        ) from error
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise SetupFault(f"{path} is no National Statistics Postcode Lookup: {error}") from error
    if len(found) < NEAREST:
        raise SetupFault(
            f"{path} has {len(found)} live postcodes in and around Herefordshire, where the demonstration lies; "
            f"it needs {NEAREST}. Use the national file, or the one of the HR postcode area."
        )
    return found


def _live(rows: Iterable[dict[str, str]]) -> Iterator[Postcode]:
    south = min(place.point.lat for place in SETTLEMENTS) - MARGIN_DEGREES
    north = max(place.point.lat for place in SETTLEMENTS) + MARGIN_DEGREES
    west = min(place.point.lon for place in SETTLEMENTS) - MARGIN_DEGREES
    east = max(place.point.lon for place in SETTLEMENTS) + MARGIN_DEGREES
    for row in rows:
        indicator = row["ru11ind"]
        if row["doterm"].strip() or indicator[:1] not in ZONES:
            continue
        lat, lon = float(row["lat"]), float(row["long"])
        if south <= lat <= north and west <= lon <= east:
            yield Postcode(row["pcds"], Point(lat, lon), indicator)


def _nearest(place: Settlement, postcodes: list[Postcode]) -> list[Postcode]:
    def squared_metres(postcode: Postcode) -> float:
        north = (postcode.point.lat - place.point.lat) * METRES_PER_DEGREE
        east = (postcode.point.lon - place.point.lon) * METRES_PER_DEGREE * 0.615  # the cosine of 52 degrees
        return north * north + east * east

    count = NEAREST * (5 if place.zone == "urban" else 1)
    return sorted(postcodes, key=squared_metres)[:count]


def _made_up(number: int) -> str:
    """A postcode of no real area."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return f"WY{1 + number // 4000} {number // 400 % 10}{letters[number // 20 % 20]}{letters[number % 20]}"
