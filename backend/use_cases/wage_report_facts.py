"""The facts a wage report is made from: who was employed, what was worked, what payroll really paid."""

import asyncio
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
import polars as pl

from backend.domain.pay_doubles import possible_doubles
from backend.domain.pay_period import last_day_after_leaving, parse_pay_cycle
from backend.domain.payroll import Classified, classify
from backend.sql import query
from backend.travel import TravelEstimator
from backend.use_cases.kind_of_work import kind_of_work, salaried_hours
from backend.use_cases.known_bank_holidays import known_bank_holidays
from backend.use_cases.miles_before import miles_before
from backend.use_cases.salaried_years import SalariedYear, salaried_year, years_before
from backend.use_cases.wage_standards import hourly_standards, in_force
from backend.use_cases.worked_days import CarersDays, RecordedDays, days_recorded, recorded_days
from schemas.changes import EarlierChange
from schemas.salaried import Salaried, YearBefore
from schemas.scalars import parse_minutes
from schemas.wage import (
    Accommodation,
    Apprenticeship,
    Deduction,
    Expenditure,
    PayLine,
    PaymentToEmployer,
    Period,
    Span,
    Standard,
    WageCase,
    Worker,
    WorkLine,
)

NEAR_DAYS: Final = 120
"""Working days matter up to the end of the period after next, for timesheets handed in late."""

ARREARS: Final = "award"
"""The kind of a payment of arrears, which says the days it is for; it is no pay of the period it is paid in."""


@dataclass(frozen=True, slots=True)
class RecordedWages:
    """What was recorded that a wage report is made from. `pay_lines`, `payroll_lines`, `pay_mapping`, `terms` and
    `standards`: rows of the queries of those names. `miles_before`: hundredths of a mile by employment. Arrears are to
    `today`. `salaried_years`: what is recorded of the calculation years of salaried work, by employment.
    `changes`: what became known after `changes_since` of earlier periods, whose own facts are not held.

    Whoever holds these alone can work the report out again, without a database.
    """

    days: RecordedDays
    pay_cycle: str
    today: date
    pay_lines: Sequence[Mapping[str, Any]]
    bank_holidays: Sequence[date]
    payroll_lines: Sequence[Mapping[str, Any]] = ()
    pay_mapping: Sequence[Mapping[str, Any]] = ()
    terms: Sequence[Mapping[str, Any]] = ()
    standards: Sequence[Mapping[str, Any]] = ()
    miles_before: Mapping[str, int] = field(default_factory=dict)
    salaried_years: Mapping[str, YearBefore] = field(default_factory=dict)
    changes: Sequence[EarlierChange] = ()
    changes_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payroll:
    """What payroll paid, by employment: `lines` as the test takes them, `unclassified` ones raw with their reason.

    `mapping` are the versions of the mapping that lines went by; `digests` of all that went in. `doubled` are pairs of
    `lines` that may be one payment loaded twice; both count until one is superseded.
    """

    lines: Mapping[str, Sequence[Mapping[str, Any]]]
    unclassified: Mapping[str, Sequence[Mapping[str, Any]]]
    mapping: Sequence[Mapping[str, Any]]
    digests: Sequence[str]
    doubled: Mapping[str, Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WageReportFacts:
    """Employments under one pay cycle, with their wage cases in the same order, and the days behind them."""

    employments: Sequence[Mapping[str, Any]]
    cases: Sequence[WageCase]
    days: CarersDays
    payroll: Payroll
    standards: Sequence[Mapping[str, Any]]
    recorded: RecordedWages
    salaried: Mapping[str, SalariedYear] = field(default_factory=dict)


async def wage_report_facts(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    start: date,
    end: date,
    as_of: datetime,
    today: date,
    carer_id: UUID | None = None,
) -> WageReportFacts:
    """Everything recorded up to `as_of` on the pay reference period `start` to `end`; of one carer if given.

    Arrears are to `today`.
    """
    recorded = await recorded_wages(connection, provider_id, pay_cycle, start, end, as_of, today, carer_id)
    return await asyncio.to_thread(wages_recorded, recorded)


async def recorded_wages(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    start: date,
    end: date,
    as_of: datetime,
    today: date,
    carer_id: UUID | None = None,
) -> RecordedWages:
    """Everything that `wages_recorded` needs, read from the database."""
    own = None if carer_id is None else [carer_id]
    days = await recorded_days(connection, provider_id, start, end, as_of=as_of, carers=own)
    miles = (
        {}
        if carer_id  # a running test of one carer's shows no mileage
        else await miles_before(connection, provider_id, start, as_of, days.policy)
    )
    return await recorded_pay(connection, provider_id, pay_cycle, days, as_of, today, miles)


async def recorded_pay(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    days: RecordedDays,
    as_of: datetime,
    today: date,
    miles: Mapping[str, int],
) -> RecordedWages:
    """The same for days that were read already. `miles`: those before the period."""
    start, end = days.first, days.last

    async def read(name: str, *parameters: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in await connection.fetch(query(f"wages.{name}"), provider_id, *parameters)]

    known = await known_bank_holidays(connection, as_of)
    return RecordedWages(
        days,
        pay_cycle,
        today,
        pay_lines=await read("pay_lines", start, end, as_of),
        bank_holidays=sorted(day for day in known if 0 <= (day - start).days < NEAR_DAYS),
        payroll_lines=await read("payroll_lines", start, end, as_of),
        pay_mapping=await read("pay_mapping", as_of),
        terms=await read("terms", as_of),
        standards=await read("standards", as_of),
        miles_before=miles,
        salaried_years=await years_before(
            connection, provider_id, days.employments, period_of(pay_cycle, start, end), as_of
        ),
    )


def wages_recorded(
    recorded: RecordedWages, estimator: TravelEstimator | None = None, also: Container[str] = ()
) -> WageReportFacts:
    """The wage cases that recorded facts come to: of employments with work or pay, and of those `also` names. Pure."""
    days = days_recorded(recorded.days, estimator)
    payroll, work = _payroll(recorded), _work(days.segments)
    standards = in_force(recorded.standards, recorded.days.first)
    lines = payroll.lines
    period = period_of(recorded.pay_cycle, recorded.days.first, recorded.days.last)
    employed = [
        row
        for row in days.employments.values()
        if row["pay_cycle"] == recorded.pay_cycle
        and row["starts_on"] <= period.end
        and (row["ends_on"] is None or row["ends_on"] >= period.start)
        and (
            row["reference"] in also
            or any(row["employment_id"] in known for known in (work, lines, payroll.unclassified))
        )
    ]
    salaried = _salaried_years(recorded, days, employed, period)
    cases = [
        _with_year(
            salaried.get(row["employment_id"]),
            row,
            period,
            work.get(row["employment_id"], []),
            lines.get(row["employment_id"], []),
            list(recorded.bank_holidays),
            recorded.today,
            hourly_standards(standards),
        )
        for row in employed
    ]
    unread = {
        row["employment_id"]: [
            line
            for line in payroll.unclassified.get(row["employment_id"], ())
            if _bears_on(line, period, row)
        ]
        for row in employed
    }
    doubled = {
        row["employment_id"]: [
            pair
            for pair in possible_doubles(lines.get(row["employment_id"], ()))
            if _bears_on(pair[0], period, row)
        ]
        for row in employed
    }
    payroll = replace(payroll, unclassified=unread, doubled=doubled)
    return WageReportFacts(employed, cases, days, payroll, standards, recorded, salaried)


def _salaried_years(
    recorded: RecordedWages, days: CarersDays, employed: Sequence[Mapping[str, Any]], period: Period
) -> dict[str, SalariedYear]:
    found = {}
    for row in employed:
        year, terms = recorded.salaried_years.get(row["employment_id"]), _salaried(row, period)
        if year is not None and terms is not None:
            found[row["employment_id"]] = salaried_year(year, terms, days, row, period)
    return found


def _salaried(employment: Mapping[str, Any], period: Period) -> Salaried | None:
    kind = kind_of_work(employment, max(period.start, employment["starts_on"]))
    return salaried_hours(kind, parse_pay_cycle(employment["pay_cycle"]), period, employment)


def _with_year(year: SalariedYear | None, *facts: Any) -> WageCase:
    """The case; for salaried work, with what the calculation year adds and absences take off."""
    case = _case(*facts)
    return case if year is None else year.put_into(case)


def _payroll(recorded: RecordedWages) -> Payroll:
    found: Classified = classify(recorded.payroll_lines, recorded.pay_mapping)
    read = (recorded.pay_lines, recorded.payroll_lines, found.used, recorded.terms, recorded.standards)
    return Payroll(
        _by_employment([*recorded.pay_lines, *found.lines]),
        _by_employment(found.unclassified),
        found.used,
        [row["digest"].hex() for rows in read for row in rows],
    )


def period_of(pay_cycle: str, first: date, last: date) -> Period:
    """The period of the cycle, which knows where its months begin; other dates stand as they are."""
    found = parse_pay_cycle(pay_cycle).containing(first)
    return found if (found.start, found.end) == (first, last) else Period(start=first, end=last)


def _by_employment(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["employment_id"], []).append(row)
    return found


def _work(segments: pl.DataFrame) -> dict[str, list[WorkLine]]:
    """Seconds of each kind, by employment."""
    sums = (
        segments.group_by("employment_id", "kind")
        .agg(pl.col("seconds").sum())
        .filter(pl.col("seconds") > 0)
        .sort("employment_id", "kind")
    )
    found: dict[str, list[WorkLine]] = {}
    for row in sums.to_dicts():
        found.setdefault(row["employment_id"], []).append(WorkLine(kind=row["kind"], seconds=row["seconds"]))
    return found


def _case(
    employment: Mapping[str, Any],
    period: Period,
    work: list[WorkLine],
    lines: Sequence[Mapping[str, Any]],
    holidays: list[date],
    today: date,
    standards: list[Standard],
) -> WageCase:
    section = {
        name: [
            row
            for row in lines
            if row["section"] == name and (name == "pay" or _in_period(row, period, employment))
        ]
        for name in ("pay", "deduction", "expenditure", "payment_to_employer", "accommodation")
    }
    first_day = max(period.start, employment["starts_on"])
    salaried = _salaried(employment, period)
    return WageCase(
        period=period,
        worker=_worker(employment),
        work_type="time" if salaried is None else "salaried",
        salaried=salaried,
        work=work,
        pay=[_payment(row) for row in section["pay"] if _bears_on(row, period, employment)],
        deductions=[Deduction(kind=row["kind"], amount=row["amount"]) for row in section["deduction"]],
        expenditure=[
            Expenditure(kind=row["kind"], amount=row["amount"], reimbursed=row["reimbursed"] or Decimal(0))
            for row in section["expenditure"]
        ],
        payments_to_employer=[
            PaymentToEmployer(kind=row["kind"], amount=row["amount"])
            for row in section["payment_to_employer"]
        ],
        accommodation=accommodation_of(section["accommodation"], period),
        bank_holidays=holidays,
        employment_started_on=first_day if first_day > period.start else None,
        employment_ended_on=employment["ends_on"],
        as_of=today,
        standards=standards,
    )


def _worker(employment: Mapping[str, Any]) -> Worker:
    started, ended = employment["apprenticeship_started"], employment["apprenticeship_ended"]
    return Worker(
        date_of_birth=employment["date_of_birth"],
        apprenticeship=None if started is None else Apprenticeship(started=started, ended=ended),
    )


def _in_period(row: Mapping[str, Any], period: Period, employment: Mapping[str, Any]) -> bool:
    """Deductions, spending and accommodation belong to the period of the pay they were taken from, where the line says
    its days, else to the period they were made in (regs 12 and 13); made in the month after the employment ended, to
    the final period (HMRC NMWM11160).
    """
    day, left = row["earned_start"] or row["paid_on"], employment["ends_on"]
    if left is not None and left < day <= last_day_after_leaving(left):
        day = left
    return bool(period.start <= day <= period.end)


def _bears_on(row: Mapping[str, Any], period: Period, employment: Mapping[str, Any]) -> bool:
    """Whether regulation 9 could place any of the payment here: earned here, paid here or in the next period, or paid
    within a month of leaving. Arrears for other periods are none of this one's.
    """
    if (
        row["earned_start"] is not None
        and row["earned_start"] <= period.end
        and row["earned_end"] >= period.start
    ):
        return True
    if row["kind"] == ARREARS and row["earned_start"] is not None:
        return False
    following = parse_pay_cycle(employment["pay_cycle"]).containing(period.end + timedelta(days=1))
    last = period.end if row["earned_start"] is None else following.end
    left = employment["ends_on"]
    return bool(
        period.start <= row["paid_on"] <= (last if left is None else max(last, last_day_after_leaving(left)))
    )


def _payment(row: Mapping[str, Any]) -> PayLine:
    earned = None if row["earned_start"] is None else Span(start=row["earned_start"], end=row["earned_end"])
    return PayLine(
        kind=row["kind"],
        amount=row["amount"],
        rate=row["rate"],
        units=row["units"],
        duties=row["duties"],
        minutes=None if row["minutes"] is None else parse_minutes(f"{row['minutes']:f}"),
        normal_rate=row["normal_rate"],
        consolidated=row["consolidated"],
        absence_taken=row["absence_taken"],
        paid_on=row["paid_on"],
        earned=earned,
        record_submitted_on=row["record_submitted_on"],
    )


def accommodation_of(rows: Sequence[Mapping[str, Any]], period: Period) -> Accommodation | None:
    """The accommodation of a period: payslip lines of one charge a month added up, others as what they come to.

    The days are no more than the period has.
    """
    if not rows:
        return None
    days = min(sum(row["days"] for row in rows), (period.end - period.start).days + 1)
    if len(rows) == 1 or {row["kind"] for row in rows} == {"charge_per_month"}:
        return Accommodation(days=days, **{rows[0]["kind"]: sum(row["amount"] for row in rows)})
    return Accommodation(days=days, charge=sum((_charged(row) for row in rows), Decimal(0)))


def _charged(row: Mapping[str, Any]) -> Decimal:
    amount: Decimal = row["amount"]
    return amount * row["days"] if row["kind"] == "charge_per_day" else amount
