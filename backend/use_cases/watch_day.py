"""The office watches a day: a new mark each time that something about its visits was received, planned or fell due."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from backend import clock, db
from backend.sql import query

EVERY_SECONDS: Final = 3.0
"""How often a watcher looks. Each look is two probes of an index, however long the history."""
LOOKS: Final = 16
"""A watch ends after so many and the browser begins another: a session that was ended is noticed, and a server that
stops does not wait for it.
"""
_RECENT: Final = timedelta(hours=36)


async def day_mark(provider_id: UUID) -> str:
    """What tells this moment's lists from earlier ones: the newest event, the newest plan, and the minute.

    With the minute come lateness and whatever managers decided meanwhile.
    """
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        row = await connection.fetchrow(query("console.newest"), provider_id, now - _RECENT)
    known = "~".join(map(str, (*row, now.replace(second=0, microsecond=0))))
    return sha256(known.encode()).hexdigest()[:16]


async def day_changes(
    provider_id: UUID, mark: str, every: float = EVERY_SECONDS, looks: int = LOOKS
) -> AsyncIterator[str]:
    """The new mark each time it is another than before, first than `mark`; no connection is held in between."""
    for look in range(looks):
        if look:
            await asyncio.sleep(every)
        newest = await day_mark(provider_id)
        if newest != mark:
            mark = newest
            yield mark
