"""The catalogue: every table is closed to strangers, every fact stays, every class names real columns."""

import importlib
import pkgutil
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from piccolo.columns import Column
from piccolo.table import Table

import backend.tables
from tests.conftest import Database

GLOBAL = {
    "answered_challenge": "digests of random challenges and instants",
    "bank_holiday": "public reference data",
    "job_run": "says which job and period, never whom it concerned",
    "migration": "Piccolo's own",
    "postcode": "public reference data",
    "sign_in_failure": "keyed hashes and instants",
    "unclaimed_event": "no tenant can be told; the application may only add, and a job lets go of what is old",
    "worker_heartbeat": "processes and instants",
}
"""Tables without row-level security, and why. A new table is not among them unless somebody says so here."""

STATE = {
    "user_account",
    "user_link",
    "user_session",
    "user_passkey",
    "saved_view",
    "user_authenticator",
    "user_recovery_code",
    "kept_form",
    "calendar_feed",
    "email_subscription",
    "webhook",
    "notice_delivery",
    "device",
    "device_passkey",
    "enrol_code",
    "invoice_sequence",
    "delivery_sequence",
    "organisation",
    "telephone_service",
    "waiting",
}
"""Tenant tables whose rows may change. Everything else holds facts or attachments."""


@pytest.fixture
async def application(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A bare connection as the application's role, as anybody with its password could make one."""
    connection = await asyncpg.connect(str(database.settings.database_url))
    yield connection
    await connection.close()


async def tables(superuser: asyncpg.Connection) -> dict[str, asyncpg.Record]:
    rows = await superuser.fetch(
        """SELECT c.relname AS name, c.relrowsecurity AS closed, c.relispartition AS part, c.oid,
               (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
               (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'append_only%') AS guards
           FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"""
    )
    return {row["name"]: row for row in rows}


async def test_every_table_but_the_named_ones_is_closed_by_row_security(
    superuser: asyncpg.Connection,
) -> None:
    found = await tables(superuser)
    open_tables = {name for name, row in found.items() if not row["closed"]}
    assert open_tables == set(GLOBAL)
    without_policy = {
        name for name, row in found.items() if row["closed"] and not row["part"] and not row["policies"]
    }
    assert without_policy == set()


async def test_a_partition_of_its_own_is_open_to_nobody(
    superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    parts = [name for name, row in (await tables(superuser)).items() if row["part"]]
    assert len(parts) > 10
    for name in parts:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.fetch(f"SELECT * FROM {name}")


async def test_unset_the_application_sees_nothing_in_any_tenant_table(
    superuser: asyncpg.Connection, application: asyncpg.Connection, county: None
) -> None:
    for name, row in (await tables(superuser)).items():
        if row["closed"] and not row["part"]:
            assert await application.fetchval(f"SELECT count(*) FROM {name}") == 0, name
    assert await superuser.fetchval("SELECT count(*) FROM visit_version") > 0


async def test_set_to_one_provider_it_sees_nothing_of_another(
    superuser: asyncpg.Connection, application: asyncpg.Connection, county: None
) -> None:
    owners = await superuser.fetch(
        "SELECT table_name FROM information_schema.columns"
        " WHERE column_name = 'provider_id' AND table_schema = 'public'"
    )
    hearth, lantern = await superuser.fetch(
        "SELECT id FROM organisation WHERE kind = 'provider' ORDER BY reference"
    )
    names = [row["table_name"] for row in owners if not (await tables(superuser))[row["table_name"]]["part"]]
    for own, other, sees in ((lantern, hearth, 0), (hearth, lantern, 1)):
        await application.execute("SELECT set_config('doorstep.provider_id', $1, false)", str(own["id"]))
        for name in names:
            assert (
                await application.fetchval(f"SELECT count(*) FROM {name} WHERE provider_id = $1", other["id"])
                == 0
            )
        assert (await application.fetchval("SELECT count(*) FROM visit") > 0) == bool(sees)


async def test_a_row_for_another_provider_cannot_be_written(
    superuser: asyncpg.Connection, application: asyncpg.Connection, county: None
) -> None:
    hearth, lantern = await superuser.fetch(
        "SELECT id FROM organisation WHERE kind = 'provider' ORDER BY reference"
    )
    await application.execute("SELECT set_config('doorstep.provider_id', $1, false)", str(lantern["id"]))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await application.execute(
            "INSERT INTO visit (provider_id, id, reference) VALUES ($1, gen_random_uuid(), 'X')", hearth["id"]
        )


async def test_facts_cannot_be_changed_by_the_application_nor_by_the_owner(
    superuser: asyncpg.Connection, database: Database, application: asyncpg.Connection
) -> None:
    owner = await asyncpg.connect(str(database.settings.owner_database_url))
    facts = [
        name
        for name, row in (await tables(superuser)).items()
        if not row["part"] and name not in set(GLOBAL) | STATE
    ]
    assert {"event", "visit_version", "pay_line", "document", "contract_version", "correction"} <= set(facts)
    for name in facts:
        for statement in (
            f"UPDATE {name} SET {await _column(superuser, name)} = DEFAULT",
            f"DELETE FROM {name}",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await application.execute(statement)
        assert (await tables(superuser))[name]["guards"] == 2, name
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="appended, never changed"):
            await owner.execute(f"TRUNCATE {name} CASCADE")
    await owner.close()


async def _column(superuser: asyncpg.Connection, table: str) -> str:
    return str(
        await superuser.fetchval(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'"
            " ORDER BY ordinal_position LIMIT 1",
            table,
        )
    )


async def test_a_changed_fact_is_refused_by_its_trigger_whoever_asks(
    superuser: asyncpg.Connection, database: Database, county: None
) -> None:
    owner = await asyncpg.connect(str(database.settings.owner_database_url))
    for statement in ("UPDATE visit_version SET version = 99", "DELETE FROM visit_version"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="appended, never changed"):
            await owner.execute(statement)
    await owner.close()


async def test_the_application_owns_nothing_and_cannot_bypass_a_policy(
    superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    role = await application.fetchval("SELECT current_user")
    known = await superuser.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = $1", role
    )
    assert not any(known.values())
    owned = await superuser.fetchval(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = $1", role
    )
    assert owned == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await application.execute("CREATE TABLE mine (x int)")


async def test_piccolos_classes_name_the_columns_that_are_there(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT table_name, column_name, is_nullable = 'YES' AS nullable FROM information_schema.columns"
        " WHERE table_schema = 'public'"
    )
    parts = {name for name, row in (await tables(superuser)).items() if row["part"]}
    real: dict[str, dict[str, bool]] = {}
    for row in rows:
        real.setdefault(row["table_name"], {})[row["column_name"]] = row["nullable"]
    named = {table._meta.tablename: _columns(table) for table in _classes()}
    assert named == {name: columns for name, columns in real.items() if name not in parts | {"migration"}}


def _classes() -> list[type[Table]]:
    modules = [
        importlib.import_module(f"backend.tables.{module.name}")
        for module in pkgutil.iter_modules(backend.tables.__path__)
    ]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Table) and value is not Table
    ]


def _columns(table: type[Table]) -> dict[str, bool]:
    columns: list[Column[Any]] = table._meta.columns
    return {column._meta.db_column_name: column._meta.null for column in columns}


NOT_BY_PROVIDER = {
    "budget_version": "a commissioner's; the provider is one that it buys from",
    "calendar_feed_token_hash_key": "whose calendar it is shows in the token alone",
    "device_id_key": "a phone's call names the device alone",
    "enrol_code_code_hash_key": "whoever types a code says no provider",
    "telephone_service_id_key": "a telephone company's call names the service alone",
}
"""Tables of providers whose key, and unique keys of theirs that, do not begin with the provider; and why."""


async def test_what_is_unique_of_a_provider_begins_with_the_provider(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        """SELECT DISTINCT CASE WHEN i.indisprimary THEN c.relname ELSE k.relname END AS name
           FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique
           JOIN pg_class k ON k.oid = i.indexrelid
           JOIN pg_attribute p ON p.attrelid = c.oid AND p.attname = 'provider_id'
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
           AND i.indkey[0] <> p.attnum"""
    )
    assert {row["name"] for row in rows} == set(NOT_BY_PROVIDER)
