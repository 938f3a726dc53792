"""Each event in the receipt that its phone was answered: whoever has the database alone cannot sign one."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import asyncpg

from backend import db
from backend.domain.canonical import base64url
from backend.sql import query
from backend.use_cases.verification.server_keys import ServerKeys, fault_of
from schemas.scalars import parse_instant

Row = Mapping[str, Any]


async def receipt_faults(connection: asyncpg.Connection, provider_id: UUID, keys: ServerKeys) -> list[str]:
    """What is wrong, in words."""
    faults: list[str] = []
    async for row in db.each_row(connection, query("seals.receipts"), provider_id):
        faults += _faults(row, keys)
    return faults


def _faults(row: Row, keys: ServerKeys) -> Iterator[str]:
    lines = _lines(row["batch"])
    signature = (row["signature"] or b"").decode("ascii", "replace")
    newest = max((str(line.get("received_at")) for line in lines), default="")
    if row["batch"] is None:
        yield f"receipt {row['batch_id']} is gone"
    elif fault := fault_of(keys, row["kid"], signature, row["batch"], newest):
        yield f"receipt {row['batch_id']}: {fault}"
    for event, index, *held in zip(*(row[name] for name in _HELD), strict=True):
        if not 0 <= index < len(lines) or _said(lines[index]) != _as_said(*held):
            yield f"event {event}: no receipt says that it was received like this"


_HELD = ("events", "places", "devices", "outcomes", "codes", "instants", "hashes")


def _lines(batch: bytes | None) -> list[Mapping[str, Any]]:
    try:
        said = json.loads(batch or b"[]")
    except (ValueError, RecursionError):
        return []
    return [line if isinstance(line, dict) else {} for line in said] if isinstance(said, list) else []


def _said(line: Mapping[str, Any]) -> tuple[Any, ...] | None:
    try:
        received_at = parse_instant(line.get("received_at"))
    except ValueError:
        return None
    return *(line.get(name) for name in ("device_id", "outcome", "code", "signed_hash")), received_at


def _as_said(
    device: UUID, outcome: str, code: str | None, received_at: Any, digest: bytes | None
) -> tuple[Any, ...]:
    return str(device), outcome, code, None if digest is None else base64url(digest), received_at
