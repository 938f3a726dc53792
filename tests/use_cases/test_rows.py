"""Rows of frames as dictionaries: the same as Polars' own, in less time."""

from datetime import UTC, date, datetime

import polars as pl

from backend.use_cases.rows import rows_of

SCHEMA = pl.Schema(
    {
        "name": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "day": pl.Date(),
        "flags": pl.List(pl.String()),
        "metres": pl.Float64(),
        "pence": pl.Int64(),
        "open": pl.Boolean(),
    }
)


def test_rows_are_those_that_polars_gives() -> None:
    at = datetime(2026, 11, 2, 9, 0, 0, 123_456, tzinfo=UTC)
    frame = pl.DataFrame(
        [
            ("a", at, date(2026, 11, 2), ["late", "short"], 1.5, 3, True),
            (None, None, None, None, None, None, None),
            ("", at.replace(year=1969), date(1969, 12, 31), [], -0.0, -1, False),
        ],
        SCHEMA,
        orient="row",
    )
    assert rows_of(frame) == frame.to_dicts()


def test_a_frame_without_rows_has_none() -> None:
    assert rows_of(pl.DataFrame(schema=SCHEMA)) == []
