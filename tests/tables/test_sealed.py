"""What seals hold, against the database: a new table of facts is sealed, or somebody says why not."""

import asyncpg

from backend.tables.sealed import BESIDE, PERSONAL, SEALED, UNSEALED

STATES = {"device"}
"""Tables that may change, of which a seal holds what does not."""


async def test_every_table_of_a_providers_facts_is_sealed_or_says_why_not(
    superuser: asyncpg.Connection,
) -> None:
    rows = await superuser.fetch(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition"
        " AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only')"
        " AND EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        "             WHERE i.indrelid = c.oid AND a.attname = 'provider_id')"
    )
    assert {row["relname"] for row in rows} | STATES == SEALED.keys() | UNSEALED.keys()
    assert SEALED.keys() & UNSEALED.keys() == set()


async def test_the_columns_that_seals_name_are_there(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    real = {(row["table_name"], row["column_name"]) for row in rows}
    named = {
        (table, name) for lists in (PERSONAL, BESIDE) for table, names in lists.items() for name in names
    }
    for table, recorded in SEALED.items():
        column, *of = recorded
        named |= {(of[0], column), (of[0], of[1]), (table, of[2])} if of else {(table, column)}
    assert named - real == set()
