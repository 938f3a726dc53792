"""Lists as files: the rows that a page shows, of the whole of what it was narrowed down to, as one CSV file."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

from litestar import Response
from litestar.response import Stream

from backend.console.asking import Ask
from backend.console.paging import with_query
from backend.console.rendering import HEADERS
from backend.documents.cells import Cell, csv_lines

FORMAT: Final = "csv"

Column = tuple[str, Callable[[Any], Cell]]
"""The heading of a column, and what a row says in it."""
Pages = AsyncIterator[Sequence[Any]]
Read = Callable[[Any], Awaitable[tuple[Sequence[Any], bool]]]
"""A page of rows behind a key (None: the first), and whether more follow."""


def wants_file(ask: Ask) -> bool:
    """Whether the address asks for the list as a file."""
    return ask.asked("format") == FORMAT


def file_address(ask: Ask, path: str | None = None) -> str:
    """The address of the same list, or of the one at `path`, as a file, whole: its filter, and no page of it."""
    return with_query(ask, "format", FORMAT, ("after",), path)


async def every_page(read: Read, key: Callable[[Any], Any]) -> Pages:
    """All pages of a list, one after the other; `key` says where the page behind a row begins."""
    after, more = None, True
    while more:
        rows, more = await read(after)
        if not rows:
            return
        yield rows
        after = key(rows[-1])


async def at_once(rows: Sequence[Any]) -> Pages:
    """A list that has one page."""
    yield rows


async def as_file(name: str, columns: Sequence[Column], pages: Pages) -> Response[Any]:
    """The rows as a CSV file, sent page by page; what a spreadsheet would run as a formula is made harmless.

    The first page is read before anything is sent, so that a refusal is still a page.
    """
    first = await anext(pages, ())
    disposition = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return Stream(
        _lines(columns, first, pages),
        media_type="text/csv",
        headers={**HEADERS, "Content-Disposition": disposition},
    )


async def _lines(columns: Sequence[Column], first: Sequence[Any], pages: Pages) -> AsyncIterator[bytes]:
    yield csv_lines([[heading for heading, _ in columns]]) + _rows(columns, first)
    async for rows in pages:
        yield _rows(columns, rows)


def _rows(columns: Sequence[Column], rows: Sequence[Any]) -> bytes:
    return csv_lines([cell(row) for _, cell in columns] for row in rows)
