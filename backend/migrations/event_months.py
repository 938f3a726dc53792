"""The months of events: each has a partition of its own, made before its first event comes in."""

from datetime import date, datetime

import asyncpg


async def make_event_months(connection: asyncpg.Connection, now: datetime) -> str:
    """Make the partitions of this month (UTC) and the next, unless they are there. Returns what is ready, in words.

    A month whose events have begun to stand in the default partition stays there.
    """
    first = now.date().replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    for month in (first, following):
        await connection.execute("SELECT ensure_event_month($1)", month)
    return f"{first:%Y-%m} and {following:%Y-%m} are ready"
