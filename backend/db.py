"""The one way to the database: a transaction for a provider, a commissioner, the administrator or the system.

Row security shows a transaction only what belongs to its tenant. Piccolo queries inside the block join its
transaction. Start no tasks inside the block: they would inherit its connection.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from backend.connecting import Hosts
from backend.faults import SetupFault

NIGHTLY_SECONDS: Final = 3600
"""How long a nightly statement that reads or maintains everything may take, whatever the limit of others is."""
SETTINGS: Final = {"timezone": "UTC", "application_name": "doorstep"}
"""Set for every session; a pooler such as PgBouncer gives these two, and few others, to each session it lends."""
_EACH: Final = {"jit": "off", "random_page_cost": "1.1"}
"""Set for every transaction. PostgreSQL compiles what looks costly (jit): with row security much does, and compiling
takes longer than it saves. It also takes looking a row up to be as slow as on a spinning disk, and so reads years of
records from end to end where only those of a day are wanted (docs/decisions/0017).
"""
_HAS: Final = "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= $1::text::pg_lsn"
CALL_OFF_SECONDS: Final = 1
"""How long a server may take to cancel a statement that was given up. One that cannot counts as away."""
CATCH_UP_SECONDS: Final = 1
"""How long a report waits for a replica that is behind before it is read from the main server."""
CATCH_UP_LOOKS: Final = 50
"""How often it looks meanwhile."""
_PLANNED_ONCE: Final = {"plan_cache_mode": "force_generic_plan"}
"""For statements that are repeated: with row security and many months, planning them each time takes longer than
running them.
"""
_REMEMBERED: Final = 100
"""How many statements a session keeps prepared."""
OLDEST: Final = 15
"""The oldest PostgreSQL we run on."""
CLOSE_SECONDS: Final = 5
"""How long sessions may take to say goodbye when a process ends: a database that is gone answers nobody."""


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    """A connection needs no cleaning on its way back: all that we set ends with its transaction."""


class _Transaction(PostgresTransaction):
    """Piccolo's transaction, which gives its connection back whatever happens.

    A session that is lost, or stays silent when a statement that took too long is called off, is dropped, and all the
    others are replaced before their next use: what took this one away (a restart, a fail-over, a cable) mostly took
    them too. One whose server does call it off was only slow, and is of use again.
    """

    lost = False

    def __init__(
        self, engine: "_Engine", allow_nested: bool, pool: asyncpg.Pool | None, opening: str
    ) -> None:
        super().__init__(engine, allow_nested)
        self.pool, self._opening = pool, opening

    async def get_connection(self) -> asyncpg.Connection:
        if self.pool is None:
            return await super().get_connection()  # type: ignore[no-untyped-call]  # Piccolo leaves it untyped
        return await self.pool.acquire(timeout=DB.seconds)

    async def begin(self) -> None:
        """In one round trip with its first statement."""
        try:
            await self.connection.execute(f"BEGIN; {self._opening}")
        except BaseException as error:
            _drop(self.connection)  # nobody knows how far it came
            await self._give_back(error)
            raise

    async def commit(self) -> None:
        await self.connection.execute("COMMIT")

    async def rollback(self) -> None:
        await self.connection.execute("ROLLBACK")

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> Literal[False]:
        if self._parent:
            return False
        try:
            suffered = await self._end(error)
        except BaseException as failed:
            await self._give_back(failed)
            if error is None:
                raise
        else:
            await self._give_back(suffered)
        finally:
            self.engine.current_transaction.reset(self.context)
        return False

    async def _end(self, error: BaseException | None) -> BaseException | None:
        """The error, unless the session has recovered from it. Raises what goes wrong in ending the transaction."""
        if error is None:
            await self.commit()
        elif isinstance(error, TimeoutError):
            await self.connection.execute("ROLLBACK", timeout=CALL_OFF_SECONDS)
            return None
        elif not _is_lost(self.connection, error):
            await self.rollback()
        return error

    async def _give_back(self, error: BaseException | None) -> None:
        self.lost = error is not None and _is_lost(self.connection, error)
        if self.lost:
            _drop(self.connection)
        if self.pool is None:
            await self.connection.close()
            return
        if self.lost:
            await self.pool.expire_connections()
        await self.pool.release(self.connection)


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
"""What a database raises that cannot serve now and may soon: the fault of neither the caller nor the program."""
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
    replica: asyncpg.Pool | None = None
    """Sessions with a server that follows the one that takes writes, if there is one."""

    async def check_version(self) -> None:
        """Nothing at import, where Piccolo would connect: `opened` looks at the version."""

    def transaction(
        self, allow_nested: bool = True, pool: asyncpg.Pool | None = None, opening: str = ""
    ) -> _Transaction:
        return _Transaction(self, allow_nested, pool or self.pool, opening)


DB: Final = _Engine(config={}, extensions=())
"""The engine of every Piccolo table. It has no address until `opened` gives it one."""


@asynccontextmanager
async def opened(
    url: str,
    size: int = 10,
    seconds: float | None = None,
    prepared: bool = True,
    replica: str | None = None,
) -> AsyncIterator[None]:
    """Hold a pool of at most `size` connections to `url` open for the block. Raises SetupFault.

    A query that takes longer than `seconds`, and waiting that long for a free connection, raises TimeoutError.
    Unless statements may stay `prepared`, none outlives its transaction: the next may be on another session.
    `replica`: a server that follows, which `as_reader` may read from; as many connections again. It may be away.
    """
    if DB.pool is not None:
        raise SetupFault("The database is open already in this process; close it before opening another.")
    DB.seconds = seconds
    DB.config = {
        "dsn": url,
        "server_settings": SETTINGS,
        "command_timeout": seconds,
        "statement_cache_size": _REMEMBERED if prepared else 0,
    }
    many: dict[str, Any] = {"min_size": 0, "max_size": size, "reset": _leave_as_it_is}
    await DB.start_connection_pool(**many, connect=Hosts(url).connect)
    if replica is not None:
        given = {**DB.config, **many, "dsn": replica}
        DB.replica = await asyncpg.create_pool(**given, connect=Hosts(replica, "standby").connect)
    try:
        await _check_version()
        yield
    finally:
        await _close()


async def _close() -> None:
    """End every session; those that are in use, or do not answer, are dropped after a moment."""
    replica, DB.replica = DB.replica, None
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            if replica is not None:
                await replica.close()
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
async def as_provider(
    provider_id: UUID | str, planned_once: bool = False
) -> AsyncIterator[asyncpg.Connection]:
    """One transaction that sees and writes what belongs to one provider.

    `planned_once`: its statements go by keys whatever the values are, so a session plans each of them once.
    """
    whose = {"doorstep.provider_id": provider_id}
    async with _transaction({**whose, **_PLANNED_ONCE} if planned_once else whose) as connection:
        yield connection


@asynccontextmanager
async def as_reader(provider_id: UUID | str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction that sees what belongs to one provider and writes nothing: for reports, which read much.

    It is on a replica if there is one that has all that was committed by now, and so sees what `as_provider` sees.
    """
    whose = {"doorstep.provider_id": provider_id, "transaction_read_only": "on"}
    async with AsyncExitStack() as stack:
        connection = await _at_replica(stack, whose)
        yield connection or await stack.enter_async_context(_transaction(whose))


async def _at_replica(stack: AsyncExitStack, whose: Mapping[str, UUID | str]) -> asyncpg.Connection | None:
    """A transaction on a replica that is there and has, within a moment, all that is committed now."""
    if DB.replica is None:
        return None
    async with as_system() as connection:
        written = await connection.fetchval("SELECT pg_current_wal_flush_lsn()::text")
    with suppress(*AWAY, asyncpg.InterfaceError):
        async with asyncio.timeout(CATCH_UP_SECONDS), AsyncExitStack() as tried:
            connection = await tried.enter_async_context(_transaction(whose, DB.replica))
            for _ in range(CATCH_UP_LOOKS):
                if await connection.fetchval(_HAS, written):
                    stack.push_async_exit(tried.pop_all())
                    return connection
                await asyncio.sleep(CATCH_UP_SECONDS / CATCH_UP_LOOKS)
    return None


@asynccontextmanager
async def as_commissioner(commissioner_id: UUID | str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction that sees what one commissioner may see."""
    async with _transaction({"doorstep.commissioner_id": commissioner_id}) as connection:
        yield connection


@asynccontextmanager
async def as_person(provider_id: UUID | str, person_id: UUID | str) -> AsyncIterator[asyncpg.Connection]:
    """One transaction that sees what is one supported person's own at one provider."""
    whose = {"doorstep.person_provider_id": provider_id, "doorstep.person_id": person_id}
    async with _transaction(whose) as connection:
        yield connection


@asynccontextmanager
async def as_administrator() -> AsyncIterator[asyncpg.Connection]:
    """One transaction of the deployment's administrator: organisations and users, nobody's records."""
    async with _transaction({"doorstep.administrator": "on"}) as connection:
        yield connection


@asynccontextmanager
async def as_system() -> AsyncIterator[asyncpg.Connection]:
    """One transaction without a tenant: global tables, and the database functions made for it."""
    async with _transaction({}) as connection:
        yield connection


@asynccontextmanager
async def _transaction(
    whose: Mapping[str, UUID | str], pool: asyncpg.Pool | None = None
) -> AsyncIterator[asyncpg.Connection]:
    transaction = DB.transaction(allow_nested=False, pool=pool, opening=_set({**_EACH, **whose}))
    try:
        async with transaction:
            yield transaction.connection
    except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        if transaction.lost:  # asyncpg's words for using what is gone differ with the moment
            raise asyncpg.ConnectionDoesNotExistError(str(error)) from error
        raise


def _set(settings: Mapping[str, UUID | str]) -> str:
    """The statement that sets these until the transaction ends. Written out: with arguments it is a round trip more."""
    each = (f"set_config('{name}', {_quoted(str(value))}, true)" for name, value in settings.items())
    return f"SELECT {', '.join(each)}"


def _quoted(text: str) -> str:
    """As a constant that nothing gets out of, whatever the session takes a backslash for."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'"


async def each_row(connection: asyncpg.Connection, text: str, *values: Any) -> AsyncIterator[asyncpg.Record]:
    """The rows of a query, a few at a time. A plain cursor's statement would outlive the transaction in any case."""
    statement = await connection.prepare(text)
    async for row in statement.cursor(*values):
        yield row
