"""Journeys judged from the straight line: geodesic distance x detour / speed + minutes at the door.

Distances are on the WGS 84 ellipsoid. The factors are dated policy in straight_line.yaml; a provider's own, fitted to
its gaps, win over them. What a journey by road comes to at the door is there too (`by_engine`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final, Literal

import polars as pl
import yaml
from geopy.distance import geodesic
from msgspec import Struct, field

from backend.domain.policy import EarlierPaces, OwnPace
from backend.travel import TravelFault
from schemas.day import Mode
from schemas.scalars import Day, PositiveMoney, Text, parse_latitude, parse_longitude
from schemas.scalars import Number as PlainNumber
from schemas.strict import Fault, Faulty, decode_each

SOURCE: Final = "straight_line"
ESTIMATES: Final = pl.Schema(
    {
        "estimate": pl.Int64(),
        "metres": pl.Int64(),
        "source": pl.String(),
        "engine": pl.String(),
        "fallback": pl.String(),
    }
)
"""What an estimator answers for each leg. See `backend.travel.TravelEstimator`."""
Setting = Literal["urban", "rural", "mixed"]
Estimate = tuple[int, int, str, str | None, str | None]
"""A row of ESTIMATES."""
_ENDS: Final = ["from_lat", "from_lon", "to_lat", "to_lon"]
_PARSERS: Final = (parse_latitude, parse_longitude, parse_latitude, parse_longitude)


class Pace(Struct, frozen=True, kw_only=True):
    """How fast one mode of travelling is: road over straight line, km/h along the road, minutes once a journey."""

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


class OnRoad(Struct, frozen=True, kw_only=True):
    """What an engine's time comes to from door to door: its time `of` a way of travelling x factor + minutes."""

    of: Literal["car", "bicycle", "walk"]
    factor: PositiveMoney
    minutes: PlainNumber

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> list[Fault]:
        minutes = valid.get("minutes", Decimal(0))
        return [] if minutes >= 0 else [Fault("/minutes", "must not be negative")]

    def door_to_door(self, seconds: int) -> int:
        """Whole seconds from door to door, half to even."""
        return round(seconds * self.factor + self.minutes * 60)


class Paces(Struct, frozen=True, kw_only=True):
    """The paces in force on London dates `from` to `until`, both included, and where they come from.

    `settings` hold those of journeys within towns (urban), in the country (rural) or between the two (mixed), where
    they are known; `modes` those of all others. `snap_metres`: how far a place may lie from the road an engine found.
    """

    since: Day = field(name="from")
    until: Day | None
    source: Text
    href: Text
    checked_on: Day
    modes: dict[Mode, Pace]
    settings: dict[Setting, dict[Mode, Pace]] = {}
    by_engine: dict[Mode, OnRoad] = {}
    snap_metres: PositiveMoney = Decimal(300)


class StraightLine:
    """The estimator that needs no map and no network. See `backend.travel.TravelEstimator`.

    `own` are a provider's paces; of the same mode, one for a setting wins over one for all. `earlier` are those of the
    dates before, oldest first.
    """

    def __init__(
        self,
        paces: Sequence[Paces] | None = None,
        own: Sequence[OwnPace] = (),
        earlier: Sequence[EarlierPaces] = (),
    ) -> None:
        self._paces = packaged_paces() if paces is None else paces
        self._own = _by_way(own)
        self._earlier = [(paces.until, _by_way(paces.paces)) for paces in earlier]

    def with_own(self, own: Sequence[OwnPace], earlier: Sequence[EarlierPaces] = ()) -> "StraightLine":
        """The same with a provider's own paces over it."""
        return StraightLine(self._paces, own, earlier) if own or earlier else self

    def estimate(self, legs: pl.DataFrame) -> pl.DataFrame:
        """Estimate each leg; equal legs are measured once. Raises TravelFault, see TravelEstimator."""
        return estimated_each(legs, self.measure)

    def measure(
        self,
        from_lat: float,
        from_lon: float,
        to_lat: float,
        to_lon: float,
        mode: Mode,
        day: date,
        setting: Setting | None = None,
    ) -> Estimate:
        """One leg. Raises TravelFault."""
        ends = (from_lat, from_lon, to_lat, to_lon)
        # geopy would read a missing degree as zero and wrap a longitude beyond 180 without a word.
        try:
            degrees = [parse(value) for parse, value in zip(_PARSERS, ends, strict=True)]
        except ValueError as error:
            raise TravelFault(f"a journey from {ends[:2]} to {ends[2:]} has a degree that {error}") from None
        pace = self.pace(mode, day, setting)
        metres = straight_metres(*degrees) * float(pace.detour)
        seconds = round(metres * 3.6 / float(pace.kmh) + float(pace.minutes) * 60)
        return seconds, round(metres), SOURCE, None, None

    def pace(self, mode: Mode, day: date, setting: Setting | None = None) -> Pace | OwnPace:
        """How a way of travelling gets on: the provider's own pace, else the dated policy's. Raises TravelFault."""
        held = next((held for until, held in self._earlier if day <= until), self._own)
        own = held.get((mode, setting)) or held.get((mode, None))
        if own is not None:
            return own
        paces = self.paces_on(day)
        groups = [] if paces is None else [paces.settings.get(setting, {}) if setting else {}, paces.modes]
        found = next((group[mode] for group in groups if mode in group), None)
        if found is None:
            raise TravelFault(
                f"how fast a carer goes by {mode} on {day} is not known: add it to straight_line.yaml"
            )
        return found

    def own_until(self, day: date) -> date | None:
        """The last date of the provider's own paces of a London date; None for those that still hold."""
        return next((until for until, _ in self._earlier if day <= until), None)

    def on_road(self, mode: Mode, day: date) -> OnRoad | None:
        """What becomes of an engine's time for a way of travelling; null: engines are not asked about it."""
        paces = self.paces_on(day)
        return None if paces is None else paces.by_engine.get(mode)

    def paces_on(self, day: date) -> Paces | None:
        """The dated policy of a London date."""
        holding = (p for p in self._paces if p.since <= day and (p.until is None or day <= p.until))
        return next(holding, None)


def _by_way(paces: Sequence[OwnPace]) -> dict[tuple[str, str | None], OwnPace]:
    return {(pace.mode, pace.setting): pace for pace in paces}


def estimated_each(legs: pl.DataFrame, measure: Callable[..., Estimate]) -> pl.DataFrame:
    """Rows ESTIMATES for each leg by `measure(from_lat, from_lon, to_lat, to_lon, mode, date, setting)`; equal legs are
    measured once.
    """
    setting = legs["setting"] if "setting" in legs.columns else pl.Series([None] * len(legs), dtype=pl.String)
    columns = [*_ends_of(legs), *legs.select("mode", "date").iter_columns(), setting]
    known: dict[tuple[Any, ...], Estimate] = {}
    rows = list(zip(*(column.to_list() for column in columns), strict=True))
    for leg in rows:
        if leg not in known:
            known[leg] = measure(*leg)
    return pl.DataFrame([known[leg] for leg in rows], schema=ESTIMATES, orient="row")


@lru_cache(maxsize=100_000)
def straight_metres(from_lat: float, from_lon: float, to_lat: float, to_lon: float) -> float:
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
