"""Journeys judged from the straight line: geodesic distance x detour / speed + minutes at the door.

Distances are on the WGS 84 ellipsoid. The factors are dated policy in straight_line.yaml.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

import polars as pl
import yaml
from geopy.distance import geodesic
from msgspec import Struct, field

from backend.travel import TravelFault
from schemas.day import Mode
from schemas.scalars import Day, PositiveMoney, Text, parse_latitude, parse_longitude
from schemas.scalars import Number as PlainNumber
from schemas.strict import Fault, Faulty, decode_each

SOURCE: Final = "straight_line"
_ENDS: Final = ["from_lat", "from_lon", "to_lat", "to_lon"]
_PARSERS: Final = (parse_latitude, parse_longitude, parse_latitude, parse_longitude)


class Pace(Struct, frozen=True, kw_only=True):
    """How one way of travelling gets on: road over straight line, km/h along the road, minutes once a
    journey.
    """

    detour: PositiveMoney
    kmh: PositiveMoney
    minutes: PlainNumber

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> list[Fault]:
        detour, minutes = valid.get("detour", Decimal(1)), valid.get("minutes", Decimal(0))
        found = (
            [] if detour >= 1 else [Fault("/detour", "must be at least 1: no road is shorter than the line")]
        )
        return found if minutes >= 0 else [*found, Fault("/minutes", "must not be negative")]


class Paces(Struct, frozen=True, kw_only=True):
    """The paces in force on London dates `from` to `until`, both included, and where they come from."""

    since: Day = field(name="from")
    until: Day | None
    source: Text
    href: Text
    checked_on: Day
    modes: dict[Mode, Pace]


class StraightLine:
    """The estimator that needs no map and no network. See `backend.travel.TravelEstimator`."""

    def __init__(self, paces: Sequence[Paces] | None = None) -> None:
        self._paces = packaged_paces() if paces is None else paces

    def estimate(self, legs: pl.DataFrame) -> pl.DataFrame:
        """Estimate each leg; equal legs are measured once. Raises TravelFault, see TravelEstimator."""
        columns = [*_ends_of(legs), *legs.select("mode", "date").iter_columns()]
        known: dict[tuple[Any, ...], tuple[int, int]] = {}
        rows = list(zip(*(column.to_list() for column in columns), strict=True))
        for leg in rows:
            if leg not in known:
                known[leg] = self._measure(*leg)
        found = [(*known[leg], SOURCE) for leg in rows]
        schema = {"estimate": pl.Int64, "metres": pl.Int64, "source": pl.String}
        return pl.DataFrame(found, schema=schema, orient="row")

    def _measure(
        self, from_lat: float, from_lon: float, to_lat: float, to_lon: float, mode: Mode, day: date
    ) -> tuple[int, int]:
        ends = (from_lat, from_lon, to_lat, to_lon)
        # geopy would read a missing degree as zero and wrap a longitude beyond 180 without a word.
        try:
            degrees = [parse(value) for parse, value in zip(_PARSERS, ends, strict=True)]
        except ValueError as error:
            raise TravelFault(f"a journey from {ends[:2]} to {ends[2:]} has a degree that {error}") from None
        pace = self._pace(mode, day)
        metres = _straight(*degrees) * float(pace.detour)
        return round(metres * 3.6 / float(pace.kmh) + float(pace.minutes) * 60), round(metres)

    def _pace(self, mode: Mode, day: date) -> Pace:
        for paces in self._paces:
            if paces.since <= day and (paces.until is None or day <= paces.until) and mode in paces.modes:
                return paces.modes[mode]
        raise TravelFault(
            f"how fast a carer goes by {mode} on {day} is not known: add it to straight_line.yaml"
        )


@lru_cache(maxsize=100_000)
def _straight(from_lat: float, from_lon: float, to_lat: float, to_lon: float) -> float:
    """Metres over the ellipsoid; a county makes few distinct legs, month after month."""
    return float(geodesic((from_lat, from_lon), (to_lat, to_lon)).meters)


def _ends_of(legs: pl.DataFrame) -> list[pl.Series]:
    return [legs[name] for name in _ENDS]


@cache
def packaged_paces() -> tuple[Paces, ...]:
    """The paces of straight_line.yaml, oldest first. Raises Faulty if the file breaks its own shape."""
    return read_paces(yaml.load(paces_text(), Loader=yaml.BaseLoader))


def paces_text() -> str:
    """The text of straight_line.yaml."""
    return files("backend.travel").joinpath("straight_line.yaml").read_text(encoding="utf-8")


def read_paces(data: object) -> tuple[Paces, ...]:
    """Decode dated paces given as plain text values. Raises Faulty for any fault or for intervals that
    overlap.
    """
    plain = [_with_null(entry) for entry in data] if isinstance(data, list) else data
    paces, _ = decode_each(Paces, plain)
    ordered = sorted(paces, key=lambda interval: interval.since)
    for before, after in pairwise(ordered):
        if before.until is None or before.until >= after.since:
            raise Faulty([Fault("", f"the paces from {before.since} and from {after.since} overlap")])
    return tuple(ordered)


def _with_null(entry: object) -> object:
    """YAML's null reads as text here, because every other value is to stay text for its parser."""
    if isinstance(entry, dict) and entry.get("until") == "null":
        return {**entry, "until": None}
    return entry
