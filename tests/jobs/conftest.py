"""An office whose days the tests of jobs play."""

from typing import Any

import httpx
import pytest

from tests.jobs.office import Office


@pytest.fixture
async def office(http: httpx.AsyncClient, at: Any) -> Office:
    return await Office(http, at).open()
