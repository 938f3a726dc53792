"""Any table of any page as a file: the same rows that the page shows, of all pages of a list, and nothing else.

The page itself is asked for, one page of the list after the other, and its table read. So whatever a role may not see,
or sees under another name, or is noted for looking at, is the same in the file.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from litestar import Response
from litestar.response import Stream

from backend.console.rendering import HEADERS
from backend.documents.cells import Cell, csv_lines
from backend.documents.words import MINUS
from backend.faults import DomainError

if TYPE_CHECKING:
    from backend.console.asking import Ask, View

_UNSAID: Final = frozenset({"form", "select", "script", "svg"})
"""What a reader acts on or looks at, and no file holds."""
_VOID: Final = frozenset({"br", "img", "input", "hr", "meta", "link", "wbr"})
_MONEY: Final = re.compile(rf"({MINUS}?)£([\d,]+\.\d\d)")
_NUMBER: Final = re.compile(rf"({MINUS}?)(\d{{1,3}}(?:,\d{{3}})*|\d+)(\.\d+)?")
_DAY: Final = re.compile(r"[A-Z][a-z]{2} (\d{1,2} [A-Z][a-z]{2} \d{4})")
_MOMENT: Final = re.compile(rf"{_DAY.pattern}, (\d\d:\d\d(?::\d\d)?) (GMT|BST)")
_AHEAD: Final = {"GMT": "+0000", "BST": "+0100"}


def wants_file(ask: "Ask") -> bool:
    """Whether the address asks for one of its tables as a file."""
    return ask.asked("format") == "csv"


async def table_file(ask: "Ask", view: "View") -> Response[Any]:
    """The table of the number asked for, of this page and of all that follow, as a CSV file sent page by page.

    Where the page is refused, the refusal is answered. Raises DomainError not_found for a table that is not there.
    """
    response, table, following = await _shown(ask, view)
    if table is None:
        return response
    name = (ask.request.scope["path"].strip("/").replace("/", "_") or "table")[:80]
    return Stream(
        _lines(ask, view, table, following),
        media_type="text/csv",
        headers={**HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv"},
    )


async def _shown(ask: "Ask", view: "View") -> tuple[Response[Any], "_Table | None", str | None]:
    """The page, the table of it, and the address of the page that follows. No table of a page that was refused."""
    response = await view(ask)
    if response.media_type != "text/html" or (response.status_code or 200) >= 400:
        return response, None, None
    reader = PageReader()
    reader.feed(response.content.decode())
    return response, _numbered(reader.tables, ask.asked("table") or "1"), reader.following


def _numbered(tables: Sequence["_Table"], number: str) -> "_Table":
    """The table of a number, from 1 on. Raises DomainError not_found."""
    known = number.isascii() and number.isdigit() and len(number) < 6 and 1 <= int(number) <= len(tables)
    if not known or tables[int(number) - 1].closed:
        raise DomainError("not_found", "There is no such table on this page to be had as a file.")
    return tables[int(number) - 1]


async def _lines(ask: "Ask", view: "View", table: "_Table", following: str | None) -> AsyncIterator[bytes]:
    yield csv_lines(table.rows)
    while following is not None:
        asked = dict(parse_qsl(urlsplit(following).query))
        _, table_, following = await _shown(replace(ask, query={**(ask.query or {}), **asked}), view)
        if table_ is None:  # a transfer that breaks is noticed; a file that just ends early would not be
            raise LookupError("a later page of the list was refused while its file was being sent")
        yield csv_lines(table_.rows[table_.headings :])


class _Table:
    """Rows of cells, the first `headings` of them headings. `besides`: the names of columns for what stands in small
    letters in a cell, by the place of its column. A `closed` one is for the page alone.
    """

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.closed = False
        self.headings = 0
        self.besides: dict[int, str] = {}


class PageReader(HTMLParser):
    """Reads the tables of a page, in their order, and where its list goes on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.following: str | None = None
        self._path: list[tuple[str, str]] = []
        self._scroll: int | None = None
        self._closed = False
        self._row: list[tuple[str, str, bool, str]] = []
        self._kept: dict[int, tuple[int, tuple[str, str, bool, str]]] = {}
        self._cell: tuple[bool, str, int] | None = None
        self._depth = 0
        self._text: list[str] = []
        self._quiet: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        classes = given.get("class", "")
        if tag == "a" and given.get("rel") == "next":
            self.following = given["href"]
        if tag in _VOID:
            self._say("\n" if tag == "br" else "")
            return
        self._path.append((tag, classes))
        if tag == "div" and "ds-scroll" in classes.split():
            self._scroll, self._closed = len(self._path), "ds-no-file" in classes
        elif self._scroll is not None:
            self._open(tag, classes, given)

    def _open(self, tag: str, classes: str, given: dict[str, str]) -> None:
        if tag == "table":
            self.tables.append(_Table())
            self.tables[-1].closed = self._closed
            self._kept = {}
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th") and self.tables:
            self._cell = (
                "ds-number" in classes.split(),
                given.get("data-besides", ""),
                int(given.get("rowspan") or 1),
            )
            self._text, self._quiet, self._depth = [], [], len(self._path)

    def handle_endtag(self, tag: str) -> None:
        if self._scroll is not None:
            self._close(tag)
        while self._path and tag in {opened for opened, _ in self._path}:
            if self._path.pop()[0] == tag:
                break
        if self._scroll is not None and len(self._path) < self._scroll:
            self._scroll = None

    def _close(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            number, besides, rows = self._cell
            cell = (_joined(self._text), _joined(self._quiet), number, besides)
            self._fill()
            if rows > 1:
                self._kept[len(self._row)] = (rows - 1, cell)
            self._row.append(cell)
            self._cell = None
        elif tag == "tr" and self.tables and self._row:
            self._fill()
            self._end_row()

    def _fill(self) -> None:
        """Cells that reach down from rows above."""
        while (place := len(self._row)) in self._kept and self._kept[place][0] > 0:
            rows, cell = self._kept[place]
            self._kept[place] = (rows - 1, cell)
            self._row.append(cell)

    def _end_row(self) -> None:
        table = self.tables[-1]
        if any(tag == "thead" for tag, _ in self._path):
            table.headings += 1
            table.besides.update({place: cell[3] for place, cell in enumerate(self._row) if cell[3]})
            table.rows.append(_heading(self._row))
        else:
            table.rows.append(_row(self._row, table.besides))
        self._row = []

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, text: str) -> None:
        within = self._path[self._depth :]
        unsaid = any(tag in _UNSAID or "govuk-visually-hidden" in seen for tag, seen in within)
        if self._cell is None or unsaid:
            return
        small = any("ds-quiet" in seen.split() for _, seen in within)
        (self._quiet if small else self._text).append(text if text == "\n" else re.sub(r"\s+", " ", text))


def _heading(cells: Sequence[tuple[str, str, bool, str]]) -> list[Cell]:
    found: list[Cell] = []
    for text, _, _, besides in cells:
        found += [text, besides] if besides else [text]
    return found


def _row(cells: Sequence[tuple[str, str, bool, str]], besides: dict[int, str]) -> list[Cell]:
    """The cells, each with what stands in small letters beside it in a column of its own where the table has one."""
    found: list[Cell] = []
    for place, (text, quiet, number, _) in enumerate(cells):
        if place in besides:
            found += [cell_of(text, number), cell_of(quiet, number)]
        else:
            found.append(cell_of("; ".join(part for part in (text, quiet) if part), number))
    return found


def _joined(parts: Sequence[str]) -> str:
    lines = ("".join(parts)).split("\n")
    return "; ".join(line.strip() for line in lines if line.strip())


def cell_of(text: str, number: bool) -> Cell:
    """What the text of a cell says: pounds, a day, a moment, in a column of numbers a number; else the text."""
    if text in ("–", ""):
        return None
    if found := _MONEY.fullmatch(text):
        return _signed(found[1], found[2])
    if (moment := _moment_of(text)) is not None:
        return moment
    if number and (found := _NUMBER.fullmatch(text)):
        return _signed(found[1], f"{found[2]}{found[3] or ''}")
    return text


def _moment_of(text: str) -> datetime | date | None:
    """The moment or the day that a text is; None for any other, a date that somebody typed wrongly among them."""
    try:
        if found := _MOMENT.fullmatch(text):
            clock = found[2] if len(found[2]) > 5 else f"{found[2]}:00"
            return datetime.strptime(f"{found[1]} {clock} {_AHEAD[found[3]]}", "%d %b %Y %H:%M:%S %z")
        if found := _DAY.fullmatch(text):
            return datetime.strptime(f"{found[1]} +0000", "%d %b %Y %z").date()
    except ValueError:
        pass
    return None


def _signed(minus: str, digits: str) -> Decimal:
    value = Decimal(digits.replace(",", ""))
    return -value if minus else value
