import asyncio
import contextvars
import os
import signal
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from piccolo.engine.exceptions import TransactionError

from backend import db as database_module
from backend.faults import SetupFault
from backend.sql import query
from backend.tables.organisations import Organisation
from tests.conftest import Database


async def test_the_tenant_is_set_for_one_transaction_only(db: Any) -> None:
    provider = uuid4()
    async with db.as_provider(provider) as connection:
        assert await connection.fetchval("SELECT current_provider()") == provider
    async with db.as_system() as connection:
        assert await connection.fetchval("SELECT current_provider()") is None
        assert await connection.fetchval("SELECT current_commissioner()") is None
        assert await connection.fetchval("SELECT is_administrator()") is False


async def test_piccolo_queries_join_the_transaction_and_roll_back_with_it(db: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.as_administrator() as connection:
            await connection.execute(
                "INSERT INTO organisation VALUES ($1, 'provider', 'P1', '2026-11-02T00:00Z')", uuid4()
            )
            assert await Organisation.count() == 1
            raise ZeroDivisionError
    async with db.as_administrator():
        assert await Organisation.count() == 0


async def test_a_transaction_inside_a_transaction_is_refused(db: Any) -> None:
    async with db.as_system():
        with pytest.raises(TransactionError):
            async with db.as_provider(uuid4()):
                pass


async def test_a_failed_commit_gives_its_connection_back(db: Any, superuser: asyncpg.Connection) -> None:
    await superuser.execute(
        "CREATE TABLE late (n int, CONSTRAINT one UNIQUE (n) DEFERRABLE INITIALLY DEFERRED);"
        "GRANT ALL ON late TO doorstep_application"
    )
    for _ in range(8):  # the pool holds five
        with pytest.raises(asyncpg.UniqueViolationError):
            async with db.as_system() as connection:
                await connection.execute("INSERT INTO late VALUES (1), (1)")
    async with asyncio.timeout(60), db.as_system() as connection:
        assert await connection.fetchval("SELECT count(*) FROM late") == 0


async def test_tenants_at_the_same_time_do_not_see_each_other(db: Any) -> None:
    async def seen(provider: Any) -> Any:
        async with db.as_provider(provider) as connection:
            await connection.execute("SELECT pg_sleep(0.01)")
            return await connection.fetchval("SELECT current_provider()")

    providers = [uuid4() for _ in range(20)]
    assert await asyncio.gather(*map(seen, providers)) == providers


async def test_a_database_that_does_not_answer_is_a_setup_fault(database: Database) -> None:
    from backend.db import opened

    with pytest.raises(SetupFault, match="does not answer"):
        async with opened("postgresql://nobody:wrong@127.0.0.1:1/none"):
            pass


def test_an_unknown_query_names_what_there_is() -> None:
    with pytest.raises(KeyError, match="there is no nonsense"):
        query("nonsense.insert")


async def test_a_transaction_that_cannot_begin_keeps_no_connection(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(self: object, query: str) -> None:
        raise asyncpg.ConnectionDoesNotExistError("the server went away")

    async with asyncio.timeout(30):
        with monkeypatch.context() as patch:
            patch.setattr("asyncpg.Connection.execute", gone)
            for _ in range(10):  # more than the pool holds
                with pytest.raises(asyncpg.ConnectionDoesNotExistError):
                    async with db.as_system():
                        pass
        async with db.as_system() as connection:
            assert await connection.fetchval("SELECT 1") == 1


async def test_a_session_that_ended_unnoticed_is_a_lost_connection_and_goes_back(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(self: object, query: str) -> None:
        raise asyncpg.InternalClientError("cannot switch to state 15")

    with monkeypatch.context() as patched:
        patched.setattr("asyncpg.Connection.execute", start)
        for _ in range(8):  # the pool holds five
            with pytest.raises(asyncpg.ConnectionDoesNotExistError):
                async with db.as_system():
                    pass
    async with db.as_system() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def _pid(db: Any) -> int:
    async with db.as_system() as connection:
        return int(await connection.fetchval("SELECT pg_backend_pid()"))


async def test_a_session_that_ends_between_two_queries_is_a_lost_connection(
    db: Any, superuser: asyncpg.Connection
) -> None:
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        async with asyncio.timeout(30), db.as_system() as connection:
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: ended.set())
            pid = await connection.fetchval("SELECT pg_backend_pid()")
            await superuser.execute("SELECT pg_terminate_backend($1)", pid)
            await ended.wait()
            await connection.fetchval("SELECT 1")
    assert await _pid(db) != pid


async def test_a_mistake_of_ours_is_no_lost_connection(db: Any) -> None:
    pid = await _pid(db)
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
        async with db.as_system() as connection:
            await connection.fetchval("SELECT $1::int", 1, 2)
    assert await _pid(db) == pid


async def test_what_the_body_raises_is_told_whatever_became_of_the_session(
    db: Any, superuser: asyncpg.Connection
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.as_system() as connection:
            pid = await connection.fetchval("SELECT pg_backend_pid()")
            await superuser.execute("SELECT pg_terminate_backend($1)", pid)
            raise ZeroDivisionError
    assert await _pid(db) != pid


async def _two(sessions: Any) -> set[int]:
    """The processes of two sessions at once."""
    async with sessions.as_system() as connection:
        first = int(await connection.fetchval("SELECT pg_backend_pid()"))
        return {first, await asyncio.create_task(_pid(sessions), context=contextvars.Context())}


async def test_a_query_that_takes_too_long_is_called_off_and_its_session_used_again(
    database: Database, superuser: asyncpg.Connection
) -> None:
    async with database_module.opened(str(database.settings.database_url), size=2, seconds=0.5):
        before = await _two(database_module)
        with pytest.raises(TimeoutError):
            async with database_module.as_system() as connection:
                await connection.execute("SELECT pg_sleep(60)")
        running = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY ($1) AND state <> 'idle'"
        assert await superuser.fetchval(running, list(before)) == 0
        assert await _two(database_module) == before


async def test_a_server_that_stays_silent_has_every_session_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "CALL_OFF_SECONDS", 0.1)
    async with database_module.opened(str(database.settings.database_url), size=2, seconds=0.5):
        before = await _two(database_module)
        with pytest.raises(TimeoutError):
            async with database_module.as_system() as connection:
                stopped = await connection.fetchval("SELECT pg_backend_pid()")
                os.kill(stopped, signal.SIGSTOP)
                await connection.execute("SELECT 1")
        try:
            assert not await _two(database_module) & before
        finally:
            os.kill(stopped, signal.SIGCONT)


async def test_waiting_for_a_free_connection_ends_too(database: Database) -> None:
    async with (
        database_module.opened(str(database.settings.database_url), size=1, seconds=0.5),
        database_module.as_system(),
    ):
        with pytest.raises(TimeoutError):
            await asyncio.create_task(_pid(database_module), context=contextvars.Context())


async def test_a_process_ends_though_a_session_is_still_in_use(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "CLOSE_SECONDS", 0.1)
    async with database_module.opened(str(database.settings.database_url)):
        transaction = database_module.DB.transaction()
        await transaction.__aenter__()
    assert database_module.DB.pool is None


async def test_a_transaction_compiles_nothing_whatever_its_session_says(database: Database) -> None:
    async with database_module.opened(str(database.settings.database_url), size=1):
        async with database_module.as_system() as connection:
            await connection.execute("SET jit = on")  # as the session of a pooler, that nobody has set up
        for opened in (database_module.as_system(), database_module.as_person(uuid4(), uuid4())):
            async with opened as connection:
                assert await connection.fetchval("SHOW jit") == "off"


@pytest.mark.parametrize("prepared", [True, False])
async def test_no_statement_stays_prepared_for_a_pooler_that_forgets_them(
    database: Database, prepared: bool
) -> None:
    async with database_module.opened(str(database.settings.database_url), size=1, prepared=prepared):
        async with database_module.as_system() as connection:
            numbers = database_module.each_row(connection, "SELECT generate_series(1, $1::int) AS n", 120)
            assert [row["n"] async for row in numbers] == list(range(1, 121))
        async with database_module.as_system() as connection:
            left = await connection.fetch("SELECT statement FROM pg_prepared_statements WHERE name <> ''")
            assert bool(left) is prepared


async def test_what_is_asked_over_and_over_is_planned_once_and_nothing_else_is(
    db: Any, database: Database, superuser: asyncpg.Connection
) -> None:
    await superuser.execute(f"ALTER DATABASE {database.name} SET plan_cache_mode = auto")
    await database_module.DB.pool.expire_connections()
    for once, mode in ((True, "force_generic_plan"), (False, "auto")):
        async with db.as_provider(uuid4(), planned_once=once) as connection:
            assert await connection.fetchval("SHOW plan_cache_mode") == mode
