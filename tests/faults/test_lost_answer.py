"""The database commits, and the word of it is lost on its way: nobody knows, until the phone asks again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from backend import settings
from tests.conftest import Database, client_of
from tests.faults.proxy import Proxy
from tests.mobile_api.world import MORNING, World, hour, load_world, visit


@pytest.fixture
async def proxy(database: Database) -> AsyncIterator[Proxy]:
    """What the application's connections go by way of."""
    parts = urlsplit(str(database.settings.database_url))
    proxy = Proxy(int(parts.port or 0))
    await proxy.listen()
    address = parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{proxy.port}")).geturl()
    settings.use(replace(settings.current(), database_url=address))
    yield proxy
    proxy.refuse()
    proxy.cut()


@pytest.fixture
async def http(database: Database, proxy: Proxy) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(database) as client:
        yield client


async def test_a_commit_whose_answer_is_lost_is_not_acknowledged_until_it_is_asked_for_again(
    http: httpx.AsyncClient, proxy: Proxy, at: Any, superuser: asyncpg.Connection
) -> None:
    at(MORNING)
    await load_world()
    phone, clock = await World(http, at).phone()
    clock.time = hour(7)
    at(hour(7))
    event = phone.record("check_in", visit("V1"))
    proxy.lose_answer_to(b"INSERT INTO event_batch")  # while the transaction is open
    refused = await phone.send(phone.batch([event]))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert await superuser.fetchval("SELECT count(*) FROM event") == 0
    proxy.lose_answer_to(b"COMMIT")
    unknown = await phone.send(phone.batch([event]))
    assert (unknown.status_code, unknown.headers["Retry-After"]) == (503, "5")
    assert await superuser.fetchval("SELECT count(*) FROM event") == 1
    [result] = await phone.flush()
    assert result["outcome"] == "duplicate"
    assert phone.receipts[event["signed"]["id"]]["outcome"] == "accepted"
    assert await superuser.fetchval("SELECT count(*) FROM event") == 1
