"""Rows of a query as a frame, by columns: PostgreSQL writes them as text, Polars reads it, and no row passes Python.

Of a month of a large provider that is many times quicker than rows, whose every cell becomes an object first.
"""

import asyncio
from typing import Final

import asyncpg
import polars as pl

from backend.sql import query

_BETWEEN: Final = "\x1f"
"""Stands between the texts of a list: no code, flag or digest holds it, and none is empty."""
_EPOCH: Final = 946_684_800_000_000
"""From when Polars counts microseconds to when PostgreSQL does, the year 2000."""


async def read_frame(
    connection: asyncpg.Connection, name: str, schema: pl.Schema, *parameters: object
) -> pl.DataFrame:
    """What the query called `file.name` gives, its columns taken in order to be those of the schema.

    Instants come to the microsecond; null, empty text and the empty list stay apart. Raises KeyError as `query` does.
    """
    names = [f"c{place}" for place in range(len(schema))]
    told = ", ".join(_told(column, kind) for column, kind in zip(names, schema.values(), strict=True))
    # Nothing may stand behind the query in its last line: that may be a comment.
    text = f"SELECT {told} FROM (\n{query(name)}\n) AS found ({', '.join(names)})"
    parts: list[bytes] = []

    async def keep(part: bytes) -> None:
        parts.append(part)

    await connection.copy_from_query(text, *parameters, output=keep, format="csv")
    return await asyncio.to_thread(_frame, b"".join(parts), schema)


def _told(column: str, kind: pl.DataType) -> str:
    """A column as text that is read back exactly."""
    if isinstance(kind, pl.Datetime):
        return f"timestamptz_send({column})"  # its eight bytes: a number would have to be worked out
    if isinstance(kind, pl.Date):
        return f"{column} - date '1970-01-01'"
    if isinstance(kind, pl.Boolean):
        return f"{column}::text"
    return f"array_to_string({column}, chr({ord(_BETWEEN)}))" if isinstance(kind, pl.List) else column


def _frame(text: bytes, schema: pl.Schema) -> pl.DataFrame:
    written = pl.Schema({name: _written(kind) for name, kind in schema.items()})
    rows = pl.read_csv(text, has_header=False, schema=written, raise_if_empty=False)
    return rows.select(_read(name, kind) for name, kind in schema.items())


def _written(kind: pl.DataType) -> pl.DataType:
    if isinstance(kind, pl.Date):
        return pl.Int64()
    return pl.String() if isinstance(kind, pl.List | pl.Datetime) else kind


def _read(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        since = column.str.slice(2).str.decode("hex").bin.reinterpret(dtype=pl.Int64(), endianness="big")
        return (since + _EPOCH).cast(kind)
    if isinstance(kind, pl.List):
        empty = pl.lit([], dtype=pl.List(pl.String))
        return pl.when(column == "").then(empty).otherwise(column.str.split(_BETWEEN)).alias(name)
    return column.cast(kind)
