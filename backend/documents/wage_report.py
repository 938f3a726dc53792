"""Wage reports as PDF, XLSX and JSON, and one worker's record as PDF, from one snapshot."""

from decimal import Decimal

from msgspec.structs import replace

from backend.documents.canonical import canonical_json
from backend.documents.typesetting import typeset
from backend.documents.wage_report_page import wage_report_page, worker_record_page
from backend.documents.worker_page import rules_of
from schemas.documents import TestedWorker, WageReportSnapshot, WageSummary


def wage_report_pdf(report: WageReportSnapshot) -> bytes:
    """The report for people: a summary, then each worker's record. Carries its own data as JSON."""
    return typeset("wage_report", wage_report_page(report), wage_report_json(report), report.as_of)


def wage_report_json(report: WageReportSnapshot) -> bytes:
    """The report for machines: the whole snapshot, canonical (RFC 8785)."""
    return canonical_json(report)


def worker_record_pdf(report: WageReportSnapshot, employment: str) -> bytes:
    """One worker's record alone, as one document (National Minimum Wage Regulations 2015, reg 59).

    `employment` is its reference. Raises LookupError if the report tested no such employment. Nothing of any other
    worker is in the document or in the data it carries.
    """
    worker = next((tested for tested in report.workers if tested.employment == employment), None)
    if worker is None:
        raise LookupError(f"the report tested no employment {employment}")
    alone = _alone(report, worker)
    return typeset("wage_report", worker_record_page(alone, worker), wage_report_json(alone), report.as_of)


def _alone(report: WageReportSnapshot, worker: TestedWorker) -> WageReportSnapshot:
    required = worker.result.required
    return replace(
        report,
        workers=[worker],
        not_tested=[],
        summary=_summary(worker),
        rules=rules_of(report, worker),
        statute=[
            entry
            for entry in report.statute
            if (entry.id, entry.hourly) == (required.statute, required.hourly)
        ],
    )


def _summary(worker: TestedWorker) -> WageSummary:
    result = worker.result
    return WageSummary(
        workers_tested=1,
        workers_short=0 if result.compliant else 1,
        pence_short=int(result.shortfall * Decimal(100)),
        not_tested=0,
        unresolved_minutes=result.unresolved_minutes,
        counted_minutes=result.counted_minutes,
    )
