"""Wage reports as PDF, XLSX and JSON, and one worker's record as PDF, from one snapshot."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from backend.documents.canonical import canonical_json
from backend.documents.typesetting import typeset
from backend.documents.wage_report_page import wage_report_page, worker_record_page
from backend.documents.worker_page import engines_named, paces_named, rules_of
from schemas.documents import WageReportSnapshot, WageSummary
from schemas.wage import WageResult


def wage_report_pdf(report: WageReportSnapshot) -> bytes:
    """The report for people: a summary, then each worker's record. Carries its own data as JSON."""
    return typeset("wage_report", wage_report_page(report), wage_report_json(report), report.as_of)


def wage_report_json(report: WageReportSnapshot) -> bytes:
    """The report for machines: the whole snapshot, canonical (RFC 8785)."""
    return canonical_json(report)


def worker_record_pdf(report: WageReportSnapshot, *employments: str) -> bytes:
    """One worker's record alone, as one document (National Minimum Wage Regulations 2015, reg 59).

    `employments` are the references of this worker's own, one or more. Raises LookupError if the report tested one of
    them not.
    """
    return worker_records_pdf([alone(report, *employments)])


def worker_records_pdf(records: Sequence[WageReportSnapshot]) -> bytes:
    """One worker's records of several pay cycles, as one document that carries the data of each.

    The data of one record is an object; of several, a list of such objects.
    """
    each = [wage_report_json(record) for record in records]
    data = each[0] if len(each) == 1 else b"[" + b",".join(each) + b"]"
    return typeset("wage_report", worker_record_page(records), data, max(record.as_of for record in records))


def alone(report: WageReportSnapshot, *employments: str) -> WageReportSnapshot:
    """The part of a report that is about these employments of one worker; nothing of any other worker is in it.

    Raises LookupError if the report tested one of them not.
    """
    own = [tested for tested in report.workers if tested.employment in employments]
    if missing := sorted(set(employments) - {tested.employment for tested in own}):
        raise LookupError(f"the report tested no employment {', '.join(missing)}")
    rules = {text.id for worker in own for text in rules_of(report, worker)}
    rates = {(worker.result.required.statute, worker.result.required.hourly) for worker in own}
    return replace(
        report,
        workers=own,
        not_tested=[],
        beside=None,
        summary=_summary([worker.result for worker in own]),
        rules=[text for text in report.rules if text.id in rules],
        travel_engines=[row for row in report.travel_engines if row.id in engines_named(own)],
        paces=paces_named(own, report.paces),
        changes=[change for change in report.changes if change.employment in employments],
        statute=[entry for entry in report.statute if (entry.id, entry.hourly) in rates],
    )


def _summary(results: list[WageResult]) -> WageSummary:
    return WageSummary(
        workers_tested=len(results),
        workers_short=sum(not result.compliant for result in results),
        pence_short=int(sum(result.shortfall for result in results) * 100),
        not_tested=0,
        unresolved_minutes=sum((result.unresolved_minutes for result in results), Decimal(0)),
        counted_minutes=sum((result.counted_minutes for result in results), Decimal(0)),
    )
