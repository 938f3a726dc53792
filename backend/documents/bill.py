"""An invoice or credit note in the terms of EN 16931, the European model of an invoice: what an e-invoice says.

A snapshot's amounts are below zero where something is taken back. An e-invoice names its kind instead: the amounts of
a credit note are what is credited, so they change their sign here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from backend.documents import words
from backend.documents.block_hours import block_sentences, is_charge
from backend.documents.invoice_page import notices, price, remarks
from backend.domain.money import to_the_penny
from backend.domain.time import london_date
from backend.domain.vat import Treatment, TreatmentTotal, treatment_totals
from schemas.documents import InvoiceLine, InvoiceSnapshot, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line, in pounds before tax. `dates` are left out where they lie outside the bill's period."""

    id: str
    name: str
    description: str
    amount: Decimal
    tax: Treatment
    note: str | None = None
    dates: tuple[date, date] | None = None
    properties: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What is billed, or credited, by whom and to whom. `corrects` names the earlier documents that lines change."""

    kind: Literal["invoice", "credit_note"]
    number: str
    issued_on: date
    period: tuple[date, date]
    seller: Party
    buyer: Party
    contract: str
    purchase_order: str | None
    self_billed: bool
    lines: Sequence[BillLine]
    corrects: Sequence[str]
    notes: Sequence[str]
    stated: tuple[Decimal, Decimal]

    @property
    def net(self) -> Decimal:
        """Before tax."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    @property
    def tax(self) -> Decimal:
        """The tax of all treatments together."""
        return sum((total.tax for total in self.tax_totals()), Decimal("0.00"))

    def tax_totals(self) -> list[TreatmentTotal]:
        """A total for each treatment of the lines."""
        return treatment_totals((line.tax, line.amount) for line in self.lines)


def bill_of(snapshot: InvoiceSnapshot) -> Bill:
    """The snapshot as a bill: its amounts and lines are the snapshot's own."""
    sign = -1 if snapshot.kind == "credit_note" else 1
    period = (snapshot.period.start, snapshot.period.end)
    taxes = [Treatment(vat.category, vat.rate, vat.reason) for vat in snapshot.vat]
    return Bill(
        kind=snapshot.kind,
        number=snapshot.number,
        issued_on=london_date(snapshot.issued_at),
        period=period,
        seller=snapshot.provider,
        buyer=snapshot.payer,
        contract=snapshot.contract_reference,
        purchase_order=snapshot.purchase_order,
        self_billed=snapshot.self_billed,
        lines=[_line(line, sign, _treatment(line, taxes), period) for line in snapshot.lines],
        corrects=list(dict.fromkeys(line.adjusts.number for line in snapshot.lines if line.adjusts)),
        notes=[*notices(snapshot), *_shared(snapshot), *block_sentences(snapshot)],
        stated=(sign * snapshot.total, sign * (snapshot.to_pay - snapshot.total)),
    )


def _treatment(line: InvoiceLine, taxes: Sequence[Treatment]) -> Treatment:
    plain = Treatment(line.vat_category, line.vat_rate)
    return next((tax for tax in taxes if tax.kind == plain.kind), plain)


def _shared(snapshot: InvoiceSnapshot) -> list[str]:
    """Who pays what, where the one addressed does not pay all."""
    if [total.payer for total in snapshot.by_payer] in ([], [snapshot.payer.reference]):
        return []
    shares = (f"{total.name} {words.pounds(total.amount)}" for total in snapshot.by_payer)
    return [f"Shares: {', '.join(shares)}."]


def _line(line: InvoiceLine, sign: int, tax: Treatment, period: tuple[date, date]) -> BillLine:
    span = line.planned or line.actual
    dates = None if span is None else (london_date(span.start), london_date(span.end))
    within = dates is not None and period[0] <= dates[0] <= dates[1] <= period[1]
    on = dates[0] if dates else None
    parts = ["block of hours", line.block] if is_charge(line) else [line.service, line.zone]
    kind = ", ".join(words.worded(part) for part in parts if part and part.strip())
    return BillLine(
        id=str(line.line),
        name=kind or "visit",
        description=_described(line, on),
        amount=to_the_penny(sign * line.amount),
        tax=tax,
        note=remarks(line, on) or None,
        dates=dates if within else None,
        properties=_properties(line),
    )


def _described(line: InvoiceLine, on: date | None) -> str:
    if is_charge(line):
        return f"Block {line.block}: {words.hours(line.payable_minutes)} bought, paid whether used or not"
    day = "" if on is None else f" on {words.short_day(on)}"
    times = f"planned {words.clock(line.planned, on)}, recorded {words.clock(line.actual, on)}"
    return f"Visit {line.visit}{day}: {times}"


def _properties(line: InvoiceLine) -> list[tuple[str, str]]:
    minutes = (
        ("Minutes planned", line.planned_minutes),
        ("Minutes recorded", line.actual_minutes),
        ("Minutes billed", line.payable_minutes),
    )
    if is_charge(line):
        return [("Block", line.block or ""), ("Minutes bought", words.number(line.payable_minutes))]
    named = [
        ("Visit", line.visit),
        ("Person", line.person),
        ("Carer", line.carer),
        *((name, None if value is None else words.number(value)) for name, value in minutes),
        ("Price", price(line)),
        ("Rules", ", ".join(line.rules)),
    ]
    return [(name, value) for name, value in named if value]
