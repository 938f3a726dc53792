"""The remediation schedule as a spreadsheet."""

from collections.abc import Iterable
from typing import Final

from backend.documents.cells import Cell, csv_bytes
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
