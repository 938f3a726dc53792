"""Put a signed seal on everything that was recorded of a provider up to the end of a day, row by row."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from backend import db, keys
from backend.domain.canonical import sha256
from backend.domain.counted import counted
from backend.domain.seals import SealedRow, SealedTable, packed, seal_body, sealed_row, unpacked
from backend.sql import query
from backend.tables.sealed import BESIDE, PERSONAL, SEALED

LATEST: Final = timedelta(hours=6)
"""What is dated before a seal's end may still be written for this long; it is then in the next seal."""
_FIRST: Final = bytes(32)
_OWNER: Final = "provider_id"
Shape = tuple[tuple[str, ...], tuple[str, ...]]
"""Columns, and personal ones."""


async def make_seal(connection: asyncpg.Connection, provider_id: UUID, until: datetime, now: datetime) -> str:
    """Seal what was recorded before `until` and is in no seal. Says what it did, in words."""
    await connection.execute(query("seals.lock"), provider_id)
    last = await connection.fetchrow(query("seals.newest"), provider_id)
    since = None if last is None else last["until"]
    if since is not None and since >= until:
        return "sealed already"
    number = 1 if last is None else last["number"] + 1
    held = await _to_seal(connection, provider_id, number - 1, since, until)
    checkpoint = await connection.fetchrow(query("seals.newest_checkpoint"), provider_id)
    body = seal_body(
        provider_id,
        number,
        _FIRST if last is None else sha256(last["body"]),
        (since, until),
        checkpoint and (checkpoint["number"], sha256(checkpoint["body"])),
        {name: table for name, (table, _) in held.items()},
        now,
    )
    signed = keys.current().sign(body)
    made = (since, until, now, body, signed["kid"], signed["signature"].encode())
    await connection.execute(query("seals.insert"), provider_id, number, *made)
    rows = [rows for _, rows in held.values()]
    await connection.execute(
        query("seals.insert_rows"), provider_id, number, list(held), rows, timeout=db.NIGHTLY_SECONDS
    )
    return f"{counted(sum(table.rows for table, _ in held.values()), 'row')} sealed"


async def _to_seal(
    connection: asyncpg.Connection, provider_id: UUID, before: int, since: datetime | None, until: datetime
) -> dict[str, tuple[SealedTable, bytes]]:
    """Of each table that has any, its rows in no seal yet."""
    opens = None if since is None else since - LATEST
    found = {}
    for name, (columns, personal) in (await shapes(connection)).items():
        present = await rows_of(connection, name, (columns, personal), opens, until)
        known = await sealed_rows(connection, provider_id, before, name) if present else {}
        fresh = [row for row in present.values() if row.key not in known]
        if fresh:
            rows = packed(fresh)
            found[name] = (SealedTable(columns, personal, len(fresh), sha256(rows)), rows)
    return found


async def shapes(connection: asyncpg.Connection) -> dict[str, Shape]:
    """The columns that a seal of today holds of each table."""
    rows = await connection.fetch(query("seals.columns"), list(SEALED))
    return {row["table_name"]: _shape(row["table_name"], row["columns"]) for row in rows}


def _shape(table: str, columns: list[str]) -> Shape:
    personal = PERSONAL.get(table, ())
    beside = {_OWNER, *personal, *BESIDE.get(table, ())}
    return tuple(name for name in columns if name not in beside), personal


async def rows_of(
    connection: asyncpg.Connection, table: str, shape: Shape, opens: datetime | None, closes: datetime
) -> dict[str, SealedRow]:
    """The rows of a table that were recorded in a span, by their keys in words."""
    columns, personal = shape
    asked = (table, list(columns), list(personal), list(SEALED[table]), opens, closes)
    secret = keys.current().lookup_hash
    rows = await connection.fetch(query("seals.rows"), *asked, timeout=db.NIGHTLY_SECONDS)
    return {row["key"]: sealed_row(row["key"], row["content"], row["about"], secret) for row in rows}


async def sealed_rows(
    connection: asyncpg.Connection, provider_id: UUID, number: int, table: str
) -> Mapping[bytes, SealedRow]:
    """The rows of a table in a seal, by their keys."""
    rows = await connection.fetchval(query("seals.sealed_table"), provider_id, number, table)
    return {} if rows is None else {row.key: row for row in unpacked(rows)}
