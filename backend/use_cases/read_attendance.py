"""A visit for its commissioner's auditor: each carer's part in it, the signed events, the wage reports with its day."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.audited_attendances import Attendance, Employed, attendance, employed
from backend.use_cases.parties import parties
from backend.use_cases.pseudonyms import pseudonym
from backend.use_cases.read_documents import WAGE_REPORTS, frozen_document
from backend.use_cases.read_wage_report import order_for
from backend.use_cases.verified_visits import visits_named
from backend.use_cases.viewer import Viewer

_MARGIN: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class ReportedDay:
    """Where a wage report has the worker's day with the visit."""

    report_id: UUID
    edition: str
    period: tuple[date, date]
    place: int
    day: date


@dataclass(frozen=True, slots=True)
class AuditedAttendance:
    """One carer's part as it stands now, under a pseudonym, with its signed events."""

    attendance: Attendance
    status: str
    unresolved: str | None
    flags: list[str]
    events: list[Mapping[str, Any]]
    days: list[ReportedDay]


@dataclass(frozen=True, slots=True)
class AuditedVisit:
    """A visit that the reader's organisation commissioned."""

    id: UUID
    reference: str
    provider: str
    attendances: list[AuditedAttendance]


class _Visit(Struct, frozen=True):
    visit_id: str


class _Day(Struct, frozen=True):
    date: str
    visits: list[_Visit]


class _Worker(Struct, frozen=True):
    employment: str
    days: list[_Day]


class _Report(Struct, frozen=True):
    workers: list[_Worker]


async def read_attendance(viewer: Viewer, visit_id: UUID) -> AuditedVisit:
    """The visit as it stands now. Raises DomainError not_found for one that the reader may not see."""
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        visit = await connection.fetchrow(query("audit.visit"), providers, visit_id)
        if visit is None:
            raise DomainError("not_found", "There is no such visit among those you commission.")
        provider_id = visit["provider_id"]
        await viewer.note(connection, provider_id, "attendance", visit_id)
    rows, known = await _as_it_stands(provider_id, visit_id)
    async with viewer.transaction() as connection:
        names = await parties(connection, [provider_id])
        events = await _events(connection, provider_id, visit_id, rows)
        days = await _days(connection, viewer, provider_id, visit_id, rows)
    labels = {visit_id: str(visit["reference"])}
    found = [_audited(provider_id, row, known, labels, events, days) for row in rows]
    shown = sorted(found, key=lambda one: one.attendance.carer or "")
    return AuditedVisit(visit_id, labels[visit_id], names[provider_id].name, shown)


async def _as_it_stands(provider_id: UUID, visit_id: UUID) -> tuple[list[dict[str, Any]], Employed]:
    """The visit's attendances in VISIT_SCHEMA, and the provider's employments."""
    async with db.as_provider(provider_id) as connection:
        versions = await connection.fetch(query("console.visit_versions"), provider_id, visit_id)
        starts = [row["starts_at"] for row in versions]
        day = london_date(max(starts))
        rows = await visits_named(connection, provider_id, [visit_id], day, clock.now())
        return rows.to_dicts(), await employed(connection, provider_id)


async def _events(
    connection: asyncpg.Connection, provider_id: UUID, visit_id: UUID, rows: list[dict[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """The events behind attendances, as far as the reader may see them, by the phones' ids."""
    ids = [UUID(event) for row in rows for event in row["event_ids"] or ()]
    opens = min((row["starts_at"] for row in rows), default=clock.now()) - _MARGIN
    closes = max((row["starts_at"] for row in rows), default=clock.now()) + _MARGIN
    found = await connection.fetch(
        query("console.events_behind"), provider_id, [visit_id], ids, opens, closes
    )
    return {str(row["event_id"]): dict(row) for row in found}


async def _days(
    connection: asyncpg.Connection,
    viewer: Viewer,
    provider_id: UUID,
    visit_id: UUID,
    rows: list[dict[str, Any]],
) -> dict[str, list[ReportedDay]]:
    """The days of wage reports that hold the visit, by employment: of each period the newest edition."""
    found: dict[str, list[ReportedDay]] = {}
    if not rows:
        return found
    day = london_date(rows[0]["actual_start"] or rows[0]["starts_at"])
    for report in await connection.fetch(query("audit.reports_of_day"), provider_id, day):
        _, content = await frozen_document(connection, viewer, WAGE_REPORTS, report["id"])
        placed = await asyncio.to_thread(_placed, viewer, provider_id, content, str(visit_id))
        for employment, place, worked in placed:
            at = ReportedDay(
                report["id"], report["edition"], (report["period_start"], report["period_end"]), place, worked
            )
            found.setdefault(employment, []).append(at)
    return found


def _placed(viewer: Viewer, provider_id: UUID, content: bytes, visit_id: str) -> list[tuple[str, int, date]]:
    """Employment, the reader's place for it and the day, of each worker of a report who made the visit."""
    workers = msgspec.json.decode(content, type=_Report).workers
    order = order_for(viewer, provider_id, [worker.employment for worker in workers])
    return [
        (workers[at].employment, place, date.fromisoformat(day.date))
        for place, at in enumerate(order, start=1)
        for day in workers[at].days
        if any(visit.visit_id == visit_id for visit in day.visits)
    ]


def _audited(
    provider_id: UUID,
    row: dict[str, Any],
    known: Employed,
    labels: Mapping[UUID, str],
    events: Mapping[str, Mapping[str, Any]],
    days: Mapping[str, list[ReportedDay]],
) -> AuditedAttendance:
    employment = known.reference(row)
    shown = {**row, "visit_id": UUID(row["visit_id"]), "carer_id": None}
    label = None if employment is None else pseudonym(provider_id, employment)
    return AuditedAttendance(
        attendance(shown, labels, label),
        row["status"],
        row["unresolved"],
        list(row["flags"] or ()),
        [events[event] for event in row["event_ids"] or () if event in events],
        days.get(employment or "", []),
    )
