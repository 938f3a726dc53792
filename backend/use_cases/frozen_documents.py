"""Freezing documents: the snapshot, its digests and its files are written once, in the transaction that made them."""

import asyncio
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend.documents.canonical import Snapshot, canonical_json
from backend.sql import query

SETTLED: Final = timedelta(minutes=1)
"""Facts younger than this may still be on their way into the database, so a document leaves them to the next one."""
_LEVEL: Final = 3
"""How hard a snapshot is compressed: to make it a sixth smaller would take almost three times as long."""


@dataclass(frozen=True, slots=True)
class File:
    """One rendering of a document."""

    format: str
    media_type: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A document about to be stored. `scope`, `payer` and `edition` with the period make it unique within its kind."""

    provider_id: UUID
    kind: str
    scope: str
    period_start: date
    period_end: date
    edition: str
    as_of: datetime
    created_at: datetime
    snapshot: Snapshot
    summary: dict[str, Any]
    files: Sequence[File]
    number: str | None = None
    commissioner_id: UUID | None = None
    contract_id: UUID | None = None
    payer_id: UUID | None = None
    payer: str = ""
    total_pence: int | None = None
    vat_pence: int | None = None
    id: UUID = field(default_factory=uuid4)


async def store(connection: asyncpg.Connection, document: Frozen) -> None:
    """Append the document and its files. The database refuses a second of the same scope, payer, period, edition."""
    snapshot, digest = await asyncio.to_thread(_kept, document.snapshot)
    await connection.execute(
        query("documents.insert"),
        document.provider_id,
        document.id,
        document.kind,
        document.number,
        document.commissioner_id,
        document.contract_id,
        document.scope,
        document.period_start,
        document.period_end,
        document.edition,
        document.as_of,
        document.total_pence,
        msgspec.json.encode(document.summary).decode(),
        document.snapshot.template_version,
        snapshot,
        digest,
        bytes.fromhex(document.snapshot.facts_digest),
        document.created_at,
        document.payer_id,
        document.payer,
        document.vat_pence,
    )
    await store_files(connection, document.provider_id, document.id, document.files, document.as_of)


def _kept(snapshot: Snapshot) -> tuple[bytes, bytes]:
    """A snapshot as it is stored, and the SHA-256 of its canonical JSON."""
    content = canonical_json(snapshot)
    return zlib.compress(content, _LEVEL), sha256(content).digest()


async def store_files(
    connection: asyncpg.Connection,
    provider_id: UUID,
    document_id: UUID,
    files: Sequence[File],
    as_of: datetime,
) -> None:
    """Append files to a document, drawn from facts recorded up to `as_of`.

    The database refuses a second one of the same format.
    """
    rows = [
        (file.format, file.media_type, file.name, file.content, sha256(file.content).digest(), as_of)
        for file in files
    ]
    await connection.executemany(
        query("documents.insert_file"), [(provider_id, document_id, *row) for row in rows]
    )


def snapshot_bytes(stored: bytes) -> bytes:
    """The canonical JSON of a stored snapshot."""
    return zlib.decompress(stored)


def facts_digest(facts: object) -> str:
    """SHA-256, in hexadecimal, of the facts a document was made from, as canonical JSON text with sorted keys."""
    return sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()
