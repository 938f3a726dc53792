"""`doorstep migrate`: the SQL files, run once each through Piccolo's migrations, all in one transaction.

The transaction holds an advisory lock, so several machines may migrate at once. It brings the database to the
newest version or changes nothing. Statements that refuse a transaction do not fit here.
"""

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import asyncpg
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.conf.apps import AppConfig

from backend import clock
from backend.db import DB, opened
from backend.faults import SetupFault
from backend.migrations.event_years import make_event_years
from backend.migrations.state import APP, FOLDER, files, missing

_LOCK: Final = 0x646F6F72
"""The number of the advisory lock: "door" in ASCII. Any would do that nothing else uses."""


async def migrate(owner_url: str, application_url: str) -> list[str]:
    """Run what has not run yet as the owner, and make the years of events; returns the names of the files that ran.

    Raises SetupFault if the application's role could get round row security, or if a file fails.
    """
    role = role_of(application_url)
    async with opened(owner_url, size=2), DB.transaction(allow_nested=False) as transaction:
        await transaction.connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await _refuse_powerful(transaction.connection, role)
        pending = await _Forwards(role).bring_forward()
        if clock.is_set():  # else the jobs make them, once the simulated time has begun
            await make_event_years(transaction.connection, clock.now())
        return pending


def role_of(url: str) -> str:
    """The role that a database address signs in as."""
    return unquote(urlsplit(url).username or "")


async def _refuse_powerful(connection: asyncpg.Connection, role: str) -> None:
    """Row security does not bind a superuser, a role with BYPASSRLS, or the owner of the tables; nor whoever can become
    one of these, or has the server run programs and read files."""
    found = await connection.fetchrow(
        "SELECT EXISTS (SELECT FROM pg_roles p WHERE pg_has_role(r.oid, p.oid, 'MEMBER') AND (p.rolsuper"
        " OR p.rolbypassrls OR p.rolname IN ('pg_execute_server_program', 'pg_read_server_files',"
        " 'pg_write_server_files'))) AS powerful, pg_has_role(r.oid, current_user, 'MEMBER') AS owner"
        " FROM pg_roles r WHERE r.rolname = $1",
        role,
    )
    if found is None:
        raise SetupFault(
            f"The role {role} of DATABASE_URL does not exist: CREATE ROLE {role} LOGIN PASSWORD '...'"
        )
    if found["powerful"] or found["owner"]:
        why = (
            "is the owner of the tables"
            if found["owner"]
            else "is, or can become, a superuser or a role with BYPASSRLS"
        )
        raise SetupFault(
            f"The role {role} of DATABASE_URL {why}, so it would see every organisation's records. "
            "Give DATABASE_URL a plain role, and DOORSTEP_OWNER_DATABASE_URL the owner."
        )


def _quoted(role: str) -> str:
    return '"' + role.replace('"', '""') + '"'


def _connection() -> asyncpg.Connection:
    transaction = DB.current_transaction.get()
    if transaction is None:
        raise RuntimeError("a migration runs inside the transaction of `migrate`")
    return transaction.connection


class _Step:
    """One SQL file in the shape of a Piccolo migration module. `{app}` in it is the application's role."""

    def __init__(self, path: Path, role: str) -> None:
        self.ID = path.stem
        self._path = path
        self._role = _quoted(role)

    async def forwards(self) -> MigrationManager:
        manager = MigrationManager(migration_id=self.ID, app_name=APP, description=self._path.name)
        manager.add_raw(self._execute)
        return manager

    async def _execute(self) -> None:
        sql = self._path.read_text(encoding="utf-8").replace("{app}", self._role)
        try:
            await _connection().execute(sql)
        except asyncpg.PostgresError as error:
            raise SetupFault(
                f"The migration {self._path.name} failed, and nothing was changed: {error}"
            ) from error


class _Forwards(ForwardsMigrationManager):
    """Piccolo's runner, reading SQL files where it would import modules. Joins the transaction it runs in."""

    def __init__(self, role: str) -> None:
        super().__init__(app_name=APP)
        self._role = role

    def get_migration_modules(self, folder_path: str) -> dict[str, Any]:
        return {path.stem: _Step(path, self._role) for path in files().values()}

    async def bring_forward(self) -> list[str]:
        await self.create_migration_table()
        pending = await missing()
        with redirect_stdout(io.StringIO()):  # Piccolo prints; our commands speak for themselves
            await self.run_migrations(AppConfig(app_name=APP, migrations_folder_path=FOLDER))
        await _connection().execute(f"GRANT SELECT ON migration TO {_quoted(self._role)}")
        return pending
