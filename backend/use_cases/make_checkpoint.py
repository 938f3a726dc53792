"""Put a signed seal on the events received since the last one, off the path of the phones."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from backend import clock, db, keys
from backend.domain.canonical import sha256
from backend.domain.checkpoints import body, leaf, root
from backend.domain.time import london_date
from backend.sql import query

_FIRST: Final = bytes(32)
SLOWEST_CALL: Final = timedelta(hours=1)
"""A call may take this long between its arrival, which dates its events, and its commit."""
# How far back the first checkpoint of a day looks: a server\'s clock that was wrong for a while dates events anywhere.
_WRONG_CLOCK: Final = timedelta(days=35)


async def make_checkpoint(provider_id: UUID) -> int:
    """Seal every event that no checkpoint holds yet. Returns how many; 0 makes no checkpoint."""
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        await connection.execute(query("checkpoints.lock"), provider_id)
        last = await connection.fetchrow(query("checkpoints.newest"), provider_id)
        since = None if last is None else _since(last["created_at"], now)
        rows = await connection.fetch(query("checkpoints.uncovered"), provider_id, since)
        if not rows:
            return 0
        leaves = [
            leaf(
                row["row_id"],
                row["device_id"],
                row["signed_hash"] or row["raw_digest"],
                row["outcome"],
                row["code"],
                row["received_at"],
            )
            for row in rows
        ]
        number = 1 if last is None else last["number"] + 1
        previous = _FIRST if last is None else sha256(last["body"])
        sealed = body(provider_id, number, previous, len(rows), root(leaves), now)
        signed = keys.current().sign(sealed)
        made = (previous, len(rows), root(leaves), now, sealed, signed["kid"], signed["signature"].encode())
        await connection.execute(query("checkpoints.insert"), provider_id, number, *made)
        covered = [row["row_id"] for row in rows]
        await connection.execute(query("checkpoints.insert_events"), provider_id, number, covered)
    return len(rows)


def _since(last: datetime, now: datetime) -> datetime:
    """From which receipt on to look for events without a checkpoint. The clock may have gone back since the last."""
    first_of_day = london_date(last) != london_date(now)
    return min(last, now) - (_WRONG_CLOCK if first_of_day else SLOWEST_CALL)
