"""Keep the speeds that positions imply: they outlast the positions, and tell no place."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend.domain.positions import FARTHEST, Position, speeds
from backend.sql import query

# A position may be a little older than its event.
_WINDOW: Final = FARTHEST + timedelta(days=1)


async def note_speeds(
    connection: asyncpg.Connection,
    provider_id: UUID,
    carer_id: UUID,
    fresh: Mapping[UUID, datetime],
    now: datetime,
) -> None:
    """Note the speeds to and from the positions of events that begin to count now, given with their instants by row.

    Positions that were old when they were sent, or are no longer held, imply none. Two phones of a carer wait for each
    other, so that neither misses the other's positions.
    """
    if not fresh:
        return
    await connection.execute(query("speeds.lock"), f"{provider_id}/{carer_id}")
    ends = (min(fresh.values()) - _WINDOW, max(fresh.values()) + _WINDOW)
    rows = await connection.fetch(query("speeds.positions"), provider_id, carer_id, *ends)
    found = speeds(map(_position, rows), fresh.keys())
    await connection.executemany(
        query("speeds.insert"),
        [
            (provider_id, carer_id, one.before.row, one.after.row, one.before.at, one.after.at, one.kmh, now)
            for one in found
        ],
    )


def _position(row: Mapping[str, Any]) -> Position:
    fix = json.loads(row["content"])
    taken = row["paid_at"] - timedelta(seconds=row["fix_age_s"])
    return Position(row["row_id"], taken, float(fix["lat"]), float(fix["lon"]), float(fix["accuracy_m"]))
