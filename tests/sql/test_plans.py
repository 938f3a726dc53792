"""Every named query has an index to go by: none reads a table that grows from its first row to its last."""

import json
from typing import Any

import asyncpg

from backend.sql import named
from tests.conftest import Database

WHOLE = {
    "loading.bank_holidays": "a list of a few hundred days that is read whole",
    "onboarding.managers": "the accounts of one system, for a page of its first days",
    "simulation.user": "for made-up counties",
    "users.every_organisation": "lists them all, for the command line",
    "users.every_user": "lists them all, for the command line",
}
"""Queries that may read a table whole, and why."""


async def plan_of(connection: asyncpg.Connection, text: str) -> dict[str, Any]:
    """How PostgreSQL would run a query whatever its arguments are."""
    arguments = len((await connection.prepare(text)).get_parameters())
    await connection.execute(f"PREPARE asked AS {text}")
    nothing = f"({', '.join(['NULL'] * arguments)})" if arguments else ""
    said = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked{nothing}")
    await connection.execute("DEALLOCATE asked")
    plan: dict[str, Any] = json.loads(said)[0]["Plan"]
    return plan


def read_whole(plan: dict[str, Any]) -> set[str]:
    """The tables that a plan reads from end to end."""
    own = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return own.union(*map(read_whole, plan.get("Plans", [])))


async def test_no_query_reads_a_table_from_end_to_end(database: Database) -> None:
    connection = await asyncpg.connect(str(database.settings.database_url))
    # A scan of a whole table is planned then only where nothing else is possible.
    await connection.execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off")
    found = {name: read_whole(await plan_of(connection, text)) for name, text in named().items()}
    await connection.close()
    assert {name: tables for name, tables in found.items() if tables and name not in WHOLE} == {}
    assert [name for name in WHOLE if not found[name]] == []
