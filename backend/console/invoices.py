"""Invoices, for the provider that made them and the commissioner they are addressed to."""

from datetime import date
from decimal import Decimal
from typing import Any, Final, cast
from urllib.parse import unquote
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.downloads import download
from backend.console.paging import key_of, with_query
from backend.console.proving import proven
from backend.console.rendering import redirect, render
from backend.domain.invoice_state import STATES
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.make_delivery_files import make_delivery_file
from backend.use_cases.make_peppol_files import make_peppol_file
from backend.use_cases.read_documents import INVOICES, After, read_delivery_file, read_file
from backend.use_cases.read_invoice import read_invoice
from backend.use_cases.read_invoices import read_invoices
from backend.use_cases.record_payment import record_payment
from schemas.scalars import parse_date, parse_decimal, parse_instant

READERS: Final = ("manager", "finance", "commissioner")
MAKERS: Final = ("manager", "finance")
_SAID: Final = {
    "peppol": "The e-invoice is made. It comes out the same whenever it is asked for.",
    "paid": "The payment is recorded.",
    "delivery": "The service delivery file is written. It keeps its reference whenever it is asked for.",
}
_LARGEST: Final = 2**31 - 1


async def _invoices(ask: Ask) -> Response[Any]:
    after = key_of(ask.asked("after"), parse_date, parse_instant, unquote, UUID)
    state = ask.asked("state")
    if state is not None and state not in STATES:
        raise DomainError("bad_request", f"No invoice has the state {state}: choose one from the list.")
    page_after = cast(After | None, after)
    shown, more = await read_invoices(ask.viewer, state, page_after)
    following = with_query(ask, "after", shown[-1].document.key) if more and shown else None
    return render("invoices.html", ask.user, shown=shown, more=following, state=state, states=STATES[1:])


async def _invoice(ask: Ask) -> Response[Any]:
    return await _invoice_page(ask)


async def _invoice_page(ask: Ask, problem: tuple[str, str] | None = None, status: int = 200) -> Response[Any]:
    shown = await read_invoice(ask.viewer, ask.path("document_id"))
    return render(
        "invoice.html",
        ask.user,
        status=status,
        shown=shown,
        snapshot=shown.snapshot,
        rules={rule.id: rule for rule in shown.snapshot.rules},
        said=_SAID.get(ask.asked("done") or ""),
        given={name: ask.form.get(name, "") for name in ("paid_on", "amount", "reference")},
        problem=problem,
    )


async def _pay(ask: Ask) -> Response[Any]:
    document_id = ask.path("document_id")
    try:
        on, amount = _paid(ask)
        who = (ask.form.get("reference", ""), ask.user.user_id)
        await record_payment(ask.organisation, document_id, on, amount, *who)
    except DomainError as error:
        return await _invoice_page(ask, ("paid_on", error.detail), STATUS[error.code])
    return redirect(f"/invoices/{document_id}?done=paid")


def _paid(ask: Ask) -> tuple[date, Decimal]:
    """Day and pounds of a payment. Raises DomainError bad_request."""
    name = "day"
    try:
        on = parse_date(ask.form.get("paid_on", "").strip())
        name = "amount"
        return on, parse_decimal(ask.form.get("amount", "").strip().removeprefix("£"))
    except ValueError as error:
        raise DomainError("bad_request", f"The {name} {error}.") from error


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
    action("/invoices/{document_id:uuid}/peppol", *MAKERS)(proven(_peppol)),
    action("/invoices/{document_id:uuid}/delivery", *MAKERS)(_delivery),
    action("/invoices/{document_id:uuid}/payments", "finance")(proven(_pay)),
    page("/invoices/{document_id:uuid}/delivery/{number:int}", *READERS)(_delivery_file),
]
