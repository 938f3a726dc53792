"""Invoices as PDF, CSV and JSON."""

import csv
import io
import json
from typing import Any

import pytest

from backend.documents.canonical import read_invoice
from backend.documents.invoice import invoice_csv, invoice_json, invoice_pdf
from schemas.documents import InvoiceSnapshot
from schemas.strict import Faulty
from tests.documents import pdf, samples


def snapshot(count: int = 6, **changes: Any) -> InvoiceSnapshot:
    return read_invoice(json.dumps(samples.invoice(count) | changes).encode())


def rows(invoice: InvoiceSnapshot) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(invoice_csv(invoice).decode(), newline="")))


def test_the_same_snapshot_gives_the_same_bytes_in_every_format() -> None:
    first, second = snapshot(), snapshot()
    assert invoice_pdf(first) == invoice_pdf(second)
    assert invoice_csv(first) == invoice_csv(second)
    assert invoice_json(first) == invoice_json(second)


def test_a_document_made_between_two_seconds_is_drawn_too() -> None:
    """The computer's clock gives millionths of a second, which the typesetter does not take."""
    assert invoice_pdf(snapshot(issued_at="2026-12-01T06:00:00.123456Z")).startswith(b"%PDF")


def test_the_pdf_is_tagged_titled_and_in_british_english() -> None:
    document = invoice_pdf(snapshot())
    root = pdf.catalogue(document)
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert str(root["/Lang"]).lower() == "en-gb"
    metadata = pdf.reader(document).metadata
    assert metadata is not None and metadata.title == "Invoice INV-0002"


def test_the_tags_name_headings_tables_and_header_cells() -> None:
    assert {"/H1", "/H2", "/Table", "/THead", "/TR", "/TH", "/TD"} <= pdf.roles(invoice_pdf(snapshot()))


def test_the_pdf_carries_its_own_snapshot() -> None:
    invoice = snapshot()
    assert pdf.attachment(invoice_pdf(invoice)) == ("invoice.json", invoice_json(invoice))


def test_the_json_reads_back_as_the_same_snapshot() -> None:
    invoice = snapshot()
    assert read_invoice(invoice_json(invoice)) == invoice


def test_every_fault_of_a_snapshot_is_named() -> None:
    with pytest.raises(Faulty) as refused:
        read_invoice(json.dumps(samples.invoice() | {"total": 12, "kind": "bill"}).encode())
    assert {fault.pointer for fault in refused.value.faults} == {"/total", "/kind"}


def test_the_total_and_the_payers_come_before_the_lines() -> None:
    text = pdf.text(invoice_pdf(snapshot()))
    assert text.index("Total to pay £37.52") < text.index("Who pays") < text.index("V1001")


def test_header_rows_repeat_on_every_page_of_lines() -> None:
    pages = [page for page in pdf.page_texts(invoice_pdf(snapshot(60))) if "home care, rural" in page]
    assert len(pages) > 2
    assert all("Visit, person Service, zone Planned" in page for page in pages)


def test_a_remark_stays_on_the_page_of_its_line() -> None:
    for lines in range(20, 29, 2):
        pages = pdf.page_texts(invoice_pdf(snapshot(lines)))
        assert all(("Changes line 3 of INV-0001" in page) == (f"V{1000 + lines} " in page) for page in pages)


def test_every_page_says_that_the_clock_was_simulated() -> None:
    pages = pdf.page_texts(invoice_pdf(snapshot(simulated_clock=True)))
    assert all("Made under a simulated clock" in page for page in pages)
    assert "simulated clock" not in pdf.text(invoice_pdf(snapshot()))


def test_every_page_is_numbered() -> None:
    pages = pdf.page_texts(invoice_pdf(snapshot()))
    assert [f"Page {index} of {len(pages)}" in page for index, page in enumerate(pages, 1)] == [True] * len(
        pages
    )


def test_a_self_billed_invoice_says_so() -> None:
    text = pdf.text(invoice_pdf(snapshot(self_billed=True)))
    assert "Self-billed invoice INV-0002" in text
    assert "Wyeshire County Council makes this document out for Wye Valley Care" in text
    assert "Self-billed credit note" in pdf.text(invoice_pdf(snapshot(self_billed=True, kind="credit_note")))


def test_a_credit_note_is_named_so_and_credits() -> None:
    vat = [{"category": "S", "rate": "20", "net": "-10.00", "amount": "-2.00"}]
    text = pdf.text(invoice_pdf(snapshot(kind="credit_note", total="-10.00", vat=vat, to_pay="-12.00")))
    assert "Credit note INV-0002" in text
    assert "VAT at 20 % −£2.00" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Total credited −£12.00" in text


def test_parked_visits_stand_with_their_reason() -> None:
    assert "V2001 no rate No rate for night_sit" in pdf.text(invoice_pdf(snapshot()))


def test_minutes_gained_and_lost_are_added_up_without_adjustments() -> None:
    text = pdf.text(invoice_pdf(snapshot()))
    assert "Billed beyond the time worked: 38.4 minutes on 4 lines" in text
    assert "Worked but not billed: 3.2 minutes on 1 line" in text


def test_a_missed_visit_that_costs_nothing_has_no_billed_minutes() -> None:
    nobody = {"status": "missed", "actual": None, "actual_minutes": "0", "difference_minutes": "30"}
    missed = samples.line(1, price="0.00", amount="0.00", funding=[], **nobody)
    text = pdf.text(invoice_pdf(snapshot(lines=[missed, samples.line(2)])))
    assert "Billed beyond the time worked: 2.8 minutes on 1 line" in text
    charged = snapshot(lines=[samples.line(1, **nobody)])
    assert "Billed beyond the time worked: 30 minutes on 1 line" in pdf.text(invoice_pdf(charged))


def test_an_invoice_without_lines_payers_or_rules_is_still_drawn() -> None:
    text = pdf.text(invoice_pdf(snapshot(3, lines=[], by_payer=[], rules=[], parked=[])))
    assert "No payer is named." in text and "No rule is named." in text


def test_markup_in_a_value_is_printed_and_not_obeyed() -> None:
    wicked = '#panic("x") *bold* $x$ <label> @ref \\ // `raw`'
    parked = [{"visit": "V1", "visit_id": "x", "reason": "no_rate", "detail": wicked}]
    assert wicked in pdf.text(invoice_pdf(snapshot(parked=parked)))


def test_characters_no_font_has_are_printed_as_their_code_points() -> None:
    person = samples.line(1, person="Łŵ 漢\u202e")
    text = pdf.text(invoice_pdf(snapshot(3, lines=[person])))
    assert "Łŵ {U+6F22}{U+202E}" in text


def test_the_csv_has_a_row_for_each_line_and_a_column_for_each_payer() -> None:
    found = rows(snapshot())
    assert [row["line"] for row in found] == ["1", "2", "3", "4", "5", "6"]
    assert found[0]["amount: council"] == "9.38" and found[0]["amount: nhs"] == "4.02"


def test_csv_amounts_stay_numbers_also_below_zero() -> None:
    assert rows(snapshot())[5]["amount"] == "-9.38"
    assert rows(snapshot())[4]["difference_minutes"] == "-3.2"


def test_csv_text_that_could_run_as_a_formula_is_guarded() -> None:
    risky = samples.line(1, visit="=1+1", person="@SUM(A1)", reason="\t=2")
    found = rows(snapshot(3, lines=[risky]))[0]
    assert (found["visit"], found["person"], found["reason"]) == ("'=1+1", "'@SUM(A1)", "'\t=2")


def test_csv_times_are_london_times_with_their_offset() -> None:
    span = {"start": "2026-07-01T06:00:00Z", "end": "2026-07-01T06:30:00Z"}
    found = rows(snapshot(3, lines=[samples.line(1, planned=span, actual=None)]))[0]
    assert found["planned_start"] == "2026-07-01T07:00:00+01:00"
    assert found["actual_start"] == ""
