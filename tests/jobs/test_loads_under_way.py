"""Loads that take long, or wait for others: no document overlooks what they bring."""

import asyncio
from datetime import date, timedelta

import asyncpg
import pytest

from backend.faults import DomainError
from backend.jobs.on_demand import issue_period
from tests.conftest import Database
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, Office

LOCK = f"SELECT pg_advisory_xact_lock(hashtextextended('load {PROVIDER}', 0))"
WAITING = """SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
    WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted"""


async def test_no_document_is_made_while_a_load_is_under_way(office: Office, database: Database) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    office.set(FIRST_WEEK_DUE)
    load = await asyncpg.connect(database.superuser_url)
    async with load.transaction():
        await load.execute(LOCK)
        assert await office.run(FIRST_WEEK_DUE, "invoices") == []
        with pytest.raises(DomainError, match="Files are being loaded"):
            await issue_period(PROVIDER, "HC-01", date(2026, 11, 4), office.clock)
    await load.close()
    [ran] = await office.run(FIRST_WEEK_DUE, "invoices")
    assert "1 line" in ran.detail


async def test_what_a_load_brings_is_dated_when_it_need_wait_no_longer(
    office: Office, database: Database, superuser: asyncpg.Connection
) -> None:
    """Else a load that waited for minutes would bring facts that a document made meanwhile should have had."""
    office.set(FIRST_WEEK_DUE)
    first = await asyncpg.connect(database.superuser_url)
    async with first.transaction():
        await first.execute(LOCK)
        second = asyncio.create_task(office.plan("LATE", "2026-11-03T09:00"))
        while not await superuser.fetchval(WAITING):
            assert not second.done()
            await asyncio.sleep(0.02)
        office.set(FIRST_WEEK_DUE + timedelta(minutes=5))
    await second
    await first.close()
    assert await superuser.fetchval("SELECT recorded_at FROM visit_version") == office.clock
