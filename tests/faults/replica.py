"""A second server that follows the first, record by record."""

from dataclasses import replace
from pathlib import Path

import asyncpg

from backend.embedded.account import give
from tests.faults.postgres import Postgres
from tests.faults.processes import until

NAME = "standby"
FOLLOW_SECONDS = 60


async def following(primary: Postgres, folder: Path) -> Postgres:
    """A replica of a running server, started, which every commit of that server now waits for."""
    cluster = replace(primary.cluster, folder=folder)
    folder.mkdir(mode=0o700)
    give(folder, cluster.account)
    done = cluster.run(
        *("pg_basebackup", "-d", primary.url("superuser"), "-D", str(folder)),
        *("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"),
    )
    assert done.returncode == 0, done.stderr
    standby = Postgres(
        cluster, [*primary.options, f"cluster_name={NAME}", "wal_retrieve_retry_interval=200ms"]
    )
    await standby.start()
    connection = await asyncpg.connect(primary.url("superuser"))
    try:
        await connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'")
        await connection.execute("SELECT pg_reload_conf()")

        async def waited_for() -> bool:
            return await connection.fetchval("SELECT sync_state FROM pg_stat_replication") == "sync"

        await until(waited_for, FOLLOW_SECONDS, "the replica does not follow")
    finally:
        await connection.close()
    return standby


async def promote(standby: Postgres) -> None:
    """Make it the one that takes writes."""
    connection = await asyncpg.connect(standby.url("superuser"))
    try:
        assert await connection.fetchval("SELECT pg_promote(wait_seconds => $1)", FOLLOW_SECONDS)
    finally:
        await connection.close()
