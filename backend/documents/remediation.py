"""The remediation schedule as CSV, XLSX and PDF."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from backend.documents.cells import Cell, csv_bytes
from backend.documents.remediation_page import TITLE, left_out, remediation_page
from backend.documents.typesetting import typeset
from backend.documents.workbook import Sheet, workbook
from schemas.remediation import OwedPeriod, Remediation

HEADER: Final = (
    "provider", "worker", "period_start", "period_end", "pay_cycle", "edition", "employment_ended_on", "underpayment",
    "rate_then", "rate_now", "due", "paid_since", "paid_by", "settled_on", "outstanding", "beyond_a_notice",
    "paid_too_late_to_count", "report", "as_of",
)  # fmt: skip


def remediation_csv(schedules: Iterable[Remediation]) -> bytes:
    """One row a worker and period of each schedule. Pounds as decimals; an unknown amount is an empty cell."""
    return csv_bytes(HEADER, (_row(schedule, row) for schedule in schedules for row in schedule.periods))


def _row(schedule: Remediation, row: OwedPeriod) -> tuple[Cell, ...]:
    return (
        schedule.provider.reference,
        row.worker,
        row.period.start,
        row.period.end,
        row.pay_cycle,
        row.edition,
        row.employment_ended_on,
        row.underpayment,
        row.rate_then,
        row.rate_now,
        row.due,
        row.paid_since,
        "; ".join(f"{part.reference} {part.paid_on} {part.amount}" for part in row.paid),
        row.settled_on,
        row.outstanding,
        row.beyond_a_notice,
        "; ".join(f"{line.reference} {line.paid_on}" for line in row.paid_late),
        row.report,
        schedule.as_of,
    )


_SUMMARY: Final = ("provider", "what", "£", "number")
_PAYMENTS: Final = ("provider", "worker", "period start", "period end", "payslip line", "paid on", "amount £")
_UNPLACED: Final = ("provider", "worker", "payslip line", "paid on", "amount £", "why")
_MONEY: Final = frozenset({"underpayment", "rate_then", "rate_now", "due", "paid_since", "outstanding"})


def remediation_xlsx(schedules: Sequence[Remediation]) -> bytes:
    """The same as a workbook: totals, periods with the columns of the CSV, payments, and what no period takes.

    `schedules` is not empty. The same schedules always give the same bytes.
    """
    periods = tuple(f"{name} £" if name in _MONEY else name for name in HEADER)
    sheets: list[Sheet] = [
        ("Totals", _SUMMARY, [row for schedule in schedules for row in _totals(schedule)]),
        ("Periods", periods, [_row(schedule, row) for schedule in schedules for row in schedule.periods]),
        ("Payments", _PAYMENTS, [row for schedule in schedules for row in _payments(schedule)]),
        ("Not placed", _UNPLACED, [row for schedule in schedules for row in _unplaced(schedule)]),
    ]
    return workbook(TITLE, max(schedule.worked_out_at for schedule in schedules), sheets)


def remediation_pdf(schedules: Sequence[Remediation]) -> bytes:
    """The same for people. Carries its own data as JSON, a list of schedules, of which there is at least one."""
    data = msgspec.json.encode(schedules, order="sorted")
    made_at = max(schedule.worked_out_at for schedule in schedules)
    return typeset("remediation", remediation_page(schedules), data, made_at)


def _totals(schedule: Remediation) -> Iterator[tuple[Cell, ...]]:
    totals, name = schedule.totals, schedule.provider.reference
    for what in (
        "underpayment",
        "due",
        "paid_since",
        "outstanding",
        "outstanding_provisional",
        "penalty_exposure",
    ):
        yield name, what.replace("_", " "), getattr(totals, what), None
    for what in (
        "periods",
        "workers",
        "periods_outstanding",
        "workers_outstanding",
        "due_unknown",
        "not_tested",
    ):
        yield name, what.replace("_", " "), None, getattr(totals, what)
    yield name, left_out(schedule) or "later reports", None, schedule.later_reports


def _payments(schedule: Remediation) -> Iterator[tuple[Cell, ...]]:
    for row in schedule.periods:
        for part in row.paid:
            dates = (row.period.start, row.period.end)
            yield schedule.provider.reference, row.worker, *dates, part.reference, part.paid_on, part.amount


def _unplaced(schedule: Remediation) -> Iterator[tuple[Cell, ...]]:
    for one in schedule.unplaced:
        yield schedule.provider.reference, one.worker, one.reference, one.paid_on, one.amount, one.reason


FORMATS: Final[Mapping[str, tuple[str, Callable[[Sequence[Remediation]], bytes]]]] = {
    "csv": ("text/csv", remediation_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", remediation_xlsx),
    "pdf": ("application/pdf", remediation_pdf),
}
"""The files that a schedule can be had as, each with its media type."""
