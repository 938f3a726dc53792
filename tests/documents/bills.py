"""Bills to write as e-invoices, made from the made-up snapshots."""

import json
from decimal import Decimal
from typing import Any

from backend.documents.bill import Bill, bill_of
from backend.documents.canonical import read_invoice
from schemas.documents import InvoiceSnapshot
from tests.documents import samples


def snapshot(count: int = 6, **changes: Any) -> InvoiceSnapshot:
    """An invoice with everything that Peppol asks for."""
    return read_invoice(json.dumps(samples.invoice(count) | changes).encode())


def billed(pence: list[int], kind: str = "invoice", category: str = "E", rate: str = "0") -> Bill:
    """A bill of lines of these amounts, whose sums are right; a credit note's amounts are given below zero."""
    taxed = {"vat_category": category, "vat_rate": rate}
    lines = [
        samples.line(place, amount=_pounds(amount), **taxed) for place, amount in enumerate(pence, start=1)
    ]
    net = Decimal(sum(pence)) / 100
    sign = -1 if kind == "credit_note" else 1
    tax = sign * _half_up(sign * net * Decimal(rate) / 100)
    vat = {"category": category, "rate": rate, "net": str(net), "amount": str(tax)}
    exempt = {"reason": "exempt care"} if category == "E" else {}
    totals = {"total": str(net), "vat": [vat | exempt] if pence else [], "to_pay": str(net + tax)}
    return bill_of(snapshot(lines=lines, kind=kind, **totals))


def _pounds(pence: int) -> str:
    return f"{Decimal(pence) / 100:.2f}"


def _half_up(amount: Decimal) -> Decimal:
    pence = abs(amount) * 100
    whole = int(pence) + (1 if pence - int(pence) >= Decimal("0.5") else 0)
    return Decimal(whole if amount >= 0 else -whole) / 100
