"""Wire types of the remediation schedule: who was short, by how much, and what was paid since. Money is pounds."""

from typing import Literal

from msgspec import Struct

from schemas.documents import Dates, Party
from schemas.scalars import Day, Instant, Number


class ArrearsPayment(Struct, frozen=True, kw_only=True):
    """A payslip line of arrears, and the part of it that went to the period."""

    reference: str
    paid_on: Day
    amount: Number


class LatePay(Struct, frozen=True, kw_only=True):
    """Pay for the period that came too late to count in it: regulation 9 counts it where it was paid."""

    reference: str
    paid_on: Day


class OwedPeriod(Struct, frozen=True, kw_only=True):
    """One worker's pay reference period that was short.

    `due` is to the day of the answer, or to the day it was settled; it, and so `outstanding`, is None where the rate of
    that day is not known. `worker` is a pseudonym for readers who see no names; `place` is the worker's in the report.
    """

    worker: str
    report: str
    place: int
    pay_cycle: str
    period: Dates
    edition: Literal["provisional", "final"]
    employment_ended_on: Day | None
    underpayment: Number
    rate_then: Number
    rate_now: Number | None
    due: Number | None
    paid: list[ArrearsPayment]
    paid_since: Number
    settled_on: Day | None
    outstanding: Number | None
    beyond_a_notice: bool
    paid_late: list[LatePay]
    rule: str


class Unplaced(Struct, frozen=True, kw_only=True):
    """What of a payment of arrears no period in the schedule takes, and why, in words."""

    worker: str
    reference: str
    paid_on: Day
    amount: Number
    reason: str


class RemediationTotals(Struct, frozen=True, kw_only=True):
    """Sums over the schedule. `penalty_exposure`: the most a notice of underpayment could ask, None where unknown."""

    periods: int
    workers: int
    periods_outstanding: int
    workers_outstanding: int
    underpayment: Number
    due: Number
    paid_since: Number
    outstanding: Number
    outstanding_provisional: Number
    due_unknown: int
    not_tested: int
    penalty_exposure: Number | None


class Remediation(Struct, frozen=True, kw_only=True):
    """What a provider must still put right, to the day `as_of`, on what was recorded up to `worked_out_at`.

    `later_reports`: wage reports that are not in it, made later or of periods that end on the day or after it.
    """

    provider: Party
    as_of: Day
    worked_out_at: Instant
    later_reports: int
    totals: RemediationTotals
    periods: list[OwedPeriod]
    unplaced: list[Unplaced]
    simulated_clock: bool
