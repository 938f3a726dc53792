"""Work out days: what happened in, what the law counts out. One case on paper, or many at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
import polars as pl

from backend.domain.gap_ledger import FIXES
from backend.domain.time import instant_of, seconds_of
from backend.domain.working_day import (
    ACTIVITIES,
    JOURNEYS,
    POLICIES,
    VISITS,
    WorkedDays,
    find_gaps,
    with_journeys,
    work_out,
)
from backend.travel import TravelEstimator
from backend.travel.straight_line import StraightLine
from backend.use_cases.rows import columns_of
from schemas.day import Activity, DayCase, DayFlag, DayResult, DaySegment, DayTotals, DayVisit, Journey, Place
from schemas.strict import Faulty, decode_each, parse_json

DAYS: Final = pl.Schema({"day": pl.Int64(), "date": pl.Date(), "mode": pl.String()})
ZONES: Final = pl.Schema({"day": pl.Int64(), "visit": pl.String(), "zone": pl.String()})
_TOWN: Final = ("urban",)
_COUNTRY: Final = ("fringe", "rural", "isolated")
_ANSWER: Final = {
    "planned_gap": "planned_gap_seconds",
    "observed_gap": "observed_gap_seconds",
    "estimate": "estimate_seconds",
}
_SEGMENT: Final = [field.encode_name for field in msgspec.structs.fields(DaySegment)]


@dataclass(frozen=True, slots=True)
class DayFrames:
    """Many days as frames: the domain's VISITS, ACTIVITIES, POLICIES and JOURNEYS, DAYS (`day date mode`), ZONES of
    the homes visited and FIXES of the arrivals there, so far as they are known.
    """

    days: pl.DataFrame
    visits: pl.DataFrame
    activities: pl.DataFrame
    policies: pl.DataFrame
    journeys: pl.DataFrame
    zones: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ZONES))
    fixes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FIXES))


def calc_day(raw: bytes, estimator: TravelEstimator | None = None) -> object:
    """Answer calc day for one JSON object, or an array of them, as builtins ready for JSON.

    Raises Faulty with every fault found; one faulty element refuses the whole array.
    """
    parsed = parse_json(raw)
    if parsed.faults:
        raise Faulty(parsed.faults)
    cases, many = decode_each(DayCase, parsed.value)
    answers: list[Any] = [msgspec.to_builtins(result) for result in day_results(cases, estimator)]
    return answers if many else answers[0]


def day_results(cases: Sequence[DayCase], estimator: TravelEstimator | None = None) -> list[DayResult]:
    """Work out many days in one pass; the answers stand in the order of the cases."""
    worked = work_out_days(day_frames(cases), estimator)
    segments: dict[int, list[DaySegment]] = {}
    for day, segment in zip(worked.segments["day"], segments_of(worked.segments), strict=True):
        segments.setdefault(day, []).append(segment)
    flags = _by_day(worked.flags)
    totals = worked.totals.drop("day").to_dicts()
    return [
        DayResult(
            date=case.date,
            segments=segments.get(day, []),
            totals=DayTotals(**totals[day]),
            flags=[flag_of(row) for row in flags.get(day, [])],
            what_if=case.policy.long_gap != "unresolved",
        )
        for day, case in enumerate(cases)
    ]


def work_out_days(frames: DayFrames, estimator: TravelEstimator | None = None) -> WorkedDays:
    """Work out days already held as frames. Journeys nobody gave come from `estimator`, else the straight
    line.
    """
    estimated = with_estimates(gaps_of(frames), frames.days, estimator or StraightLine())
    return work_out(frames.visits, frames.activities, estimated, frames.policies)


def gaps_of(frames: DayFrames) -> pl.DataFrame:
    """The gaps of days, with the journeys that were given, and a `setting` where both homes' zones are known."""
    gaps = with_journeys(find_gaps(frames.visits, frames.activities), frames.journeys)
    for end in ("from", "to"):
        zones = frames.zones.select(
            "day", pl.col("visit").alias(f"{end}_visit"), pl.col("zone").alias(f"{end}_zone")
        )
        gaps = gaps.join(zones, on=["day", f"{end}_visit"], how="left", maintain_order="left")
    return gaps.with_columns(_setting()).drop("from_zone", "to_zone")


def _setting() -> pl.Expr:
    both = (pl.col("from_zone"), pl.col("to_zone"))
    return (
        pl.when(pl.all_horizontal(zone.is_in(_TOWN) for zone in both))
        .then(pl.lit("urban"))
        .when(pl.all_horizontal(zone.is_in(_COUNTRY) for zone in both))
        .then(pl.lit("rural"))
        .when(pl.all_horizontal(zone.is_in([*_TOWN, *_COUNTRY]) for zone in both))
        .then(pl.lit("mixed"))
        .alias("setting")
    )


def legs_of(gaps: pl.DataFrame, days: pl.DataFrame, lacking: str = "estimate") -> pl.DataFrame:
    """The gaps with two known ends that lack an estimate (or what else `lacking` names), with date and mode: what an
    estimator takes.
    """
    return gaps.filter(pl.col(lacking).is_null() & pl.col("same_place").is_not_null()).join(
        days, on="day", how="left", maintain_order="left"
    )


def with_estimates(
    gaps: pl.DataFrame, days: pl.DataFrame, estimator: TravelEstimator, lacking: str = "estimate"
) -> pl.DataFrame:
    """Gaps with estimates and `metres` for those that lack one (or lack `metres`) and have two known ends."""
    legs = legs_of(gaps, days, lacking)
    if legs.is_empty():
        return gaps
    told = ("source", "engine", "fallback")
    found = estimator.estimate(legs).rename(
        {"estimate": "guess", "metres": "length", **{name: f"guessed_{name}" for name in told}}
    )
    guessed = pl.concat([legs.select("gap"), found], how="horizontal")
    unknown = pl.col("estimate").is_null()
    return (
        gaps.join(guessed, on="gap", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("estimate", "guess").alias("estimate"),
            pl.coalesce("metres", "length").alias("metres"),
            *[pl.when(unknown).then(f"guessed_{name}").otherwise(name).alias(name) for name in told],
        )
        .select(gaps.columns)  # what was guessed for these legs is nothing to whoever asks about others
    )


def day_frames(cases: Sequence[DayCase]) -> DayFrames:
    """Wire cases as frames, `day` being the place of the case in the list. Visits nobody worked are left
    out.
    """
    return DayFrames(
        _frame([(day, case.date, case.carer.mode) for day, case in enumerate(cases)], DAYS),
        _frame(_each(cases, lambda case: case.visits, _visit_row), VISITS),
        _frame(_each(cases, lambda case: case.activities, _activity_row), ACTIVITIES),
        _frame([_policy_row(day, case) for day, case in enumerate(cases)], POLICIES),
        _frame(_each(cases, lambda case: case.journeys, _journey_row), JOURNEYS),
    )


def _frame(rows: Iterable[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _each(cases: Sequence[DayCase], things: Any, row: Any) -> Iterator[tuple[Any, ...]]:
    return (
        (day, *told) for day, case in enumerate(cases) for told in map(row, things(case)) if told is not None
    )


def _visit_row(visit: DayVisit) -> tuple[Any, ...] | None:
    if visit.actual is None:
        return None
    planned = (visit.planned.start, visit.planned.end) if visit.planned else (None, None)
    return (
        visit.id,
        _seconds(visit.actual.start),
        _seconds(visit.actual.end),
        *_degrees(visit.place),
        *map(_seconds, planned),
    )


def _activity_row(activity: Activity) -> tuple[Any, ...]:
    return (activity.kind, _seconds(activity.start), _seconds(activity.end), *_degrees(activity.place))


def _journey_row(journey: Journey) -> tuple[Any, ...]:
    return (journey.from_, journey.to, journey.seconds, journey.source, journey.distance_metres)


def _policy_row(day: int, case: DayCase) -> tuple[Any, ...]:
    limit = case.policy.waiting_limit_minutes
    return (day, None if limit is None else int(limit * 60), case.policy.long_gap)


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else seconds_of(instant)


def _degrees(place: Place | None) -> tuple[float | None, float | None]:
    return (None, None) if place is None else (place.lat, place.lon)


def _by_day(frame: pl.DataFrame) -> dict[int, list[dict[str, Any]]]:
    parts = frame.partition_by("day", as_dict=True, maintain_order=True)
    return {int(key[0]): part.to_dicts() for key, part in parts.items()}


def segments_of(segments: pl.DataFrame) -> list[DaySegment]:
    """The domain's segments on the wire, row by row: with the numbers of a gap on its travel alone."""
    travel = pl.col("kind") == "travel"
    told = segments.with_columns(
        instant_of(pl.col("start")).alias("start"),
        instant_of(pl.col("end")).alias("end"),
        *[pl.when(travel).then(name).alias(wire) for name, wire in _ANSWER.items()],
    )
    return list(map(DaySegment, *columns_of(told.select(_SEGMENT))))


def flag_of(row: Mapping[str, Any]) -> DayFlag:
    """One row of the domain's flags on the wire."""
    return DayFlag(flag=row["flag"], rule=row["rule"], visit=row["visit"], from_=row["from"], to=row["to"])
