"""How often one address may send what proves nothing, counted across all web processes."""

from datetime import datetime, timedelta
from typing import Final

import asyncpg

from backend import keys, settings
from backend.faults import DomainError
from backend.sql import query

WINDOW: Final = timedelta(seconds=60)
TOO_MANY_EVENTS: Final = (
    "Too many events from this address carry no valid signature. Keep them and send them later."
)


async def count_unverified(
    connection: asyncpg.Connection, address: str, events: int, now: datetime, words: str = TOO_MANY_EVENTS
) -> None:
    """Count `events` unverified ones from an address. Raises DomainError too_many_requests, in these words, once there
    were enough.

    Calls whose events all verify are never counted, so nobody behind the same address is kept out.
    """
    if not events:
        return
    subject = keys.current().lookup_hash(f"events/{address}")
    since = now - WINDOW
    held = await connection.fetchrow(query("phones.count_failures"), subject, since, now)
    if held["failures"] >= settings.current().unverified_events:
        wait = max(1, -int((since - held["oldest"]) // timedelta(seconds=1)))
        raise DomainError("too_many_requests", words, {"Retry-After": str(wait)})
    await connection.execute(query("phones.forget_failures"), subject, since)
    await connection.execute(query("phones.insert_failures"), subject, now, events)
