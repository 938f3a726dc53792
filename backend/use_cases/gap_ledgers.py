"""The gap ledger of recorded days: what became of every second between two stops, and what its estimate rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any, Final

import polars as pl

from backend.domain.gap_ledger import MISSED, gap_ledger
from backend.domain.policy import OwnPace
from backend.domain.time import instant_of, london_date_of
from backend.travel.straight_line import SOURCE, StraightLine, straight_metres
from backend.use_cases.rows import rows_of
from backend.use_cases.worked_days import CarersDays, attributed
from schemas.gap_ledger import GapPart, GapRow, ImpliedSpeed, TravelPace

_ENDS: Final = ("from_lat", "from_lon", "to_lat", "to_lon")
_TENTH: Final = Decimal("0.1")
_AS_THEY_ARE: Final = (
    "to", "source", "engine", "fallback", "metres", "mode", "from_actual", "to_actual", "from_planned", "to_planned",
    "in_planned_order", "no_speed",
)  # fmt: skip
_SHOWN: Final = (
    *_AS_THEY_ARE, "gap", "employment_id", "date", "from", "start", "end", "planned_gap", "observed_gap", "estimate",
    "day_date", "setting", "kmh_least", "kmh", "kmh_most",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """Gaps of each employment and London date, in order of time, and the paces that their estimates went by."""

    gaps: Mapping[tuple[str, date], Sequence[GapRow]]
    paces: Sequence[TravelPace]


def gap_ledgers(days: CarersDays, line: StraightLine) -> Ledger:
    """The ledger of these days. A gap belongs to the London date on which it starts. Pure.

    `line` are the packaged paces that the days were worked out by; the provider's own, of its policy, win over them.
    """
    rows = _dated(days)
    parts = days.behind.worked.parts.filter(pl.col("gap").is_in(rows["gap"].implode()))
    told: dict[int, list[GapPart]] = {}
    for gap, *part in parts.select("gap", "kind", "rule", "seconds", "credited").iter_rows():
        told.setdefault(gap, []).append(GapPart(*part))
    paces = _Paces(line.with_own(days.policy.paces, days.policy.earlier_paces))
    found: dict[tuple[str, date], list[GapRow]] = {}
    for row in rows_of(rows.select(_SHOWN)):
        made = _row(row, told.get(row["gap"], []), paces.of(row))
        found.setdefault((row["employment_id"], row["date"]), []).append(made)
    return Ledger(found, sorted(paces.used.values(), key=lambda pace: pace.id))


def _dated(days: CarersDays) -> pl.DataFrame:
    """The domain's LEDGER with `carer employment_id mode day_date date`, of the dates asked for."""
    behind = days.behind
    ends = behind.worked.gaps.select(_ENDS).rows()
    straight = [None if None in each else straight_metres(*each) for each in ends]
    gaps = behind.worked.gaps.with_columns(pl.Series("straight", straight, dtype=pl.Float64))
    owners = behind.owners.join(behind.frames.days.select("day", "mode"), on="day").rename(
        {"date": "day_date"}
    )
    rows = gap_ledger(gaps, behind.frames.visits, behind.frames.fixes, _missed(days)).join(
        owners, on="day", maintain_order="left"
    )
    dated = rows.with_columns(visit="from_visit", date=london_date_of(pl.col("start")))
    own = attributed(dated, days.visits, days.employments.values())
    readable = own.with_columns(instant_of(pl.col(name)).alias(name) for name in ("start", "end"))
    within = pl.col("date").is_between(behind.first, behind.last) & pl.col("employment_id").is_not_null()
    return readable.filter(within).sort("carer", "start", "end", "gap")


def _missed(days: CarersDays) -> pl.DataFrame:
    """The missed visits of each carer, in the working day that holds others of their London date, as a frame MISSED."""
    behind = days.behind
    worked = behind.frames.visits.join(behind.owners.select("day", "carer"), on="day")
    dated = worked.select("carer", "day", on=london_date_of(pl.coalesce("start", "end")))
    missed = days.visits.filter(pl.col("status") == "missed").select(
        "carer_id",
        visit="visit_id",
        **{name: pl.col(name).dt.epoch("s") for name in ("planned_start", "planned_end")},
    )
    held = missed.with_columns(on=london_date_of(pl.col("planned_start"))).join(
        dated.unique(["carer", "on"], keep="first", maintain_order=True),
        left_on=["carer_id", "on"],
        right_on=["carer", "on"],
    )
    return held.select(MISSED.keys()).cast(MISSED)


def _row(row: Mapping[str, Any], parts: list[GapPart], pace: str | None) -> GapRow:
    return GapRow(
        from_=row["from"],
        start=row["start"],
        end=row["end"],
        planned_seconds=row["planned_gap"],
        observed_seconds=row["observed_gap"],
        estimate_seconds=row["estimate"],
        pace=pace,
        speed=_speed(row),
        parts=parts,
        **{name: row[name] for name in _AS_THEY_ARE},
    )


def _speed(row: Mapping[str, Any]) -> ImpliedSpeed | None:
    if row["kmh_most"] is None:
        return None
    return ImpliedSpeed(
        least=_tenths(row["kmh_least"], ROUND_FLOOR),
        measured=_tenths(row["kmh"], ROUND_HALF_EVEN),
        most=_tenths(row["kmh_most"], ROUND_CEILING),
    )


def _tenths(kmh: float | None, rounding: str) -> Decimal | None:
    """To a tenth, so that a range never gets narrower than it is."""
    return None if kmh is None else Decimal(kmh).quantize(_TENTH, rounding)


class _Paces:
    """Finds the pace that an estimate went by, and remembers those found, by id."""

    def __init__(self, line: StraightLine) -> None:
        self._line = line
        self._known: dict[tuple[Any, ...], str | None] = {}
        self.used: dict[str, TravelPace] = {}

    def of(self, row: Mapping[str, Any]) -> str | None:
        """The id of a row's pace; null where nothing was estimated."""
        key = (row["source"], row["engine"] is None, row["mode"], row["day_date"], row["setting"])
        if key not in self._known:
            self._known[key] = self._found(row)
        return self._known[key]

    def _found(self, row: Mapping[str, Any]) -> str | None:
        if row["source"] == SOURCE:
            found = self._on_line(row)
        elif row["engine"] is not None:
            found = self._on_road(row)
        else:
            return None
        self.used[found.id] = found
        return found.id

    def _on_line(self, row: Mapping[str, Any]) -> TravelPace:
        pace = self._line.pace(row["mode"], row["day_date"], row["setting"])
        policy = self._line.paces_on(row["day_date"])
        since = None if isinstance(pace, OwnPace) or policy is None else policy.since
        setting, until = row["setting"] or "any", self._line.own_until(row["day_date"])
        own = "own" if until is None else f"own until {until}"
        return TravelPace(
            id=f"line {row['mode']} {setting} {own if since is None else since}",
            by=SOURCE,
            mode=row["mode"],
            setting=row["setting"],
            since=since,
            detour=pace.detour,
            kmh=pace.kmh,
            minutes=pace.minutes,
        )

    def _on_road(self, row: Mapping[str, Any]) -> TravelPace:
        policy, upon = self._line.paces_on(row["day_date"]), self._line.on_road(row["mode"], row["day_date"])
        assert policy is not None and upon is not None
        return TravelPace(
            id=f"road {row['mode']} {policy.since}",
            by=row["source"],
            mode=row["mode"],
            since=policy.since,
            of=upon.of,
            factor=upon.factor,
            minutes=upon.minutes,
        )
