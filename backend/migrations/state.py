"""How new the database is. Apart from what migrates it, which is slow to import and seldom needed."""

from pathlib import Path
from typing import Final

import asyncpg
from piccolo.apps.migrations.tables import Migration

from backend.db import DB

Migration._meta.db = DB
"""Else Piccolo looks for it, and first imports what writes migrations: a seventh of a second in each process."""
FOLDER: Final = Path(__file__).parent / "sql"
APP: Final = "doorstep"


async def missing() -> list[str]:
    """The migrations that this program knows and the open database has not had."""
    try:
        done = await Migration.get_migrations_which_ran(app_name=APP)
    except asyncpg.UndefinedTableError:
        done = []
    return sorted(set(files()) - set(done))


def files() -> dict[str, Path]:
    """The SQL files by their names without the ending, in the order in which they run."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.sql"))}
