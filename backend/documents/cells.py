"""Cells of spreadsheets: text that a spreadsheet would run as a formula is made harmless, numbers stay numbers."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from backend.domain.time import LONDON
from schemas.day import Actual, Span

Cell = str | int | Decimal | date | datetime | bool | None

_STARTS_FORMULA: Final = frozenset(
    "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}"
)


def guarded(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet could take it for a formula.

    Such text starts with = + - @ (also after blanks, also in full width), a tab or a line break (OWASP, CSV injection).
    """
    runs = text[:1] in ("\t", "\r", "\n") or (text.lstrip()[:1] in _STARTS_FORMULA and text.strip() != "")
    return f"'{text}" if runs else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file (RFC 4180, UTF-8). Instants are London times with their offset; nothing is an empty cell."""
    return csv_lines([header]) + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows of such a file."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def edges(span: Span | Actual | None) -> tuple[datetime | None, datetime | None]:
    """The two cells of a span: its start and end, empty where not known."""
    return (span.start, span.end) if span else (None, None)


def _written(cell: Cell) -> str:
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(LONDON).isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)
