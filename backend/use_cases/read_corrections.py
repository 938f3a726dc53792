"""Corrections for a manager: what was recorded, what is proposed instead, and what was decided."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db
from backend.sql import query

PAGE: Final = 200

After = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """A proposal beside what was recorded. `own`: the reader proposed it, so she may only take it back.

    `own_reason`: the provider's own words for the reason; `proposer`: the email of a manager who proposed it.
    `open`: nobody decided, or the carer objected to what was decided.
    """

    id: UUID
    carer: str
    visit_id: UUID | None
    visit: str | None
    day: date | None
    planned: tuple[datetime | None, datetime | None]
    recorded: tuple[datetime | None, datetime | None]
    proposed: tuple[datetime | None, datetime | None]
    reason_code: str
    own_reason: str | None
    proposed_by: str
    proposer: str | None
    note: str | None
    received_at: datetime
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    own: bool

    @property
    def open(self) -> bool:
        return self.decision in (None, "objected")

    @property
    def key(self) -> str:
        """Where the next page of the list starts."""
        return f"{self.received_at.isoformat()}~{self.id}"


async def read_corrections(
    provider_id: UUID, reader: UUID, waiting: bool, after: After | None = None, carer: str | None = None
) -> tuple[list[ShownCorrection], bool]:
    """A page of corrections, oldest first, and whether more follow; those that wait for a decision, or all.

    `carer`: only those of the carer with this reference.
    """
    async with db.as_provider(provider_id) as connection:
        people = await connection.fetch(query("console.carers"), provider_id)
        names = {row["carer_id"]: row["name"] for row in people}
        asked = (None, waiting, after, carer)
        found = await corrections_of(connection, provider_id, reader, names, *asked)
    return found[:PAGE], len(found) > PAGE


async def corrections_of(
    connection: asyncpg.Connection,
    provider_id: UUID,
    reader: UUID,
    names: Mapping[UUID, str],
    visit_id: UUID | None = None,
    waiting: bool = False,
    after: After | None = None,
    carer: str | None = None,
) -> list[ShownCorrection]:
    """Corrections, one more than a page if there are so many. `names` gives carers' names by id."""
    rows = await connection.fetch(
        query("console.corrections"),
        provider_id,
        visit_id,
        waiting,
        *(after or (None, None)),
        PAGE + 1,
        carer,
    )
    recorded = await _recorded(connection, provider_id, rows)
    return [_shown(row, names, recorded.get((row["visit_id"], row["carer_id"])), reader) for row in rows]


async def _recorded(
    connection: asyncpg.Connection, provider_id: UUID, rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[UUID, UUID], tuple[datetime | None, datetime | None]]:
    visits = sorted({row["visit_id"] for row in rows if row["visit_id"] is not None})
    ends = await connection.fetch(query("console.recorded_ends"), provider_id, visits)
    return {(row["visit_id"], row["carer_id"]): (row["arrived_at"], row["left_at"]) for row in ends}


def _shown(
    row: Mapping[str, Any],
    names: Mapping[UUID, str],
    recorded: tuple[datetime | None, datetime | None] | None,
    reader: UUID,
) -> ShownCorrection:
    return ShownCorrection(
        id=row["id"],
        carer=names[row["carer_id"]],
        visit_id=row["visit_id"],
        visit=row["visit"],
        day=row["day"],
        planned=(row["planned_start"], row["planned_end"]),
        recorded=recorded or (None, None),
        proposed=(row["proposed_start"], row["proposed_end"]),
        reason_code=row["reason_code"],
        own_reason=row["own_reason"],
        proposed_by=row["proposed_by"],
        proposer=row["proposer"],
        note=None if row["note"] is None else json.loads(row["note"]).get("text"),
        received_at=row["received_at"],
        decision=row["decision"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        reason=row["reason"],
        own=row["user_id"] == reader,
    )
