"""The years of events: each has a partition of its own, made before its first event comes in."""

from datetime import date, datetime

import asyncpg


async def make_event_years(connection: asyncpg.Connection, now: datetime) -> str:
    """Make the partitions of this year (UTC) and the next, unless they are there. Returns what is ready, in words.

    A year whose events have begun to stand in the default partition stays there.
    """
    for year in (now.year, now.year + 1):
        await connection.execute("SELECT ensure_event_year($1)", date(year, 1, 1))
    return f"{now.year} and {now.year + 1} are ready"
