import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from backend.faults import SetupFault
from backend.migrations import state
from backend.migrations.runner import migrate
from backend.migrations.state import missing
from tests.conftest import Database


async def test_a_migrated_database_lacks_nothing(db: Any) -> None:
    assert await missing() == []


async def test_migrating_again_does_nothing(database: Database) -> None:
    made = database.settings
    assert await migrate(str(made.owner_database_url), str(made.database_url)) == []


async def test_the_years_of_events_stand_before_the_first_event(
    database: Database, at: Callable[[datetime], None]
) -> None:
    made = database.settings
    at(datetime(2031, 12, 31, 23, 59, tzinfo=UTC))
    await migrate(str(made.owner_database_url), str(made.database_url))
    connection = await asyncpg.connect(str(made.database_url))
    found = await connection.fetch("SELECT inhrelid::regclass::text AS name FROM pg_inherits ORDER BY 1")
    await connection.close()
    assert {"event_2031", "event_2032"} <= {row["name"] for row in found}


async def test_new_files_run_in_order_and_are_recorded(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _write(tmp_path, "9002_b.sql", "ALTER TABLE fresh ADD COLUMN m int;")
    _write(tmp_path, "9001_a.sql", "CREATE TABLE fresh (n int); GRANT SELECT ON fresh TO {app};")
    monkeypatch.setattr(state, "FOLDER", tmp_path)
    made = database.settings
    assert await migrate(str(made.owner_database_url), str(made.database_url)) == ["9001_a", "9002_b"]
    connection = await asyncpg.connect(str(made.database_url))
    assert await connection.fetch("SELECT n, m FROM fresh") == []
    await connection.close()


async def test_a_failing_file_changes_nothing_and_is_named(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _write(tmp_path, "9001_a.sql", "CREATE TABLE fresh (n int);")
    _write(tmp_path, "9002_b.sql", "SELECT nonsense;")
    monkeypatch.setattr(state, "FOLDER", tmp_path)
    made = database.settings
    with pytest.raises(SetupFault, match="9002_b"):
        await migrate(str(made.owner_database_url), str(made.database_url))
    connection = await asyncpg.connect(database.superuser_url)
    assert await connection.fetchval("SELECT to_regclass('fresh')") is None
    assert await connection.fetchval("SELECT count(*) FROM migration WHERE name LIKE '9%'") == 0
    await connection.close()


@pytest.mark.slow
def test_two_machines_migrating_at_once_each_succeed_and_each_file_runs_once(database: Database) -> None:
    import os
    import subprocess
    import sys

    asyncio.run(_empty(database))
    environment = {**os.environ, **database.environment}
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "backend", "migrate", "--json"],
            env=environment,
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = sorted(run.communicate()[0] for run in runs)
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert answers[:1] != answers[1:2]
    assert answers[1:] == ['{"ran": []}\n'] * 2 or answers[:2] == ['{"ran": []}\n'] * 2


async def _empty(database: Database) -> None:
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION doorstep_owner;")
    await connection.close()


@pytest.mark.parametrize("role", ["owner", "superuser", "bypass", "becomes", "reader", "member", "nobody"])
async def test_an_application_role_that_row_security_does_not_bind_is_refused(
    database: Database, role: str
) -> None:
    urls = {
        "owner": str(database.settings.owner_database_url),
        "superuser": database.superuser_url,
        **{name: _as_role(database, name) for name in ("bypass", "becomes", "reader", "member", "nobody")},
    }
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute("DROP ROLE IF EXISTS bypass, becomes, reader, member")
    await connection.execute(
        "CREATE ROLE bypass BYPASSRLS; CREATE ROLE member; GRANT doorstep_owner TO member;"
        "CREATE ROLE becomes; GRANT bypass TO becomes; CREATE ROLE reader; GRANT pg_read_server_files TO reader;"
    )
    try:
        with pytest.raises(SetupFault, match="The role"):
            await migrate(str(database.settings.owner_database_url), urls[role])
    finally:
        await connection.execute("DROP ROLE bypass, becomes, reader, member")
        await connection.close()


def _as_role(database: Database, role: str) -> str:
    parts = urlsplit(str(database.settings.database_url))
    return parts._replace(netloc=f"{role}:x@{parts.hostname}:{parts.port}").geturl()


def _write(folder: Path, name: str, sql: str) -> None:
    (folder / name).write_text(sql)
