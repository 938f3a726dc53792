"""Somebody with the database in his hands, and the server's key: he changes facts, and can seal everything anew."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import asyncpg

from backend import db
from backend.use_cases.make_checkpoint import make_checkpoint
from backend.use_cases.make_seal import make_seal
from tests.jobs.office import PROVIDER

CHAIN = ("seal_rows", "seal", "checkpoint_event", "checkpoint")


@dataclass(frozen=True)
class Kind:
    """A kind of fact: an edit, its key and another one for a row put in, and what gives it its place."""

    edit: str
    key: str
    other: str
    instant: str


KINDS = {
    "event": Kind(
        "paid_at = paid_at + interval '5 minutes'", "row_id", f'{{"row_id": "{uuid4()}"}}', "received_at"
    ),
    "event_judgement": Kind("distance_m = 3", "event_row", f'{{"event_row": "{uuid4()}"}}', "judged_at"),
    "visit_version": Kind(
        "ends_at = ends_at + interval '15 minutes'", "visit_id", '{"version": 9}', "recorded_at"
    ),
    "correction": Kind(
        "proposed_end = proposed_end + interval '1 hour'", "id", f'{{"id": "{uuid4()}"}}', "received_at"
    ),
    "correction_decision": Kind("decision = 'declined'", "correction_id", '{"number": 9}', "decided_at"),
    "pay_line": Kind("rate = rate + 1", "employment_id", '{"reference": "bonus"}', "recorded_at"),
    "payment": Kind("pence = pence + 1", "id", f'{{"id": "{uuid4()}", "reference": "X"}}', "recorded_at"),
    "document": Kind(
        "facts_digest = decode('00', 'hex')",
        "id",
        f'{{"id": "{uuid4()}", "number": "X", "scope": "X"}}',
        "created_at",
    ),
    "document_line": Kind("amount_pence = amount_pence + 1", "line", '{"line": 99}', "amount_pence"),
}
WAYS = ("edit", "delete", "insert", "reorder")


def statement(table: str, way: str) -> str:
    """SQL that changes one fact, or the order of two."""
    kind = KINDS[table]
    one = f"(SELECT ctid FROM {table} ORDER BY {kind.instant} DESC, {kind.key} LIMIT 1)"
    if way == "edit":
        return f"UPDATE {table} SET {kind.edit} WHERE ctid = {one}"
    if way == "delete":
        return f"DELETE FROM {table} WHERE ctid = {one}"
    if way == "insert":
        return (
            f"INSERT INTO {table} SELECT (jsonb_populate_record(t, '{kind.other}'::jsonb)).* FROM {table} t"
            f" WHERE ctid = {one}"
        )
    pair = f"(SELECT min(p.{kind.instant}) FROM {table} p), (SELECT max(p.{kind.instant}) FROM {table} p)"
    return (
        f"WITH ends (low, high) AS (SELECT {pair}) UPDATE {table} t SET {kind.instant} ="
        f" CASE t.{kind.instant} WHEN low THEN high ELSE low END FROM ends"
        f" WHERE t.{kind.instant} IN (low, high) AND low < high"
    )


@dataclass
class Forger:
    """A superuser's connection on which no trigger fires."""

    connection: asyncpg.Connection
    until: datetime

    @asynccontextmanager
    async def changes(self, *statements: str) -> AsyncIterator[None]:
        """The statements, each of which must change something, undone after the block."""
        tables = list(dict.fromkeys([*map(_target, statements), *CHAIN]))
        await self.connection.execute("SET session_replication_role = replica")
        for table in tables:
            await self.connection.execute(f"CREATE TEMP TABLE saved_{table} AS TABLE {table}")
        for one in statements:
            done = await self.connection.execute(one)
            assert done.rpartition(" ")[2] != "0", one
        yield
        for table in tables:
            await self.connection.execute(
                f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table}; DROP TABLE saved_{table}"
            )

    async def seal_anew(self, now: datetime) -> None:
        """Every checkpoint and every seal made again, with the server's own key, over what is there now."""
        for table in CHAIN:
            await self.connection.execute(f"DELETE FROM {table}")
        await make_checkpoint(PROVIDER)
        async with db.as_provider(PROVIDER) as connection:
            await make_seal(connection, PROVIDER, self.until, now)


def _target(statement: str) -> str:
    words = statement.replace("(", " ").split()
    verbs = {"UPDATE": 1, "DELETE": 2, "INSERT": 2}
    at = next(place for place, word in enumerate(words) if word in verbs)
    return words[at + verbs[words[at]]]
