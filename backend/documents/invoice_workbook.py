"""Invoices and credit notes as a spreadsheet: a finance officer sorts the lines, adds them up and looks beside them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from backend.documents import words
from backend.documents.cells import Cell
from backend.documents.invoice import line_table
from backend.documents.invoice_page import notices, taxed
from backend.documents.workbook import Rows, Sheet, workbook
from schemas.documents import BlockHours, InvoiceSnapshot

_MONEY: Final = ("price", "amount", "mileage")
_BLOCKS: Final = (
    "block", "services", "zones", "from", "until", "minutes bought", "minutes used", "minutes not used",
    "£ an hour", "price £",
)  # fmt: skip


def invoice_xlsx(snapshot: InvoiceSnapshot) -> bytes:
    """The invoice as XLSX. The same snapshot always gives the same bytes; no cell is a formula.

    Amounts are pounds and lengths minutes, as numbers; times are London times.
    """
    title = f"{words.document_kind(snapshot.kind, snapshot.self_billed)} {snapshot.number}"
    return workbook(title, snapshot.issued_at, _sheets(snapshot))


def _sheets(snapshot: InvoiceSnapshot) -> Iterator[Sheet]:
    yield "Summary", ("what", "value", "£"), _summary(snapshot)
    header, rows = line_table(snapshot)
    yield "Lines", [_heading(name) for name in header], rows
    yield (
        "Payers",
        ("payer", "name", "share £"),
        ((total.payer, total.name, total.amount) for total in snapshot.by_payer),
    )
    if snapshot.blocks:
        yield "Blocks of hours", _BLOCKS, map(_block, snapshot.blocks)
    yield (
        "Not billed here",
        ("visit", "visit id", "reason", "in detail"),
        ((visit.visit, visit.visit_id, visit.reason, visit.detail) for visit in snapshot.parked),
    )
    yield (
        "Rules",
        ("id", "title", "says", "instrument", "source"),
        ((rule.id, rule.title, rule.says, rule.instrument, rule.href) for rule in snapshot.rules),
    )


def _block(block: BlockHours) -> Sequence[Cell]:
    seconds = (block.seconds, block.used_seconds, block.unused_seconds)
    return (
        block.name,
        ", ".join(map(words.worded, block.services)),
        ", ".join(block.zones),
        block.period.start,
        block.period.end,
        *(Decimal(each) / 60 for each in seconds),
        block.hourly,
        block.price,
    )


def _heading(name: str) -> str:
    """The CSV's heading as people write it; one of money says so."""
    shown = name if ":" in name else name.replace("_", " ")
    return f"{shown} £" if name.partition(":")[0] in _MONEY else shown


def _summary(snapshot: InvoiceSnapshot) -> Rows:
    yield from (("notice", notice, None) for notice in notices(snapshot))
    yield from (
        ("kind", words.document_kind(snapshot.kind, snapshot.self_billed), None),
        ("number", snapshot.number, None),
        ("issued", words.moment(snapshot.issued_at), None),
        ("provider", _named(snapshot.provider.name, snapshot.provider.reference), None),
        ("commissioner", _named(snapshot.commissioner.name, snapshot.commissioner.reference), None),
        ("payer", _named(snapshot.payer.name, snapshot.payer.reference), None),
        ("contract", f"{snapshot.contract_reference}, version {snapshot.contract_version}", None),
        ("purchase order", snapshot.purchase_order, None),
        ("period start", snapshot.period.start, None),
        ("period end", snapshot.period.end, None),
        ("net", None, snapshot.total),
    )
    yield from (("VAT", taxed(vat, len(snapshot.vat) > 1), vat.amount) for vat in snapshot.vat)
    yield from (
        ("to pay", None, snapshot.to_pay),
        ("facts digest", snapshot.facts_digest, None),
        ("template", snapshot.template_version, None),
    )


def _named(name: str, reference: str) -> str:
    return f"{name} ({reference})"
