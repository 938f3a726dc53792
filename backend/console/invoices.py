"""Invoices, for the provider that made them and the commissioner they are addressed to."""

from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.downloads import download
from backend.console.paging import key_of, with_query
from backend.console.rendering import render
from backend.use_cases.read_documents import INVOICES, read_documents, read_file
from backend.use_cases.read_invoice import read_invoice
from schemas.scalars import parse_date, parse_instant

READERS: Final = ("manager", "finance", "commissioner")


async def _invoices(ask: Ask) -> Response[Any]:
    after = key_of(ask.asked("after"), parse_date, parse_instant, UUID)
    shown, more = await read_documents(ask.viewer, INVOICES, cast(tuple[date, datetime, UUID] | None, after))
    following = with_query(ask, "after", shown[-1].key) if more else None
    return render("invoices.html", ask.user, shown=shown, more=following)


async def _invoice(ask: Ask) -> Response[Any]:
    shown = await read_invoice(ask.viewer, ask.path("document_id"))
    rules = {rule.id: rule for rule in shown.snapshot.rules}
    return render("invoice.html", ask.user, shown=shown, snapshot=shown.snapshot, rules=rules)


async def _file(ask: Ask) -> Response[Any]:
    return download(await read_file(ask.viewer, INVOICES, ask.path("document_id"), ask.path("format")))


handlers: Final[list[HTTPRouteHandler]] = [
    page("/invoices", *READERS)(_invoices),
    page("/invoices/{document_id:uuid}", *READERS)(_invoice),
    page("/invoices/{document_id:uuid}/files/{format:str}", *READERS)(_file),
]
