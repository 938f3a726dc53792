"""Wage reports and workers' records as PDF and JSON."""

import json
import re
from typing import Any

import pytest

from backend.documents.canonical import read_wage_report
from backend.documents.wage_report import wage_report_json, wage_report_pdf, worker_record_pdf
from schemas.documents import WageReportSnapshot
from tests.documents import pdf, samples


def report(workers: int = 2, days: int = 2, **changes: Any) -> WageReportSnapshot:
    return read_wage_report(json.dumps(samples.wage_report(workers, days) | changes).encode())


def read(worker: samples.Data, **changes: Any) -> WageReportSnapshot:
    return read_wage_report(json.dumps(samples.wage_report() | {"workers": [worker]} | changes).encode())


def record(worker: samples.Data) -> str:
    """The record's text in one line."""
    return " ".join(pdf.page_texts(worker_record_pdf(read(worker), worker["employment"])))


def segment(kind: str, start: str, end: str, seconds: int, **more: Any) -> samples.Data:
    span = {"start": f"2026-04-01T{start}:00Z", "end": f"2026-04-01T{end}:00Z", "seconds": seconds}
    return {"kind": kind, **span, "counted": True, "rule": "nmw-2015-30", **more}


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    assert wage_report_pdf(report()) == wage_report_pdf(report())
    assert worker_record_pdf(report(), "E-02") == worker_record_pdf(report(), "E-02")
    assert wage_report_json(report()) == wage_report_json(report())


def test_the_json_reads_back_as_the_same_snapshot() -> None:
    assert read_wage_report(wage_report_json(report())) == report()


def test_the_pdf_is_tagged_titled_and_carries_its_snapshot() -> None:
    document = wage_report_pdf(report())
    metadata = pdf.reader(document).metadata
    assert metadata is not None
    assert metadata.title == "Minimum wage report, Wye Valley Care, 1 April 2026 to 30 April 2026"
    assert str(pdf.catalogue(document)["/Lang"]).lower() == "en-gb"
    assert {"/H1", "/H2", "/Table", "/TH"} <= pdf.roles(document)
    assert pdf.attachment(document) == ("wage_report.json", wage_report_json(report()))


def test_the_summary_comes_first_and_lists_the_most_underpaid_first() -> None:
    first = pdf.page_texts(wage_report_pdf(report()))[0]
    assert "Workers paid too little 1" in first and "Shortfall of all workers £200.65" in first
    assert first.index("Carer 2") < first.index("Carer 1")
    assert "Carer 99 E-99 No pay is loaded for this period" in first


def test_the_summary_gives_the_page_of_each_worker() -> None:
    pages = pdf.page_texts(wage_report_pdf(report()))
    start = next(index for index, page in enumerate(pages, 1) if "Record of hours and pay: Carer 2" in page)
    assert f"too little £200.65 {start} " in pages[0]


def test_each_page_of_a_record_names_its_worker() -> None:
    pages = pdf.page_texts(wage_report_pdf(report(days=12)))
    second = next(index for index, page in enumerate(pages) if "Record of hours and pay: Carer 2" in page)
    assert all(page.startswith("Carer 1 (E-01) · Wye Valley Care") for page in pages[1:second])
    assert all(page.startswith("Carer 2 (E-02) · Wye Valley Care") for page in pages[second:])
    assert second > 2


def test_every_page_says_provisional_and_simulated_until_it_is_not() -> None:
    pages = pdf.page_texts(wage_report_pdf(report()))
    assert all("Provisional: pay of the next period" in page and "simulated clock" in page for page in pages)
    final = pdf.text(wage_report_pdf(report(status="final", simulated_clock=False)))
    assert "Provisional" not in final and "simulated clock" not in final


def test_a_record_says_the_test_in_words_and_numbers() -> None:
    said = record(samples.worker(2, samples.SHORT, 0, 0))
    assert "Paid £200.65 less than the minimum wage for this period." in said
    assert "If all unexplained time counted, short by £207.01." in said
    assert "Pay required £1,461.65 Pay that counts £1,261.00 Pay for each hour that counts £10.97" in said
    assert "Arrears due £200.65 (rate then £12.71, now £12.71) [6]" in said


def test_a_record_explains_time_pay_and_deductions_with_rules() -> None:
    said = record(samples.worker(2, samples.SHORT, 0, 0))
    assert "break 0 h 45 min 45 no 4" in said and "unresolved 0 h 30 min 30 not settled 4" in said
    assert "hourly rate 100 h 0 min, at £12.71, for care, paid Thu 7 May 2026 £1,271.00" in said
    assert "Deduction: uniform −£10.00 2" in said
    assert "4. What nmw-2015-32 is about nmw-2015-32" in said and "nmw-unused" not in said


def test_arrears_that_cannot_be_known_are_not_zero() -> None:
    unknown = samples.SHORT["arrears"] | {"rate_now": None, "due": None}
    said = record(samples.worker(2, samples.SHORT | {"arrears": unknown}, 0, 0))
    assert "Arrears due not known" in said


def test_a_compliant_worker_is_told_so() -> None:
    said = record(samples.worker(1, samples.ENOUGH, 0, 0))
    assert "Paid at least the minimum wage for this period." in said
    assert "Arrears due none" in said
    assert "No rate is known for the date of the report (rate_now_unknown)" in said


def test_a_worker_without_counted_time_has_no_hourly_figure() -> None:
    result = samples.ENOUGH | {"counted_minutes": "0", "hourly_equivalent": None, "work": [], "pay": []}
    said = record(samples.worker(1, result, 0, 0))
    assert "No time counts in this period" in said and "Pay for each hour that counts no hours" in said


def test_a_hidden_name_leaves_the_reference() -> None:
    said = record(samples.worker(2, samples.SHORT, 1, 2) | {"name": None})
    assert "Record of hours and pay: Employment E-02" in said and "Carer 2" not in said


def test_a_record_holds_nothing_of_another_worker() -> None:
    document = worker_record_pdf(report(), "E-02")
    assert "Carer 1" not in pdf.text(document) and "Carer 99" not in pdf.text(document)
    alone = read_wage_report(pdf.attachment(document)[1])
    assert [worker.employment for worker in alone.workers] == ["E-02"]
    assert (alone.summary.workers_tested, alone.summary.pence_short, alone.not_tested) == (1, 20065, [])


def test_a_record_of_an_employment_not_tested_is_refused() -> None:
    with pytest.raises(LookupError, match="E-77"):
        worker_record_pdf(report(), "E-77")


def test_a_day_shows_visit_plan_evidence_and_the_way_to_the_next() -> None:
    said = record(samples.worker(2, samples.SHORT, 1, 2))
    assert "08:04 to 08:31 V010, GPS, events 3f2a9c1d 9b1c2233 08:00 to 08:30 27 min [3]" in said
    assert "to V011: travel 12 min [5], waiting 21 min [4] (gap planned 30 min, observed 33 min," in said
    assert re.search(
        r"Flag: less time between visits than the journey needs from V010 to V011 \(rule \d+\)", said
    )


def test_a_visit_nobody_worked_is_on_its_day() -> None:
    assert "V012, flags: stale fix, planned 10:00 to 10:30: not worked" in record(
        samples.worker(2, samples.SHORT, 1, 2)
    )


def test_uncounted_and_unsettled_time_says_so_with_its_own_times() -> None:
    gap = {"from": "a", "to": "b"}
    segments = [
        segment("contact", "07:00", "07:30", 1800, visit="a"),
        segment("unresolved", "07:30", "09:30", 7200, counted=False, **gap),
        segment("break", "09:30", "10:00", 1800, counted=False, **gap),
        segment("contact", "10:00", "10:30", 1800, visit="b"),
        segment("training", "12:00", "13:00", 3600),
    ]
    said = record(worker_with_day(segments=segments))
    assert "to b: unresolved 08:30 to 10:30, 2 h, not settled [3]" in said
    assert "break 10:30 to 11:00, 30 min, not counted [3]" in said
    assert "13:00 to 14:00 training 1 h [3]" in said
    assert "counted 2 h, unexplained 2 h, not counted 30 min" in said


def test_a_record_keeps_only_the_rate_of_its_own_test() -> None:
    young = samples.wage_report()["statute"][0] | {"hourly": "10.85"}
    both = [young, *samples.wage_report()["statute"]]
    alone = read_wage_report(pdf.attachment(worker_record_pdf(report(statute=both), "E-02"))[1])
    assert [str(entry.hourly) for entry in alone.statute] == ["12.71"]


def test_a_check_in_without_a_check_out_names_the_end_that_is_known() -> None:
    visit = samples.visit("2026-04-01", "1", 7, True) | {"actual": {"start": "2026-04-01T07:04:00Z"}}
    said = record(worker_with_day(visits=[visit]))
    assert "arrival alone recorded, 1 April 2026 at 08:04 BST" in said


def worker_with_day(**parts: Any) -> samples.Data:
    """A worker with one day of the given parts."""
    day: samples.Data = {"date": "2026-04-01", "segments": [], "visits": [], "flags": []}
    return samples.worker(2, samples.SHORT, 0, 0) | {"days": [day | parts]}


def test_one_worker_with_two_employments_has_one_record_of_both() -> None:
    document = worker_record_pdf(report(), "E-01", "E-02")
    assert [f"(E-0{n})" in pdf.text(document) for n in (1, 2, 3)] == [True, True, False]
    both = read_wage_report(pdf.attachment(document)[1])
    assert [worker.employment for worker in both.workers] == ["E-01", "E-02"]
    assert both.summary.workers_tested == 2


def rounded_apart() -> samples.Data:
    """A worker of whom £583.50198 is required and £583.50 counts."""
    printed = {
        "nmw_pay": "583.50",
        "shortfall": "0.01",
        "required": samples.SHORT["required"] | {"pay": "583.50"},
    }
    exact = {"required": "583.50198", "counts": "583.5", "missing": "0.00198"}
    return samples.worker(2, samples.SHORT | printed, 0, 0) | {"exact": exact}


def test_where_rounded_figures_do_not_subtract_the_exact_ones_stand_under_the_shortfall() -> None:
    said = record(rounded_apart())
    assert (
        "Shortfall £0.01 Before rounding Exactly £583.50198 is required and £583.50 counts; £0.00198 is missing. "
        "Figures are rounded to the penny only when printed. Shortfall if" in said
    )
    assert "the worker’s page gives the exact ones" in " ".join(
        pdf.text(wage_report_pdf(read(rounded_apart()))).split()
    )


def test_where_rounded_figures_subtract_they_stand_alone() -> None:
    exact = {"required": "1461.65", "counts": "1261", "missing": "200.65"}
    plain = samples.worker(2, samples.SHORT, 0, 0) | {"exact": exact}
    over = samples.worker(1, samples.ENOUGH | {"nmw_pay": "1500.00"}, 0, 0) | {
        "exact": {"required": "1461.65", "counts": "1500", "missing": "0"}
    }
    for worker in (plain, over):
        assert "Before rounding" not in record(worker)
        assert "exact ones" not in " ".join(pdf.text(wage_report_pdf(read(worker))).split())


def test_differences_that_are_not_of_the_rounded_figures_are_said_to_be_of_the_exact_ones() -> None:
    beside = samples.BESIDE | {"pay": samples.BESIDE["pay"] | {"paid_counts_less_lawful": "-200.64"}}
    worker = samples.worker(2, samples.SHORT, 0, 0)
    said = "Differences from pay required are of the figures before rounding."
    assert said in record(worker | {"beside": beside})
    assert said not in record(worker)
