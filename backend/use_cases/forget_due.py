"""Delete what has reached the end of its period: some rows of each class at a time, each batch one transaction that
leaves a fact of its own.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from backend import db
from backend.domain.counted import counted
from backend.domain.time import london_date, london_midnight
from backend.sql import query
from backend.use_cases.legal_holds import Held, held_now, held_until_done
from backend.use_cases.retention import before, periods_on

AT_ONCE: Final = 5_000
"""Rows of one transaction."""
Arguments = Callable[[datetime, Held], tuple[Any, ...]]
_DUE: Final[dict[str, tuple[tuple[str, str, str, Arguments], ...]]] = {
    "positions": (
        (
            "event_attachment",
            "fix",
            "due_attachments",
            lambda at, held: ("fix", at, held.carers, held.people, AT_ONCE),
        ),
        ("event", "", "due_copies", lambda at, held: (at, held.carers, held.people, AT_ONCE)),
    ),
    "words": (
        (
            "event_attachment",
            "payload",
            "due_attachments",
            lambda at, held: ("payload", at, held.carers, held.people, AT_ONCE),
        ),
        ("correction_note", "", "due_notes", lambda at, held: (at, held.carers, held.people, AT_ONCE)),
    ),
    "looks": (("access_log", "", "due_looks", lambda at, held: (at, AT_ONCE)),),
}
"""Of each class what goes by itself: the table, which kind of its rows, the query that finds them, its arguments."""


async def forget_due(provider_id: UUID | None, now: datetime) -> str:
    """Delete at most some thousand rows of each class. Returns how many, in words; the next run goes on."""
    assert provider_id is not None
    counts = [await _forget_class(provider_id, name, now) for name in _DUE]
    counts.append(await _forget_names(provider_id, now))
    return f"{counted(sum(counts), 'row')} forgotten"


async def _forget_class(provider_id: UUID, name: str, now: datetime) -> int:
    async with db.as_provider(provider_id) as connection:
        kept = (await periods_on(connection, provider_id, london_date(now)))[name]
        at = london_midnight(before(kept, now))
        if not await _due(connection, provider_id, name, at, await held_now(connection, provider_id)):
            return 0
        # Something is to go: looked for again, now that nobody can set a hold. Most minutes need no lock.
        held = await held_until_done(connection, provider_id)
        why = (name, kept.days, at, None, None, None, now)
        due = await _due(connection, provider_id, name, at, held)
        return sum([await _forget(connection, provider_id, why, *what) for what in due])


async def _due(
    connection: asyncpg.Connection, provider_id: UUID, name: str, at: datetime, held: Held
) -> list[tuple[str, str, list[UUID]]]:
    """What of a class goes by itself: tables, kinds and ids of rows."""
    found: list[tuple[str, str, list[UUID]]] = []
    for table, kind, found_by, arguments in () if held.everything else _DUE[name]:
        if table == "event_attachment" and not await _any_old(connection, provider_id, kind, at):
            continue
        rows = await connection.fetch(query(f"privacy.{found_by}"), provider_id, *arguments(at, held))
        if rows:
            found.append((table, kind, [row[0] for row in rows]))
    return found


async def _any_old(connection: asyncpg.Connection, provider_id: UUID, kind: str, at: datetime) -> bool:
    """Whether to look for what may go: PostgreSQL plans that for a tenth of a second, each minute of every provider."""
    return bool(await connection.fetchval(query("privacy.has_old_attachments"), provider_id, kind, at))


async def _forget_names(provider_id: UUID, now: datetime) -> int:
    """Delete names that were erased and kept sealed for evidence whose period is now over too."""
    async with db.as_provider(provider_id) as connection:
        due, day = query("privacy.due_identities"), london_date(now)
        if not await connection.fetch(due, provider_id, day, [], 1):
            return 0
        held = await held_until_done(connection, provider_id)
        subjects = [*held.carers, *held.people]
        rows = [] if held.everything else await connection.fetch(due, provider_id, day, subjects, AT_ONCE)
        why = (
            "names kept sealed",
            None,
            None,
            None,
            "The evidence that they belong to has had its time",
            None,
            now,
        )
        ids = [row["forgetting_id"] for row in rows]
        return await _forget(connection, provider_id, why, "kept_identity", "", ids) if ids else 0


async def _forget(
    connection: asyncpg.Connection,
    provider_id: UUID,
    why: tuple[Any, ...],
    table: str,
    kind: str,
    ids: list[UUID],
) -> int:
    made = uuid4()
    await connection.execute(query("privacy.insert_forgetting"), provider_id, made, *why)
    return int(await connection.fetchval(query("privacy.forget"), made, table, kind, ids, why[-1]))
