"""What a coming pay run would pay each worker by the agreed terms, beside the minimum wage, before payroll is run.

It is worked out when somebody asks, from what is recorded by then, by the rules of the wage report. Nothing is kept.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.domain.pay_period import parse_pay_cycle
from backend.domain.time import LONDON_NAME, london_date
from backend.faults import DomainError
from backend.sql import query
from backend.travel.straight_line import StraightLine
from backend.use_cases.calc_wage import wage_results
from backend.use_cases.wage_beside import as_agreed
from backend.use_cases.wage_expected import ExpectedPay, expected_pay
from backend.use_cases.wage_report_facts import (
    RecordedWages,
    WageReportFacts,
    recorded_wages,
    wages_recorded,
)
from backend.use_cases.worked_days import estimator_of
from schemas.pay import PayLine
from schemas.wage import Period, WageCase, WageResult

SALARIED: Final = "the work is salaried, and what the salary pays is known once payroll is loaded"
_ZERO: Final = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class PreviewedDay:
    """A London date: seconds that count by law, that nobody has explained, and that do not count."""

    date: date
    counted: int
    unresolved: int
    uncounted: int


@dataclass(frozen=True, slots=True)
class PreviewedWorker:
    """One employment. Money in pounds; what the terms do not settle is None, and `reason` says why.

    `top_up`: what must be paid besides for the pay of the terms to reach the minimum; `with_unexplained`: the same if
    time that nobody has explained turns out to be work. `standards`: those of contracts that the terms fall short of.
    `unsettled`: attendances whose times are not settled; `loaded`: payroll is loaded already.
    """

    employment: str
    carer: str
    name: str
    counted_minutes: Decimal
    unexplained_minutes: Decimal
    lines: Sequence[PayLine]
    expected: Decimal | None
    mileage: Decimal | None
    counts: Decimal | None
    required: Decimal
    hourly: Decimal
    top_up: Decimal | None
    with_unexplained: Decimal | None
    standards: Sequence[tuple[str, Decimal]]
    reason: str | None
    unsettled: int
    loaded: bool
    days: Sequence[PreviewedDay]

    @property
    def provisional(self) -> bool:
        """Whether facts of this worker are still missing."""
        return self.reason is not None or bool(self.unexplained_minutes) or self.unsettled > 0


@dataclass(frozen=True, slots=True)
class PayRun:
    """The run of a pay cycle for one pay reference period, those with a top-up first. `cycles` are all there are.

    `unlisted`: attendances without settled times of carers who have no other time in the period.
    """

    cycles: Sequence[str]
    cycle: str
    period: Period
    previous: Period
    following: Period
    over: bool
    workers: Sequence[PreviewedWorker]
    unlisted: int

    @property
    def top_up(self) -> Decimal:
        """All top-ups together."""
        return sum((worker.top_up or _ZERO for worker in self.workers), _ZERO)

    @property
    def unknown(self) -> int:
        """How many workers there are of whom it is not known what their terms pay."""
        return sum(worker.expected is None for worker in self.workers)


async def preview_pay_run(provider_id: UUID, cycle: str | None, day: date) -> PayRun | None:
    """The run of a pay cycle, the first unless one is given, for the period that holds a London date.

    None while nobody is employed. Raises DomainError not_found for a cycle that nobody is paid by, bad_request for a
    period beyond the law that is known, or Faulty likewise.
    """
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("jobs.pay_cycles"), provider_id)
        cycles = [row["pay_cycle"] for row in rows]
        if not cycles:
            return None
        if cycle is not None and cycle not in cycles:
            raise DomainError("not_found", f"Nobody is paid {cycle}. The pay cycles are {', '.join(cycles)}.")
        chosen = parse_pay_cycle(cycle or cycles[0])
        period = chosen.containing(day)
        span = (cycle or cycles[0], period.start, period.end)
        recorded = await recorded_wages(connection, provider_id, *span, now, london_date(now))
    # Seconds of arithmetic for a large provider: phones must not wait for them.
    workers, unlisted = await asyncio.to_thread(_workers, recorded)
    return PayRun(
        cycles,
        span[0],
        period,
        chosen.preceding(period),
        chosen.following(period),
        period.end < london_date(now),
        sorted(workers, key=lambda worker: (-(worker.top_up or _ZERO), worker.employment)),
        unlisted,
    )


def _workers(recorded: RecordedWages) -> tuple[list[PreviewedWorker], int]:
    """Each worker, and how many attendances of others are not settled."""
    facts = wages_recorded(recorded)
    owed = expected_pay(facts, facts.employments, estimator_of(recorded.days, StraightLine()))
    pays = [
        _told(owed[row["employment_id"]], case)
        for row, case in zip(facts.employments, facts.cases, strict=True)
    ]
    agreed = [
        as_agreed(case, pay.lines() if pay.reason is None else [])
        for case, pay in zip(facts.cases, pays, strict=True)
    ]
    results = wage_results(agreed, recorded.today)
    days, unsettled = _days(facts), _unsettled(facts)
    listed = {row["carer_id"] for row in facts.employments}
    found = [
        _worker(row, case, pay, result, days.get(row["employment_id"], []), unsettled.get(row["carer_id"], 0))
        for row, case, pay, result in zip(facts.employments, facts.cases, pays, results, strict=True)
        if case.work or case.pay
    ]
    return found, sum(count for carer, count in unsettled.items() if carer not in listed)


def _told(pay: ExpectedPay, case: WageCase) -> ExpectedPay:
    return pay if case.salaried is None else ExpectedPay(reason=SALARIED)


def _worker(
    employment: Mapping[str, Any],
    case: WageCase,
    pay: ExpectedPay,
    result: WageResult,
    days: Sequence[PreviewedDay],
    unsettled: int,
) -> PreviewedWorker:
    known = pay.reason is None
    lines = pay.lines() if known else []
    mileage = sum((Decimal(line.amount) for line in lines if line.kind == "mileage"), _ZERO)
    wages = sum((Decimal(line.amount) for line in lines), _ZERO) - mileage
    return PreviewedWorker(
        employment=employment["reference"],
        carer=employment["person"],
        name=employment["name"],
        counted_minutes=result.counted_minutes,
        unexplained_minutes=result.unresolved_minutes,
        lines=lines,
        expected=wages if known else None,
        mileage=mileage if known else None,
        counts=result.nmw_pay if known else None,
        required=result.required.pay,
        hourly=result.required.hourly,
        top_up=result.shortfall if known else None,
        with_unexplained=result.shortfall_with_unresolved if known else None,
        standards=[(row.name, row.shortfall) for row in result.standards if known and not row.met],
        reason=pay.reason,
        unsettled=unsettled,
        loaded=bool(case.pay),
        days=days,
    )


def _days(facts: WageReportFacts) -> dict[str, list[PreviewedDay]]:
    """The days of each employment."""
    unexplained = pl.col("kind") == "unresolved"
    sums = (
        facts.days.segments.filter(pl.col("employment_id").is_not_null())
        .group_by("employment_id", "date")
        .agg(
            counted=pl.col("seconds").filter(pl.col("counted")).sum(),
            unresolved=pl.col("seconds").filter(unexplained).sum(),
            uncounted=pl.col("seconds").filter(~pl.col("counted") & ~unexplained).sum(),
        )
        .sort("employment_id", "date")
    )
    found: dict[str, list[PreviewedDay]] = {}
    for employment, *rest in sums.iter_rows():
        found.setdefault(employment, []).append(PreviewedDay(*rest))
    return found


def _unsettled(facts: WageReportFacts) -> dict[str, int]:
    """How many attendances of each carer in the period have times that are not settled."""
    open_ = pl.col("incomplete") | pl.col("unresolved").is_not_null()
    local = pl.col("starts_at").dt.convert_time_zone(LONDON_NAME).dt.date()
    within = local.is_between(facts.recorded.days.first, facts.recorded.days.last)
    counted = (
        facts.days.visits.filter(open_, within, pl.col("carer_id").is_not_null()).group_by("carer_id").len()
    )
    return dict(counted.iter_rows())
