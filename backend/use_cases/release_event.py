"""A manager lets a quarantined event count. The event stays as it came; the release is a fact beside it."""

from typing import Final
from uuid import UUID

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.note_speeds import note_speeds

RELEASABLE: Final = frozenset({"not_your_visit", "revoked", "absurd_time", "fork", "bad_hash"})
"""Codes of events that are validly signed and can be read, so that a person can answer for them."""


def may_be_released(code: str | None, readable: bool) -> bool:
    """Whether an event quarantined for this reason may be let count at all."""
    return readable and code in RELEASABLE


async def release_event(provider_id: UUID, event_row: UUID, released_by: UUID, reason: str) -> None:
    """Release it. Raises DomainError: not_found, conflict (counts already), forbidden (proves nothing), bad_request."""
    if not reason.strip():
        raise DomainError("bad_request", "Say why this event should count.")
    async with db.as_provider(provider_id) as connection:
        row = await connection.fetchrow(query("console.event_to_release"), provider_id, event_row)
        if row is None:
            raise DomainError("not_found", "There is no such event.")
        if row["outcome"] == "accepted":
            raise DomainError("conflict", "This event counts already.")
        if not may_be_released(row["code"], row["readable"]):
            raise DomainError(
                "forbidden", "This event is not validly signed or cannot be read, so it cannot count."
            )
        now = clock.now()
        released = await connection.fetchval(
            query("console.release"), provider_id, event_row, released_by, now, reason.strip()
        )
        if released is None:
            raise DomainError("conflict", "Somebody released this event before.")
        await note_speeds(connection, provider_id, row["carer_id"], event_row, now)
