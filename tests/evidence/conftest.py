"""A report to prove, in a database of its own; and, made once, its bundles for tests that need no database."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend import keys
from backend.embedded import Urls
from backend.use_cases.decide_correction import decide_correction
from backend.use_cases.record_payment import record_payment
from tests.conftest import Database, client_of, clock_in, fresh_database
from tests.console.desk import busy, desk
from tests.evidence.forger import Forger
from tests.evidence.reported import WEEK, Bundles, Reported, worked, worked_week
from tests.jobs.office import PROVIDER, Office, instant, opened_office, visit_id
from tests.jobs.weeks import morning

__all__ = ["busy", "desk", "morning", "opened_office", "worked_week"]


@pytest.fixture
def office(opened_office: Office) -> Office:
    return opened_office


@pytest.fixture
def reported(worked_week: Reported) -> Reported:
    return worked_week


@pytest.fixture(scope="session")
def bundles(server: Urls, folder: Path) -> Iterator[Bundles]:
    week, database = worked(server, folder)
    with fresh_database(server, folder, database) as made:
        found = asyncio.run(_make(made, week, folder / "evidence-clock"))
    yield found


async def _make(made: Database, week: Reported, file: Path) -> Bundles:
    async with client_of(made) as client:
        week.office.again(client, clock_in(file))
        return Bundles(await week.bundle(), await week.bundle("E1"), keys.current())


@pytest.fixture
async def forger(reported: Reported, superuser: asyncpg.Connection) -> Forger:
    """The reported week, invoiced and paid, sealed and in the commissioner's digest."""
    office = reported.office
    await office.run(instant("2026-11-16T06:10"), "invoices")
    for day in (instant("2026-11-16T12:00"), instant("2026-11-17T12:00")):
        office.set(day)
        document = await superuser.fetchval("SELECT id FROM document WHERE kind = 'invoice'")
        await record_payment(PROVIDER, document, day.date(), 100, f"BACS {day.day}", uuid4())
        await office.plan(f"L{day.day}", f"2026-11-{day.day + 8}T09:00")
        phone = await office.phone("C2")
        await phone.open_session()
        times = instant("2026-11-04T10:00"), instant(f"2026-11-04T10:{day.day + 20}")
        proposed = UUID((await phone.correct(visit_id("F"), *times, "recorded_late", "Tea")).json()["id"])
        await decide_correction(PROVIDER, proposed, uuid4(), "accepted")
        await office.pay("E1", f"late {day.day}", 30, "12.71", WEEK, "2026-11-20")
    await office.run(instant("2026-11-18T06:10"), "seals")
    await office.run(instant("2026-11-18T07:10"), "digests")
    return Forger(superuser, datetime(2026, 11, 18, tzinfo=UTC))
