"""What the law counts of carers' days, from the facts: the one path that phones, reports and pages share."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import polars as pl

from backend.domain.gap_ledger import FIXES
from backend.domain.policy import Policy
from backend.domain.quarantined import without_what_waits
from backend.domain.time import london_date_of, london_midnight
from backend.domain.working_day import (
    ACTIVITIES,
    JOURNEYS,
    POLICIES,
    VISITS,
    WorkedDays,
    cut_at_midnight,
    working_days,
)
from backend.sql import query
from backend.travel import TravelEstimator
from backend.travel.known import KnownJourneys
from backend.travel.straight_line import StraightLine
from backend.use_cases.calc_day import ZONES, DayFrames, gaps_of, legs_of, work_out_days
from backend.use_cases.kept_identities import as_they_were
from backend.use_cases.known_journeys import known_journeys
from backend.use_cases.provider_policy import policy_of_days
from backend.use_cases.verified_visits import (
    RecordedActivities,
    RecordedVisits,
    activities_recorded,
    recorded_activities,
    recorded_visits,
    visits_recorded,
)

MARGIN: Final = timedelta(days=2)
"""Working days chain over midnight, so the neighbouring dates are read too."""
UNRESOLVED_RULE: Final = "day-unresolved-visit"
_IMPLAUSIBLE: Final = "implausible"


@dataclass(frozen=True, slots=True)
class RecordedDays:
    """What was recorded about the days of London dates `first` to `last`. `employments`: rows of wages.employments;
    `journeys`: of travel.between.
    """

    first: date
    last: date
    policy: Policy
    visits: RecordedVisits
    activities: RecordedActivities
    employments: Sequence[Mapping[str, Any]]
    journeys: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Behind:
    """What days of London dates `first` to `last`, and those beside them, were worked out from, and what came out.
    `owners`: rows `day carer date`.
    """

    owners: pl.DataFrame
    frames: DayFrames
    worked: WorkedDays
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class CarersDays:
    """Days of many carers. `segments`: the domain's SEGMENTS cut at London midnight, with `carer`, `employment_id` and
    the London `date` they count on. `flags`: the domain's, with `carer`, `employment_id` and `date`. `visits` and
    `activities`: the verified facts behind them. `employments` by id. `gaps`: the domain's, likewise, with `metres`,
    each on the date on which it begins. `engines`: by id, the rows of travel.between that say what a routing engine's
    estimates rest on.
    """

    segments: pl.DataFrame
    flags: pl.DataFrame
    visits: pl.DataFrame
    activities: pl.DataFrame
    employments: Mapping[str, Mapping[str, Any]]
    policy: Policy
    gaps: pl.DataFrame
    engines: Mapping[str, Mapping[str, Any]]
    behind: Behind


async def worked_days(
    connection: asyncpg.Connection,
    provider_id: UUID,
    first: date,
    last: date,
    *,
    as_of: datetime,
    carer_id: UUID | None = None,
) -> CarersDays:
    """The days of London dates `first` to `last`, on the facts recorded up to `as_of`; of one carer if given."""
    carers = None if carer_id is None else [carer_id]
    recorded = await recorded_days(connection, provider_id, first, last, as_of=as_of, carers=carers)
    return await asyncio.to_thread(days_recorded, recorded)


async def recorded_days(
    connection: asyncpg.Connection,
    provider_id: UUID,
    first: date,
    last: date,
    *,
    as_of: datetime,
    carers: Sequence[UUID] | None = None,
) -> RecordedDays:
    """Everything that `days_recorded` needs, read from the database: of some carers, or (None) of all."""
    opens, closes = london_midnight(first) - MARGIN, london_midnight(last + timedelta(days=1)) + MARGIN
    policy = await policy_of_days(connection, provider_id, first - MARGIN, last, as_of)
    visits = await recorded_visits(connection, provider_id, opens, closes, carers, as_of)
    activities = await recorded_activities(connection, provider_id, opens, closes, carers, as_of)
    rows = await connection.fetch(query("wages.employments"), provider_id, as_of, carers)
    named = await as_they_were(connection, provider_id, as_of, rows, "employment_id")
    employments = sorted(named, key=lambda row: str(row["reference"]))
    recorded = RecordedDays(first, last, policy, visits, activities, employments)
    journeys = await known_journeys(connection, provider_id, recorded_places(recorded), as_of)
    return replace(recorded, journeys=journeys)


def recorded_places(recorded: RecordedDays) -> list[tuple[float, float]]:
    """The places that recorded days name, in degrees north and east."""
    return [*places_in(recorded.visits.facts.places), *activity_places(recorded.activities)]


def activity_places(recorded: RecordedActivities) -> list[tuple[float, float]]:
    """The places of activities, as phones or managers said, in degrees north and east."""
    return [*places_in(recorded.events), *places_in(recorded.entries)]


def places_in(frame: pl.DataFrame) -> list[tuple[float, float]]:
    """The places that rows name, in degrees north and east."""
    return frame.select("lat", "lon").drop_nulls().unique().rows()


def days_recorded(recorded: RecordedDays, estimator: TravelEstimator | None = None) -> CarersDays:
    """The days that recorded facts come to, by the packaged policy of journeys unless an estimator is given. Pure."""
    visits, activities = visits_recorded(recorded.visits), activities_recorded(recorded.activities)
    return days_of(visits, activities, recorded, estimator)


def days_of(
    visits: pl.DataFrame,
    activities: pl.DataFrame,
    recorded: RecordedDays,
    estimator: TravelEstimator | None = None,
) -> CarersDays:
    """The same of these verified visits and activities alone: all that `recorded` holds, or those of some carers."""
    visits = without_what_waits(visits)
    days, frames = _days_and_frames(visits, activities, recorded)
    worked = work_out_days(frames, estimator or estimator_of(recorded, StraightLine()))
    within = pl.col("date").is_between(recorded.first, recorded.last)
    segments, flags, gaps = (
        attributed(frame, visits, recorded.employments).filter(within)
        for frame in _owned(worked, visits, days)
    )
    employments = {row["employment_id"]: row for row in recorded.employments}
    engines = {row["engine_id"]: row for row in recorded.journeys}
    return CarersDays(
        segments,
        flags,
        visits,
        activities,
        employments,
        recorded.policy,
        gaps,
        engines,
        Behind(days, frames, worked, recorded.first, recorded.last),
    )


def begun_days(days: CarersDays) -> pl.DataFrame:
    """The segments of the working days that begin on these London dates, whole as calc day gives them: a night stands
    under the date it begins on. Columns as of `segments`, `date` being the working day's.
    """
    behind = days.behind
    whole = _unresolved(behind.worked.segments, days.visits, behind.owners)
    owned = whole.join(behind.owners, on="day", maintain_order="left")
    within = pl.col("date").is_between(behind.first, behind.last)
    return attributed(owned, days.visits, days.employments.values()).filter(within)


def reaching_days(days: CarersDays) -> pl.DataFrame:
    """The segments of the working days that hold any of these London dates, whole as calc day gives them. Columns as of
    `segments`, `date` being the one on which each begins, of unrecorded time the one on which its gap begins.
    """
    behind = days.behind
    begins = pl.when("filled").then(pl.coalesce("gap_start", "start")).otherwise("start")
    whole = (
        _unresolved(behind.worked.segments, days.visits, behind.owners)
        .join(days.segments.select("day").unique(), on="day", how="semi", maintain_order="left")
        .join(behind.owners.select("day", "carer"), on="day", maintain_order="left")
        .with_columns(london_date_of(begins).alias("date"))
    )
    return attributed(whole, days.visits, days.employments.values())


def legs_recorded(recorded: RecordedDays) -> pl.DataFrame:
    """The journeys between two known places in these days, as backend.travel.TravelEstimator takes them. Pure."""
    visits, activities = visits_recorded(recorded.visits), activities_recorded(recorded.activities)
    _, frames = _days_and_frames(visits, activities, recorded)
    legs = legs_of(gaps_of(frames), frames.days)
    return legs.filter(pl.col("date").is_between(recorded.first, recorded.last))


def estimator_of(recorded: RecordedDays, line: StraightLine) -> TravelEstimator:
    """What judges the journeys of these days: what engines said of them, else the provider's own paces over `line`."""
    return KnownJourneys(
        recorded.journeys, line.with_own(recorded.policy.paces, recorded.policy.earlier_paces)
    )


def _owned(
    worked: WorkedDays, visits: pl.DataFrame, days: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Segments, flags and gaps, each with its carer and date: of a gap the one on which it begins."""
    segments = _unresolved(cut_at_midnight(worked.segments), visits, days)
    carers = days.select("day", "carer")
    gaps = worked.gaps.join(carers, on="day", maintain_order="left").with_columns(
        visit=pl.col("from_visit"), date=london_date_of(pl.col("gap_start"))
    )
    return (
        segments.join(days.select("day", "carer"), on="day", maintain_order="left"),
        worked.flags.join(days, on="day", maintain_order="left"),
        gaps,
    )


def _days_and_frames(
    visits: pl.DataFrame, activities: pl.DataFrame, recorded: RecordedDays
) -> tuple[pl.DataFrame, DayFrames]:
    """Rows `day carer date` of the working days, and all that happened in them."""
    known, settled = known_visits(visits), settled_activities(activities)
    dated, done = working_days(known, settled, recorded.policy.day_break_minutes * 60)
    days = (
        pl.concat([dated.select("day", "carer", "date"), done.select("day", "carer", "date")])
        .unique("day", keep="first")
        .sort("day")
    )
    return days, _frames(days, dated, done, recorded.employments, recorded.policy)


def _frames(
    days: pl.DataFrame,
    visits: pl.DataFrame,
    activities: pl.DataFrame,
    employments: Sequence[Mapping[str, Any]],
    policy: Policy,
) -> DayFrames:
    modes = {row["carer_id"]: row["mode"] for row in employments}
    return DayFrames(
        days.select(
            "day", "date", mode=pl.col("carer").replace_strict(modes, default="car", return_dtype=pl.String)
        ),
        visits.select(VISITS.keys()),
        activities.select(ACTIVITIES.keys()),
        policies_of(days, policy),
        pl.DataFrame(schema=JOURNEYS),
        visits.select(ZONES.keys()).unique(["day", "visit"], keep="first", maintain_order=True),
        visits.select(FIXES.keys()).unique(["day", "visit"], keep="first", maintain_order=True),
    )


def policies_of(days: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The policy of each `day`, as a frame POLICIES: the provider's one."""
    limit = None if policy.waiting_limit_minutes is None else policy.waiting_limit_minutes * 60
    held = days.select("day", waiting_limit=pl.lit(limit, pl.Int64), long_gap=pl.lit(policy.long_gap))
    return held.cast(POLICIES)


def _seconds(name: str) -> pl.Expr:
    return pl.col(name).dt.epoch("s").alias(name)


def known_visits(visits: pl.DataFrame) -> pl.DataFrame:
    """Visits that somebody worked. Of an implausible one only the first known instant is taken as a bound."""
    implausible = (pl.col("unresolved") == _IMPLAUSIBLE).fill_null(False)
    end = pl.when(~implausible | pl.col("actual_start").is_null()).then("actual_end")
    return visits.filter(
        pl.col("carer_id").is_not_null()
        & (pl.col("actual_start").is_not_null() | pl.col("actual_end").is_not_null())
    ).select(
        pl.col("carer_id").alias("carer"),
        pl.col("visit_id").alias("visit"),
        pl.col("actual_start").dt.epoch("s").alias("start"),
        end.dt.epoch("s").alias("end"),
        "lat",
        "lon",
        _seconds("planned_start"),
        _seconds("planned_end"),
        "zone",
        *_fix("arrived", "start"),
        *_fix("left", "end"),
    )


def _fix(name: str, end: str) -> tuple[pl.Expr, pl.Expr]:
    """When the position of one end of a visit was taken, and how far from the door the phone then was at most."""
    taken = pl.col(f"recorded_{end}").dt.epoch("us") / 1_000_000 - pl.col(f"{end}_fix_age_s")
    return taken.alias(f"{name}_at"), pl.col(f"{end}_fix_within_m").alias(f"{name}_within")


def settled_activities(activities: pl.DataFrame) -> pl.DataFrame:
    """Activities that were closed and are not in doubt."""
    settled = pl.col("unresolved").is_null() & pl.col("start").is_not_null() & pl.col("end").is_not_null()
    return activities.filter(settled & (pl.col("end") >= pl.col("start"))).select(
        pl.col("carer_id").alias("carer"), "kind", _seconds("start"), _seconds("end"), "lat", "lon"
    )


def _unresolved(segments: pl.DataFrame, visits: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Time of visits in doubt is neither counted nor refused until a person settles it."""
    doubted = (
        visits.filter(pl.col("unresolved").is_not_null())
        .select(
            pl.col("carer_id").alias("carer"),
            pl.col("visit_id").alias("visit"),
            pl.lit(True).alias("doubted"),
        )
        .unique()
    )
    doubt = pl.col("doubted").fill_null(False) & (pl.col("kind") == "contact")
    return (
        segments.join(days.select("day", "carer"), on="day", maintain_order="left")
        .join(doubted, on=["carer", "visit"], how="left", maintain_order="left")
        .with_columns(
            kind=pl.when(doubt).then(pl.lit("unresolved")).otherwise("kind"),
            counted=pl.col("counted") & ~doubt,
            rule=pl.when(doubt).then(pl.lit(UNRESOLVED_RULE)).otherwise("rule"),
        )
        .drop("doubted", "carer")
    )


def attributed(
    rows: pl.DataFrame, visits: pl.DataFrame, employments: Iterable[Mapping[str, Any]]
) -> pl.DataFrame:
    """Rows of a `carer` and London `date` with `employment_id`: of their visit, else of the visit before the gap, else
    the newest of the carer's employments of that date, or without one the newest of all.
    """
    of_visit = (
        visits.filter(pl.col("employment_id").is_not_null())
        .select(pl.col("carer_id").alias("carer"), pl.col("visit_id").alias("visit"), "employment_id")
        .unique(["carer", "visit"], keep="first", maintain_order=True)
    )
    before = of_visit.rename({"visit": "from", "employment_id": "from_employment"})
    return (
        rows.join(of_visit, on=["carer", "visit"], how="left", maintain_order="left")
        .join(before, on=["carer", "from"], how="left", maintain_order="left")
        .join(
            _newest(rows, employments),
            on=["carer", "date"],
            how="left",
            maintain_order="left",
            nulls_equal=True,
        )
        .with_columns(employment_id=pl.coalesce("employment_id", "from_employment", "newest"))
        .drop("from_employment", "newest")
    )


def _newest(rows: pl.DataFrame, employments: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows `carer date newest`: somebody who left and came back worked for the employment of that date."""
    held = pl.DataFrame(
        [(row["carer_id"], row["employment_id"], row["starts_on"], row["ends_on"]) for row in employments],
        {"carer": pl.String, "newest": pl.String, "starts_on": pl.Date, "ends_on": pl.Date},
        orient="row",
    )
    ended = (pl.col("ends_on") < pl.col("date")).fill_null(False)
    lasting = (pl.col("starts_on") <= pl.col("date")) & ~ended
    return (
        rows.select("carer", "date")
        .unique()
        .join(held, on="carer")
        .sort(lasting, "starts_on", maintain_order=True)
        .unique(["carer", "date"], keep="last", maintain_order=True)
        .select("carer", "date", "newest")
    )
