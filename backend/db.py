"""The one way to the database: a transaction for a provider, a commissioner, the administrator or the system.

Row security shows a transaction only what belongs to its tenant. Piccolo queries inside the block join its
transaction. Start no tasks inside the block: they would inherit its connection.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from backend.connecting import Hosts
from backend.faults import SetupFault

NIGHTLY_SECONDS: Final = 3600
"""How long a statement may take that reads or keeps up everything, by night, whatever others may."""
SETTINGS: Final = {"timezone": "UTC", "application_name": "doorstep", "jit": "off"}
"""Of every session. What looks costly is compiled (jit): with row security much does, and compiling takes longer."""
OLDEST: Final = 15
"""The oldest PostgreSQL we run on."""
CLOSE_SECONDS: Final = 5
"""How long sessions may take to say goodbye when a process ends: a database that is gone answers nobody."""


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    """A connection needs no cleaning on its way back: all that we set ends with its transaction."""


class _Transaction(PostgresTransaction):
    """Piccolo's transaction, which gives its connection back whatever happens.

    A session that is lost, or silent for too long, is dropped, and all the others are replaced before their next use:
    what took this one away (a restart, a fail-over, a cable) mostly took them too.
    """

    lost = False

    async def get_connection(self) -> asyncpg.Connection:
        pool = self.engine.pool
        if pool is None:
            return await super().get_connection()  # type: ignore[no-untyped-call]  # Piccolo leaves it untyped
        return await pool.acquire(timeout=DB.seconds)

    async def begin(self) -> None:
        try:
            await super().begin()  # type: ignore[no-untyped-call]
        except BaseException as error:
            await self._give_back(error)
            raise

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> Literal[False]:
        if self._parent:
            return False
        try:
            await self._end(error)
        except BaseException as failed:
            await self._give_back(failed)
            if error is None:
                raise
        else:
            await self._give_back(error)
        finally:
            self.engine.current_transaction.reset(self.context)
        return False

    async def _end(self, error: BaseException | None) -> None:
        if error is None:
            await self.transaction.commit()
        elif not _is_lost(self.connection, error):
            await self.transaction.rollback()

    async def _give_back(self, error: BaseException | None) -> None:
        self.lost = error is not None and _is_lost(self.connection, error)
        pool = self.engine.pool
        if self.lost:
            _drop(self.connection)
        if pool is None:
            await self.connection.close()
            return
        if self.lost:
            await pool.expire_connections()
        await pool.release(self.connection)


AWAY: Final = (
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it stops, starts, or was told to end this
    asyncpg.InsufficientResourcesError,  # no disk, memory or connection left
    asyncpg.PostgresIOError,
    asyncpg.ReadOnlySQLTransactionError,  # a fail-over is under way
    asyncpg.InvalidCachedStatementError,  # a migration gave a table that this session knows another column
)
"""What a database raises that cannot serve now and may soon: no fault of who asked, nor of the program."""
_LOST: Final = (
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # the server was told to stop, or somebody ended the session or the query
    asyncpg.ReadOnlySQLTransactionError,  # it follows another server now
    asyncpg.InvalidCachedStatementError,  # what it prepared is of before a migration
    asyncpg.InternalClientError,  # asyncpg's words where the server ended the session just before
)
"""Errors after which a session is of no more use."""


def _is_lost(connection: asyncpg.Connection, error: BaseException) -> bool:
    try:
        return isinstance(error, _LOST) or bool(connection.is_closed())
    except asyncpg.InterfaceError:  # the pool took it back when it closed
        return True


def _drop(connection: asyncpg.Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # it is gone already
        connection.terminate()


class _Engine(PostgresEngine):
    seconds: float | None = None
    """How long to wait for a free connection, and for an answer on it. None: for ever."""

    async def check_version(self) -> None:
        """Nothing at import, where Piccolo would connect: `opened` looks at the version."""

    def transaction(self, allow_nested: bool = True) -> _Transaction:
        return _Transaction(engine=self, allow_nested=allow_nested)


DB: Final = _Engine(config={}, extensions=())
"""The engine of every Piccolo table. It has no address until `opened` gives it one."""


@asynccontextmanager
async def opened(url: str, size: int = 10, seconds: float | None = None) -> AsyncIterator[None]:
    """Hold a pool of at most `size` connections to `url` open for the block. Raises SetupFault.

    A query that takes longer than `seconds`, and waiting that long for a free connection, raises TimeoutError.
    """
    if DB.pool is not None:
        raise SetupFault("The database is open already in this process; close it before opening another.")
    DB.seconds = seconds
    DB.config = {
        "dsn": url,
        "server_settings": SETTINGS,
        "command_timeout": seconds,
    }
    await DB.start_connection_pool(
        min_size=0, max_size=size, reset=_leave_as_it_is, connect=Hosts(url).connect
    )
    try:
        await _check_version()
        yield
    finally:
        await _close()


async def _close() -> None:
    """End every session; those that are in use, or do not answer, are dropped after a moment."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await DB.close_connection_pool()
    except TimeoutError:
        DB.pool = None


async def _check_version() -> None:
    try:
        async with as_system() as connection:
            number = int(await connection.fetchval("SHOW server_version_num"))
    except (OSError, asyncpg.PostgresError) as error:
        raise SetupFault(f"The database does not answer: {error}. Check DATABASE_URL.") from error
    if number // 10_000 < OLDEST:
        raise SetupFault(f"The database is PostgreSQL {number // 10_000}; Doorstep needs {OLDEST} or newer.")


@asynccontextmanager
async def as_provider(provider_id: UUID | str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction that sees and writes what belongs to one provider."""
    async with _transaction("doorstep.provider_id", str(provider_id)) as connection:
        yield connection


@asynccontextmanager
async def as_commissioner(commissioner_id: UUID | str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction that sees what one commissioner may see."""
    async with _transaction("doorstep.commissioner_id", str(commissioner_id)) as connection:
        yield connection


@asynccontextmanager
async def as_person(provider_id: UUID | str, person_id: UUID | str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction that sees what is one supported person's own at one provider."""
    async with _transaction("doorstep.person_provider_id", str(provider_id)) as connection:
        await connection.execute("SELECT set_config($1, $2, true)", "doorstep.person_id", str(person_id))
        yield connection


@asynccontextmanager
async def as_administrator() -> AsyncIterator[asyncpg.Connection]:
    """One transaction of the deployment's administrator: organisations and users, nobody's records."""
    async with _transaction("doorstep.administrator", "on") as connection:
        yield connection


@asynccontextmanager
async def as_system() -> AsyncIterator[asyncpg.Connection]:
    """One transaction without a tenant: global tables, and the database functions made for it."""
    transaction = DB.transaction(allow_nested=False)
    try:
        async with transaction:
            yield transaction.connection
    except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        if transaction.lost:  # asyncpg's words for using what is gone differ with the moment
            raise asyncpg.ConnectionDoesNotExistError(str(error)) from error
        raise


@asynccontextmanager
async def _transaction(setting: str, value: str) -> AsyncIterator[asyncpg.Connection]:
    async with as_system() as connection:
        await connection.execute("SELECT set_config($1, $2, true)", setting, value)
        yield connection
