"""A day's roster as a timeline for each carer, or for each person: planned against worked, and what cannot be kept."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.domain.planning import Away
from backend.domain.roster import Conflict, PlannedVisit, Point, conflicts
from backend.domain.time import london_date, london_midnight
from backend.sql import query
from backend.travel.straight_line import StraightLine
from backend.use_cases.calc_day import readable
from backend.use_cases.roster_facts import carers_away
from backend.use_cases.verified_visits import activities_recorded, verified_visits, visits_recorded
from backend.use_cases.worked_days import RecordedDays, days_of, recorded_days

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
        if by == "carer":
            recorded = await recorded_days(connection, provider_id, day, day, as_of=now)
            done = await asyncio.to_thread(_done, recorded)
            visits = done.visits
        else:  # what the law counts of a day is in no person's row
            visits = await verified_visits(connection, provider_id, opens, closes, as_of=now)
        carers = await connection.fetch(query("console.carers"), provider_id)
        whose = [UUID(one) for one in visits["service_user_id"].drop_nulls().unique()]
        rows = await connection.fetch(query("delivered.people"), provider_id, whose, now)
        away = await carers_away(connection, provider_id, day, day + timedelta(days=1))
    people = {row["person"]: (row["reference"], row["name"]) for row in rows}
    names = {str(row["carer_id"]): (row["reference"], row["name"]) for row in carers}
    planned = _planned(visits, day)
    if by == "carer":
        listed = await asyncio.to_thread(_by_carer, planned, done, names, people, away)
    else:
        listed = _by_person(planned, names, people)
    order = sorted(
        listed.items(), key=lambda one: (not (one[1].conflicts or one[1].away), one[1].name, one[1].reference)
    )
    shown = dict(order[(page - 1) * PAGE : page * PAGE])
    if by == "carer":
        worked = await asyncio.to_thread(done.worked, set(shown))
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
class _Done:
    """The verified visits and activities of a day and of those beside it, of all carers."""

    recorded: RecordedDays
    visits: pl.DataFrame
    activities: pl.DataFrame

    def worked(self, carers: Set[str]) -> dict[str, list[tuple[str, datetime, datetime]]]:
        """What the law counts of the day of some carers: days are worked out for those who are shown alone."""
        own = pl.col("carer_id").is_in(list(carers))
        days = days_of(self.visits.filter(own), self.activities.filter(own), self.recorded)
        stretches = readable(days.segments.sort("start", "end", maintain_order=True))
        found: dict[str, list[tuple[str, datetime, datetime]]] = {}
        for carer, *stretch in stretches.select("carer", "kind", "start", "end").iter_rows():
            found.setdefault(carer, []).append((stretch[0], stretch[1], stretch[2]))
        return found

    def about(self) -> set[str]:
        """The carers who may have worked on the day: what they did touches it, or it lies in a gap between."""
        break_ = timedelta(minutes=self.recorded.policy.day_break_minutes)
        opens = london_midnight(self.recorded.first) - break_
        closes = london_midnight(self.recorded.last + timedelta(days=1)) + break_
        spans = pl.concat(
            [
                self.visits.select("carer_id", start="actual_start", end="actual_end"),
                self.activities.select("carer_id", "start", "end"),
            ]
        )
        touches = (pl.col("start") <= closes).fill_null(True) & (pl.col("end") >= opens).fill_null(True)
        return set(spans.filter(touches)["carer_id"].drop_nulls())


def _done(recorded: RecordedDays) -> _Done:
    return _Done(recorded, visits_recorded(recorded.visits), activities_recorded(recorded.activities))


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


def _by_carer(
    planned: Sequence[Mapping[str, Any]],
    done: _Done,
    names: Mapping[str, tuple[str, str]],
    people: Mapping[str, tuple[str, str]],
    away: Mapping[UUID, Sequence[Away]],
) -> dict[str, RosterRow]:
    """A row for each carer who is to work or worked on the day, without what was worked."""
    modes = {str(row["carer_id"]): row["mode"] for row in done.recorded.employments}
    own: dict[str, list[Mapping[str, Any]]] = {}
    for visit in planned:
        if visit["carer_id"] is not None:
            own.setdefault(visit["carer_id"], []).append(visit)
    if unplanned := done.about() - own.keys():
        own.update({carer: [] for carer in done.worked(unplanned)})
    line = StraightLine().with_own(done.recorded.policy.paces)
    return {
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
