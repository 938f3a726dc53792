"""Invoices as spreadsheets: the same lines and sums as every other file, as numbers that add up."""

from csv import DictReader
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from backend.documents.invoice import invoice_csv
from backend.documents.invoice_workbook import invoice_xlsx
from schemas.documents import InvoiceSnapshot
from tests.documents.test_invoice import snapshot


def sheet(name: str, invoice: InvoiceSnapshot) -> list[dict[str, Any]]:
    """The rows of a sheet by heading."""
    book = CalamineWorkbook.from_filelike(BytesIO(invoice_xlsx(invoice)))
    header, *rows = book.get_sheet_by_name(name).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def summary(invoice: InvoiceSnapshot) -> dict[str, dict[str, Any]]:
    return {row["what"]: row for row in sheet("Summary", invoice)}


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    assert invoice_xlsx(snapshot()) == invoice_xlsx(snapshot())


def test_the_lines_are_those_of_the_csv_and_add_up_to_the_total() -> None:
    invoice = snapshot(40)
    lines = sheet("Lines", invoice)
    known = list(DictReader(invoice_csv(invoice).decode().splitlines()))
    assert [(row["visit"], int(row["line"])) for row in lines] == [
        (row["visit"], int(row["line"])) for row in known
    ]
    assert [round(row["amount £"], 2) for row in lines] == [float(row["amount"]) for row in known]
    assert len(lines[0]) == len(known[0])
    assert round(sum(Decimal(str(row["amount £"])) for row in lines), 2) == invoice.total


def test_what_is_asked_stands_first_with_its_tax() -> None:
    invoice = snapshot()
    said = summary(invoice)
    assert (said["number"]["value"], said["to pay"]["£"]) == ("INV-0002", float(invoice.to_pay))
    assert said["net"]["£"] == float(invoice.total)
    assert {"payer", "purchase order", "facts digest"} <= said.keys()


def test_who_pays_and_what_is_not_billed_have_sheets_of_their_own() -> None:
    invoice = snapshot()
    assert [row["share £"] for row in sheet("Payers", invoice)] == [
        float(total.amount) for total in invoice.by_payer
    ]
    assert [row["visit"] for row in sheet("Not billed here", invoice)] == [
        visit.visit for visit in invoice.parked
    ]
    assert [row["id"] for row in sheet("Rules", invoice)] == [rule.id for rule in invoice.rules]


def test_blocks_of_hours_have_a_sheet_where_there_are_any() -> None:
    period = {"start": "2026-11-02", "end": "2026-11-08"}
    block = {
        "name": "nights",
        "block_id": "b",
        "period": period,
        "services": ["home_care"],
        "zones": ["rural"],
    }
    more = {"seconds": 7200, "used_seconds": 5400, "hourly": "21.00", "price": "42.00"}
    (row,) = sheet("Blocks of hours", snapshot(blocks=[block | more]))
    assert (row["minutes bought"], row["minutes used"], row["minutes not used"]) == (120, 90, 30)
    assert (row["£ an hour"], row["price £"]) == (21, 42)
    assert (
        "Blocks of hours" not in CalamineWorkbook.from_filelike(BytesIO(invoice_xlsx(snapshot()))).sheet_names
    )


def test_nothing_that_somebody_wrote_is_a_formula() -> None:
    invoice = snapshot(parked=[{"visit": "=1+1", "visit_id": "v", "reason": "funding", "detail": "@cmd"}])
    (row,) = sheet("Not billed here", invoice)
    assert (row["visit"], row["in detail"]) == ("'=1+1", "'@cmd")
