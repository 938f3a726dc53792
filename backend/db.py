"""The one way to the database: a transaction for a provider, a commissioner, the administrator or the system.

Row security shows a transaction only what belongs to its tenant. Piccolo queries inside the block join its
transaction. Start no tasks inside the block: they would inherit its connection.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from backend.faults import SetupFault

OLDEST: Final = 15
"""The oldest PostgreSQL we run on."""


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    """A connection needs no cleaning on its way back: all that we set ends with its transaction."""


class _Transaction(PostgresTransaction):
    """Piccolo's transaction, which also gives its connection back when its begin or its commit fails."""

    async def begin(self) -> None:
        try:
            await super().begin()  # type: ignore[no-untyped-call]  # Piccolo leaves it untyped
        except asyncpg.InternalClientError as error:
            # asyncpg's words where the server ended the session just before: the connection is of no more use.
            self.connection.terminate()
            await self._give_back()
            raise asyncpg.ConnectionDoesNotExistError(str(error)) from error
        except BaseException:
            await self._give_back()
            raise

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> Literal[False]:
        if self._parent:
            return False
        try:
            await (self.transaction.commit() if error is None else self.transaction.rollback())
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return False

    async def _give_back(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class _Engine(PostgresEngine):
    async def check_version(self) -> None:
        """Nothing at import, where Piccolo would connect: `opened` looks at the version."""

    def transaction(self, allow_nested: bool = True) -> _Transaction:
        return _Transaction(engine=self, allow_nested=allow_nested)


DB: Final = _Engine(config={}, extensions=())
"""The engine of every Piccolo table. It has no address until `opened` gives it one."""


@asynccontextmanager
async def opened(url: str, size: int = 10) -> AsyncIterator[None]:
    """Hold a pool of at most `size` connections to `url` open for the block. Raises SetupFault."""
    if DB.pool is not None:
        raise SetupFault("The database is open already in this process; close it before opening another.")
    DB.config = {"dsn": url, "server_settings": {"timezone": "UTC", "application_name": "doorstep"}}
    try:
        await DB.start_connection_pool(min_size=1, max_size=size, reset=_leave_as_it_is)
    except (OSError, asyncpg.PostgresError) as error:
        raise SetupFault(f"The database does not answer: {error}. Check DATABASE_URL.") from error
    try:
        await _check_version()
        yield
    finally:
        await DB.close_connection_pool()


async def _check_version() -> None:
    async with as_system() as connection:
        number = int(await connection.fetchval("SHOW server_version_num"))
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
    async with DB.transaction(allow_nested=False) as transaction:
        yield transaction.connection


@asynccontextmanager
async def _transaction(setting: str, value: str) -> AsyncIterator[asyncpg.Connection]:
    async with as_system() as connection:
        await connection.execute("SELECT set_config($1, $2, true)", setting, value)
        yield connection
