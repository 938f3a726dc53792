"""Which host of a database address a session is with."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest

from backend import connecting
from backend.connecting import Hosts
from tests.conftest import Database


@contextmanager
def silent() -> Iterator[str]:
    """A host that takes connections and never says a word, as a machine behind a broken cable."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def beside(database: Database, *others: str) -> str:
    """The address of the test's database with other hosts named before it."""
    user, _, host = str(database.settings.database_url).rpartition("@")
    return f"{user}@{','.join([*others, host])}"


async def test_hosts_that_refuse_or_say_nothing_are_passed_over_and_asked_last_from_then_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = asyncpg.connect

    async def connect(*given: Any, **options: Any) -> asyncpg.Connection:
        asked.append(options["port"])
        return await real(*given, **options)

    monkeypatch.setattr(asyncpg, "connect", connect)
    # The one that serves answers within it on a busy machine too.
    monkeypatch.setattr(connecting, "HOST_SECONDS", 1)
    with silent() as mute:
        url = beside(database, "127.0.0.1:1", mute)
        hosts = Hosts(url)
        for tries in (3, 1):
            asked.clear()
            connection = await hosts.connect(url)
            assert await connection.fetchval("SELECT 1") == 1
            assert len(asked) == tries
            await connection.close()


async def test_where_no_host_serves_each_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "HOST_SECONDS", 0.2)
    with silent() as mute:
        url = f"postgresql://nobody@127.0.0.1:1,{mute}/none"
        with pytest.raises(ConnectionError, match=rf"127.0.0.1:1 .+; {mute} does not answer"):
            await Hosts(url).connect(url)


async def test_a_host_that_takes_no_writes_is_not_one_to_work_with(
    database: Database, superuser: asyncpg.Connection
) -> None:
    await superuser.execute(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    url = str(database.settings.database_url)
    with pytest.raises(ConnectionError, match="takes no writes"):
        await Hosts(url).connect(url)


async def test_a_wrong_password_is_told_as_it_is(database: Database) -> None:
    url = str(database.settings.database_url).replace(":", ":not", 2).replace("postgresql:not", "postgresql:")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncio.wait_for(Hosts(url).connect(url), 30)
