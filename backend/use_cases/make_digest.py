"""The daily digest of a commissioner: what it keeps outside, so that nobody can rewrite a provider's records unseen."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db, keys
from backend.domain.canonical import canonical
from backend.domain.counted import counted
from backend.domain.seals import digest_body, newest
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.frozen_documents import File

PAGE: Final = 60


async def make_digest(
    connection: asyncpg.Connection, commissioner_id: UUID, reference: str, day: date, now: datetime
) -> str:
    """Sign the newest checkpoint and seal of each provider that works for a commissioner. Says what it did."""
    await connection.execute(query("seals.open_commissioner"), str(commissioner_id))
    rows = await connection.fetch(query("seals.newest_of_providers"))
    providers = [
        {
            "provider_id": str(row["provider_id"]),
            "provider": row["reference"],
            "checkpoint": newest(row["checkpoint_number"], row["checkpoint"]),
            "seal": newest(row["seal_number"], row["seal"]),
        }
        for row in rows
    ]
    body = digest_body(commissioner_id, reference, day.isoformat(), providers, now)
    signed = keys.current().sign(body)
    made = (day, now, body, signed["kid"], signed["signature"].encode())
    await connection.execute(query("seals.insert_digest"), commissioner_id, *made)
    return f"{counted(len(providers), 'provider')} in the digest of {day}"


async def read_digests(
    commissioner_id: UUID, before: date | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """The newest digests, or those before a day, and whether there are more."""
    async with db.as_commissioner(commissioner_id) as connection:
        rows = await connection.fetch(query("seals.digests"), commissioner_id, before, PAGE + 1)
    return [dict(row) for row in rows[:PAGE]], len(rows) > PAGE


async def digest_file(commissioner_id: UUID, day: date) -> File:
    """The digest of a day as a signed file. Raises DomainError not_found."""
    async with db.as_commissioner(commissioner_id) as connection:
        row = await connection.fetchrow(query("seals.digest"), commissioner_id, day)
    if row is None:
        raise DomainError("not_found", "There is no digest of that day.")
    return File("json", "application/json", f"doorstep-digest_{day}.json", signed_text(row))


def signed_text(row: Any) -> bytes:
    """A signed body as a file: `body` as text, `kid` and `signature`."""
    return canonical(
        {"body": row["body"].decode(), "kid": row["kid"], "signature": row["signature"].decode()}
    )
