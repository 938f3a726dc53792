"""One working day behind a wage test: its stretches of time, the visits they come from, and the signed events of these.

For work done for another commissioner an auditor sees only time, kind and rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from backend.domain.time import london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.evidence.masking import gap_without
from backend.use_cases.read_wage_report import ShownWorker, worker_of
from backend.use_cases.viewer import Viewer
from schemas.day import DaySegment
from schemas.documents import VisitEvidence, WorkedDay
from schemas.gap_ledger import GapRow


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """A stretch of time. `visit` is the reference of its visit, or of the visit at a gap's end, where it may be shown;
    `elsewhere`: it belongs to work for another commissioner."""

    segment: DaySegment
    visit: str | None
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class ShownGap:
    """The time between two stops, with the references of its visits; `elsewhere` as of a segment: then `gap` holds its
    time, and kind and rule of its seconds, alone."""

    gap: GapRow
    left: str | None
    reached: str | None
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class ShownVisit:
    """A visit behind the day, and the accepted events that the server still shows of it."""

    visit: VisitEvidence
    events: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ShownDay:
    """The day. `hidden` counts visits for other commissioners; `flags` are codes with the visit they are about."""

    worker: ShownWorker
    date: date
    segments: list[ShownSegment]
    gaps: list[ShownGap]
    visits: list[ShownVisit]
    hidden: int
    flags: Sequence[tuple[str, str | None, str]]


async def read_worked_day(viewer: Viewer, document_id: UUID, place: int, day: date) -> ShownDay:
    """The day of a worker in a wage report. Raises DomainError not_found."""
    async with viewer.transaction() as connection:
        worker = await worker_of(connection, viewer, document_id, place)
        found = [worked for worked in worker.worker.days if worked.date == day]
        if not found:
            raise DomainError("not_found", f"This worker has no time on {day} in this report.")
        own = await _own_visits(connection, viewer, worker.provider_id, found[0])
        events = await _events(connection, worker.provider_id, found[0], own)
    return _shown(worker, found[0], own, events)


async def _own_visits(
    connection: asyncpg.Connection, viewer: Viewer, provider_id: UUID, day: WorkedDay
) -> set[str]:
    """The day's visits whose evidence the reader may see: a provider's are all its own, unplanned ones too."""
    named = {visit.visit_id for visit in day.visits} | {
        stop for segment in day.segments for stop in (segment.visit, segment.from_, segment.to) if stop
    }
    named |= {stop for gap in day.gaps for stop in (gap.from_, gap.to) if stop}
    if viewer.provider:
        return named
    ids = [UUID(name) for name in sorted(named) if _is_uuid(name)]
    return {
        str(row["visit_id"]) for row in await connection.fetch(query("console.own_visits"), provider_id, ids)
    }


async def _events(
    connection: asyncpg.Connection, provider_id: UUID, day: WorkedDay, own: set[str]
) -> dict[UUID, Mapping[str, Any]]:
    """The events behind the visits, by the phones' id."""
    visits = [visit for visit in day.visits if visit.visit_id in own]
    opens = london_midnight(day.date) - timedelta(days=2)
    rows = await connection.fetch(
        query("console.events_behind"),
        provider_id,
        [UUID(visit.visit_id) for visit in visits],
        [UUID(event) for visit in visits for event in visit.event_ids],
        opens,
        opens + timedelta(days=5),
    )
    return {row["event_id"]: dict(row) for row in rows}


def _shown(
    worker: ShownWorker, day: WorkedDay, own: set[str], events: Mapping[UUID, Mapping[str, Any]]
) -> ShownDay:
    references = {visit.visit_id: visit.visit for visit in day.visits if visit.visit_id in own}
    visits = [
        ShownVisit(visit, [events[UUID(event)] for event in visit.event_ids if UUID(event) in events])
        for visit in day.visits
        if visit.visit_id in own
    ]
    segments = [_segment(segment, references, own) for segment in day.segments]
    flags = [(flag.flag, references.get(flag.visit or flag.to or ""), flag.rule) for flag in day.flags]
    gaps = [_gap(gap, references, own) for gap in day.gaps]
    return ShownDay(worker, day.date, segments, gaps, visits, len(day.visits) - len(visits), flags)


def _gap(gap: GapRow, references: Mapping[str, str], own: set[str]) -> ShownGap:
    hidden = {stop for stop in (gap.from_, gap.to) if stop is not None} - own
    shown = gap_without(gap, hidden)
    left, reached = (stop and references.get(stop, stop) for stop in (shown.from_, shown.to))
    return ShownGap(shown, left, reached, bool(hidden))


def _segment(segment: DaySegment, references: Mapping[str, str], own: set[str]) -> ShownSegment:
    stop = segment.visit or segment.to
    return ShownSegment(segment, references.get(stop or ""), stop is not None and stop not in own)


def days_of(worker: ShownWorker) -> Sequence[tuple[date, int, int, int]]:
    """Of each day the seconds that count, that nobody has explained, and that do not count."""
    return [
        (
            day.date,
            sum(segment.seconds for segment in day.segments if segment.counted),
            sum(segment.seconds for segment in day.segments if segment.kind == "unresolved"),
            sum(
                segment.seconds
                for segment in day.segments
                if not segment.counted and segment.kind != "unresolved"
            ),
        )
        for day in worker.worker.days
    ]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
