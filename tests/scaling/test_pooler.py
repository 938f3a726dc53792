"""Web processes and workers behind a PgBouncer that lends sessions by the transaction."""

import asyncio

import asyncpg
import pytest

from backend import db
from tests.faults.harness import Layout, scratch, started, working
from tests.faults.postgres import Postgres, new_cluster
from tests.scaling import across
from tests.scaling.pooler import REMEMBERS, SESSIONS, console_of, environment, pooled, version

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.pgbouncer]

DAYS = 21


async def test_everything_works_through_pgbouncer_by_transactions() -> None:
    with scratch() as folder:
        postgres = Postgres(new_cluster(folder / "postgresql", folder / "passwords.json"))
        layout = Layout(more=environment())
        async with (
            started(postgres),
            pooled(postgres, folder / "pooler") as url,
            working(folder, postgres, url, seed=1, days=DAYS, layout=layout) as rig,
        ):
            await across.work(rig)
            await across.hold(rig)
            assert 0 < len(await postgres.sessions()) <= SESSIONS
            await across.settled(rig)


@pytest.mark.parametrize("reconnected", [False, True])
async def test_a_query_whose_columns_a_migration_changed_is_answered_again_before_long(
    reconnected: bool,
) -> None:
    with scratch() as folder:
        postgres = Postgres(new_cluster(folder / "postgresql", folder / "passwords.json"))
        async with started(postgres), pooled(postgres, folder / "pooler") as url:
            await _told(
                postgres.url("superuser"), "CREATE TABLE t AS SELECT 1 AS a; GRANT SELECT ON t TO PUBLIC"
            )
            async with db.opened(url, size=SESSIONS, prepared=version() >= REMEMBERS):
                assert await _columns() == {("a",)}
                await _told(postgres.url("superuser"), "ALTER TABLE t ADD COLUMN b int")
                if reconnected:
                    await _told(console_of(url, postgres), "RECONNECT")
                answers = [await _columns() for _ in range(3 * SESSIONS)]
                assert answers[-1] == {("a", "b")}
                assert set().union(*answers) <= {("a", "b"), ("away",)}


async def _columns() -> set[tuple[str, ...]]:
    """What the table's columns are by each of as many sessions at once as there are, or that it is away."""
    together = asyncio.Barrier(SESSIONS)

    async def read() -> tuple[str, ...]:
        try:
            async with db.as_system() as connection:
                await together.wait()
                rows = await connection.fetch("SELECT * FROM t")
                return tuple(rows[0].keys())
        except db.AWAY:
            return ("away",)

    return set(await asyncio.gather(*(read() for _ in range(SESSIONS))))


async def _told(url: str, command: str) -> None:
    connection = await asyncpg.connect(url, statement_cache_size=0)
    await connection.execute(command)
    await connection.close()
