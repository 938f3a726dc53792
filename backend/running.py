"""A process with its database: started or joined, at the newest version, its pool open."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TypeVar

from backend import db, embedded, keys, logs, settings
from backend.faults import SetupFault
from backend.migrations.state import missing
from backend.settings import Settings

T = TypeVar("T")


def keep_what_is_loaded() -> None:
    """Exempt what has been loaded by now from every later collection of garbage: it stays until the process ends.

    Searching all of it takes a tenth of a second, again and again under load, and nobody is answered meanwhile.
    """
    gc.collect()
    gc.freeze()


def look_for_garbage_rarely() -> None:
    """Collect garbage rarely, in a process that makes long documents: each of their rows stays to the end, and
    searching all of them whenever a few hundred were added took an eighth of its time.
    """
    keep_what_is_loaded()
    gc.set_threshold(100_000, 20, 20)


@contextmanager
def addressed() -> Iterator[Settings]:
    """The settings with the address of a running database; an embedded one is started or joined for the block."""
    before = settings.current()
    if before.database_url is not None:
        yield before
        return
    with embedded.running(before.data) as urls:
        yield settings.use(replace(before, database_url=urls.application, owner_database_url=urls.owner))
        settings.use(before)


@asynccontextmanager
async def database(serving: bool = False) -> AsyncIterator[Settings]:
    """The database open for the block. An embedded one is migrated first; another must have been. Raises SetupFault.

    What is logged goes to standard error from here on: standard output is for what a command was asked.
    A process that is `serving` gives up a query without an answer (DOORSTEP_DATABASE_SECONDS); a command waits.
    """
    with addressed() as now:
        logs.configure(now)
        keys.current()
        if now.embedded and now.owner_database_url is not None:
            await _bring_forward(str(now.database_url), now.owner_database_url)
        seconds = now.database_seconds if serving else None
        url, replica = str(now.database_url), now.replica_database_url
        async with db.opened(url, now.pool_size, seconds, now.prepared_statements, replica):
            if behind := await _behind():
                raise SetupFault(
                    f"The database lacks {len(behind)} of the migrations, first {behind[0]}: run `doorstep migrate`."
                )
            yield now


async def _bring_forward(url: str, owner_url: str) -> None:
    """Migrate an embedded database, unless it is at the newest version already."""
    async with db.opened(url, size=1):
        behind = await _behind()
    if behind:
        from backend.migrations.runner import migrate

        await migrate(owner_url, url)


async def _behind() -> list[str]:
    """The migrations that the open database lacks. Raises SetupFault if it goes away at this moment."""
    try:
        async with db.as_system():
            return await missing()
    except db.AWAY as error:
        raise SetupFault(f"The database does not answer: {error}. Check DATABASE_URL.") from error


async def with_database(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` with the database open, and return its result. What a command calls under `asyncio.run`."""
    async with database():
        return await work()
