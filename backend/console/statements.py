"""A person's statement, on a page and as a large-print PDF, for the provider and whoever commissions the care."""

import asyncio
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.downloads import download
from backend.console.rendering import redirect, render
from backend.documents.statement import file_name, statement_page, statement_pdf
from backend.domain.delivered import monday_of
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.tables.ids import organisation_id
from backend.use_cases.frozen_documents import File
from backend.use_cases.person_statement import read_statement
from backend.use_cases.raise_dispute import dispute_visit
from schemas.scalars import parse_date
from schemas.statements import PersonStatement

READERS: Final = ("manager", "finance", "commissioner")


async def _statement(ask: Ask) -> Response[Any]:
    made = await _made(ask)
    return shown(
        ask, made, "/statement", {"provider": made.provider.reference, "person": made.person.reference}
    )


async def _pdf(ask: Ask) -> Response[Any]:
    return await as_pdf(await _made(ask))


async def _made(ask: Ask) -> PersonStatement:
    first, last = asked_days(ask)
    return await read_statement(
        ask.viewer, ask.asked("provider") or "", ask.asked("person") or "", first, last
    )


def shown(ask: Ask, made: PersonStatement, address: str, about: dict[str, str]) -> Response[Any]:
    """The page of a statement; `address` and `about` say where other days and the PDF of it are."""
    days = {"from": made.period.start.isoformat(), "until": made.period.end.isoformat()}
    return render(
        "statement.html",
        ask.user,
        page=statement_page(made),
        period=made.period,
        address=address,
        about=about,
        query=urlencode({**about, **days}),
    )


async def as_pdf(made: PersonStatement) -> Response[Any]:
    """The PDF of a statement, to keep or print."""
    content = await asyncio.to_thread(statement_pdf, made)
    return download(File("pdf", "application/pdf", f"{file_name(made)}.pdf", content))


async def _wrong(ask: Ask) -> Response[Any]:
    """A visit that no document bills yet is disputed for the person who rang, or by whoever commissions it."""
    try:
        visit = UUID(ask.form.get("visit", ""))
    except ValueError as error:
        raise DomainError("bad_request", "Say it at the visit that you mean, in the statement.") from error
    named = ask.form.get("provider", "")
    provider_id = ask.organisation if ask.viewer.provider else organisation_id(named)
    dispute = await dispute_visit(ask.viewer, provider_id, visit, ask.form.get("words", ""))
    return redirect(f"/disputes/{dispute}?done=raised")


def asked_days(ask: Ask) -> tuple[date, date]:
    """The dates of the query, by default the four whole weeks before this one. Raises DomainError bad_request."""
    monday = monday_of(london_date(clock.now()))
    usual = {"from": monday - timedelta(days=28), "until": monday - timedelta(days=1)}
    try:
        first, last = (parse_date(ask.asked(name) or day.isoformat()) for name, day in usual.items())
    except ValueError as error:
        raise DomainError("bad_request", f"The date {error}.") from error
    return first, last


handlers: Final[list[HTTPRouteHandler]] = [
    page("/statement", *READERS)(_statement),
    page("/statement/pdf", *READERS)(_pdf),
    action("/statement/wrong", *READERS)(_wrong),
]
