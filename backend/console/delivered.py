"""Care that was commissioned beside care that was delivered, by person and week, on a page and as a file."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, page
from backend.console.downloads import download
from backend.console.rendering import render
from backend.documents.delivered import delivered_file
from backend.domain.delivered import monday_of
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.frozen_documents import File
from backend.use_cases.read_delivered import read_delivered
from schemas.scalars import parse_date

READERS: Final = ("manager", "finance", "commissioner")


async def _delivered(ask: Ask) -> Response[Any]:
    problem, found = None, None
    first, last = _usual()
    try:
        first, last = _asked(ask)
        found = await read_delivered(ask.viewer, first, last)
    except DomainError as error:
        problem = ("from", error.detail)
    return render(
        "delivered.html",
        ask.user,
        status=200 if problem is None else STATUS["bad_request"],
        found=found,
        first=first,
        last=last,
        query=urlencode({"from": first, "until": last}),
        problem=problem,
    )


async def _file(ask: Ask) -> Response[Any]:
    first, last = _asked(ask)
    content = delivered_file(await read_delivered(ask.viewer, first, last))
    return download(File("csv", "text/csv", f"delivered_{first}_{last}.csv", content))


def _usual() -> tuple[date, date]:
    """The four whole weeks before this one."""
    monday = monday_of(london_date(clock.now()))
    return monday - timedelta(days=28), monday - timedelta(days=1)


def _asked(ask: Ask) -> tuple[date, date]:
    """The dates of the query. Raises DomainError bad_request."""
    first, last = (
        (ask.asked(name) or usual.isoformat())
        for name, usual in zip(("from", "until"), _usual(), strict=True)
    )
    try:
        return parse_date(first), parse_date(last)
    except ValueError as error:
        raise DomainError("bad_request", f"The date {error}.") from error


handlers: Final[list[HTTPRouteHandler]] = [
    page("/delivered", *READERS)(_delivered),
    page("/delivered/csv", *READERS)(_file),
]
