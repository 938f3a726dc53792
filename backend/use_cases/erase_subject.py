"""Erase a carer who has left, or a person whose care ended: names, homes and words, not the evidence the law requires.

What a hold on somebody else or an open dispute keeps stays. Erased again once that is over, it goes too.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.kept_identities import sealed_identity
from backend.use_cases.legal_holds import Held, held_until_done, subject_id
from backend.use_cases.retention import periods_on
from backend.use_cases.subject_access import Subject

_TABLES: Final = {"carer": ("employment_version", "device"), "person": ("service_user_version",)}
_CLASSES: Final = {"carer": "wages", "person": "care"}
"""The class of records by whose period the evidence about a subject is kept."""


async def erase_subject(provider_id: UUID, subject: Subject, reason: str, user_id: UUID | None) -> None:
    """Erase a subject. For documents that hold the names, these stay sealed until the period of the evidence ends.

    Raises DomainError: bad_request, not_found, or conflict while the subject is under a hold, or work or care goes on.
    """
    if subject.kind not in _TABLES or not reason.strip():
        raise DomainError("bad_request", "Say whom it is about, and who asked for it.")
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        whom = await subject_id(connection, provider_id, subject.kind, subject.reference)
        held = await held_until_done(connection, provider_id)
        _refuse_held(held, subject.kind, whom)
        ended = await _ended(connection, provider_id, subject.kind, whom, now)
        kept = (await periods_on(connection, provider_id, london_date(now)))[_CLASSES[subject.kind]]
        until = ended + timedelta(days=kept.days)
        made = uuid4()
        why = ("erasure", None, None, whom, reason.strip(), user_id, now)
        await connection.execute(query("privacy.insert_forgetting"), provider_id, made, *why)
        versions = await connection.fetch(query(f"privacy.{subject.kind}_versions"), provider_id, whom)
        if versions and until >= london_date(now):
            sealed = sealed_identity(provider_id, made, versions)
            await connection.execute(query("privacy.keep_identity"), provider_id, made, sealed, until, now)
        for table in _TABLES[subject.kind]:
            await connection.fetchval(query("privacy.erase"), made, table, whom, now)
        await _words(connection, provider_id, subject.kind, whom, held, why)
        if user_id is not None:
            seen = (uuid4(), user_id, provider_id, now, f"erasure of {subject.kind}", whom, reason.strip())
            await connection.execute(query("console.note_access"), provider_id, *seen)


def _refuse_held(held: Held, kind: str, whom: UUID) -> None:
    if held.everything or whom in (held.carers if kind == "carer" else held.people):
        raise DomainError("conflict", "A legal hold is in force: nothing may be erased until it is lifted.")


async def _ended(
    connection: asyncpg.Connection, provider_id: UUID, kind: str, whom: UUID, now: datetime
) -> date:
    """The last day of the subject's work or care. Raises DomainError conflict if it is still to come."""
    ended: date | None = await connection.fetchval(query(f"privacy.{kind}_ends"), provider_id, whom)
    if ended is None or ended >= london_date(now):
        what = "employment" if kind == "carer" else "package of care"
        raise DomainError("conflict", f"The last {what} has not ended: end it first.")
    return ended


async def _words(
    connection: asyncpg.Connection,
    provider_id: UUID,
    kind: str,
    whom: UUID,
    held: Held,
    why: tuple[Any, ...],
) -> None:
    """Forget words, and copies of what was not as its phone signed it; of carers, positions too."""
    keeping = (held.carers, held.people)
    for part in ("fix", "payload") if kind == "carer" else ("payload",):
        rows = await connection.fetch(query(f"privacy.words_of_{kind}"), provider_id, whom, part, *keeping)
        await _forget(connection, provider_id, why, "event_attachment", part, rows)
    notes = await connection.fetch(query(f"privacy.notes_of_{kind}"), provider_id, whom, *keeping)
    await _forget(connection, provider_id, why, "correction_note", "", notes)
    copies = await connection.fetch(query(f"privacy.copies_of_{kind}"), provider_id, whom, *keeping)
    await _forget(connection, provider_id, why, "event", "", copies)


async def _forget(
    connection: asyncpg.Connection,
    provider_id: UUID,
    why: tuple[Any, ...],
    table: str,
    part: str,
    rows: list[asyncpg.Record],
) -> None:
    if rows:
        made = uuid4()
        await connection.execute(query("privacy.insert_forgetting"), provider_id, made, *why)
        gone = (table, part, [row[0] for row in rows], why[-1])
        await connection.fetchval(query("privacy.forget"), made, *gone)
