"""Everything at a provider that waits for somebody, from every place where something can wait."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.domain.payroll import classify
from backend.domain.policy import Policy
from backend.domain.queue import ACKNOWLEDGED, VISIT_KINDS, Item, Span
from backend.domain.time import london_date, london_midnight
from backend.sql import query
from backend.use_cases.provider_policy import provider_policy
from backend.use_cases.release_event import may_be_released

SHOWN: Final = 200
_AHEAD: Final = timedelta(days=2)
"""Visits without a carer are listed up to the end of tomorrow."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a manager said about something that waited: who, when and why."""

    kind: str
    subject: UUID
    at: datetime
    reason: str
    by: str | None


@dataclass(frozen=True, slots=True)
class _Named:
    """Who is who: carers (reference and name) by id; visits (reference, person's reference and name) by id;
    what phones recorded of the visits that corrections are about, by visit and carer."""

    carers: Mapping[UUID, tuple[str, str]]
    visits: Mapping[UUID, tuple[str, str, str]]
    recorded: Mapping[tuple[UUID, UUID], Span]


async def read_queue(provider_id: UUID, reader: UUID, since: date) -> list[Item]:
    """All that waits, in no order. Visits, reports and calls for help are looked at from the London date `since` on;
    what is open by itself (a correction, a dispute, an event) is there however old it is.
    """
    now = clock.now()
    opens = min(london_midnight(since), now)
    async with db.as_provider(provider_id) as connection:
        policy = await provider_policy(connection, provider_id, london_date(now), now)
        rows = await _rows(connection, provider_id, opens, now, policy)
        named = await _named(connection, provider_id, rows)
        seen = await connection.fetch(query("queue.acknowledged"), provider_id, opens)
        unmapped = await _unmapped(connection, provider_id, opens, now)
    acknowledged = {(row["kind"], row["subject"]): row["at"] for row in seen}
    return [_item(row, named, reader) for row in _still(rows, acknowledged)] + unmapped


async def read_acknowledged(provider_id: UUID, since: date) -> list[Acknowledged]:
    """What was acknowledged since a London date, the newest first, at most SHOWN."""
    async with db.as_provider(provider_id) as connection:
        found = await connection.fetch(
            query("queue.acknowledgements"), provider_id, london_midnight(since), SHOWN
        )
    return [
        Acknowledged(row["kind"], row["subject"], row["acknowledged_at"], row["reason"], row["email"])
        for row in found
    ]


async def _rows(
    connection: asyncpg.Connection, provider_id: UUID, opens: datetime, now: datetime, policy: Policy
) -> list[Mapping[str, Any]]:
    until = london_midnight(london_date(now) + _AHEAD)
    thresholds = (policy.late_after_minutes, policy.missed_after_minutes, policy.overdue_after_minutes)
    waiting_since = now - timedelta(days=policy.chain_waiting_flag_days)
    found: list[Mapping[str, Any]] = []
    for name, values in (
        ("visits", (opens, now, *thresholds, until)),
        ("help", (opens, now)),
        ("shortfall", (opens, now)),
        ("dispute", ()),
        ("correction", ()),
        ("quarantine", (waiting_since,)),
        ("parked", ()),
        ("device", (opens, now, policy.missed_after_minutes)),
        ("flag", ()),
    ):
        found += await connection.fetch(query(f"queue.{name}"), provider_id, *values)
    return found


def _still(
    rows: Sequence[Mapping[str, Any]], acknowledged: Mapping[tuple[str, UUID], datetime]
) -> list[Mapping[str, Any]]:
    """Without what was acknowledged since it began to wait, and without a parked visit that waits for itself."""
    visits = {row["visit_id"] for row in rows if row["kind"] in VISIT_KINDS}
    return [
        row
        for row in rows
        if not (row["kind"] == "parked" and row["visit_id"] in visits)
        and not _seen(row, acknowledged.get((row["kind"], row["id"])))
    ]


def _seen(row: Mapping[str, Any], at: datetime | None) -> bool:
    return at is not None and at >= row["since"] and row["kind"] in {*ACKNOWLEDGED, "quarantine"}


async def _named(
    connection: asyncpg.Connection, provider_id: UUID, rows: Sequence[Mapping[str, Any]]
) -> _Named:
    carers = await connection.fetch(query("console.carers"), provider_id)
    ids = sorted({row["visit_id"] for row in rows if row["visit_id"] is not None})
    visits = await connection.fetch(query("console.visit_names"), provider_id, ids)
    corrected = sorted({row["visit_id"] for row in rows if row["kind"] == "correction"} - {None})
    ends = await connection.fetch(query("console.recorded_ends"), provider_id, corrected)
    return _Named(
        {row["carer_id"]: (row["reference"], row["name"]) for row in carers},
        {row["visit_id"]: (row["reference"], row["person_reference"], row["person"]) for row in visits},
        {(row["visit_id"], row["carer_id"]): (row["arrived_at"], row["left_at"]) for row in ends},
    )


def _item(row: Mapping[str, Any], named: _Named, reader: UUID) -> Item:
    carer, carer_name = named.carers.get(row["carer_id"], (None, None))
    visit, person, person_name = named.visits.get(row["visit_id"], (None, None, None))
    kind, numbered = row["kind"], row["kind"] == "flag"
    return Item(
        kind=kind,
        id=f"{row['id']}.{row['detail']}" if numbered else str(row["id"]),
        since=row["since"],
        code=row["code"] or "",
        detail=None if kind == "quarantine" or numbered else row["detail"],
        carer=carer,
        carer_name=carer_name,
        person=person,
        person_name=person_name,
        visit=visit,
        visit_id=None if row["visit_id"] is None else str(row["visit_id"]),
        span=(row["starts_at"], row["ends_at"]) if "starts_at" in row else None,
        recorded=named.recorded.get((row["visit_id"], row["carer_id"])),
        note=_note(row.get("note")),
        own=kind == "correction" and row["by"] == reader,
        decidable=kind != "quarantine" or may_be_released(row["code"], row["detail"] == "true"),
    )


def _note(stored: bytes | None) -> str | None:
    return None if stored is None else json.loads(stored).get("text")


async def _unmapped(
    connection: asyncpg.Connection, provider_id: UUID, opens: datetime, now: datetime
) -> list[Item]:
    """Pay elements of payroll exports that nobody has mapped, each once for each reason."""
    first, last = london_date(opens), london_date(now)
    raw = await connection.fetch(query("wages.payroll_lines"), provider_id, first, last, now)
    mapping = await connection.fetch(query("wages.pay_mapping"), provider_id, now)
    oldest: dict[tuple[str, str], date] = {}
    for line in classify([dict(row) for row in raw], mapping).unclassified:
        key = (line["element"], line["reason"])
        oldest[key] = min(oldest.get(key, line["paid_on"]), line["paid_on"])
    return [
        Item("payroll", element, london_midnight(day), "unmapped", f"{element}: {reason}")
        for (element, reason), day in oldest.items()
    ]
