"""Whose a session is, while it is in use: one that nobody uses for a while ends (DOORSTEP_IDLE_MINUTES)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from backend import clock, db, settings
from backend.sql import query

NOTED_EVERY: Final = timedelta(minutes=1)
"""That a session is used is written down no more often than this: most requests of a page write nothing."""


async def session_in_use(session: bytes) -> Mapping[str, Any] | None:
    """The account of the open session whose token has this hash, and note that it is used; None if none is open."""
    now = clock.now()
    async with db.as_system() as connection:
        found = await connection.fetchrow(query("users.session_account"), session, now, idle_time())
    if found is None:
        return None
    account = dict(found)
    if account.pop("last_used_at") <= now - NOTED_EVERY:
        async with db.as_administrator() as connection:
            await connection.execute(query("users.note_use"), session, now)
    return account


def idle_time() -> timedelta:
    """How long a session stays open without being used."""
    return timedelta(minutes=settings.current().idle_minutes)
