"""The page that answers a question in public: what the record shows about pay, without anybody in it."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, page
from backend.console.downloads import download
from backend.console.months import months_asked, this_month
from backend.console.rendering import render
from backend.documents.public_answer import public_file, public_rows, reports_in_words
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.frozen_documents import File
from backend.use_cases.read_public_answer import read_public_answer
from schemas.public_answer import PublicAnswer

READERS: Final = ("commissioner", "auditor")


async def _answer(ask: Ask) -> Response[Any]:
    problem = None
    found: list[PublicAnswer] = []
    first = last = this_month()
    try:
        first, last = months_asked(ask)
        found = await read_public_answer(ask.viewer, first, last)
    except DomainError as error:
        problem = ("from", error.detail)
    return render(
        "public-answer.html",
        ask.user,
        status=200 if problem is None else STATUS["bad_request"],
        found=[(one, public_rows(one), reports_in_words(one)) for one in found],
        first=first,
        last=last,
        now=clock.now(),
        problem=problem,
    )


async def _file(ask: Ask) -> Response[Any]:
    first, last = months_asked(ask)
    content = public_file(await read_public_answer(ask.viewer, first, last))
    return download(File("csv", "text/csv", f"pay_record_{first:%Y-%m}_{last:%Y-%m}.csv", content))


handlers: Final[list[HTTPRouteHandler]] = [
    page("/pay-record", *READERS)(_answer),
    page("/pay-record/csv", *READERS)(_file),
]
