"""A report to prove, in a database of its own; and, made once, its bundles for tests that need no database."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from backend import keys
from backend.embedded import Urls
from tests.conftest import Database, client_of, clock_in, fresh_database
from tests.console.desk import busy, desk
from tests.evidence.reported import Bundles, Reported, work_a_week
from tests.jobs.office import Office

__all__ = ["busy", "desk"]


@pytest.fixture
async def office(http: httpx.AsyncClient, at: Any) -> Office:
    return await Office(http, at).open()


@pytest.fixture
async def reported(office: Office, superuser: asyncpg.Connection) -> Reported:
    return await work_a_week(office, superuser)


@pytest.fixture(scope="session")
def bundles(server: Urls, folder: Path) -> Iterator[Bundles]:
    with fresh_database(server, folder) as made:
        found = asyncio.run(_make(made, folder / "evidence-clock"))
    yield found


async def _make(made: Database, file: Path) -> Bundles:
    superuser = await asyncpg.connect(made.superuser_url)
    async with client_of(made) as client:
        reported = await work_a_week(await Office(client, clock_in(file)).open(), superuser)
        found = Bundles(await reported.bundle(), await reported.bundle("E1"), keys.current())
    await superuser.close()
    return found
