"""What is stored beside a fact that holds a digest of it: positions and words, and the bytes of documents."""

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db
from backend.domain.canonical import base64url, read, sha256
from backend.domain.seals import key_digest
from backend.sql import query
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.record_checks.forgotten import Forgotten

_SIGNED: Final = {"fix": "fix_hash", "payload": "payload_hash"}
_WORDS_OF: Final = {"event_attachment": "event", "correction_note": "correction"}


async def beside_faults(
    connection: asyncpg.Connection, provider_id: UUID, now: datetime, forgotten: Forgotten
) -> list[str]:
    """What is wrong, in words."""
    return [
        *await _attachments(connection, provider_id, now),
        *await _missing(connection, provider_id, forgotten),
        *await _wordless(connection, provider_id, forgotten),
        *await _notes(connection, provider_id),
        *await _documents(connection, provider_id),
    ]


async def _attachments(connection: asyncpg.Connection, provider_id: UUID, now: datetime) -> list[str]:
    return [
        f"event {row['event_row']}: its {row['kind']} is not the one that its phone signed"
        async for row in db.each_row(connection, query("seals.attachments"), provider_id, None, now)
        if base64url(sha256(row["content"])) != _said(row["signed"]).get(_SIGNED[row["kind"]])
    ]


async def _missing(connection: asyncpg.Connection, provider_id: UUID, forgotten: Forgotten) -> list[str]:
    return [
        f"event {row['row_id']}: its position is gone, and nothing was let go of there"
        async for row in db.each_row(connection, query("privacy.positions_gone"), provider_id)
        if not forgotten.position_may_be_gone(key_digest(row["key"]), row["received_at"], row["carer_id"])
    ]


async def _wordless(connection: asyncpg.Connection, provider_id: UUID, forgotten: Forgotten) -> list[str]:
    return [
        f"{_WORDS_OF[row['table_name']]} {row['id']}: its words are gone, and nothing was let go of there"
        async for row in db.each_row(connection, query("privacy.words_gone"), provider_id)
        if (row["signed"] is None or _said(row["signed"]).get("payload_hash") is not None)
        and not forgotten.words_may_be_gone(row["table_name"], key_digest(row["key"]), row["received_at"])
    ]


def _said(signed: bytes | None) -> Mapping[str, Any]:
    try:
        said = read(signed or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


async def _notes(connection: asyncpg.Connection, provider_id: UUID) -> list[str]:
    return [
        f"correction {row['correction_id']}: its words are not those that were proposed"
        for row in await connection.fetch(query("seals.notes"), provider_id, timeout=db.NIGHTLY_SECONDS)
        if row["note_hash"] is not None and sha256(row["content"]) != row["note_hash"]
    ]


async def _documents(connection: asyncpg.Connection, provider_id: UUID) -> list[str]:
    """Documents whose bytes do not match the digest beside them. The digest itself is sealed."""
    faults = [
        f"{row['file_name']}: its bytes are not those that were issued"
        for row in await connection.fetch(
            query("seals.damaged_files"), provider_id, timeout=db.NIGHTLY_SECONDS
        )
    ]
    async for row in db.each_row(connection, query("seals.snapshots"), provider_id):
        if not _whole(row["snapshot"], row["snapshot_digest"]):
            faults.append(f"document {row['name']}: what it was made of is not what was issued")
    return faults


def _whole(snapshot: bytes, digest: bytes) -> bool:
    try:
        return sha256(snapshot_bytes(snapshot)) == digest
    except zlib.error:
        return False
