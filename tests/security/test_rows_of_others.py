"""Every tenant table attacked as everybody, with rows of everybody in it: nobody reads, adds or changes another's.

What is tried is what the program's own role may try once a tenant is open: a query that forgot its WHERE, an id that
was guessed, a key of somebody else's. Whoever can run any SQL as that role can open any tenant: it is the program.
"""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tests.conftest import Database
from tests.security.everybodys_rows import (
    READERS,
    A,
    B,
    C,
    Reader,
    another,
    fill,
)

REFUSED = asyncpg.InsufficientPrivilegeError
Tables = dict[str, dict[str, str]]


@pytest.fixture
async def tables(superuser: asyncpg.Connection) -> Tables:
    return await fill(superuser)


@pytest.fixture
async def application(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(str(database.settings.database_url))
    yield connection
    await connection.close()


async def open_as(application: asyncpg.Connection, reader: Reader) -> None:
    """To be called in a transaction, as `backend.db` does."""
    for name, value in reader.settings.items():
        await application.execute("SELECT set_config($1, $2, true)", name, value)


async def outcome(application: asyncpg.Connection, statement: str, *values: Any) -> str:
    """How a statement ended, undone in any case: `refused`, or PostgreSQL's word such as `UPDATE 3`."""
    attempt = application.transaction()
    await attempt.start()
    try:
        return str(await application.execute(statement, *values))
    except REFUSED:
        return "refused"
    finally:
        await attempt.rollback()


async def rows_of_others(
    superuser: asyncpg.Connection, reader: Reader, table: str, columns: dict[str, str]
) -> list[dict[str, Any]]:
    """Rows that the reader may not see, as dictionaries of what can be written."""
    return [
        dict(row)
        for row in await superuser.fetch(
            f"SELECT {', '.join(columns)} FROM {table} WHERE NOT ({reader.sees(table, set(columns))})"
        )
    ]


async def test_every_table_holds_rows_of_everybody(superuser: asyncpg.Connection, tables: Tables) -> None:
    assert len(tables) > 80
    for table, columns in tables.items():
        for reader in READERS[:4]:
            own = reader.sees(table, set(columns))
            if own != "false":
                assert await superuser.fetchval(f"SELECT count(*) FROM {table} WHERE {own}") > 0, (
                    table,
                    reader.name,
                )
        assert await superuser.fetchval(f"SELECT count(*) FROM {table}") > 1, table


async def test_nobody_reads_or_touches_a_row_of_another(
    superuser: asyncpg.Connection, application: asyncpg.Connection, tables: Tables
) -> None:
    granted = await grants(application)
    for reader in READERS:
        async with application.transaction():
            await open_as(application, reader)
            for table, columns in tables.items():
                own = f"FROM {table} WHERE {reader.sees(table, set(columns))}"
                text = f"SELECT to_jsonb({table})::text AS row"
                seen = await application.fetch(f"{text} FROM {table} ORDER BY 1")
                mine = await superuser.fetch(f"{text} {own} ORDER BY 1")
                assert list(seen) == list(mine), (table, reader.name)
                for right, statement in attacks(table, next(iter(columns))):
                    if (table, right) in granted:
                        done = await outcome(application, statement)
                        assert done in ("refused", f"{right} {len(mine)}"), (table, reader.name, statement)
                    elif reader is READERS[0]:  # a right that a role lacks, it lacks whatever is open
                        assert await outcome(application, statement) == "refused", (table, statement)


def attacks(table: str, column: str) -> list[tuple[str, str]]:
    """What could touch every row of a table, and the right that it needs."""
    return [
        ("UPDATE", f"UPDATE {table} SET {column} = {column}"),
        ("DELETE", f"DELETE FROM {table}"),
        ("TRUNCATE", f"TRUNCATE {table} CASCADE"),
        ("REFERENCES", f"CREATE TABLE mine (LIKE {table})"),
        ("TRIGGER", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
    ]


async def grants(application: asyncpg.Connection) -> set[tuple[str, str]]:
    rows = await application.fetch(
        "SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE table_schema = 'public'"
        " AND grantee = current_user"
    )
    return {(row["table_name"], row["privilege_type"]) for row in rows}


async def test_nobody_adds_a_row_in_another_s_name(
    superuser: asyncpg.Connection, application: asyncpg.Connection, tables: Tables
) -> None:
    for reader in READERS:
        if reader.name.startswith("nobody "):
            continue
        async with application.transaction():
            await open_as(application, reader)
            for table, columns in tables.items():
                insert = inserting(table, columns)
                for row in await rows_of_others(superuser, reader, table, columns):
                    for statement, values in (
                        (insert, another(row, table)),
                        (f"{insert} ON CONFLICT DO NOTHING", row),
                    ):
                        done = await outcome(application, statement, *values.values())
                        assert done == "refused", (table, reader.name, statement)


def inserting(table: str, columns: dict[str, str]) -> str:
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"


async def test_nobody_gives_a_row_away_or_takes_one_over(
    superuser: asyncpg.Connection, application: asyncpg.Connection, tables: Tables
) -> None:
    """What may be changed at all stays with whom it is."""
    changed = 0
    for reader, other in ((READERS[0], B), (READERS[1], A), (READERS[2], B)):
        own = next(iter(reader.settings.values()))
        for table, columns in tables.items():
            owner = next(
                (name for name in ("provider_id", "organisation_id", "commissioner_id") if name in columns),
                None,
            )
            if owner is None:
                continue
            async with application.transaction():
                await open_as(application, reader)
                given = await outcome(application, f"UPDATE {table} SET {owner} = $1", other)
                taken = await outcome(
                    application, f"UPDATE {table} SET {owner} = $1 WHERE {owner} = $2", own, other
                )
            assert given in ("refused", "UPDATE 0"), table
            assert taken in ("refused", "UPDATE 0"), table
            changed += taken == "UPDATE 0"
    assert changed > 10


async def test_a_commissioner_says_nothing_about_a_provider_that_it_has_no_contract_with(
    superuser: asyncpg.Connection, application: asyncpg.Connection, tables: Tables
) -> None:
    """In its own name, about another's records. A budget may name any provider: it is a plan of the commissioner's."""
    reader = next(reader for reader in READERS if reader.name == "commissioner C")
    for table, columns in tables.items():
        if "provider_id" not in columns or table == "budget_version":
            continue
        [row] = await superuser.fetch(
            f"SELECT {', '.join(columns)} FROM {table} WHERE provider_id = $1 LIMIT 1", B
        )
        owners = {name: C for name in ("organisation_id", "commissioner_id", "payer_id") if name in columns}
        values = another({**row, **owners}, table)
        async with application.transaction():
            await open_as(application, reader)
            done = await outcome(application, inserting(table, columns), *values.values())
            assert done == "refused", table


async def test_a_provider_says_nothing_in_a_commissioner_s_name(
    superuser: asyncpg.Connection, application: asyncpg.Connection, tables: Tables
) -> None:
    """About its own records: no look, no decision about a flag, no dispute, no sample of a commissioner's."""
    for table in (
        "access_log",
        "audit_decision",
        "dispute",
        "audit_sample",
        "audit_sample_item",
        "audit_finding",
    ):
        columns = tables[table]
        [row] = await superuser.fetch(
            f"SELECT {', '.join(columns)} FROM {table} WHERE provider_id = $1 LIMIT 1", A
        )
        async with application.transaction():
            await open_as(application, READERS[0])
            values = another(dict(row), table)
            done = await outcome(application, inserting(table, columns), *values.values())
            assert done == "refused", table
