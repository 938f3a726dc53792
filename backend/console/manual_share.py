"""How much of recorded time rests on people's word, on a page and as a file."""

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, page
from backend.console.downloads import download
from backend.console.rendering import render
from backend.documents.manual_share import manual_share_file
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.frozen_documents import File
from backend.use_cases.read_manual_share import read_manual_share
from schemas.scalars import parse_date

READERS: Final = ("manager", "finance")


async def _share(ask: Ask) -> Response[Any]:
    problem, share = None, None
    first, last = _usual()
    try:
        first, last = _asked(ask)
        share = await read_manual_share(ask.organisation, first, last)
    except DomainError as error:
        problem = ("from", error.detail)
    return render(
        "manual-share.html",
        ask.user,
        status=200 if problem is None else STATUS["bad_request"],
        share=share,
        first=first,
        last=last,
        query=urlencode({"from": first, "until": last}),
        problem=problem,
    )


async def _file(ask: Ask) -> Response[Any]:
    first, last = _asked(ask)
    name, content = manual_share_file(await read_manual_share(ask.organisation, first, last))
    return download(File("csv", "text/csv", name, content))


def _usual() -> tuple[date, date]:
    """The four weeks up to yesterday."""
    today = london_date(clock.now())
    return today - timedelta(days=28), today - timedelta(days=1)


def _asked(ask: Ask) -> tuple[date, date]:
    """The dates of the query. Raises DomainError bad_request."""
    first, last = _usual()
    try:
        return (
            parse_date(ask.asked("from") or first.isoformat()),
            parse_date(ask.asked("until") or last.isoformat()),
        )
    except ValueError as error:
        raise DomainError("bad_request", f"The date {error}.") from error


handlers: Final[list[HTTPRouteHandler]] = [
    page("/manual-share", *READERS)(_share),
    page("/manual-share/csv", *READERS)(_file),
]
