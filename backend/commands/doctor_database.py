"""What `doorstep doctor` asks the database: its role, its clock, its work, its replicas and its archive."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import clock, db, settings
from backend.commands.findings import Finding, Wrong, looked_at
from backend.domain.counted import counted
from backend.faults import SetupFault
from backend.jobs.due import due_work
from backend.jobs.pieces import Due
from backend.migrations.state import files
from backend.running import database
from backend.sql import query

CLOCKS_APART: Final = timedelta(seconds=2)
JOB_LATE: Final = timedelta(hours=1)
WORKER_SILENT: Final = timedelta(minutes=15)
"""Longer than the longest time between two looks of a worker."""
REPLICA_BEHIND: Final = timedelta(minutes=1)
ARCHIVE_OLD: Final = timedelta(hours=1)
SYNCHRONISE: Final = (
    "Let NTP set the clocks of all machines: look at `timedatectl status` or `chronyc tracking`."
)


async def database_findings() -> list[Finding]:
    """Everything that is asked of the database, in one go; one finding alone where it does not answer."""
    try:
        async with database() as now:
            async with db.as_system() as connection:
                found = [await _looked_at(subject, check, connection) for subject, check in _CHECKS]
                state = await _work_state(connection)
            if now.replica_database_url is not None:
                found.append(await reports())
            due = await due_work(clock.now())
            return [*found, looked_at("jobs", lambda: work_says(due, *state, clock.now()), "")]
    except SetupFault as fault:
        remedy = (
            "Do as it says; the embedded database writes its own log beside its files, as server.log."
            if settings.current().embedded
            else "Look at DATABASE_URL and at the database's log; after a new version run `doorstep migrate`."
        )
        return [Finding("database", False, str(fault), remedy)]


async def _looked_at(
    subject: str, check: Callable[[asyncpg.Connection], Awaitable[str]], connection: asyncpg.Connection
) -> Finding:
    try:
        return Finding(subject, True, await check(connection))
    except Wrong as wrong:
        return Finding(subject, False, str(wrong), wrong.remedy)


async def _role(connection: asyncpg.Connection) -> str:
    version = await connection.fetchval("SHOW server_version")
    powerful = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_roles p WHERE pg_has_role(p.oid, 'MEMBER') AND (p.rolsuper OR p.rolbypassrls"
        " OR p.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')))"
    )
    tables = await connection.fetchval(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(tableowner, 'MEMBER')"
    )
    if powerful or tables:
        raise Wrong(
            "the role of DATABASE_URL can get round row security",
            "Give the application a plain role of its own: docs/operations.md, The database.",
        )
    return f"PostgreSQL {version}, as a role that row security binds"


async def _migrations(connection: asyncpg.Connection) -> str:
    done = {row["name"] for row in await connection.fetch("SELECT name FROM migration")}
    newer = len(done - set(files()))
    ahead = f", and {newer} more of a newer version of the program" if newer else ""
    return f"all {len(files())} have run{ahead}"


async def _clock(connection: asyncpg.Connection) -> str:
    if notice := clock.notice():
        return notice
    before = clock.now()
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    return clocks_say(before, theirs, clock.now(), "the database's")


def clocks_say(before: datetime, theirs: datetime, after: datetime, whose: str) -> str:
    """How another clock, read between two looks at ours, agrees with it. Raises Wrong."""
    ahead = before + (after - before) / 2 - theirs
    if abs(ahead) > CLOCKS_APART + (after - before) / 2:
        way = "ahead of" if ahead > timedelta() else "behind"
        raise Wrong(
            f"this computer's clock is {abs(ahead.total_seconds()):,.0f} seconds {way} {whose}", SYNCHRONISE
        )
    return f"the computer's, {after:%Y-%m-%d %H:%M:%S} UTC, and {whose} agree"


async def _replicas(connection: asyncpg.Connection) -> str:
    return replicas_say(
        await connection.fetch("SELECT application_name, state, replay_lag FROM pg_stat_replication")
    )


def replicas_say(rows: Sequence[Any]) -> str:
    """How far behind each replica is; of a role without pg_read_all_stats, PostgreSQL keeps that back."""
    if not rows:
        return "none follows this database"
    if any(row["state"] is None for row in rows):
        return (
            f"{counted(len(rows), 'replica')}; how far behind, the application's role may not see "
            "(GRANT pg_read_all_stats lets it)"
        )
    behind = [row for row in rows if (row["replay_lag"] or timedelta()) > REPLICA_BEHIND]
    if behind:
        worst = max(behind, key=lambda row: row["replay_lag"])
        raise Wrong(
            f"the replica {worst['application_name']} is {worst['replay_lag'].total_seconds():,.0f} seconds behind",
            "Look at its log, its disk and the network; do not fail over to it before it has caught up.",
        )
    return f"{counted(len(rows), 'replica')}, all within {REPLICA_BEHIND.seconds} seconds"


async def reports() -> Finding:
    """Whether reports are read from the replica that is named for them, tried with the database open."""
    async with db.as_reader(UUID(int=0)) as connection:
        there = await connection.fetchval("SELECT pg_is_in_recovery()")
    if there:
        return Finding("reports", True, "are read from the replica")
    remedy = "Look at DOORSTEP_REPLICA_DATABASE_URL, at the replica's log, and how far behind it is."
    words = (
        "are read where all is written: the replica is away, takes writes itself, or is over a second behind"
    )
    return Finding("reports", False, words, remedy)


async def _archive(connection: asyncpg.Connection) -> str:
    row = await connection.fetchrow(
        "SELECT current_setting('archive_mode') AS mode, last_archived_time, last_failed_time, failed_count,"
        " clock_timestamp() AS at FROM pg_stat_archiver"
    )
    return archive_says(row)


def archive_says(row: Any) -> str:
    """Whether the log is archived, and how old the newest piece is. Raises Wrong."""
    if row["mode"] == "off":
        return "the log is not archived by this server: docs/operations.md, Backup and restore"
    archived, failed = row["last_archived_time"], row["last_failed_time"]
    if failed is not None and (archived is None or failed > archived):
        raise Wrong(
            f"archiving fails, last at {failed:%Y-%m-%d %H:%M} UTC, {counted(row['failed_count'], 'time')} in all",
            "Look at the server's log and at the folder of archive_command: full, away, or not writable?",
        )
    if archived is None or row["at"] - archived > ARCHIVE_OLD:
        when = "never" if archived is None else f"last at {archived:%Y-%m-%d %H:%M} UTC"
        raise Wrong(
            f"archiving is on, and the log was archived {when}",
            "Set archive_timeout = 60, so that a quiet hour is archived too, and look at the server's log.",
        )
    return f"the newest piece of the log was archived at {archived:%Y-%m-%d %H:%M} UTC"


_CHECKS: Final = (
    ("database", _role),
    ("migrations", _migrations),
    ("clock", _clock),
    ("replicas", _replicas),
    ("archive", _archive),
)


async def _work_state(connection: asyncpg.Connection) -> tuple[Sequence[Any], datetime | None, int]:
    """Runs that failed, when a worker last said that it lives, and how many providers there are."""
    return (
        await connection.fetch(query("jobs.failures")),
        await connection.fetchval("SELECT max(beat_at) FROM worker_heartbeat"),
        len(await connection.fetch(query("jobs.every_provider"))),
    )


def work_says(
    due: Sequence[Due], failed: Sequence[Any], beat: datetime | None, providers: int, now: datetime
) -> str:
    """Whether workers keep up at an instant. Raises Wrong."""
    if not providers:
        return "no provider is loaded yet, so that nothing waits"
    if beat is None or now - beat > WORKER_SILENT:
        since = "at all" if beat is None else f"since {beat:%Y-%m-%d %H:%M} UTC"
        raise Wrong(f"no worker has said {since} that it lives", "Start `doorstep worker`, or read its log.")
    if failed:
        oldest = min(failed, key=lambda row: row["claimed_at"])
        raise Wrong(
            f"{counted(len(failed), 'run')} failed, among them {oldest['job']} of {oldest['period_key']}, "
            f"tried {counted(oldest['attempts'], 'time')}",
            "`doorstep jobs history` says why; each is tried again by itself, at the latest within the hour.",
        )
    late = [piece for piece in due if now - piece.due_at > JOB_LATE]
    if late:
        first = min(late, key=lambda piece: piece.due_at)
        raise Wrong(
            f"{first.job} of {first.period_key} is due since {first.due_at:%Y-%m-%d %H:%M} UTC and not done, "
            f"the oldest of {len(late)}",
            "See `doorstep jobs list`; start more workers, or do it now with `doorstep jobs run`.",
        )
    return f"{counted(len(due), 'piece')} of work due, none for longer than an hour"
