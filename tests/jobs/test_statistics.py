"""The upkeep of each day: what PostgreSQL plans by is there for partitioned tables too."""

from datetime import timedelta

import asyncpg

from backend.jobs.due import due_work
from backend.jobs.runner import run_due
from tests.jobs.office import Office, instant

SIX = instant("2026-11-10T06:00")


async def known(superuser: asyncpg.Connection) -> dict[str, int]:
    """Of each partitioned table that has statistics, the columns that they are of."""
    rows = await superuser.fetch(
        "SELECT tablename, count(*) FROM pg_stats JOIN pg_class ON relname = tablename AND relkind = 'p' GROUP BY 1"
    )
    return dict(map(tuple, rows))


async def test_partitioned_tables_are_analysed_once_a_day(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    assert await known(superuser) == {}
    [ran] = await run_due(SIX, "statistics")
    assert (ran.period_key, ran.detail, ran.failed) == ("2026-11-09", "3 tables analysed", False)
    assert set(await known(superuser)) == {"event", "event_key", "event_link"}
    assert await superuser.fetchval("SELECT reltuples FROM pg_class WHERE oid = 'event'::regclass") == 2
    assert await run_due(SIX + timedelta(hours=23, minutes=59), "statistics") == []


async def test_only_the_newest_day_is_made_up_for(office: Office) -> None:
    async def days(moment: str) -> list[str]:
        return [due.period_key for due in await due_work(instant(moment)) if due.job == "statistics"]

    await run_due(SIX, "statistics")
    assert await days("2026-11-11T05:59") == []
    assert await days("2026-11-11T06:00") == ["2026-11-10"]
    assert await days("2026-11-20T05:59") == ["2026-11-18"]
