"""Every named query has an index to go by: none reads a table that grows from its first row to its last."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from backend.domain.paid_time import FUTURE_LIMIT
from backend.sql import named
from tests.conftest import Database

WHOLE = {
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


def parts_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all its parts."""
    yield plan
    for part in plan.get("Plans", []):
        yield from parts_of(part)


def read_whole(plan: dict[str, Any]) -> set[str]:
    """The tables that a plan reads from end to end."""
    return {part["Relation Name"] for part in parts_of(plan) if part["Node Type"] == "Seq Scan"}


@asynccontextmanager
async def planning_once(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A session of the application that plans whatever the arguments are, as those of phones' calls do."""
    connection = await asyncpg.connect(str(database.settings.database_url))
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    yield connection
    await connection.close()


async def test_no_query_reads_a_table_from_end_to_end(database: Database) -> None:
    async with planning_once(database) as connection:
        # A scan of a whole table is planned then only where nothing else is possible.
        await connection.execute("SET enable_seqscan = off")
        found = {name: read_whole(await plan_of(connection, text)) for name, text in named().items()}
    assert {name: tables for name, tables in found.items() if tables and name not in WHOLE} == {}
    assert [name for name in WHOLE if not found[name]] == []


def conditions(plan: dict[str, Any], tables: set[str]) -> Iterator[tuple[str, str]]:
    """By what each of some tables is looked into, wherever a plan does so."""
    for part in parts_of(plan):
        if part.get("Relation Name") in tables:
            yield part["Relation Name"], part.get("Index Cond", part.get("Recheck Cond", ""))


async def test_a_check_in_looks_up_what_belongs_to_an_event_by_that_event_before_tables_are_known(
    database: Database,
) -> None:
    tables = {"event_position", "event_attachment"}
    async with planning_once(database) as connection:
        found = list(conditions(await plan_of(connection, named()["events.around"]), tables))
    assert {table for table, _ in found} == tables
    wanted = {"event_position": "carer_id = ", "event_attachment": "event_row = "}
    assert [one for one in found if wanted[one[0]] not in one[1]] == []


def years_of(plan: dict[str, Any]) -> Iterator[str]:
    """The years of events that stand in a plan, read or not; of one that was run, those that were really read."""
    for part in parts_of(plan):
        name = part.get("Relation Name", "")
        if name.startswith(("event_20", "event_other_years")) and part.get("Actual Loops", 1):
            yield name


async def test_the_list_of_exceptions_looks_further_only_at_visits_that_somebody_must_look_at(
    database: Database,
) -> None:
    async with planning_once(database) as connection:
        plan = await plan_of(connection, named()["queue.visits"])
    [few] = [part for part in parts_of(plan) if part.get("Subplan Name") == "CTE open"]
    asked = [*conditions(few, {"employment", "visit_version"})]
    further = [table for table, by in asked if table == "employment" or "visit_id = v" in by]
    assert asked and further == []
    assert {table for table, _ in conditions(plan, {"employment"})} == {"employment"}


async def years_to(superuser: asyncpg.Connection, last: int) -> None:
    """Make the last six years of events."""
    for year in range(last - 5, last + 1):
        await superuser.execute("SELECT ensure_event_year($1)", date(year, 1, 1))


async def test_a_check_in_looks_into_no_year_of_events(database: Database) -> None:
    connection = await asyncpg.connect(str(database.settings.database_url))
    plans = {name: await plan_of(connection, named()[name]) for name in ("events.called", "events.around")}
    await connection.close()
    assert {name: set(years_of(plan)) for name, plan in plans.items()} == {name: set() for name in plans}


@pytest.mark.parametrize("name", ["console.unplanned", "console.help_alerts"])
async def test_the_day_s_list_looks_into_no_year_before(
    database: Database, superuser: asyncpg.Connection, name: str
) -> None:
    await years_to(superuser, 2025)
    day = (uuid4(), datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 6, 2, tzinfo=UTC))
    ahead = [FUTURE_LIMIT] if name == "console.unplanned" else []
    plan = json.loads(await superuser.fetchval(f"EXPLAIN (FORMAT JSON) {named()[name]}", *day, *ahead))[0][
        "Plan"
    ]
    years = set(years_of(plan))
    assert "event_2025" in years
    assert [year for year in years if year < "event_2025"] == []


async def test_the_records_of_a_day_s_visits_are_looked_for_in_no_year_before_they_were_planned(
    database: Database, superuser: asyncpg.Connection
) -> None:
    await years_to(superuser, 2025)
    day = (datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 6, 2, tzinfo=UTC))
    asked = (uuid4(), [], *day, None, None, day[0], False, *day, None, None, datetime(2024, 5, 1, tzinfo=UTC))
    said = await superuser.fetchval(f"EXPLAIN (FORMAT JSON) {named()['visits.events']}", *asked)
    years = set(years_of(json.loads(said)[0]["Plan"]))
    assert "event_2025" in years
    assert [year for year in years if year < "event_2024"] == []


async def test_when_a_phone_was_last_heard_is_looked_for_in_no_year_of_events(database: Database) -> None:
    connection = await asyncpg.connect(str(database.settings.database_url))
    plan = await plan_of(connection, named()["console.last_heard"])
    await connection.close()
    assert set(years_of(plan)) == set()


async def test_what_may_be_forgotten_is_looked_for_in_the_year_that_it_came_in(
    database: Database, superuser: asyncpg.Connection
) -> None:
    await years_to(superuser, 2025)
    provider = uuid4()
    await superuser.execute(
        "INSERT INTO event (provider_id, received_at, row_id, batch_id, batch_index, device_id, carer_id, outcome, "
        "chain_waiting, flags) SELECT $1, timestamptz '2020-01-01' + n * interval '12 hours', "
        "md5(n::text)::uuid, $1, 0, $1, $1, 'accepted', false, '{}' FROM generate_series(1, 4300) n", provider,
    )  # fmt: skip
    first, last = datetime(2023, 3, 9, tzinfo=UTC), datetime(2023, 4, 2, tzinfo=UTC)
    await superuser.execute(
        "INSERT INTO event_attachment (provider_id, event_row, kind, content, received_at) "
        "SELECT $1, row_id, 'fix', '', received_at FROM event WHERE received_at BETWEEN $2 AND $3",
        provider, first, last,
    )  # fmt: skip
    await superuser.execute("ANALYZE event; ANALYZE event_attachment")
    asked = (provider, "fix", datetime(2025, 6, 1, tzinfo=UTC), [], [], 5000)
    text = named()["privacy.due_attachments"]
    assert len(await superuser.fetch(text, *asked)) == 49
    said = await superuser.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", *asked)
    assert set(years_of(json.loads(said)[0]["Plan"])) == {"event_2023"}
