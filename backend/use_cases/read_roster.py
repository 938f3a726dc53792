"""A day's roster as a timeline for each carer, or for each person: planned against worked, and what cannot be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.domain.planning import Away
from backend.domain.roster import Conflict, PlannedVisit, Point, conflicts
from backend.domain.time import london_date
from backend.sql import query
from backend.travel.straight_line import StraightLine
from backend.use_cases.calc_day import readable
from backend.use_cases.roster_facts import carers_away
from backend.use_cases.worked_days import CarersDays, worked_days

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
    async with db.as_provider(provider_id) as connection:
        days = await worked_days(connection, provider_id, day, day, as_of=now)
        carers = await connection.fetch(query("console.carers"), provider_id)
        whose = [UUID(one) for one in days.visits["service_user_id"].drop_nulls().unique()]
        rows = await connection.fetch(query("delivered.people"), provider_id, whose, now)
        away = await carers_away(connection, provider_id, day, day + timedelta(days=1))
    people = {row["person"]: (row["reference"], row["name"]) for row in rows}
    names = {str(row["carer_id"]): (row["reference"], row["name"]) for row in carers}
    visits = days.visits.filter(
        pl.col("planned_start").is_not_null() & ~pl.col("status").is_in(_OFF)
    ).to_dicts()
    planned = [visit for visit in visits if london_date(visit["planned_start"]) == day]
    listed = (
        _by_carer(planned, days, names, people, away) if by == "carer" else _by_person(planned, names, people)
    )
    listed.sort(key=lambda row: (not (row.conflicts or row.away), row.name, row.reference))
    return Roster(
        day=day,
        by=by,
        rows=listed[(page - 1) * PAGE : page * PAGE],
        more=len(listed) > page * PAGE,
        unassigned=[_visit(visit, people) for visit in planned if visit["carer_id"] is None],
        conflicts=sum(len(row.conflicts) for row in listed),
    )


def _visit(
    visit: Mapping[str, Any], others: Mapping[str, tuple[str, str]], key: str = "service_user_id"
) -> RosterVisit:
    other = others.get(visit[key] or "", ("", "nobody"))[1]
    return RosterVisit(
        visit["visit_id"], visit["reference"], visit["planned_start"], visit["planned_end"], other
    )


def _by_carer(
    planned: Sequence[Mapping[str, Any]],
    days: CarersDays,
    names: Mapping[str, tuple[str, str]],
    people: Mapping[str, tuple[str, str]],
    away: Mapping[UUID, Sequence[Away]],
) -> list[RosterRow]:
    modes = {str(row["carer_id"]): row["mode"] for row in days.employments.values()}
    stretches = readable(days.segments.sort("start", "end", maintain_order=True))
    worked: dict[str, list[tuple[str, datetime, datetime]]] = {}
    for carer, *stretch in stretches.select("carer", "kind", "start", "end").iter_rows():
        worked.setdefault(carer, []).append((stretch[0], stretch[1], stretch[2]))
    own: dict[str, list[Mapping[str, Any]]] = {carer: [] for carer in worked}
    for visit in planned:
        if visit["carer_id"] is not None:
            own.setdefault(visit["carer_id"], []).append(visit)
    line = StraightLine().with_own(days.policy.paces)
    return [
        RosterRow(
            *names[carer],
            [_visit(visit, people) for visit in sorted(visits, key=lambda one: one["planned_start"])],
            worked.get(carer, []),
            _conflicts(visits, line, modes.get(carer, "car")),
            [
                (visit["reference"], one.kind)
                for visit in visits
                for one in away.get(UUID(carer), ())
                if one.meets(visit["planned_start"], visit["planned_end"])
            ],
        )
        for carer, visits in own.items()
    ]


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
) -> list[RosterRow]:
    own: dict[str, list[Mapping[str, Any]]] = {}
    for visit in sorted(planned, key=lambda one: one["planned_start"]):
        own.setdefault(visit["service_user_id"], []).append(visit)
    return [
        RosterRow(
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
    ]
