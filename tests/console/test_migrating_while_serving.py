"""A process of the version before goes on while the database is brought to a newer version by steps that only add."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from backend.migrations import state
from tests.conftest import Database
from tests.console.desk import Browser, Desk

ROOT = Path(__file__).parents[2]
PAGES = (
    "/today",
    "/roster?date=2026-11-02",
    "/corrections",
    "/quarantine",
    "/devices",
    "/people",
    "/reconciliation",
)
ADDED = """
DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migration'
    LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN added_later integer', one); END LOOP;
END $$;
CREATE TABLE added_later (id uuid PRIMARY KEY);
GRANT SELECT ON added_later TO {app};
"""
MIGRATE = (
    "import asyncio, os, pathlib, sys\n"
    "from backend.migrations import runner, state\n"
    "state.FOLDER = pathlib.Path(sys.argv[1])\n"
    "print(asyncio.run(runner.migrate(os.environ['DOORSTEP_OWNER_DATABASE_URL'], os.environ['DATABASE_URL'])))\n"
)


async def test_pages_and_health_go_on_while_a_column_is_added_to_every_table(
    busy: Desk, http: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    manager = await busy.as_("manager")
    assert await _statuses(manager) == {200}
    migrating = await _migrate(database, tmp_path)
    while migrating.returncode is None:
        assert (await http.get("/health/ready")).status_code == 200
        await asyncio.sleep(0)
    said, _ = await migrating.communicate()
    assert said.decode() == "['9001_added']\n"
    assert await _statuses(manager) == {200}
    assert (await http.get("/health/ready")).status_code == 200


async def _statuses(browser: Browser) -> set[int]:
    return {(await browser.get(page)).status_code for page in PAGES}


async def test_a_query_whose_columns_a_migration_changed_is_told_to_come_again_and_then_answered(
    db: Any, superuser: asyncpg.Connection
) -> None:
    async def read() -> list[str]:
        async with db.as_system() as connection:
            return list((await connection.fetch("SELECT * FROM worker_heartbeat"))[0].keys())

    await superuser.execute("INSERT INTO worker_heartbeat VALUES ('one', '2026-01-01Z')")
    assert await read() == await read() == ["worker", "beat_at"]
    await superuser.execute("ALTER TABLE worker_heartbeat ADD COLUMN added_later integer")
    with pytest.raises(db.AWAY):
        await read()
    assert await read() == ["worker", "beat_at", "added_later"]


async def _migrate(database: Database, folder: Path) -> asyncio.subprocess.Process:
    """The newer version's `doorstep migrate`, in a process of its own."""
    shutil.copytree(state.FOLDER, folder / "sql")
    (folder / "sql" / "9001_added.sql").write_text(ADDED)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MIGRATE, str(folder / "sql")),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **database.environment},
        cwd=ROOT,
    )
