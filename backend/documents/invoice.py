"""Invoices and credit notes as PDF, CSV and JSON, from one snapshot."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from backend.documents.block_hours import charged_hours
from backend.documents.canonical import canonical_json
from backend.documents.cells import Cell, csv_bytes, edges
from backend.documents.invoice_page import invoice_page
from backend.documents.typesetting import typeset
from backend.domain.money import to_the_penny
from schemas.documents import InvoiceLine, InvoiceSnapshot

HEADINGS: Final = (
    "number",
    "kind",
    "contract",
    "period_start",
    "period_end",
    "line",
    "visit",
    "visit_id",
    "person",
    "carer",
    "service",
    "zone",
    "planned_start",
    "planned_end",
    "actual_start",
    "actual_end",
    "claimed_start",
    "claimed_end",
    "planned_minutes",
    "actual_minutes",
    "payable_minutes",
    "rounding_minutes",
    "difference_minutes",
    "unit",
    "uplift",
    "rules",
    "evidence_level",
    "flags",
    "adjusts_number",
    "adjusts_line",
    "reason",
    "vat_category",
    "vat_rate",
    "price",
    "amount",
)
"""The CSV's first headings: `price` is what all payers pay, `amount` what this document asks, both before VAT. A
heading `amount: <payer>` for each payer follows."""

UNUSED: Final = "block_unused_minutes"
_MORE: Final = {"miles": "mileage", "mileage": "mileage", "block": "block", UNUSED: "block"}
"""Headings for documents with a line of which this field says something: miles of the way there, blocks of hours."""
_HUNDREDTH: Final = Decimal("0.01")


def invoice_pdf(snapshot: InvoiceSnapshot) -> bytes:
    """The invoice for people: totals first, then payers, lines and rules. Carries its own data as JSON."""
    return typeset("invoice", invoice_page(snapshot), invoice_json(snapshot), snapshot.issued_at)


def invoice_json(snapshot: InvoiceSnapshot) -> bytes:
    """The invoice for machines: the whole snapshot, canonical (RFC 8785)."""
    return canonical_json(snapshot)


def invoice_csv(snapshot: InvoiceSnapshot) -> bytes:
    """The invoice for spreadsheets: a row for each line, amounts in pounds, times in London with their offset."""
    return csv_bytes(*line_table(snapshot))


def line_table(snapshot: InvoiceSnapshot) -> tuple[list[str], list[list[Cell]]]:
    """The headings, and a row for each line, of every file that lists the lines."""
    payers = [total.payer for total in snapshot.by_payer]
    more = [
        name for name, has in _MORE.items() if any(getattr(line, has) is not None for line in snapshot.lines)
    ]
    header = [*HEADINGS, *more, *(f"amount: {payer}" for payer in payers)]
    return header, [_row(snapshot, line, payers, more) for line in snapshot.lines]


def _row(snapshot: InvoiceSnapshot, line: InvoiceLine, payers: list[str], more: list[str]) -> list[Cell]:
    shares = {share.payer: share.amount for share in line.funding}
    spans = [edge for span in (line.planned, line.actual, line.claimed) for edge in edges(span)]
    return [
        snapshot.number,
        snapshot.kind,
        snapshot.contract_reference,
        snapshot.period.start,
        snapshot.period.end,
        line.line,
        line.visit,
        line.visit_id,
        line.person,
        line.carer,
        line.service,
        line.zone,
        *spans,
        line.planned_minutes,
        line.actual_minutes,
        line.payable_minutes,
        line.rounding_minutes,
        line.difference_minutes,
        line.unit,
        line.uplift,
        "; ".join(line.rules),
        line.evidence_level,
        "; ".join(line.flags),
        line.adjusts.number if line.adjusts else None,
        line.adjusts.line if line.adjusts else None,
        line.reason,
        line.vat_category,
        line.vat_rate,
        to_the_penny(line.price),
        to_the_penny(line.amount),
        *(_beside(snapshot, line, name) for name in more),
        *(to_the_penny(shares[payer]) if payer in shares else None for payer in payers),
    ]


def _beside(snapshot: InvoiceSnapshot, line: InvoiceLine, heading: str) -> Cell:
    if heading != UNUSED:
        cell: Cell = getattr(line, heading)
        return cell
    block = charged_hours(snapshot, line)
    return None if block is None else (Decimal(block.unused_seconds) / 60).quantize(_HUNDREDTH, ROUND_HALF_UP)
