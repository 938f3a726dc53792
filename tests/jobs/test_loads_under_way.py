"""Loads that take long, or wait for others: no document overlooks what they bring."""

import asyncio
from collections.abc import Coroutine
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from backend.faults import DomainError
from backend.jobs.on_demand import issue_period
from backend.use_cases.loading.session import BANK_HOLIDAYS, ORGANISATIONS
from tests.conftest import Database
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, Office
from tests.use_cases.loading.samples import load_rows

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('load ' || $1, 0))"
JUBILEE = {"division": "england-and-wales", "date": "2026-11-03", "title": "Jubilee"}
STANDARD = {"provider": "hearth", "reference": "S", "name": "Travel as contact", "from": "2026-01-01"}
WAITING = """SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
    WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted"""


@pytest.mark.parametrize("name", [str(PROVIDER), BANK_HOLIDAYS, ORGANISATIONS])
async def test_no_document_is_made_while_a_load_is_under_way(
    name: str, office: Office, database: Database
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    office.set(FIRST_WEEK_DUE)
    load = await asyncpg.connect(database.superuser_url)
    async with load.transaction():
        await load.execute(LOCK, name)
        assert await office.run(FIRST_WEEK_DUE, "invoices") == []
        with pytest.raises(DomainError, match="Files are being loaded"):
            await issue_period(PROVIDER, "HC-01", date(2026, 11, 4), office.clock)
    await load.close()
    [ran] = await office.run(FIRST_WEEK_DUE, "invoices")
    assert "1 line" in ran.detail


async def five_minutes_behind(
    name: str, load: Coroutine[Any, Any, Any], office: Office, database: Database
) -> None:
    """A load that waits for five minutes, as another of that name is under way."""
    office.set(FIRST_WEEK_DUE)
    first = await asyncpg.connect(database.superuser_url)
    async with first.transaction():
        await first.execute(LOCK, name)
        second = asyncio.create_task(load)
        while not await first.fetchval(WAITING):
            assert not second.done()
            await asyncio.sleep(0.02)
        office.set(FIRST_WEEK_DUE + timedelta(minutes=5))
    await second
    await first.close()


async def test_what_a_load_brings_is_dated_when_it_need_wait_no_longer(
    office: Office, database: Database, superuser: asyncpg.Connection
) -> None:
    """Else a load that waited for minutes would bring facts that a document made meanwhile should have had."""
    await five_minutes_behind(str(PROVIDER), office.plan("LATE", "2026-11-03T09:00"), office, database)
    assert await superuser.fetchval("SELECT recorded_at FROM visit_version") == office.clock


async def test_bank_holidays_are_dated_when_they_need_wait_no_longer(
    office: Office, database: Database, superuser: asyncpg.Connection
) -> None:
    await five_minutes_behind(BANK_HOLIDAYS, load_rows("bank-holidays", [JUBILEE]), office, database)
    assert await superuser.fetchval("SELECT DISTINCT recorded_at FROM bank_holiday") == office.clock


@pytest.mark.parametrize(
    ("kind", "row"),
    [("bank-holidays", JUBILEE), ("standards", {**STANDARD, "travel_at_least": "contact"})],
    ids=["bank holidays", "standards"],
)
async def test_no_document_is_made_in_the_minute_after_a_load(
    kind: str, row: dict[str, str], office: Office
) -> None:
    """What was loaded may be one half of what somebody is loading."""
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    office.set(FIRST_WEEK_DUE - timedelta(seconds=30))
    await load_rows(kind, [row])
    assert await office.run(FIRST_WEEK_DUE, "invoices") == []
    assert len(await office.run(FIRST_WEEK_DUE + timedelta(minutes=1), "invoices")) == 1
