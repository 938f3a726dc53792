"""A desk to sign in at."""

from typing import Any

import asyncpg
import httpx
import pytest

from tests.console.desk import Desk
from tests.jobs.office import Office


@pytest.fixture
async def desk(http: httpx.AsyncClient, at: Any, superuser: asyncpg.Connection) -> Desk:
    """Accounts of every role in an office that has not worked yet."""
    return await Desk(await Office(http, at).open(), superuser).open()


@pytest.fixture
async def busy(desk: Desk) -> Desk:
    """The same after a fortnight's work."""
    await desk.work_a_fortnight()
    return desk
