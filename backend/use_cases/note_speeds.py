"""Keep the speeds that positions imply: they outlast the positions, and tell no place."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.paid_time import FUTURE_LIMIT
from backend.domain.positions import FARTHEST, Position, Speed, speeds
from backend.sql import as_columns, query


async def note_speeds(
    connection: asyncpg.Connection, provider_id: UUID, carer_id: UUID, event_row: UUID, now: datetime
) -> None:
    """Note the speeds to and from the position of a held event that begins to count now.

    A position that was old when it was sent, or is no longer held, implies none, nor does that of an event that lies
    ahead of when it was received: when that was, nobody knows. Two phones of a carer wait for each other, so that
    neither misses the other's positions.
    """
    await connection.execute(query("speeds.lock"), f"{provider_id}/{carer_id}")
    taken = await connection.fetchval(query("speeds.take"), provider_id, event_row, FUTURE_LIMIT)
    if taken is None:
        return
    beside = around({carer_id: [taken]})
    found = await connection.fetchrow(query("events.around"), provider_id, [], [], [], [], *beside)
    await connection.executemany(
        query("speeds.insert"),
        [
            (provider_id, carer_id, *said, now)
            for said in map(told, speeds(positions(found["positions"]).get(carer_id, ()), {event_row}))
        ],
    )


def around(taken: Mapping[UUID, Collection[datetime]]) -> tuple[Any, ...]:
    """What events.around takes of the positions beside new ones of carers, taken at some instants: from $6 on."""
    asked = [(carer, min(instants), max(instants)) for carer, instants in taken.items() if instants]
    return (*as_columns(asked, 3), FARTHEST)


def positions(held: Iterable[tuple[UUID, UUID, datetime, bytes]] | None) -> Mapping[UUID, Sequence[Position]]:
    """Held ones by carer: the event's row, when it was taken, the position as it is kept."""
    found: dict[UUID, list[Position]] = defaultdict(list)
    for carer, row, taken, content in held or ():
        found[carer].append(position(row, taken, msgspec.json.decode(content)))
    return found


def position(row: UUID, taken: datetime, fix: Mapping[str, float]) -> Position:
    """That of an event, taken at an instant."""
    return Position(row, taken, float(fix["lat"]), float(fix["lon"]), float(fix["accuracy_m"]))


def told(one: Speed) -> tuple[UUID, UUID, datetime, datetime, float]:
    """What is kept of a speed."""
    return one.before.row, one.after.row, one.before.at, one.after.at, one.kmh
