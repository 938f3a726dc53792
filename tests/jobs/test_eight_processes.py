"""Eight workers, each a process of its own, at the same documents in the same moment."""

import asyncio
import os
import sys

import asyncpg
import pytest

from backend.use_cases.reconcile import reconcile
from tests.conftest import Database
from tests.jobs.office import PROVIDER, RATES, SECOND_WEEK_DUE, Office
from tests.use_cases.loading.samples import CONTRACT, load_rows

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

WORKERS = 8
WORK = f"""
import asyncio
from datetime import datetime
from backend.jobs.runner import run_due
from backend.running import with_database
asyncio.run(with_database(lambda: run_due(datetime.fromisoformat("{SECOND_WEEK_DUE.isoformat()}"), "invoices")))
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'invoice_sequence'::regclass"


async def a_fortnight_under_eight_contracts(office: Office) -> None:
    """A visit a week under each, which two payers share."""
    funding = [{"payer": "wyeshire", "percent": "70"}, {"payer": "icb", "percent": "30"}]
    terms = {**CONTRACT, "pay_basis": "actual", "rates": RATES, "funding": funding}
    package = {"provider": "hearth", "service_user": "S1", "service": "home_care", "zone": "rural"}
    names = range(10, 10 + WORKERS)
    await load_rows("contracts", [{**terms, "reference": f"C-{name}"} for name in names])
    await load_rows(
        "packages",
        [
            {**package, "reference": f"K-{name}", "contract": f"C-{name}", "from": "2026-10-01"}
            for name in names
        ],
    )
    for name in names:
        for day in (2, 9):
            await office.plan(
                f"V-{name}-{day}", f"2026-11-{day:02}T{name}:00", package=f"K-{name}", carer="E1"
            )
    for day in (2, 9):
        for name in names:
            start, end = (f"2026-11-{day:02}T{name}:{minute}" for minute in ("00", "25"))
            await office.attend(f"V-{name}-{day}", start, end, flush=False)
        await office.hand_in()


async def all_at_once(database: Database, superuser: asyncpg.Connection) -> list[int | None]:
    """Start the workers and hold them until each waits for its first number; then let them go. Their exit statuses."""
    holder = await asyncpg.connect(database.superuser_url)
    environment = {**os.environ, **database.environment}
    async with holder.transaction():
        await holder.execute("LOCK TABLE invoice_sequence IN EXCLUSIVE MODE")
        workers = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", WORK, env=environment, stdout=asyncio.subprocess.DEVNULL
            )
            for _ in range(WORKERS)
        ]
        while await superuser.fetchval(WAITING) < WORKERS:
            assert [worker.returncode for worker in workers if worker.returncode] == []
            await asyncio.sleep(0.05)
    await holder.close()
    return [await worker.wait() for worker in workers]


async def test_numbers_have_no_gap_and_each_document_is_made_once(
    office: Office, database: Database, superuser: asyncpg.Connection
) -> None:
    await a_fortnight_under_eight_contracts(office)
    assert await all_at_once(database, superuser) == [0] * WORKERS
    rows = await superuser.fetch(
        "SELECT number, scope, period_start, payer, total_pence FROM document ORDER BY number"
    )
    made = WORKERS * 2 * 2
    assert [row["number"] for row in rows] == [f"HEARTH-{number:06d}" for number in range(1, made + 1)]
    assert len({(row["scope"], row["period_start"], row["payer"]) for row in rows}) == made
    assert sum(row["total_pence"] for row in rows) == WORKERS * 2 * 1000
    assert await superuser.fetchval("SELECT last_number FROM invoice_sequence") == made
    runs = await superuser.fetch("SELECT status, attempts, worker FROM job_run WHERE job = 'invoices'")
    assert {(run["status"], run["attempts"]) for run in runs} == {("done", 1)}
    assert len({run["worker"] for run in runs}) >= WORKERS
    assert [period.discrepancies async for period in reconcile(PROVIDER)] == [[]] * WORKERS * 2
