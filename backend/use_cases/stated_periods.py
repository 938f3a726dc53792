"""What frozen wage reports say of a period: the newest report of it, with the changes that later ones told.

A change is told against these words and not against a second reading of the facts: a fact may be dated before a report
and committed after it, and would then be in neither.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from backend.sql import query
from backend.use_cases.frozen_documents import snapshot_bytes
from schemas.changes import EarlierChange, GapState, RecordedHours
from schemas.documents import NotTested, WorkedDay
from schemas.gap_ledger import GapRow
from schemas.wage import WageCase

Key = tuple[str | None, str | None, int]
"""A gap by the stops that it lies between; the number tells apart those between the same two."""
Gaps = dict[Key, tuple[date, GapState]]


@dataclass(frozen=True, slots=True)
class Stated:
    """The hours and the gaps of one employment in one period as documents state them; `names` of visits by id."""

    hours: RecordedHours
    gaps: Gaps
    names: dict[str, str] = field(default_factory=dict)


class _Worker(Struct, frozen=True):
    employment: str
    case: WageCase
    days: list[WorkedDay]


class _Report(Struct, frozen=True):
    workers: list[_Worker]
    not_tested: list[NotTested]


class _Changes(Struct, frozen=True):
    changes: list[EarlierChange]


class StatedPeriods:
    """What the documents of a pay cycle that knew the facts up to `until` state of its periods."""

    def __init__(self, connection: asyncpg.Connection, documents: Sequence[Mapping[str, Any]]) -> None:
        self._connection = connection
        self._documents = documents
        self._changes: dict[UUID, list[EarlierChange]] = {}

    @classmethod
    async def read(
        cls, connection: asyncpg.Connection, provider_id: UUID, pay_cycle: str, until: datetime
    ) -> "StatedPeriods":
        """Lists the documents, the newest last."""
        return cls(connection, await connection.fetch(query("changes.stated"), provider_id, pay_cycle, until))

    def periods(self) -> list[tuple[date, date]]:
        """The periods that were reported, the earliest first."""
        return sorted({_period(row) for row in self._documents})

    async def of(self, period: tuple[date, date]) -> dict[str, Stated]:
        """What is stated of a reported period, by the reference of each employment."""
        newest = [row for row in self._documents if _period(row) == period][-1]
        stated = await asyncio.to_thread(_in_report, await self._content(newest))
        for row in self._documents:
            if row["as_of"] > newest["as_of"]:
                for change in await self._told(row):
                    if (change.period.start, change.period.end) == period:
                        stated[change.employment] = _changed(stated.get(change.employment), change)
        return stated

    async def _told(self, row: Mapping[str, Any]) -> list[EarlierChange]:
        if row["id"] not in self._changes:
            content = await self._content(row)
            self._changes[row["id"]] = (await asyncio.to_thread(_decoded, content)).changes
        return self._changes[row["id"]]

    async def _content(self, row: Mapping[str, Any]) -> bytes:
        stored: bytes = await self._connection.fetchval(
            query("changes.snapshot"), row["provider_id"], row["id"]
        )
        return stored


def hours_of(case: WageCase) -> RecordedHours:
    """What a case holds of recorded hours; the rest of it is pay and terms."""
    return RecordedHours(work=list(case.work), work_type=case.work_type, salaried=case.salaried)


def gaps_stated(rows: Iterable[tuple[date, GapRow]]) -> Gaps:
    """The gaps of one employment by their keys, given in order of time."""
    found: Gaps = {}
    for day, row in rows:
        number = sum((left, reached) == (row.from_, row.to) for left, reached, _ in found)
        state = GapState(start=row.start, end=row.end, observed_seconds=row.observed_seconds, parts=row.parts)
        found[row.from_, row.to, number] = (day, state)
    return found


def _period(row: Mapping[str, Any]) -> tuple[date, date]:
    return row["period_start"], row["period_end"]


def _decoded(stored: bytes) -> _Changes:
    return msgspec.json.decode(snapshot_bytes(stored), type=_Changes)


def _in_report(stored: bytes) -> dict[str, Stated]:
    report = msgspec.json.decode(snapshot_bytes(stored), type=_Report)
    tested = {one.employment: _stated(hours_of(one.case), one.days) for one in report.workers}
    return tested | {one.employment: _stated(one.hours, one.days) for one in report.not_tested}


def _stated(hours: RecordedHours, days: Sequence[WorkedDay]) -> Stated:
    gaps = gaps_stated((day.date, gap) for day in days for gap in day.gaps)
    return Stated(hours, gaps, {visit.visit_id: visit.visit for day in days for visit in day.visits})


def _changed(stated: Stated | None, change: EarlierChange) -> Stated:
    """What is stated once a later document has told of the change."""
    gaps, names = ({}, {}) if stated is None else (dict(stated.gaps), dict(stated.names))
    for gap in change.gaps:
        key = (gap.from_, gap.to, gap.number)
        if gap.after is None:
            gaps.pop(key, None)
        else:
            gaps[key] = (gap.day, gap.after)
        ends = ((gap.from_, gap.left), (gap.to, gap.reached))
        names |= {end: name for end, name in ends if end is not None and name is not None}
    return Stated(change.hours, gaps, names)
