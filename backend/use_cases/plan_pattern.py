"""A manager says how a person's visits come again each week, from which day that changes, and when it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading import Session, load_within, planning_session
from backend.use_cases.loading.report import LoadFault
from backend.use_cases.parties import parties
from backend.use_cases.plan_visit import Objections, Planner, Row, objections, tasks_text
from schemas.scalars import parse_date

PAGE: Final = 50
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownPattern:
    """A pattern with every period that stands, as rows of a file would say them. `seen`: which state of it this is."""

    id: UUID
    reference: str
    seen: int
    periods: list[dict[str, str]]


async def keep_pattern(planner: Planner, reference: str, seen: int, form: Row) -> UUID:
    """Begin a pattern (`seen` 0), or change it from the form's `from` on. Returns its id.

    Visits ahead that nobody changed by hand follow. Raises LoadRefused with every fault, Objections against the visits
    that are made now, or DomainError conflict if the pattern was changed in the meantime.
    """
    async with planning_session(planner.provider_id, planner.user_id, planner.reason) as session:
        held = await _seen(session, planner.provider_id, reference, seen)
        own = await _row(session, planner, reference, form)
        ended = _ended(held, _day(form.get("from", "")))
        await load_within(
            session, "patterns", [own, *(row for row in ended if row["from"] != own.get("from"))]
        )
        session.report.refuse()
        pattern = thing_id(planner.provider_id, "pattern", reference)
        await _object(session, planner, pattern)
    return pattern


async def end_pattern(planner: Planner, reference: str, seen: int, last: str, by: str) -> None:
    """End a pattern after a London date. Visits that it has made beyond that are cancelled `by` whom.

    Raises LoadRefused, or DomainError conflict or not_found.
    """
    async with planning_session(planner.provider_id, planner.user_id, planner.reason) as session:
        held = await _seen(session, planner.provider_id, reference, seen)
        if not held:
            raise DomainError("not_found", "There is no such pattern.")
        day = _day(last)
        if day is None:
            session.report.faults.append(LoadFault(file="form", pointer="/0/last", detail="must be a date"))
        else:
            session.taken_off_by = by
            await load_within(session, "patterns", _ended(held, day + _DAY))
        session.report.refuse()


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _ended(held: Sequence[dict[str, str]], first: date | None) -> list[dict[str, str]]:
    """The periods that reach a London date: each ended the day before, or withdrawn if it begins then or later."""
    found = []
    for row in held:
        if first is None or (row.get("until") and parse_date(row["until"]) < first):
            continue
        if parse_date(row["from"]) < first:
            found.append({**row, "until": (first - _DAY).isoformat()})
        else:
            found.append({**row, "withdrawn": "yes"})
    return found


async def _row(session: Session, planner: Planner, reference: str, form: Row) -> dict[str, str]:
    provider = (await parties(session.connection, [planner.provider_id]))[planner.provider_id].reference
    said = {name: value for name, value in form.items() if value}
    return {**said, "provider": provider, "reference": reference}


async def _seen(session: Session, provider_id: UUID, reference: str, seen: int) -> list[dict[str, str]]:
    """The periods that stand, if the form was made for them."""
    pattern = thing_id(provider_id, "pattern", reference)
    if await session.connection.fetchval(query("patterns.seen"), provider_id, pattern) != seen:
        raise DomainError(
            "conflict", "Somebody has changed this pattern in the meantime: look at it again first."
        )
    return await _periods(session.connection, provider_id, reference)


async def _periods(connection: asyncpg.Connection, provider_id: UUID, reference: str) -> list[dict[str, str]]:
    rows = await connection.fetch(query("patterns.periods"), provider_id, [reference], None)
    provider = (await parties(connection, [provider_id]))[provider_id].reference
    return [_plain(row, provider) for row in rows if not row["withdrawn"]]


def _plain(row: Mapping[str, Any], provider: str) -> dict[str, str]:
    said = {
        "provider": provider,
        "reference": row["reference"],
        "package": row["package"],
        "days": row["days"],
        "every_weeks": str(row["every_weeks"]),
        "start": row["starts_time"].isoformat("minutes"),
        "minutes": str(row["minutes"]),
        "carer": row["carer"],
        "second_carer": row["second_carer"],
        "tasks": tasks_text(row["tasks"]),
        "from": row["starts_on"].isoformat(),
        "until": None if row["ends_on"] is None else row["ends_on"].isoformat(),
    }
    return {name: value for name, value in said.items() if value}


async def _object(session: Session, planner: Planner, pattern: UUID) -> None:
    """Raise Objections against the visits that were made now, unless there is a reason."""
    if planner.reason is None:
        rows = await session.connection.fetch(
            query("patterns.made_at"), planner.provider_id, pattern, session.now
        )
        found = await objections(session, planner.provider_id, [row["visit_id"] for row in rows])
        if found:
            raise Objections(found)


async def read_pattern(provider_id: UUID, pattern: UUID) -> ShownPattern:
    """A pattern as it stands. Raises DomainError not_found for another provider's, too."""
    async with db.as_provider(provider_id) as connection:
        reference = await connection.fetchval(query("patterns.reference"), provider_id, pattern)
        if reference is None:
            raise DomainError("not_found", "There is no such pattern.")
        seen = await connection.fetchval(query("patterns.seen"), provider_id, pattern)
        return ShownPattern(pattern, reference, seen, await _periods(connection, provider_id, reference))


async def list_patterns(
    provider_id: UUID, person: UUID | None, after: tuple[str, str] | None
) -> tuple[list[Mapping[str, Any]], bool]:
    """A page of the patterns of which something is still to come, by the person's name; whether more follow."""
    today = london_date(clock.now())
    async with db.as_provider(provider_id) as connection:
        behind = after or (None, None)
        rows = await connection.fetch(query("patterns.listed"), provider_id, today, person, *behind, PAGE + 1)
    return list(rows[:PAGE]), len(rows) > PAGE
