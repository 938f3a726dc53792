"""What planning knows of some days: who works for the provider and when, what is planned, what people need."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.cover import Suggestion
from backend.domain.planning import (
    Against,
    Away,
    Hours,
    Worker,
    added_travel,
    against,
    away_span,
    planned_seconds,
)
from backend.domain.roster import Journey, PlannedVisit, Point
from backend.domain.time import london_date, london_midnight
from backend.sql import query
from backend.travel.straight_line import StraightLine
from backend.use_cases.provider_policy import provider_policy
from schemas.planning import Stretch

_DAY: Final = timedelta(days=1)
_stretches: Final = msgspec.json.Decoder(list[Stretch])


@dataclass(frozen=True, slots=True)
class Employed:
    """One employment, with the carer whose it is. London dates, both included."""

    id: UUID
    reference: str
    carer_id: UUID
    carer: str
    name: str
    mode: Any
    first: date
    last: date | None

    def works_on(self, day: date) -> bool:
        """Whether the employment holds on a London date."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class OnRota:
    """A visit that stands on the rota. `carers`: the employments that make it, the first and the second; `wanted`: how
    many the package asks for.
    """

    id: UUID
    reference: str
    version: int
    start: datetime
    end: datetime
    person: UUID
    carers: tuple[UUID | None, UUID | None]
    wanted: int = 1


@dataclass(frozen=True, slots=True)
class Person:
    """A person supported, with the home, and what to mind of some days."""

    id: UUID
    reference: str
    name: str
    home: Point
    needs: tuple[tuple[str, date, date | None], ...]
    away: tuple[tuple[str, date, date | None], ...]


Rota = Mapping[UUID, Sequence[PlannedVisit]]
"""The visits of each carer, each at the person's home."""


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """What is known of London dates. Employments by their ids, carers by those of the person."""

    employed: Mapping[UUID, Employed]
    workers: Mapping[UUID, Worker]
    people: Mapping[UUID, Person]
    visits: Sequence[OnRota]
    line: StraightLine

    def rota(self) -> dict[UUID, list[PlannedVisit]]:
        """What each carer is to do, by whichever employment."""
        found: dict[UUID, list[PlannedVisit]] = defaultdict(list)
        for visit in self.visits:
            placed = self.placed(visit)
            for carer in {self.employed[one].carer_id for one in visit.carers if one is not None}:
                found[carer].append(placed)
        return found

    def against(self, visit: OnRota, employment: UUID, rota: Rota) -> Iterator[Against]:
        """What speaks against an employment making a visit, beside what its carer is to do by the rota."""
        own = self.employed[employment]
        worker = self.workers.get(own.carer_id, Worker())
        others = self._others(visit, own, rota)
        return against(self.placed(visit), worker, others, self.needs(visit), self._journey(own, visit))

    def about_person(self, visit: OnRota) -> list[Against]:
        """What speaks against a visit on the person's side: an absence, or another visit at the same time."""
        person, day = self.people[visit.person], london_date(visit.start)
        away = [Against("person_away", kind) for kind, *days in person.away if _holds(days, day)]
        also = [
            Against("same_person", one.reference)
            for one in self.visits
            if one.person == visit.person and one.id != visit.id
            if one.start < visit.end and visit.start < one.end
        ]
        coming = sum(one is not None for one in visit.carers)
        # A rota knows two carers; of a visit that nobody makes yet the roster says that.
        short = 0 < coming < min(visit.wanted, len(visit.carers))
        few = [Against("short_handed", between=coming, needed=visit.wanted)] if short else []
        return [*away, *also, *few]

    def suggestion(self, visit: OnRota, employment: UUID, known: int, rota: Rota) -> Suggestion:
        """What a visit would mean to an employment's carer, who was `known` times with the person lately."""
        own, day = self.employed[employment], london_date(visit.start)
        worker = self.workers.get(own.carer_id, Worker())
        others = self._others(visit, own, rota)
        hours = worker.hours_on(day)
        return Suggestion(
            own.name,
            own.reference,
            added_travel(self.placed(visit), others, worker.home, self._journey(own, visit)),
            known,
            planned_seconds(day, others),
            None if hours is None else hours.contracted,
            int((visit.end - visit.start).total_seconds()),
        )

    def needs(self, visit: OnRota) -> set[str]:
        """The skills that a visit's person needs on its day."""
        day = london_date(visit.start)
        return {skill for skill, *days in self.people[visit.person].needs if _holds(days, day)}

    def placed(self, visit: OnRota) -> PlannedVisit:
        """The visit at the person's home."""
        return PlannedVisit(visit.reference, visit.start, visit.end, self.people[visit.person].home)

    def _others(self, visit: OnRota, own: Employed, rota: Rota) -> list[PlannedVisit]:
        return [one for one in rota.get(own.carer_id, ()) if one.reference != visit.reference]

    def _journey(self, own: Employed, visit: OnRota) -> Journey:
        day = london_date(visit.start)

        def journey(one: Point, other: Point) -> int:
            return self.line.measure(*one, *other, own.mode, day)[0]

        return journey


async def roster_facts(
    connection: asyncpg.Connection,
    provider_id: UUID,
    first: date,
    last: date,
    now: datetime,
    employments: Iterable[UUID] | None = None,
    people: Iterable[UUID] = (),
) -> RosterFacts:
    """What is known of the weeks that hold the London dates `first` to `last`, and of the days beside them.

    With `employments`, of the rota what their carers do, whatever the employment, and what is planned for `people`.
    """
    opens = first - timedelta(days=first.weekday()) - _DAY
    closes = last + timedelta(days=7 - last.weekday()) + _DAY
    rows = await connection.fetch(query("roster.workers"), provider_id)
    employed = {row["id"]: _employed(row) for row in rows}
    wanted = None if employments is None else _of_same_carers(employed, set(employments))
    span = (london_midnight(opens), london_midnight(closes))
    whose = None if wanted is None else list(people)
    visits = await planned_visits(connection, provider_id, *span, wanted, whose)
    policy = await provider_policy(connection, provider_id, first, now)
    return RosterFacts(
        employed=employed,
        workers=await _workers(connection, provider_id, rows, opens, closes),
        people=await _people(
            connection, provider_id, {one.person for one in visits} | set(people), opens, closes
        ),
        visits=visits,
        line=StraightLine().with_own(policy.paces),
    )


def _of_same_carers(employed: Mapping[UUID, Employed], wanted: set[UUID]) -> list[UUID]:
    carers = {employed[one].carer_id for one in wanted if one in employed}
    return [one.id for one in employed.values() if one.carer_id in carers]


def _employed(row: Mapping[str, Any]) -> Employed:
    names = ("id", "reference", "carer_id", "carer", "name", "mode", "starts_on", "ends_on")
    return Employed(*(row[name] for name in names))


async def planned_visits(
    connection: asyncpg.Connection,
    provider_id: UUID,
    opens: datetime,
    closes: datetime,
    employments: Sequence[UUID] | None,
    people: Sequence[UUID] | None,
) -> list[OnRota]:
    """Visits that stand and start within a range, by time: of these employments or these people, or all (both None)."""
    handed = {row["package_id"]: row for row in await connection.fetch(query("roster.handed"), provider_id)}
    packages = (
        None if people is None else [one for one, row in handed.items() if row["service_user_id"] in people]
    )
    rows = await connection.fetch(query("roster.planned"), provider_id, opens, closes, employments, packages)
    return [
        OnRota(
            id=row["visit_id"],
            reference=row["reference"],
            version=row["version"],
            start=row["starts_at"],
            end=row["ends_at"],
            person=handed[row["package_id"]]["service_user_id"],
            carers=(row["carer"], row["second_carer"]),
            wanted=handed[row["package_id"]]["carers"],
        )
        for row in rows
    ]


async def _workers(
    connection: asyncpg.Connection,
    provider_id: UUID,
    rows: Sequence[Mapping[str, Any]],
    opens: date,
    closes: date,
) -> dict[UUID, Worker]:
    """Each carer's home, leave, hours and skills; those of all her employments together."""
    carers = {row["id"]: row["carer_id"] for row in rows}
    away = await carers_away(connection, provider_id, opens, closes)
    hours: dict[UUID, list[Hours]] = defaultdict(list)
    for row in await connection.fetch(query("roster.hours"), provider_id, closes):
        hours[carers[row["employment_id"]]].append(_hours(row))
    skills: dict[UUID, list[tuple[str, date, date | None]]] = defaultdict(list)
    for row in await connection.fetch(query("roster.skills"), provider_id):
        skills[row["carer_id"]].append((row["skill"], row["starts_on"], row["ends_on"]))
    homes = {
        row["carer_id"]: (row["home_lat"], row["home_lon"]) for row in rows if row["home_lat"] is not None
    }
    return {
        carer: Worker(homes.get(carer), tuple(away[carer]), tuple(hours[carer]), tuple(skills[carer]))
        for carer in set(carers.values())
    }


async def carers_away(
    connection: asyncpg.Connection, provider_id: UUID, first: date, last: date
) -> Mapping[UUID, list[Away]]:
    """Leave that touches London dates, by carer; carers without any are left out."""
    found: dict[UUID, list[Away]] = defaultdict(list)
    for row in await connection.fetch(query("roster.leave"), provider_id, first, last):
        span = away_span(row["starts_on"], row["ends_on"], row["starts_time"], row["ends_time"])
        found[row["carer_id"]].append(Away(row["kind"], *span))
    return found


def _hours(row: Mapping[str, Any]) -> Hours:
    stretches = _stretches.decode(row["available"])
    return Hours(
        row["starts_on"],
        row["ends_on"],
        _seconds(row["hours_per_week"]),
        _seconds(row["most_hours_per_week"]),
        tuple((one.day, time.fromisoformat(one.start), time.fromisoformat(one.end)) for one in stretches),
    )


def _seconds(hours: Decimal | None) -> int | None:
    return None if hours is None else int(hours * 3600)


async def _people(
    connection: asyncpg.Connection, provider_id: UUID, wanted: set[UUID], opens: date, closes: date
) -> dict[UUID, Person]:
    rows = await connection.fetch(query("roster.people"), provider_id, list(wanted))
    needs: dict[UUID, list[tuple[str, date, date | None]]] = defaultdict(list)
    for row in await connection.fetch(query("roster.needs"), provider_id, list(wanted)):
        needs[row["service_user_id"]].append((row["skill"], row["starts_on"], row["ends_on"]))
    away: dict[UUID, list[tuple[str, date, date | None]]] = defaultdict(list)
    for row in await connection.fetch(query("roster.away"), provider_id, list(wanted), opens, closes):
        away[row["service_user_id"]].append((row["kind"], row["starts_on"], row["ends_on"]))
    return {
        row["id"]: Person(
            row["id"],
            row["reference"],
            row["name"],
            (row["lat"], row["lon"]),
            tuple(needs[row["id"]]),
            tuple(away[row["id"]]),
        )
        for row in rows
    }


def _holds(days: Sequence[date | None], day: date) -> bool:
    first, last = days
    return first is not None and first <= day and (last is None or day <= last)
