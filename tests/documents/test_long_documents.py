"""Documents with more rows than a person reads, and what drawing them may take."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from backend.documents import typesetting
from backend.documents.canonical import read_invoice, read_wage_report
from backend.documents.invoice import invoice_csv, invoice_json, invoice_pdf
from backend.documents.invoice_page import invoice_page
from backend.documents.invoice_sums import line_sums, parked_rows
from backend.documents.listed import LISTED
from backend.documents.remediation_page import remediation_page
from backend.documents.typesetter import Drawing, set_in_type
from backend.documents.typesetting import drawn_apart
from backend.documents.wage_report import wage_report_json, wage_report_pdf, worker_record_pdf
from backend.documents.wage_report_page import MOST_VISITS, MOST_WORKERS, records_apart
from backend.faults import DomainError
from schemas.documents import Dates, InvoiceSnapshot, Party, WageReportSnapshot
from schemas.remediation import ArrearsPayment, OwedPeriod, Remediation, RemediationTotals, Unplaced
from tests.documents import pdf, samples

LONG = LISTED + 1


def invoice(count: int, **changes: Any) -> InvoiceSnapshot:
    return read_invoice(json.dumps(samples.invoice(count) | changes).encode())


def report(workers: int, days: int = 0, visits: int = 0) -> WageReportSnapshot:
    return read_wage_report(json.dumps(samples.wage_report(workers, days, visits)).encode())


def pounds(said: str) -> Decimal:
    return Decimal(said.replace("£", "").replace(",", "").replace("\N{MINUS SIGN}", "-"))


def drawing(lines: int, **changes: Any) -> Drawing:
    snapshot = invoice(lines)
    values = json.dumps(typesetting.printable(invoice_page(snapshot)))
    given = {"template": "invoice", "values": values, "attachment": invoice_json(snapshot).decode()}
    return Drawing(**(given | {"made_at": snapshot.issued_at} | changes))


def test_a_process_of_its_own_draws_the_same_bytes() -> None:
    what = drawing(60)
    assert drawn_apart(what) == set_in_type(what.template, what.values, what.attachment, what.made_at)


def test_only_a_long_document_is_drawn_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    apart: list[Drawing] = []

    def noted(what: Drawing) -> bytes:
        apart.append(what)
        return b"%PDF"

    monkeypatch.setattr(typesetting, "drawn_apart", noted)
    invoice_pdf(invoice(40))
    assert not apart
    invoice_pdf(invoice(400))
    assert len(apart) == 1


def test_a_document_that_takes_too_much_memory_is_refused_in_words_and_the_worker_lives() -> None:
    with pytest.raises(DomainError, match="more than 100 MiB of memory") as refused:
        drawn_apart(drawing(2000, most=100 * 1024**2))
    assert refused.value.code == "too_large" and "shorten its billing periods" in refused.value.detail


def test_a_template_that_fails_apart_is_no_matter_of_memory() -> None:
    with pytest.raises(RuntimeError, match="dictionary does not contain key"):
        drawn_apart(drawing(3, values="{}"))


def test_an_invoice_lists_as_many_lines_as_a_person_reads() -> None:
    page = invoice_page(invoice(LISTED))
    assert page["sums"] is None and len(page["lines"]) == LISTED


def test_a_longer_invoice_adds_its_lines_up_and_says_where_they_are() -> None:
    snapshot = invoice(LONG)
    document = invoice_pdf(snapshot)
    text = " ".join(pdf.page_texts(document))
    assert "This document has 2,001 lines" in text and "is in the CSV, XLSX and JSON files" in text
    assert "By week and service" in text and "By person" in text and "V1001" not in text
    assert f"Total to pay £{snapshot.to_pay:,.2f}" in text and f"Net total £{snapshot.total:,.2f}" in text
    assert {"/H3", "/Table", "/TH"} <= pdf.roles(document)
    assert pdf.attachment(document) == ("invoice.json", invoice_json(snapshot))
    assert invoice_csv(snapshot).count(b"\n") == LONG + 1


def test_the_sums_of_a_longer_invoice_add_up_to_its_lines() -> None:
    snapshot = invoice(LONG)
    sums = line_sums(snapshot.lines)
    total = sum((line.amount for line in snapshot.lines), Decimal())
    assert pounds(sums["total"][-1]) == total
    assert pounds(sums["total"][-3]) - Decimal("9.38") == total  # the one change takes that back
    for rows in (sums["weeks"], sums["people"]):
        assert sum(pounds(row[-1]) for row in rows) == total
        assert sum(int(row[-6].replace(",", "")) for row in rows) == LONG - 1
    assert [row[0] for row in sums["weeks"]] == [
        "Mon 2 Nov 2026", "Mon 9 Nov 2026", "Mon 16 Nov 2026",
    ]  # fmt: skip
    assert [row[0] for row in sums["people"]] == [f"SU-{number:03d}" for number in range(20)]


def test_more_people_than_are_listed_stand_in_the_files_alone() -> None:
    lines = [samples.line(number, person=f"SU-{number}") for number in range(1, LONG + 1)]
    sums = line_sums(invoice(3, lines=lines).lines)
    assert sums["people"] == [] and "2,001 people, who are in the files too" in sums["said"]


def test_charges_of_blocks_are_no_visits_of_a_week() -> None:
    charge = samples.line(1, unit="block", block="Spring", planned=None, actual=None, actual_minutes="0")
    sums = line_sums(invoice(3, lines=[charge, samples.line(2)]).lines)
    assert [row[:3] for row in sums["weeks"]] == [
        ["Blocks of hours", "home care", "0"], ["Mon 2 Nov 2026", "home care", "1"],
    ]  # fmt: skip


def test_more_visits_not_billed_than_are_listed_are_counted_by_reason() -> None:
    parked = invoice(3).parked * LISTED
    assert len(parked_rows(parked)) == LISTED
    assert [row[:2] for row in parked_rows(parked + parked[:1])] == [["2,001 visits", "no rate"]]


def test_a_long_wage_report_sums_up_and_leaves_each_record_to_itself() -> None:
    long = report(MOST_WORKERS + 1)
    document = wage_report_pdf(long)
    text = " ".join(pdf.page_texts(document))
    assert "Record of hours and pay" not in text and "each record" not in text
    assert "The record of one worker is a document of its own" in text
    assert all(f"E-{number:02d}" in text for number in range(1, MOST_WORKERS + 2))
    assert pdf.attachment(document) == ("wage_report.json", wage_report_json(long))
    assert "Record of hours and pay" in pdf.text(worker_record_pdf(long, "E-02"))


def test_many_visits_make_a_wage_report_long_too() -> None:
    whole = report(1, 1, 1)
    (worker,), (day,) = whole.workers, whole.workers[0].days
    assert not records_apart(read_wage_report(wage_report_json(report(MOST_WORKERS))))

    def with_visits(number: int) -> WageReportSnapshot:
        many = replace(day, visits=[day.visits[0]] * number)
        return replace(whole, workers=[replace(worker, days=[many])])

    assert not records_apart(with_visits(MOST_VISITS))
    assert records_apart(with_visits(MOST_VISITS + 1))


def remediation(rows: int) -> Remediation:
    """So many periods that were short, each paid since in one part, and as many payments that belong nowhere."""
    zero, day = Decimal(), date(2026, 11, 2)
    totals = dict.fromkeys(RemediationTotals.__struct_fields__, zero)
    period = OwedPeriod(
        worker="Ann", report="R", place=1, pay_cycle="weekly:mon", period=Dates(start=day, end=day), edition="final",
        employment_ended_on=None, underpayment=zero, rate_then=zero, rate_now=zero, due=zero, paid_since=zero,
        paid=[ArrearsPayment(reference="P", paid_on=day, amount=zero)], settled_on=None, outstanding=zero,
        beyond_a_notice=False, paid_late=[], rule="r",
    )  # fmt: skip
    stray = Unplaced(worker="Ann", reference="P", paid_on=day, amount=zero, reason="no period")
    return Remediation(
        provider=Party(**samples.party("Wye Valley Care")), as_of=day, worked_out_at=datetime(2026, 11, 2, tzinfo=UTC),
        later_reports=0, totals=RemediationTotals(**totals), periods=[period] * rows, unplaced=[stray] * rows,
        simulated_clock=False,
    )  # fmt: skip


@pytest.mark.parametrize("table", ["periods", "payments", "unplaced"])
def test_arrears_of_more_rows_than_are_listed_say_how_many_the_other_files_hold(table: str) -> None:
    (long,) = remediation_page([remediation(LONG)])["schedules"]
    assert len(long[table]) == LISTED
    assert long[f"more_{table}"] == "1 more row, in the other files of this document."
    (short,) = remediation_page([remediation(LISTED)])["schedules"]
    assert len(short[table]) == LISTED and short[f"more_{table}"] == ""
