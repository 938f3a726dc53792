"""What keeps records from being rewritten unseen: a commissioner's digests, and what each nightly check found."""

from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.downloads import download
from backend.console.paging import with_query
from backend.console.rendering import render
from backend.faults import DomainError
from backend.use_cases.check_records import read_checks
from backend.use_cases.make_digest import digest_file, read_digests
from schemas.scalars import parse_date

KEEPERS: Final = ("commissioner", "auditor")


async def _digests(ask: Ask) -> Response[Any]:
    before = ask.asked("before")
    digests, more = await read_digests(ask.organisation, None if before is None else _day(before))
    further = with_query(ask, "before", digests[-1]["day"].isoformat()) if more else None
    return render("digests.html", ask.user, digests=digests, more=further)


async def _digest(ask: Ask) -> Response[Any]:
    return download(await digest_file(ask.organisation, _day(ask.path("day"))))


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise DomainError("not_found", f"There is no digest of {text[:20]}: it {error}.") from error


async def _checks(ask: Ask) -> Response[Any]:
    return render("record-checks.html", ask.user, checks=await read_checks(ask.organisation))


handlers: Final[list[HTTPRouteHandler]] = [
    page("/digests", *KEEPERS)(_digests),
    page("/digests/{day:str}", *KEEPERS)(_digest),
    page("/record-checks", "manager")(_checks),
]
