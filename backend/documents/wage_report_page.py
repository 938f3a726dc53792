"""What a wage report says on paper: a summary, then the pages of each worker."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from backend.documents import words
from backend.documents.beside import report_tables
from backend.documents.earlier_changes import report_tables as change_tables
from backend.documents.finding import where_to_look
from backend.documents.invoice_page import Page
from backend.documents.listed import listed, unlisted
from backend.documents.worker_page import before_rounding, named, pay_cycle, table_page, worker_page
from schemas.documents import StatuteEntry, TestedWorker, WageReportSnapshot

ROUNDED_APART: Final = (
    "A shortfall is worked out before rounding. Where the rounded figures differ from it by a penny, "
    "the worker’s page gives the exact ones."
)

MOST_WORKERS: Final = 100
MOST_VISITS: Final = 12_000
"""Records and visits in them of a report on paper, some 800 pages; of more, each record is a document of its own."""
RECORDS_APART: Final = (
    "This report has more records than anybody reads in one document. The XLSX and JSON files hold them whole, and "
    "the JSON is attached to this PDF. The record of one worker is a document of its own in that worker's evidence: "
    "doorstep evidence FILE --provider REFERENCE --report FIRST-DAY --worker EMPLOYMENT."
)


def wage_report_page(report: WageReportSnapshot) -> Page:
    """The values of `templates/wage_report.typ`: plain JSON data, all of it ready to print."""
    title = f"Minimum wage report, {report.provider.name}, {words.dates(report.period)}"
    apart = records_apart(report)
    shown = replace(report, workers=[]) if apart else report
    return _page([shown], title) | {"summary": _summary(report, apart)}


def records_apart(report: WageReportSnapshot) -> bool:
    """Whether a report is too long to hold the record of each worker on paper."""
    visits = sum(len(day.visits) for worker in report.workers for day in worker.days)
    return len(report.workers) > MOST_WORKERS or visits > MOST_VISITS


def worker_record_page(reports: Sequence[WageReportSnapshot]) -> Page:
    """The pages of reports that hold one worker alone, an employment after the other, without the summary."""
    names = ", ".join(named(worker) for report in reports for worker in report.workers)
    title = f"Record of hours and pay, {names}, {_periods(reports)}"
    return _page(reports, title) | {"summary": None}


def notices(report: WageReportSnapshot) -> list[str]:
    """What a reader must know on every page."""
    said = (
        ["Provisional: pay of the next period may still add to it."] if report.status == "provisional" else []
    )
    return said + (
        ["Made under a simulated clock. This is not a real record."] if report.simulated_clock else []
    )


def _page(reports: Sequence[WageReportSnapshot], title: str) -> Page:
    said = [notice for report in reports for notice in notices(report)]
    return {
        "title": title,
        "notices": list(dict.fromkeys(said)),
        "provider": reports[0].provider.name,
        "period": _periods(reports),
        "workers": [worker_page(report, worker) for report in reports for worker in report.workers],
        "footer": [
            *dict.fromkeys(f"Template {report.template_version}" for report in reports),
            *(f"Facts {report.facts_digest}" for report in reports),
        ],
    }


def _periods(reports: Sequence[WageReportSnapshot]) -> str:
    return ", ".join(dict.fromkeys(words.dates(report.period) for report in reports))


def _summary(report: WageReportSnapshot, apart: bool) -> Page:
    workers = _shortest_first(report.workers)
    return {
        "identity": _identity(report),
        "figures": _figures(report),
        "workers": [_row(None if apart else index, worker) for index, worker in listed(workers)],
        "more": unlisted(workers),
        "note": ROUNDED_APART if any(map(before_rounding, report.workers)) else "",
        "records": RECORDS_APART if apart else "",
        "not_tested": [
            [left.name or left.employment, left.employment, left.reason] for left in listed(report.not_tested)
        ],
        "more_not_tested": unlisted(report.not_tested),
        "beside": [
            table_page(table)
            for table in (
                *([] if report.beside is None else report_tables(report.beside)),
                *change_tables(report.changes),
            )
        ],
        "no_statute": "None: the rate was given with each case."
        if report.workers
        else "None: no worker was tested.",
        "statute": [
            [entry.id, words.pounds(entry.hourly), f"{entry.from_} to {entry.until}", _cited(entry)]
            for entry in report.statute
        ],
    }


def _cited(entry: StatuteEntry) -> str:
    return f"{entry.instrument}, {entry.href}"


def _identity(report: WageReportSnapshot) -> list[list[str]]:
    return [
        ["Provider", f"{report.provider.name} ({report.provider.reference})"],
        ["Pay reference period", words.dates(report.period)],
        ["Pay cycle", pay_cycle(report.pay_cycle)],
        ["Status", report.status],
        ["Facts up to", words.moment(report.as_of)],
        where_to_look(report),
    ]


def _figures(report: WageReportSnapshot) -> list[list[str]]:
    summary = report.summary
    rows = [
        ["Workers tested", str(summary.workers_tested)],
        ["Workers paid too little", str(summary.workers_short)],
        ["Shortfall of all workers", words.pence(summary.pence_short)],
        ["Workers not tested", str(summary.not_tested)],
        ["Time nobody has explained", words.hours(summary.unresolved_minutes)],
    ]
    if summary.counted_minutes is not None:
        rows.append(["Time that counts, of workers tested", words.hours(summary.counted_minutes)])
    return rows + (
        [["Arrears due", words.pence(summary.pence_arrears)]] if summary.pence_arrears is not None else []
    )


def _shortest_first(workers: list[TestedWorker]) -> list[tuple[int, TestedWorker]]:
    """The workers with their place in the report, those most underpaid first."""
    return sorted(enumerate(workers), key=lambda entry: (-entry[1].result.shortfall, entry[0]))


def _row(index: int | None, worker: TestedWorker) -> Page:
    result = worker.result
    hourly = result.hourly_equivalent
    return {
        "page_of": index,
        "short": not result.compliant,
        "cells": [
            worker.name or f"Employment {worker.employment}",
            worker.employment,
            words.hours(result.counted_minutes),
            words.hours(result.unresolved_minutes),
            words.pounds(result.required.pay),
            words.pounds(result.nmw_pay),
            "no hours" if hourly is None else words.pounds(hourly),
            "enough" if result.compliant else "too little",
            words.pounds(result.shortfall),
        ],
    }
