"""Reports are read from a replica, and never show less than is written."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from backend import db, keys, settings
from backend.commands.doctor_database import reports
from backend.migrations.runner import migrate
from backend.settings import Settings
from backend.use_cases.export_documents import export_documents
from backend.use_cases.export_gaps import export_gaps
from backend.use_cases.export_hours import export_hours
from backend.use_cases.read_delivered import read_delivered
from backend.use_cases.read_manual_share import read_manual_share
from backend.use_cases.read_performance import read_performance
from backend.use_cases.reconcile import reconcile
from backend.use_cases.viewer import Viewer
from tests.faults import world
from tests.faults.harness import scratch, started
from tests.faults.postgres import Postgres, new_cluster
from tests.faults.replica import following, promote
from tests.faults.world import PROVIDER

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

ROUNDS = 50


async def test_reports_are_read_from_a_replica_that_has_all_that_is_written_and_else_past_it() -> None:
    async with _replicated() as (primary, standby):
        for written in range(ROUNDS):
            await _write(written)
            assert await _read() == (written, True)
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            async with db.as_reader(PROVIDER) as connection:
                await connection.execute("DELETE FROM worker_heartbeat")
        await _told(standby, "SELECT pg_wal_replay_pause()")
        await _write(ROUNDS)
        assert await _read() == (ROUNDS, False)
        assert not (await reports()).well
        await _told(standby, "SELECT pg_wal_replay_resume()")
        assert await _read() == (ROUNDS, True)
        assert (await reports()).well
        standby.kill()
        assert await _read() == (ROUNDS, False)
        await standby.start()
        assert await _read() == (ROUNDS, True)
        await _told(primary, "ALTER SYSTEM RESET synchronous_standby_names")
        await _told(primary, "SELECT pg_reload_conf()")
        await promote(standby)
        await _write(ROUNDS + 1)
        assert await _read() == (ROUNDS + 1, False)


async def test_each_report_is_read_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    real = db._at_replica

    async def noted(*given: Any) -> asyncpg.Connection | None:
        connection = await real(*given)
        asked.append(connection is not None)
        return connection

    monkeypatch.setattr(db, "_at_replica", noted)
    async with _replicated():
        await world.load(7)
        for report in _REPORTS:
            asked.clear()
            assert isinstance(await report(), list)
            assert asked and all(asked)


async def _listed(rows: AsyncIterator[Any]) -> list[Any]:
    return [row async for row in rows]


_FIRST, _LAST = world.FIRST_DAY, world.FIRST_DAY + timedelta(days=6)
_READER = Viewer(uuid4(), PROVIDER, provider=True, role="manager")
_REPORTS: tuple[Callable[[], Awaitable[Any]], ...] = (
    lambda: read_performance(_READER, date(2026, 4, 1), date(2026, 4, 1)),
    lambda: read_delivered(_READER, _FIRST, _LAST),
    lambda: _listed(_one(read_manual_share(PROVIDER, _FIRST, _LAST))),
    lambda: _listed(_one(export_gaps(PROVIDER, "hearth", _FIRST, _LAST, world.opening()))),
    lambda: _listed(export_hours(PROVIDER, "hearth", _FIRST, _LAST, world.opening())),
    lambda: _listed(export_documents(PROVIDER)),
    lambda: _listed(reconcile(PROVIDER)),
)


async def _one(answer: Awaitable[Any]) -> AsyncIterator[Any]:
    yield await answer


async def _write(number: int) -> None:
    async with db.as_system() as connection:
        await connection.execute(
            "INSERT INTO worker_heartbeat VALUES ('one', $1) ON CONFLICT (worker) DO UPDATE SET beat_at = $1",
            datetime.fromtimestamp(number, UTC),
        )


async def _read() -> tuple[int, bool]:
    """What was written last, as a report sees it, and whether it was read from the replica."""
    async with db.as_reader(PROVIDER) as connection:
        at = await connection.fetchval("SELECT beat_at FROM worker_heartbeat")
        assert await connection.fetchval("SELECT current_provider()") == PROVIDER
        return int(at.timestamp()), await connection.fetchval("SELECT pg_is_in_recovery()")


async def _told(server: Postgres, command: str) -> None:
    connection = await asyncpg.connect(server.url("superuser"))
    await connection.execute(command)
    await connection.close()


@asynccontextmanager
async def _replicated() -> AsyncIterator[tuple[Postgres, Postgres]]:
    """A server and the replica that follows it, and the database open with both."""
    with scratch() as folder:
        primary = Postgres(new_cluster(folder / "postgresql", folder / "passwords.json"))
        async with started(primary):
            url = primary.url("application")
            settings.use(Settings(data=folder, database_url=url, keys=keys.new()))
            await migrate(primary.url("owner"), url)
            standby = await following(primary, folder / "standby")
            async with started(standby), db.opened(url, replica=standby.url("application")):
                yield primary, standby
            settings.forget()
