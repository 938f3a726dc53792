"""The verified visits and the activities of a provider's carers in a time range, derived from the facts held.

With `as_of` only facts recorded up to that instant are seen, and statuses are judged at it: what a frozen document was
made from can be derived again. Without it, everything held counts, judged now.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import polars as pl

from backend import clock
from backend.domain import visit
from backend.domain.activity import ACTIVITY_EVENT_SCHEMA, DAY_CORRECTION_SCHEMA, ENTRY_SCHEMA, activities
from backend.domain.evidence import proved
from backend.domain.policy import Policy
from backend.domain.time import london_date
from backend.domain.visit import VisitFacts, visits
from backend.sql import query
from backend.use_cases.frames import read_frame
from backend.use_cases.provider_policy import provider_policy

# An unplanned visit or an activity may begin before the range and end in it.
_MARGIN: Final = timedelta(days=1)
# An event comes after its visit was planned, and at most ten minutes before the time it tells, unless a clock was wrong
# or a manager released it in spite of that. What came even this much earlier is about something else.
_EARLY: Final = timedelta(days=366)
# The event that a late position is of; the verdict on the token, and of what kind of tag it is.
_BESIDE: Final = {"about_event_id": pl.String(), "token": pl.String(), "token_kind": pl.String()}
SAID_SCHEMA: Final = pl.Schema({**visit.EVENT_SCHEMA, **_BESIDE})
"""Events about visits as they were said, before a position that came later, or their token, improves them."""


@dataclass(frozen=True, slots=True)
class RecordedVisits:
    """What was recorded about visits that begin from `start` up to `end`; `facts.events` are in SAID_SCHEMA.

    `carers`, `commissioner_id`: whose alone; null for everybody's.
    """

    facts: VisitFacts
    start: datetime
    end: datetime
    now: datetime
    policy: Policy
    carers: Sequence[str] | None = None
    commissioner_id: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedActivities:
    """What was recorded about activities from `start` up to `end`, in the domain's schemas."""

    events: pl.DataFrame
    corrections: pl.DataFrame
    entries: pl.DataFrame
    start: datetime
    end: datetime


async def verified_visits(
    connection: asyncpg.Connection,
    provider_id: UUID,
    start: datetime,
    end: datetime,
    carers: Sequence[UUID] | None = None,
    as_of: datetime | None = None,
    commissioner_id: UUID | None = None,
) -> pl.DataFrame:
    """One row per attendance, in backend.domain.visit.VISIT_SCHEMA, with `start` <= `starts_at` < `end`.

    Of some carers, or of what one commissioner commissions, no more is read than is about those visits.
    """
    recorded = await recorded_visits(connection, provider_id, start, end, carers, as_of, commissioner_id)
    return await asyncio.to_thread(visits_recorded, recorded)


async def visits_named(
    connection: asyncpg.Connection,
    provider_id: UUID,
    visit_ids: Sequence[UUID],
    day: date,
    as_of: datetime | None = None,
) -> pl.DataFrame:
    """The same of these planned visits, whenever they start, by the provider's policy of a London date.

    No more is read than what is about them, however long ago and far apart they are.
    """
    if not visit_ids:
        return pl.DataFrame(schema=visit.VISIT_SCHEMA)
    now = as_of or clock.now()
    policy = await provider_policy(connection, provider_id, day, now)
    reading = _Reading(connection, provider_id, as_of, now, policy)
    facts = await _facts_named(reading, visit_ids)
    return await asyncio.to_thread(_attendances, facts, now, policy)


async def recorded_visits(
    connection: asyncpg.Connection,
    provider_id: UUID,
    start: datetime,
    end: datetime,
    carers: Sequence[UUID] | None = None,
    as_of: datetime | None = None,
    commissioner_id: UUID | None = None,
) -> RecordedVisits:
    """Everything that `visits_recorded` needs, read from the database."""
    now = as_of or clock.now()
    policy = await provider_policy(connection, provider_id, london_date(end), now)
    whole = carers is None or len(carers) > 1
    reading = _Reading(connection, provider_id, as_of, now, policy, whole)
    facts = await _facts_between(reading, start, end, carers, commissioner_id)
    own = None if carers is None else [str(carer) for carer in carers]
    payer = None if commissioner_id is None else str(commissioner_id)
    return RecordedVisits(facts, start, end, now, policy, own, payer)


def visits_recorded(recorded: RecordedVisits) -> pl.DataFrame:
    """The attendances that recorded facts come to. Pure."""
    rows = _attendances(recorded.facts, recorded.now, recorded.policy)
    wanted = [pl.col("starts_at") >= recorded.start, pl.col("starts_at") < recorded.end]
    if recorded.carers is not None:
        wanted.append(pl.col("carer_id").is_in(recorded.carers))
    if recorded.commissioner_id is not None:
        wanted.append(pl.col("commissioner_id") == recorded.commissioner_id)
    return rows.filter(wanted)


def _attendances(facts: VisitFacts, now: datetime, policy: Policy) -> pl.DataFrame:
    events = proved(facts.events, facts.speeds, policy.implied_speed_limit_kmh, policy.fix_stale_after_s)
    known = events.filter(pl.col("visit_id").is_not_null()).select(list(visit.EVENT_SCHEMA))
    return visits(replace(facts, events=known), now, policy)


async def carer_activities(
    connection: asyncpg.Connection,
    provider_id: UUID,
    start: datetime,
    end: datetime,
    carers: Sequence[UUID] | None = None,
    as_of: datetime | None = None,
) -> pl.DataFrame:
    """Activities in backend.domain.activity.ACTIVITY_SCHEMA, with `start` <= `starts_at` < `end`."""
    recorded = await recorded_activities(connection, provider_id, start, end, carers, as_of)
    return await asyncio.to_thread(activities_recorded, recorded)


async def recorded_activities(
    connection: asyncpg.Connection,
    provider_id: UUID,
    start: datetime,
    end: datetime,
    carers: Sequence[UUID] | None = None,
    as_of: datetime | None = None,
) -> RecordedActivities:
    """Everything that `activities_recorded` needs, read from the database."""
    wide = (start - _MARGIN, end + _MARGIN, carers, as_of)
    said = await connection.fetch(query("visits.activity_events"), provider_id, *wide)
    corrected = await connection.fetch(query("visits.day_corrections"), provider_id, *wide)
    events = _frame([(*row[:-1], *named_place(row[-1])) for row in said], ACTIVITY_EVENT_SCHEMA)
    entered = await connection.fetch(query("visits.activity_entries"), provider_id, *wide)
    corrections, entries = _frame(corrected, DAY_CORRECTION_SCHEMA), _frame(entered, ENTRY_SCHEMA)
    return RecordedActivities(events, corrections, entries, start, end)


def activities_recorded(recorded: RecordedActivities) -> pl.DataFrame:
    """The activities that recorded facts come to. Pure."""
    rows = activities(recorded.events, recorded.corrections, recorded.entries)
    return rows.filter(pl.col("starts_at") >= recorded.start, pl.col("starts_at") < recorded.end)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How facts about visits are read: of a provider, as recorded up to `as_of` (None: all), judged at `now`.

    `whole`: those of many carers, which come column by column; a few rows come sooner as rows.
    """

    connection: asyncpg.Connection
    provider_id: UUID
    as_of: datetime | None
    now: datetime
    policy: Policy
    whole: bool = False

    async def fetch(self, name: str, schema: pl.Schema, *parameters: object) -> pl.DataFrame:
        if self.whole:
            return await read_frame(self.connection, name, schema, self.provider_id, *parameters)
        rows = await self.connection.fetch(query(name), self.provider_id, *parameters)
        return await asyncio.to_thread(_frame, rows, schema)

    async def events(
        self,
        visit_ids: Sequence[str],
        opens: datetime,
        closes: datetime,
        planned: "_Planned | None",
        since: datetime,
    ) -> pl.DataFrame:
        """Those of visits, by id or as `planned`, and of no known visit within a range. By id: and positions that came
        later for these visits. Others than by id only as far as they came since an instant.
        """
        waiting_since = self.now - timedelta(days=self.policy.chain_waiting_flag_days)
        asked = (visit_ids, opens, closes, None, self.as_of, waiting_since, planned is None)
        return await self.fetch("visits.events", SAID_SCHEMA, *asked, *(planned or _NONE), since)


class _Planned(NamedTuple):
    """Visits that start within a range, of some employments or of one commissioner if given, as queries take them."""

    start: datetime | None = None
    end: datetime | None = None
    employments: Sequence[str] | None = None
    commissioner_id: UUID | None = None


_NONE: Final = _Planned()


async def _facts_between(
    reading: _Reading,
    start: datetime,
    end: datetime,
    carers: Sequence[UUID] | None,
    commissioner_id: UUID | None,
) -> VisitFacts:
    employments = await reading.fetch("visits.employments", visit.EMPLOYMENT_SCHEMA, reading.as_of)
    theirs = pl.col("carer_id").is_in([str(carer) for carer in carers or ()])
    own = None if carers is None else _ids(employments.filter(theirs), "employment_id")
    planned = _Planned(start, end, own, commissioner_id)
    versions = await reading.fetch("visits.versions", visit.VERSION_SCHEMA, *planned, reading.as_of)
    wide = (start - _MARGIN, end + _MARGIN)
    # Of a visit of two carers both must be read, because the first check-in of either fixes the plan.
    known_since = versions.select(pl.col("recorded_at").min()).item() or start
    events = await reading.events([], *wide, planned, min(start, known_since) - _EARLY)
    versions = await _with_planned_meanwhile(reading, planned, versions, events)
    limit = reading.policy.implied_speed_limit_kmh
    speeds = await reading.fetch("speeds.between", visit.SPEED_SCHEMA, *wide, limit, carers, reading.as_of)
    return await _facts_about(reading, versions, events, employments, speeds, planned)


async def _with_planned_meanwhile(
    reading: _Reading, planned: _Planned, versions: pl.DataFrame, events: pl.DataFrame
) -> pl.DataFrame:
    """With the versions of visits that were planned, or moved into the range, since the versions were read.

    Their events were found by what is planned now; without a plan they would stand as visits that nobody planned.
    """
    known = pl.col("visit_id").is_in(versions["visit_id"].implode())
    since = events.filter(~known & ~pl.col("unplanned") & ~pl.col("foreign"))["visit_id"].drop_nulls()
    if since.is_empty():
        return versions
    again = await reading.fetch("visits.versions", visit.VERSION_SCHEMA, *planned, reading.as_of)
    return pl.concat([versions, again.filter(pl.col("visit_id").is_in(since.implode()))])


async def _facts_named(reading: _Reading, visit_ids: Sequence[UUID]) -> VisitFacts:
    employments = await reading.fetch("visits.employments", visit.EMPLOYMENT_SCHEMA, reading.as_of)
    versions = await reading.fetch("visits.versions_named", visit.VERSION_SCHEMA, visit_ids, reading.as_of)
    events = await reading.events(_ids(versions, "visit_id"), reading.now, reading.now, None, reading.now)
    limit = reading.policy.implied_speed_limit_kmh
    rows = _ids(events, "event_row")
    speeds = await reading.fetch("speeds.about", visit.SPEED_SCHEMA, rows, limit, reading.as_of)
    return await _facts_about(reading, versions, events, employments, speeds, None)


async def _facts_about(
    reading: _Reading,
    versions: pl.DataFrame,
    events: pl.DataFrame,
    employments: pl.DataFrame,
    speeds: pl.DataFrame,
    planned: _Planned | None,
) -> VisitFacts:
    """The rest of what visits are made of: packages, places and corrections."""
    as_of, packaged = reading.as_of, _ids(versions, "package_id")
    packages = await reading.fetch("visits.packages", visit.PACKAGE_SCHEMA, packaged, as_of)
    people = _ids(packages, "service_user_id", events)
    known = pl.col("visit_id").is_in(versions["visit_id"].implode())
    named = _ids(events, "visit_id", versions) if planned is None else _ids(events.filter(~known), "visit_id")
    inside = _ids(events.filter("inside"), "place_id")
    return VisitFacts(
        versions=versions,
        events=events,
        employments=employments,
        packages=packages,
        places=await reading.fetch("visits.places", visit.PLACE_SCHEMA, people, inside, as_of),
        corrections=await reading.fetch(
            "visits.corrections", visit.CORRECTION_SCHEMA, named, as_of, *(planned or _NONE)
        ),
        speeds=speeds,
    )


def named_place(payload: bytes | None) -> tuple[float | None, float | None]:
    """The place that an activity's payload names, if it names one and is still held."""
    place = json.loads(payload).get("place") if payload else None
    return (float(place["lat"]), float(place["lon"])) if place else (None, None)


def _ids(frame: pl.DataFrame, column: str, *more: pl.DataFrame) -> list[str]:
    """The ids in a column of one frame or several, as text: an object for each would cost more than it says."""
    return pl.concat([each[column] for each in (frame, *more)]).drop_nulls().unique().sort().to_list()


def _frame(rows: list[Any], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
