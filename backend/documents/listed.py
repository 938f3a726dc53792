"""How many rows a table on paper has at most, and what is said of those that are left to the other files."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from backend.domain.counted import counted

LISTED: Final = 2_000
"""Rows of one table on paper: some 120 pages of an invoice's lines. The files beside a PDF hold every row."""
T = TypeVar("T")


def listed(rows: list[T]) -> list[T]:
    """The rows that paper shows: the first 2,000."""
    return rows[:LISTED]


def unlisted(rows: Sequence[Any]) -> str:
    """What a reader must know of rows that paper does not show; empty if it shows them all."""
    left = len(rows) - LISTED
    return "" if left <= 0 else f"{counted(left, 'more row')}, in the other files of this document."
