"""Facts in versions: what is new or said otherwise is appended in bulk, what stands already is left alone."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg
import msgspec

from backend.sql import as_columns

Columns = tuple[tuple[str, str], ...]
PIECE: Final = 2_000
"""Rows that are compared and sent at once: between two pieces whoever else waits, such as a phone, is answered."""
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Versioned:
    """A table of versions: the columns that name a thing and those that say something about it, with SQL types.

    `beside`: columns stored with a version that do not make it a different one, such as who recorded it.
    """

    table: str
    key: Columns
    content: Columns
    beside: Columns = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """What a load says of one thing: values in the order of the table's columns."""

    key: tuple[Any, ...]
    content: tuple[Any, ...]
    beside: tuple[Any, ...] = ()


@dataclass(slots=True)
class Counts:
    """Rows that were new, said something else than the newest version, or said the same.

    `touched` are the places, among the facts of one append, of those that were not the same.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    touched: set[int] = field(default_factory=set)

    def add(self, other: "Counts") -> None:
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged


async def append(
    connection: asyncpg.Connection, table: Versioned, facts: Sequence[Fact], now: datetime
) -> Counts:
    """Append a version of each fact that differs from the newest one held. Keys must not repeat in `facts`.

    Runs in the caller's transaction, which must hold the provider's loading lock so that versions do not collide.
    """
    counts = Counts()
    for first in range(0, len(facts), PIECE):
        piece = facts[first : first + PIECE]
        held = await _newest(connection, table, piece)
        await _insert(connection, table, _news(piece, held, now, first, counts))
    return counts


def _news(
    piece: Sequence[Fact], held: Mapping[int, tuple[int, bytes]], now: datetime, first: int, counts: Counts
) -> list[tuple[Any, ...]]:
    """The versions to append, counted; the piece's first fact has the number `first` among all."""
    rows = []
    for number, fact in enumerate(piece):
        version, digest = held.get(number, (0, None))
        said = digest_of(fact.content)
        if said == digest:
            counts.unchanged += 1
            continue
        counts.changed += version > 0
        counts.new += version == 0
        counts.touched.add(first + number)
        rows.append((*fact.key, version + 1, *fact.content, *fact.beside, said, now))
    return rows


def digest_of(content: Sequence[Any]) -> bytes:
    """SHA-256 over the values; numbers that are equal count as the same (12.5 and 12.50)."""
    plain = [value.normalize() if isinstance(value, Decimal) else value for value in content]
    return hashlib.sha256(_encode(plain)).digest()


async def _newest(
    connection: asyncpg.Connection, table: Versioned, facts: Sequence[Fact]
) -> dict[int, tuple[int, bytes]]:
    """Version and digest held for each fact, by its index; a fact never held is absent."""
    names = [name for name, _ in table.key]
    arrays = ", ".join(f"${index}::{kind}[]" for index, (_, kind) in enumerate(table.key, start=1))
    records = await connection.fetch(
        f"SELECT DISTINCT ON (k.number) k.number, v.version, v.digest"
        f" FROM unnest({arrays}) WITH ORDINALITY AS k({', '.join(names)}, number)"
        f" JOIN {table.table} v USING ({', '.join(names)}) ORDER BY k.number, v.version DESC",
        *as_columns([fact.key for fact in facts], len(names)),
    )
    return {record["number"] - 1: (record["version"], record["digest"]) for record in records}


async def _insert(connection: asyncpg.Connection, table: Versioned, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    columns = (
        *table.key,
        ("version", "integer"),
        *table.content,
        *table.beside,
        ("digest", "bytea"),
        ("recorded_at", "timestamptz"),
    )
    arrays = ", ".join(f"${index}::{kind}[]" for index, (_, kind) in enumerate(columns, start=1))
    await connection.execute(
        f"INSERT INTO {table.table} ({', '.join(name for name, _ in columns)}) SELECT * FROM unnest({arrays})",
        *as_columns(rows, len(columns)),
    )


async def ensure(
    connection: asyncpg.Connection, table: str, columns: Columns, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert the rows that are not there yet, by id: the bare things that versions speak of."""
    names = [name for name, _ in columns]
    arrays = ", ".join(f"${index}::{kind}[]" for index, (_, kind) in enumerate(columns, start=1))
    same = " AND ".join(f"held.{name} = given.{name}" for name in names if name in ("provider_id", "id"))
    once = list(dict.fromkeys(rows))
    for first in range(0, len(once), PIECE):
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(names)})"
            f" SELECT given.* FROM unnest({arrays}) AS given ({', '.join(names)})"
            f" WHERE NOT EXISTS (SELECT FROM {table} held WHERE {same}) ON CONFLICT DO NOTHING",
            *as_columns(once[first : first + PIECE], len(columns)),
        )
