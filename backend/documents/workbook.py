"""Spreadsheets from tables: the same tables always give the same bytes, and no cell is a formula."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from backend.documents.cells import Cell, guarded
from backend.domain.time import LONDON

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""
Rows = Iterable[Sequence[Cell]]
Sheet = tuple[str, Sequence[str], Rows]
"""A sheet's name, its headings and its rows. Under a heading with a pound sign numbers are money."""

_FORMATS: Final = {
    "text": {"text_wrap": True, "valign": "top"},
    "heading": {"bold": True, "bg_color": "#EEF1F5", "text_wrap": True, "valign": "top"},
    "money": {"num_format": "#,##0.00", "valign": "top"},
    "number": {"valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "valign": "top"},
    "instant": {"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"},
}


def workbook(title: str, created: datetime, sheets: Iterable[Sheet]) -> bytes:
    """The sheets as XLSX. `created` is the instant the file states as its own. Times are London times."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": title, "created": created.astimezone(UTC).replace(tzinfo=None)})
    formats = {name: book.add_format(properties) for name, properties in _FORMATS.items()}
    for name, header, rows in sheets:
        _write(book, formats, name, header, rows)
    book.close()
    return buffer.getvalue()


def _write(book: Workbook, formats: dict[str, Format], name: str, header: Sequence[str], rows: Rows) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(header) - 1, 16)
    for column, title in enumerate(header):
        sheet.write_string(0, column, title, formats["heading"])
    for index, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _cell(sheet, index, column, cell, formats, "money" if "£" in header[column] else "number")


def _cell(
    sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[str, Format], as_number: str
) -> None:
    """Write one cell by its type. Text is always written as text, and guarded for whoever saves it as CSV."""
    if isinstance(cell, bool):
        sheet.write_string(row, column, "yes" if cell else "no", formats["text"])
    elif isinstance(cell, int | Decimal):
        sheet.write_number(row, column, cell, formats[as_number])
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.astimezone(LONDON).replace(tzinfo=None), formats["instant"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["date"])
    elif cell is not None:
        sheet.write_string(row, column, guarded(cell), formats["text"])
