"""A server whose log is archived as it is written, and the same one restored from a copy to a moment."""

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import asyncpg

from backend.embedded.account import give
from tests.faults.postgres import Postgres, new_cluster
from tests.faults.processes import until

SECONDS = 60
FAST = ("fsync=off", "autovacuum=off")
"""No power is lost here, and what is archived is what was written."""


def archived(folder: Path) -> Postgres:
    """A server that copies each finished piece of its log to `folder`/archive. Not started."""
    cluster = new_cluster(folder / "postgresql", folder / "passwords.json")
    archive = folder / "archive"
    archive.mkdir(mode=0o700)
    give(archive, cluster.account)
    configure(
        cluster.folder,
        archive_mode="on",
        archive_command=f"test ! -f {archive}/%f && cp %p {archive}/%f.new && mv {archive}/%f.new {archive}/%f",
    )
    return Postgres(cluster, FAST)


def configure(folder: Path, **settings: str) -> None:
    """Write settings into a server's own file, as an operator does."""
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def back_up(server: Postgres, folder: Path) -> None:
    """A base backup of a running server, and its own check of every file."""
    folder.mkdir(mode=0o700)
    give(folder, server.cluster.account)
    for command in (
        ("pg_basebackup", "-d", server.url("superuser"), "-D", str(folder), "--checkpoint=fast", "--no-sync"),
        ("pg_verifybackup", str(folder)),
    ):
        done = server.cluster.run(*command)
        assert done.returncode == 0, done.stderr


async def moment(server: Postgres) -> datetime:
    """The present instant by the server's clock, which dates the commits of its log."""
    connection = await asyncpg.connect(server.url("superuser"))
    try:
        found: datetime = await connection.fetchval("SELECT clock_timestamp()")
        return found
    finally:
        await connection.close()


async def lose(server: Postgres) -> None:
    """Wait until its log so far is archived, then take the server and its folder away at once."""
    connection = await asyncpg.connect(server.url("superuser"))
    try:
        last = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")

        async def is_archived() -> bool:
            done = await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver")
            return done is not None and done >= last

        await until(is_archived, SECONDS, f"{last} is not archived")
    finally:
        await connection.close()
    assert server.kill()

    async def is_gone() -> bool:
        """The processes that the first one left end by themselves, and may write until then."""
        shutil.rmtree(server.cluster.folder, ignore_errors=True)
        return not server.cluster.folder.exists()

    await until(is_gone, SECONDS, "the killed server is still there")


async def restored(lost: Postgres, backup: Path, to: datetime) -> Postgres:
    """A new server from the backup and the archive, as it all was at a moment. Started, and taking writes."""
    folder = backup.with_name("restored")
    shutil.copytree(backup, folder)
    for path in (folder, *folder.rglob("*")):
        give(path, lost.cluster.account)
    configure(
        folder,
        restore_command=f"cp {backup.with_name('archive')}/%f %p",
        recovery_target_time=to.isoformat(),
        recovery_target_action="promote",
    )
    (folder / "recovery.signal").touch()
    server = Postgres(replace(lost.cluster, folder=folder), FAST)
    await server.start()
    connection = await asyncpg.connect(server.url("superuser"))
    try:

        async def takes_writes() -> bool:
            return not await connection.fetchval("SELECT pg_is_in_recovery()")

        await until(takes_writes, SECONDS, "the restored server does not take writes")
    finally:
        await connection.close()
    return server


async def digests(server: Postgres) -> dict[str, str]:
    """Each table with a digest of all its rows: two databases with the same ones hold the same."""
    connection = await asyncpg.connect(server.url("superuser"))
    try:
        names = await connection.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        return {
            row["name"]: await connection.fetchval(
                f"SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM \"{row['name']}\" t"
            )
            for row in names
        }
    finally:
        await connection.close()
