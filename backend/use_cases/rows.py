"""Rows of a frame for what is worked out line by line: many times quicker than Polars makes them."""

from typing import Any

import polars as pl

from backend.domain.time import instants_in


def columns_of(frame: pl.DataFrame) -> list[list[Any]]:
    """Each column as a list. Instants are in UTC."""
    return [
        instants_in(column) if isinstance(column.dtype, pl.Datetime) else column.to_list() for column in frame
    ]


def rows_of(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Each row by the names of its columns. Instants are in UTC."""
    names = frame.columns
    return [dict(zip(names, row, strict=True)) for row in zip(*columns_of(frame), strict=True)]
