"""Keep the speeds that positions imply: they outlast the positions, and tell no place."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.paid_time import FUTURE_LIMIT
from backend.domain.positions import FARTHEST, Position, Speed, speeds
from backend.sql import as_columns, query
from backend.statute.policy import longest_fresh_seconds

_OLDEST: Final = timedelta(days=1)
"""How much older than its event, or younger, a position is looked for: far more than a policy should call fresh."""
_WINDOW: Final = FARTHEST + _OLDEST
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


async def note_speeds(
    connection: asyncpg.Connection,
    provider_id: UUID,
    carer_id: UUID,
    fresh: Mapping[UUID, datetime],
    now: datetime,
) -> None:
    """Note the speeds to and from the positions of held events that begin to count now: row and instant of each.

    Positions that were old when they were sent, or are no longer held, imply none, nor do those of an event that lies
    ahead of when it was received: when that was, nobody knows. Two phones of a carer wait for each other, so that
    neither misses the other's positions.
    """
    await connection.execute(query("speeds.lock"), f"{provider_id}/{carer_id}")
    beside = around({carer_id: _taken(fresh.values())})
    found = await connection.fetchrow(query("events.around"), provider_id, [], [], [], [], *beside)
    await connection.executemany(
        query("speeds.insert"),
        [
            (provider_id, carer_id, *said, now)
            for said in map(told, speeds(positions(found["positions"]).get(carer_id, ()), fresh.keys()))
        ],
    )


def around(taken: Mapping[UUID, Collection[datetime]]) -> tuple[Any, ...]:
    """What events.around takes of the positions beside new ones of carers, taken at some instants: from $6 on."""
    asked = [
        (carer, min(instants), max(instants), min(instants) - _WINDOW, max(instants) + _WINDOW)
        for carer, instants in taken.items()
        if instants
    ]
    received = min((earliest for *_, earliest, _ in asked), default=_NEVER) - FUTURE_LIMIT
    return (*as_columns(asked, 5), longest_fresh_seconds(), FUTURE_LIMIT, received)


def _taken(instants: Iterable[datetime]) -> list[datetime]:
    """Instants before and after which no position was taken that is of an event of one of `instants`."""
    return [at + way * _OLDEST for at in instants for way in (-1, 1)]


def positions(
    held: Iterable[tuple[UUID, UUID, datetime, float, bytes]] | None,
) -> Mapping[UUID, Sequence[Position]]:
    """Held ones by carer: row, instant of the event, age of the position in seconds, the position as it is kept."""
    found: dict[UUID, list[Position]] = defaultdict(list)
    for carer, row, at, age, content in held or ():
        found[carer].append(position(row, at, age, msgspec.json.decode(content)))
    return found


def position(row: UUID, at: datetime, age_s: float, fix: Mapping[str, float]) -> Position:
    """That of an event of an instant, taken `age_s` seconds before it."""
    return Position(
        row, at - timedelta(seconds=age_s), float(fix["lat"]), float(fix["lon"]), float(fix["accuracy_m"])
    )


def told(one: Speed) -> tuple[UUID, UUID, datetime, datetime, float]:
    """What is kept of a speed."""
    return one.before.row, one.after.row, one.before.at, one.after.at, one.kmh
