"""Invoices, for the provider that made them and the commissioner they are addressed to."""

from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.downloads import download
from backend.console.paging import key_of, with_query
from backend.console.rendering import redirect, render
from backend.use_cases.make_delivery_files import make_delivery_file
from backend.use_cases.make_peppol_files import make_peppol_file
from backend.use_cases.read_documents import INVOICES, read_delivery_file, read_documents, read_file
from backend.use_cases.read_invoice import read_invoice
from schemas.scalars import parse_date, parse_instant

READERS: Final = ("manager", "finance", "commissioner")
MAKERS: Final = ("manager", "finance")
_SAID: Final = {
    "peppol": "The e-invoice is made. It comes out the same whenever it is asked for.",
    "delivery": "The service delivery file is written. It keeps its reference whenever it is asked for.",
}
_LARGEST: Final = 2**31 - 1


async def _invoices(ask: Ask) -> Response[Any]:
    after = key_of(ask.asked("after"), parse_date, parse_instant, UUID)
    shown, more = await read_documents(ask.viewer, INVOICES, cast(tuple[date, datetime, UUID] | None, after))
    following = with_query(ask, "after", shown[-1].key) if more else None
    return render("invoices.html", ask.user, shown=shown, more=following)


async def _invoice(ask: Ask) -> Response[Any]:
    shown = await read_invoice(ask.viewer, ask.path("document_id"))
    rules = {rule.id: rule for rule in shown.snapshot.rules}
    said = _SAID.get(ask.asked("done") or "")
    return render("invoice.html", ask.user, shown=shown, snapshot=shown.snapshot, rules=rules, said=said)


async def _file(ask: Ask) -> Response[Any]:
    return download(await read_file(ask.viewer, INVOICES, ask.path("document_id"), ask.path("format")))


async def _peppol(ask: Ask) -> Response[Any]:
    document_id = ask.path("document_id")
    made = await make_peppol_file(ask.organisation, document_id)
    return redirect(f"/invoices/{document_id}{'?done=peppol' if made.file else ''}")


async def _delivery(ask: Ask) -> Response[Any]:
    document_id = ask.path("document_id")
    await make_delivery_file(ask.organisation, document_id, ask.form.get("template", ""))
    return redirect(f"/invoices/{document_id}?done=delivery")


async def _delivery_file(ask: Ask) -> Response[Any]:
    number = max(0, min(ask.path("number"), _LARGEST))
    return download(await read_delivery_file(ask.viewer, ask.path("document_id"), number))


handlers: Final[list[HTTPRouteHandler]] = [
    page("/invoices", *READERS)(_invoices),
    page("/invoices/{document_id:uuid}", *READERS)(_invoice),
    page("/invoices/{document_id:uuid}/files/{format:str}", *READERS)(_file),
    action("/invoices/{document_id:uuid}/peppol", *MAKERS)(_peppol),
    action("/invoices/{document_id:uuid}/delivery", *MAKERS)(_delivery),
    page("/invoices/{document_id:uuid}/delivery/{number:int}", *READERS)(_delivery_file),
]
