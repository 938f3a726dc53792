"""What was deleted at the end of its period, for whoever asks why something is not there."""

from typing import Any, Final
from uuid import UUID

from backend import db
from backend.sql import query

SHOWN: Final = 50


async def read_forgotten(provider_id: UUID) -> list[dict[str, Any]]:
    """The newest facts of forgetting: class, days, before, reason, forgotten_at, rows."""
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("privacy.forgettings"), provider_id, SHOWN)
    return [dict(row) for row in rows]
