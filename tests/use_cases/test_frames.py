"""A frame read column by column holds what rows would, whatever stands in them."""

import json
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import polars as pl
import pytest

from backend.use_cases import frames
from tests.conftest import Database

SCHEMA = pl.Schema(
    {
        "text": pl.String(),
        "flag": pl.Boolean(),
        "number": pl.Int64(),
        "share": pl.Float64(),
        "at": pl.Datetime("us", "UTC"),
        "day": pl.Date(),
        "names": pl.List(pl.String()),
    }
)
ROWS: list[tuple[Any, ...]] = [
    ("plain", True, 1, 0.1, datetime(2026, 10, 25, 0, 30, 0, 1, UTC), date(2026, 10, 25), ["one", "two"]),
    ("", False, -(2**53), -1e-300, datetime(1969, 12, 31, 23, 59, 59, 999999, UTC), date(1969, 12, 31), []),
    ('a "quote", a\nline and 20 €', None, None, 53.123456789012345, None, None, ["ü"]),
    (None, None, 0, None, datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2028, 2, 29), None),
    ("NULL \\N $1", True, 2**53, 1e17, None, date(2026, 1, 1), ['"', "a,b", "c\nd"]),
]
QUERY = (
    "SELECT (t.j->>0)::text, (t.j->>1)::boolean, (t.j->>2)::bigint, (t.j->>3)::float8, t.at, t.day, "
    "CASE jsonb_typeof(t.j->4) WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(t.j->4)) END "
    "FROM unnest($1::jsonb[], $2::timestamptz[], $3::date[]) WITH ORDINALITY AS t (j, at, day, place) "
    "ORDER BY t.place -- whatever stands here"
)


async def test_every_kind_of_cell_comes_as_it_is(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "query", lambda name: QUERY)
    cells = [json.dumps([row[0], row[1], row[2], row[3], row[6]]) for row in ROWS]
    connection = await asyncpg.connect(str(database.settings.database_url))
    asked = (cells, [row[4] for row in ROWS], [row[5] for row in ROWS])
    found = await frames.read_frame(connection, "any.query", SCHEMA, *asked)
    nothing = await frames.read_frame(connection, "any.query", SCHEMA, [], [], [])
    await connection.close()
    assert found.rows() == ROWS and found.schema == SCHEMA
    assert nothing.is_empty() and nothing.schema == SCHEMA
