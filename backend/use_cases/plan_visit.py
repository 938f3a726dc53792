"""A manager plans a visit on a page, changes it, or takes it off: versions like those of a loaded rota.

A visit that has begun is no longer planned but corrected. The planner is shown what speaks against a plan, and may go
ahead only with a reason, which is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.planning import Against
from backend.domain.time import london_date, to_instant
from backend.faults import DomainError
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading import Session, load_within, planning_session
from backend.use_cases.loading.report import LoadFault
from backend.use_cases.parties import parties
from backend.use_cases.roster_facts import RosterFacts, roster_facts
from schemas.cells import Task, parse_moment, whole

Row = Mapping[str, str]
_minutes: Final = whole(1, 44_640)
_tasks: Final = msgspec.json.Decoder(list[Task])
_FIELDS: Final = ("package", "carer", "second_carer", "tasks")


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a visit: which visit, and which carer's part in it, by name (None: the person's side)."""

    visit: str
    carer: str | None
    against: Against


class Objections(Exception):
    """What speaks against a plan for which no reason was given. Nothing was changed."""

    def __init__(self, found: Sequence[Objection]) -> None:
        self.found = list(found)
        super().__init__(f"{len(found)} objections")


@dataclass(frozen=True, slots=True)
class Planner:
    """Who plans, and why: needed if something speaks against the plan, or a visit is taken off."""

    provider_id: UUID
    user_id: UUID
    reason: str | None = None


async def plan_visit(planner: Planner, visit: str, seen: int, form: Row) -> UUID:
    """Plan a visit (`seen` 0), or put another plan in place of its version `seen`. Returns its id.

    `form`: `package`, `start` (London time, or with an offset), `minutes`, `carer`, `second_carer`, `tasks`. Raises
    LoadRefused with every fault, Objections, or DomainError conflict if it has begun or was changed in the meantime.
    """
    async with planning_session(planner.provider_id, planner.user_id, planner.reason) as session:
        newest = await _seen(session, planner.provider_id, visit, seen)
        row = await _row(session, planner.provider_id, visit, form)
        if row is not None:
            await load_within(session, "rota", [row])
        session.report.refuse()
        visit_id = thing_id(planner.provider_id, "visit", visit)
        await settle(session, planner, [visit_id])
        assert newest is None or newest["visit_id"] == visit_id
    return visit_id


async def cancel_visit(
    planner: Planner, visit: str, seen: int, status: str, by: str, notice: datetime
) -> None:
    """Take a visit off: `status` cancelled or suspended, `by` whom and since when that is known, for a reason.

    Raises LoadRefused, or DomainError conflict as `plan_visit`, and not_found.
    """
    async with planning_session(planner.provider_id, planner.user_id, planner.reason) as session:
        newest = await _seen(session, planner.provider_id, visit, seen)
        if newest is None:
            raise DomainError("not_found", "There is no such visit.")
        row = {**await plain(session, planner.provider_id, newest), "status": status}
        if status == "cancelled":
            row |= {"cancelled_at": notice.isoformat(), "cancelled_by": by}
            if notice > session.now:
                session.report.faults.append(
                    LoadFault(file="form", pointer="/0/cancelled_at", detail="has not come yet")
                )
        await load_within(session, "rota", [row])
        session.report.refuse()
        await note(session, planner, [newest["visit_id"]], [])


async def newest_plan(provider_id: UUID, visit_id: UUID, session: Session) -> Mapping[str, Any] | None:
    """The newest version of a visit, a row of roster.newest; None if there is none."""
    row: Mapping[str, Any] | None = await session.connection.fetchrow(
        query("roster.newest"), provider_id, visit_id
    )
    return row


def over(newest: Mapping[str, Any], now: datetime) -> str | None:
    """Why a visit cannot be planned any more, in words; None while it can."""
    if newest["began"]:
        return "This visit has begun. Its plan stays as it is; propose a correction of what was recorded."
    if newest["ends_at"] <= now:
        return "This visit is over. Its plan stays as it is; propose a correction of what was recorded."
    return None


async def _seen(session: Session, provider_id: UUID, visit: str, seen: int) -> Mapping[str, Any] | None:
    """The newest plan, if it is the version that the form was made for and can still be changed."""
    newest = await newest_plan(provider_id, thing_id(provider_id, "visit", visit), session)
    if (0 if newest is None else newest["version"]) != seen:
        raise DomainError(
            "conflict", "Somebody has changed this visit in the meantime: look at it again first."
        )
    if newest is not None and (words := over(newest, session.now)) is not None:
        raise DomainError("conflict", words)
    return newest


async def plain(session: Session, provider_id: UUID, newest: Mapping[str, Any]) -> dict[str, str]:
    """A row of roster.newest as the row of a rota file that says the same, as planned."""
    row = {
        "provider": await _provider(session.connection, provider_id),
        "visit": newest["visit"],
        "package": newest["package"],
        "start": newest["starts_at"].isoformat(),
        "end": newest["ends_at"].isoformat(),
        "carer": newest["carer"],
        "second_carer": newest["second_carer"],
        "tasks": tasks_text(newest["tasks"]),
    }
    return {name: value for name, value in row.items() if value}


def tasks_text(stored: str) -> str:
    """Stored tasks as a file writes them: `washing:10;meal:15`."""
    return ";".join(f"{task.id}:{task.minutes}" for task in _tasks.decode(stored))


async def _row(session: Session, provider_id: UUID, visit: str, form: Row) -> dict[str, str] | None:
    """The form as the row of a rota file; None, with faults, if no times can be made of it."""
    start = _read(session, "start", form, lambda text: _london(parse_moment(text)))
    minutes = _read(session, "minutes", form, _minutes)
    if not form.get("package"):
        _fault(session, "package", "is required")
    if start is not None and minutes is not None and start + timedelta(minutes=minutes) <= session.now:
        _fault(
            session, "start", "lies so far back that the visit would be over: enter what was worked instead"
        )
    if start is None or minutes is None:
        return None
    row = {
        "provider": await _provider(session.connection, provider_id),
        "visit": visit,
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=minutes)).isoformat(),
        **{name: form.get(name, "") for name in _FIELDS},
    }
    return {name: value for name, value in row.items() if value}


def _london(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else to_instant(moment)


def _read(session: Session, name: str, form: Row, parse: Any) -> Any:
    if not form.get(name):
        _fault(session, name, "is required")
        return None
    try:
        return parse(form[name])
    except ValueError as error:
        _fault(session, name, str(error))
        return None


def _fault(session: Session, name: str, detail: str) -> None:
    session.report.faults.append(LoadFault(file="form", pointer=f"/0/{name}", detail=detail))


async def _provider(connection: asyncpg.Connection, provider_id: UUID) -> str:
    return (await parties(connection, [provider_id]))[provider_id].reference


async def settle(session: Session, planner: Planner, visits: Sequence[UUID]) -> None:
    """Raise Objections against visits just stored unless there is a reason; keep who planned them, and the reason."""
    found = await objections(session, planner.provider_id, visits)
    if found and planner.reason is None:
        raise Objections(found)
    await note(session, planner, visits, found)


async def note(
    session: Session,
    planner: Planner,
    visits: Sequence[UUID],
    found: Sequence[Objection],
) -> None:
    """Keep beside each of these visits' new versions who planned it, why, and what spoke against it."""
    against: dict[UUID, list[str]] = {visit: [] for visit in visits}
    for one in found:
        visit = thing_id(planner.provider_id, "visit", one.visit)
        against.setdefault(visit, []).append(f"{one.against.kind} {one.against.about}".strip())
    for visit, words in against.items():
        await session.connection.execute(
            query("roster.note"),
            planner.provider_id,
            [visit],
            session.now,
            planner.user_id,
            None,
            planner.reason,
            words,
        )


async def objections(session: Session, provider_id: UUID, visits: Sequence[UUID]) -> list[Objection]:
    """What speaks against these visits as they stand in the open transaction, by the time of the visit."""
    plans = [await newest_plan(provider_id, visit, session) for visit in visits]
    rows = [row for row in plans if row is not None and row["status"] == "planned"]
    if not rows:
        return []
    days = [london_date(row["starts_at"]) for row in rows]
    named = {row[name] for row in rows for name in ("carer", "second_carer")} - {None}
    ids = [thing_id(provider_id, "employment", one) for one in named]
    people = {row["person"] for row in rows}
    facts = await roster_facts(
        session.connection, provider_id, min(days), max(days), session.now, ids, people
    )
    return against_each(facts, {row["visit_id"] for row in rows})


def against_each(facts: RosterFacts, visits: set[UUID]) -> list[Objection]:
    """What speaks against some of the visits on the rota: for each of their carers, then on the person's side."""
    found: list[Objection] = []
    rota = facts.rota()
    for visit in facts.visits:
        if visit.id not in visits:
            continue
        for employment in visit.carers:
            if employment is not None:
                name = facts.employed[employment].name
                found += [
                    Objection(visit.reference, name, one) for one in facts.against(visit, employment, rota)
                ]
        found += [Objection(visit.reference, None, one) for one in facts.about_person(visit)]
    return found
