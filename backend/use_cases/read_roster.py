"""A day's roster as a timeline for each carer, or for each person: planned against worked, and what cannot be kept."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import polars as pl

from backend import clock, db
from backend.domain.policy import Policy
from backend.domain.roster import Conflict, PlannedVisit, Point, conflicts
from backend.domain.time import instant_of, london_date, london_midnight
from backend.sql import query
from backend.travel.straight_line import StraightLine
from backend.use_cases.provider_policy import provider_policy
from backend.use_cases.roster_facts import carers_away
from backend.use_cases.rows import columns_of
from backend.use_cases.verified_visits import verified_visits
from backend.use_cases.worked_days import MARGIN, RecordedDays, days_recorded, recorded_days

By = Literal["carer", "person"]
PAGE: Final = 40
_OFF: Final = ("cancelled", "suspended")


@dataclass(frozen=True, slots=True)
class RosterVisit:
    """A visit planned for somebody. `other`: the name of the person, or in a person's row of the carer."""

    id: str
    reference: str
    start: datetime
    end: datetime
    other: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A carer's day, or a person's. `worked`: stretches `kind start end`; of a person what was done there.

    `away`: visits that fall into the carer's leave, each with its kind.
    """

    reference: str
    name: str
    planned: list[RosterVisit]
    worked: list[tuple[str, datetime, datetime]]
    conflicts: list[Conflict]
    away: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Roster:
    """One page of rows by name, those with conflicts first; `unassigned`: visits that nobody is to make."""

    day: date
    by: By
    rows: list[RosterRow]
    more: bool
    unassigned: list[RosterVisit]
    conflicts: int


async def read_roster(provider_id: UUID, day: date, by: By, page: int) -> Roster:
    """The roster of a London date as it stands now; `page` counts from 1."""
    now = clock.now()
    opens, closes = london_midnight(day), london_midnight(day + timedelta(days=1))
    async with db.as_provider(provider_id) as connection:
        visits = await verified_visits(connection, provider_id, opens, closes, as_of=now)
        planned = _planned(visits, day)
        carers = await connection.fetch(query("console.carers"), provider_id)
        whose = [UUID(one) for one in visits["service_user_id"].drop_nulls().unique()]
        rows = await connection.fetch(query("delivered.people"), provider_id, whose, now)
        people = {row["person"]: (row["reference"], row["name"]) for row in rows}
        names = {str(row["carer_id"]): (row["reference"], row["name"]) for row in carers}
        if by == "carer":
            reading = _Reading(connection, provider_id, day, now)
            listed, worked = await _by_carer(reading, planned, names, people)
        else:
            listed, worked = _by_person(planned, names, people), {}
        order = sorted(
            listed.items(),
            key=lambda one: (not (one[1].conflicts or one[1].away), one[1].name, one[1].reference),
        )
        shown = dict(order[(page - 1) * PAGE : page * PAGE])
        if by == "carer":  # what the law counts of a day is in no person's row
            worked = {**worked, **await reading.worked(shown.keys() - worked.keys())}
            shown = {carer: replace(row, worked=worked.get(carer, [])) for carer, row in shown.items()}
    return Roster(
        day=day,
        by=by,
        rows=list(shown.values()),
        more=len(listed) > page * PAGE,
        unassigned=[_visit(visit, people) for visit in planned if visit["carer_id"] is None],
        conflicts=sum(len(row.conflicts) for row in listed.values()),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """A provider's London date, read as it stands now."""

    connection: asyncpg.Connection
    provider_id: UUID
    day: date
    now: datetime

    async def worked(self, carers: Set[str]) -> dict[str, list[tuple[str, datetime, datetime]]]:
        """What the law counts of the day of these carers. A night may hold it together with the days beside it, so
        those are read too, of these carers alone.
        """
        if not carers:
            return {}
        chosen = [UUID(carer) for carer in sorted(carers)]
        recorded = await recorded_days(
            self.connection, self.provider_id, self.day, self.day, as_of=self.now, carers=chosen
        )
        return await asyncio.to_thread(_worked, recorded)

    async def busy(self, policy: Policy) -> set[str]:
        """The carers of whom anything is said close enough to the day for their work to reach into it."""
        near = timedelta(minutes=policy.day_break_minutes)
        opens, closes = london_midnight(self.day), london_midnight(self.day + timedelta(days=1))
        rows = await self.connection.fetch(
            query("roster.busy"),
            self.provider_id,
            opens - near,
            closes + near,
            opens - MARGIN,
            closes + MARGIN,
        )
        return {str(row["carer_id"]) for row in rows}


def _worked(recorded: RecordedDays) -> dict[str, list[tuple[str, datetime, datetime]]]:
    segments = days_recorded(recorded).segments.sort("start", "end", maintain_order=True)
    stretches = segments.select(
        "carer", "kind", *(instant_of(pl.col(name)).alias(name) for name in ("start", "end"))
    )
    found: dict[str, list[tuple[str, datetime, datetime]]] = {}
    for carer, kind, start, end in zip(*columns_of(stretches), strict=True):
        found.setdefault(carer, []).append((kind, start, end))
    return found


def _planned(visits: pl.DataFrame, day: date) -> list[dict[str, Any]]:
    """The visits that are to be made on a London date."""
    stands = pl.col("planned_start").is_not_null() & ~pl.col("status").is_in(_OFF)
    return [visit for visit in visits.filter(stands).to_dicts() if london_date(visit["planned_start"]) == day]


def _visit(
    visit: Mapping[str, Any], others: Mapping[str, tuple[str, str]], key: str = "service_user_id"
) -> RosterVisit:
    other = others.get(visit[key] or "", ("", "nobody"))[1]
    return RosterVisit(
        visit["visit_id"], visit["reference"], visit["planned_start"], visit["planned_end"], other
    )


async def _by_carer(
    reading: _Reading,
    planned: Sequence[Mapping[str, Any]],
    names: Mapping[str, tuple[str, str]],
    people: Mapping[str, tuple[str, str]],
) -> tuple[dict[str, RosterRow], dict[str, list[tuple[str, datetime, datetime]]]]:
    """A row for each carer who is to work or worked on the day, and what those worked who are not to."""
    connection, provider_id, day = reading.connection, reading.provider_id, reading.day
    policy = await provider_policy(connection, provider_id, day, reading.now)
    away = await carers_away(connection, provider_id, day, day + timedelta(days=1))
    rows = await connection.fetch(query("roster.workers"), provider_id)
    modes = {str(row["carer_id"]): row["mode"] for row in sorted(rows, key=lambda row: row["reference"])}
    own: dict[str, list[Mapping[str, Any]]] = {}
    for visit in planned:
        if visit["carer_id"] is not None:
            own.setdefault(visit["carer_id"], []).append(visit)
    worked = await reading.worked(await reading.busy(policy) - own.keys())
    own.update({carer: [] for carer in worked})
    line = StraightLine().with_own(policy.paces)
    listed = {
        carer: RosterRow(
            *names[carer],
            [_visit(visit, people) for visit in sorted(visits, key=lambda one: one["planned_start"])],
            [],
            _conflicts(visits, line, modes.get(carer, "car")),
            [
                (visit["reference"], one.kind)
                for visit in visits
                for one in away.get(UUID(carer), ())
                if one.meets(visit["planned_start"], visit["planned_end"])
            ],
        )
        for carer, visits in own.items()
    }
    return listed, worked


def _conflicts(visits: Sequence[Mapping[str, Any]], line: StraightLine, mode: Any) -> list[Conflict]:
    day = london_date(visits[0]["planned_start"]) if visits else None

    def journey(one: Point, other: Point) -> int:
        assert day is not None
        return line.measure(*one, *other, mode, day)[0]

    return conflicts(
        [
            PlannedVisit(
                visit["reference"],
                visit["planned_start"],
                visit["planned_end"],
                None if visit["lat"] is None else (visit["lat"], visit["lon"]),
            )
            for visit in visits
        ],
        journey,
    )


def _by_person(
    planned: Sequence[Mapping[str, Any]],
    names: Mapping[str, tuple[str, str]],
    people: Mapping[str, tuple[str, str]],
) -> dict[str, RosterRow]:
    own: dict[str, list[Mapping[str, Any]]] = {}
    for visit in sorted(planned, key=lambda one: one["planned_start"]):
        own.setdefault(visit["service_user_id"], []).append(visit)
    return {
        person: RosterRow(
            *people[person],
            [_visit(visit, names, "carer_id") for visit in visits],
            [
                ("contact", visit["actual_start"], visit["actual_end"])
                for visit in visits
                if visit["actual_start"] is not None and visit["actual_end"] is not None
            ],
            [],
            [],
        )
        for person, visits in own.items()
    }
