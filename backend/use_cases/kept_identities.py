"""Names that were erased and stand in documents issued before: kept sealed, and shown to those documents alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend import keys
from backend.sql import query


def sealed_identity(provider_id: UUID, forgetting_id: UUID, versions: Iterable[Mapping[str, Any]]) -> bytes:
    """The versions that an erasure takes away, for the database, under the server's secret."""
    text = msgspec.json.encode([dict(row) for row in versions])
    return keys.current().seal(text, _about(provider_id, forgetting_id))


def _about(provider_id: UUID, forgetting_id: UUID) -> str:
    return f"identity/{provider_id}/{forgetting_id}"


async def as_they_were(
    connection: asyncpg.Connection,
    provider_id: UUID,
    as_of: datetime,
    rows: Sequence[Mapping[str, Any]],
    key: str,
) -> list[dict[str, Any]]:
    """Rows read as of an instant, with the names of that time where they have been erased since. `key` is the column
    that says whom a row is about.
    """
    kept = await connection.fetch(query("privacy.kept_identities"), provider_id, as_of)
    known: dict[str, dict[str, Any]] = {}
    for row in kept:
        about = _about(provider_id, row["forgetting_id"])
        for version in msgspec.json.decode(keys.current().unseal(row["sealed"], about)):
            if datetime.fromisoformat(version["recorded_at"]) <= as_of:
                known[version["id"]] = version  # in their order: the newest of then stays
    return [{**row, **_own(row, known.get(row[key], {}))} for row in rows]


def _own(row: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    return {name: then[name] for name in ("name", "address") if name in then and name in row.keys()}  # noqa: SIM118
