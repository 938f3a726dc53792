"""Spreadsheets from tables: the same tables always give the same bytes, and no cell is a formula.

A workbook is a ZIP file of XML parts (Office Open XML, ECMA-376), here the fewest that one has, written as text:
docs/decisions/0012-workbooks-and-e-invoices-are-written-as-text.md says why.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import product
from string import ascii_uppercase
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from backend.documents import workbook_parts as parts
from backend.documents.cells import Cell, guarded
from backend.documents.xml_text import escaped
from backend.domain.time import LONDON

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""
Rows = Iterable[Sequence[Cell]]
Sheet = tuple[str, Sequence[str], Rows]
"""A sheet's name, its headings and its rows. Under a heading with a pound sign numbers are money."""

_FIRST_DAY: Final = date(1899, 12, 30).toordinal()
"""Day nought of a spreadsheet's dates, for every day since March 1900."""
_DAY: Final = 86400
_LONGEST: Final = 32_767
"""The characters that a cell can hold."""
_CODE: Final = re.compile("_x(?=[0-9A-Fa-f]{4}_)")
_COLUMNS: Final = [*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2))]


def workbook(title: str, created: datetime, sheets: Iterable[Sheet]) -> bytes:
    """The sheets as XLSX. `created` is the instant the file states as its own. Times are London times."""
    written = [(name, _sheet(header, rows)) for name, header, rows in sheets]
    stated = f"{created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    files = parts.of_workbook(title, stated, [name for name, _ in written])
    for number, (_, content) in enumerate(written, start=1):
        files[parts.sheet_path(number)] = content
    return _zipped(files)


def _zipped(files: dict[str, str]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for path, content in files.items():  # a ZipInfo made so states no time of the day's own
            archive.writestr(ZipInfo(path), content.encode(), ZIP_DEFLATED)
    return buffer.getvalue()


def _sheet(header: Sequence[str], rows: Rows) -> str:
    heading = "".join(
        _text(f"{column}1", title, parts.HEADING) for column, title in zip(_COLUMNS, header, strict=False)
    )
    numbers = [parts.MONEY if "£" in title else parts.NUMBER for title in header]
    below = (_row(number, row, numbers) for number, row in enumerate(rows, start=2))
    return parts.sheet(len(header), f'<row r="1">{heading}</row>{"".join(below)}')


def _row(number: int, row: Sequence[Cell], numbers: Sequence[int]) -> str:
    return f'<row r="{number}">{"".join(_cells(str(number), row, numbers))}</row>'


def _cells(number: str, row: Sequence[Cell], numbers: Sequence[int]) -> Iterator[str]:
    """Each cell by its type. Text is always written as text, and guarded for whoever saves it as CSV."""
    for column, cell, as_number in zip(_COLUMNS, row, numbers, strict=False):
        if cell is None:
            continue
        place = column + number
        if isinstance(cell, str):
            yield _text(place, guarded(cell), parts.TEXT)
        elif isinstance(cell, bool):
            yield _text(place, "yes" if cell else "no", parts.TEXT)
        elif isinstance(cell, datetime):
            yield _number(place, _moment(cell.astimezone(LONDON)), parts.INSTANT)
        elif isinstance(cell, date):
            yield _number(place, cell.toordinal() - _FIRST_DAY, parts.DATE)
        else:
            yield _number(place, f"{cell:f}" if isinstance(cell, Decimal) else cell, as_number)


def _text(place: str, text: str, style: int) -> str:
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    if "_x" in shown:  # else _x0041_ would be read as the letter A
        shown = _CODE.sub(r"_x005F\g<0>", shown)
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped(shown)}</t></is></c>'
    )


def _number(place: str, value: float | str, style: int) -> str:
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def _moment(local: datetime) -> float:
    """Days since day nought, with the time of day as their fraction."""
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return local.toordinal() - _FIRST_DAY + seconds / _DAY
