"""A worker killed, or told to stop, in the middle of a document: nothing half-made stays; the next makes it once."""

import asyncio
import os
import signal
import sys

import asyncpg
import pytest

from tests.conftest import Database
from tests.jobs.office import FIRST_WEEK_DUE, Office

WORK = f"""
import asyncio
from datetime import datetime
from backend.jobs.runner import run_due
from backend.running import with_database
asyncio.run(with_database(lambda: run_due(datetime.fromisoformat("{FIRST_WEEK_DUE.isoformat()}"), "invoices")))
"""
"""A worker at an instant of the office's calendar, whatever the computer's clock says."""
TICKING = f"""
import asyncio
from datetime import datetime
from backend.jobs import runner, ticker
from backend.running import with_database
async def nothing(now):
    pass
async def periods(now):
    await runner.run_periods(datetime.fromisoformat("{FIRST_WEEK_DUE.isoformat()}"), "invoices")
ticker.run_pulses, ticker.run_periods = nothing, periods
asyncio.run(with_database(ticker.tick_until_stopped))
"""
"""The same, as `doorstep worker` runs until it is told to stop."""
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'document_file'::regclass"


async def worker(database: Database, program: str = WORK) -> asyncio.subprocess.Process:
    environment = {**os.environ, **database.environment}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env=environment, stdout=asyncio.subprocess.DEVNULL
    )


async def until_held(superuser: asyncpg.Connection, process: asyncio.subprocess.Process) -> None:
    """Wait for the worker to stand at the lock on the documents' files, with the rest of its work done."""
    while not await superuser.fetchval(WAITING):
        assert process.returncode is None
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("program", "told", "code"), [(WORK, signal.SIGKILL, -signal.SIGKILL), (TICKING, signal.SIGTERM, 0)]
)
async def test_a_worker_that_ends_leaves_nothing_and_the_next_makes_the_document_once(
    program: str,
    told: signal.Signals,
    code: int,
    office: Office,
    database: Database,
    superuser: asyncpg.Connection,
) -> None:
    """Also one that is told to stop ends while what it waits for is still held."""
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    holder = await asyncpg.connect(database.superuser_url)
    async with holder.transaction():
        await holder.execute("LOCK TABLE document_file IN EXCLUSIVE MODE")
        first = await worker(database, program)
        await until_held(superuser, first)
        first.send_signal(told)
        async with asyncio.timeout(60):
            assert await first.wait() == code
    await holder.close()
    assert await (await worker(database)).wait() == 0
    rows = await superuser.fetch("SELECT number, edition FROM document")
    assert [tuple(row) for row in rows] == [("HEARTH-000001", "issued")]
    runs = await superuser.fetch("SELECT status FROM job_run WHERE job = 'invoices'")
    assert [row["status"] for row in runs] == ["done"]
