"""Lays wage cases out as the frames of the minimum wage test."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from backend.domain.minimum_wage import WageFrames, frames
from backend.domain.money import millionths
from schemas.wage import Accommodation, PayLine, WageCase, WorkLine

_MICROSECONDS = 1_000_000


def wage_frames(cases: Sequence[WageCase], today: date) -> WageFrames:
    """Frames for the cases, numbered from 0. `today` stands where a case has no `as_of`."""
    numbered = list(enumerate(cases))
    return WageFrames(
        cases=_frame(frames.CASES, (_case_row(number, case, today) for number, case in numbered)),
        work=_frame(frames.WORK, (row for n, case in numbered for row in _work_rows(n, case))),
        pay=_frame(frames.PAY, (row for n, case in numbered for row in _pay_rows(n, case))),
        contract_rates=_frame(
            frames.CONTRACT_RATES,
            ((n, line.duties, _money(line.rate)) for n, case in numbered for line in case.contract_rates),
        ),
        adjustments=_frame(
            frames.ADJUSTMENTS, (row for n, case in numbered for row in _adjustments(n, case))
        ),
        standards=_frame(
            frames.STANDARDS,
            ((n, i, _money(line.hourly)) for n, case in numbered for i, line in enumerate(case.standards)),
        ),
        standard_kinds=_frame(
            frames.STANDARD_KINDS,
            ((n, i, kind) for n, c in numbered for i, line in enumerate(c.standards) for kind in line.kinds),
        ),
        holidays=_frame(frames.HOLIDAYS, ((n, day) for n, case in numbered for day in case.bank_holidays)),
    )


def _frame(schema: pl.Schema, rows: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema, orient="row")


def _money(value: Decimal | None) -> int | None:
    return None if value is None else millionths(value, "pounds")


def _micros(line: WorkLine | PayLine) -> int | None:
    if line.seconds is not None:
        return line.seconds * _MICROSECONDS
    return None if line.minutes is None else millionths(line.minutes, "minutes") * 60


def _case_row(number: int, case: WageCase, today: date) -> tuple[Any, ...]:
    worker, rates, salaried = case.worker, case.rates, case.salaried
    apprenticeship = worker.apprenticeship if worker else None
    return (
        number,
        case.period.start,
        case.period.end,
        case.period.monthly_from,
        case.work_type,
        worker.date_of_birth if worker else None,
        apprenticeship.started if apprenticeship else None,
        apprenticeship.ended if apprenticeship else None,
        _money(rates.hourly) if rates else None,
        _money(rates.hourly_now) if rates else None,
        _money(rates.accommodation_offset_per_day) if rates else None,
        case.as_of or today,
        case.employment_started_on,
        case.employment_ended_on,
        millionths(salaried.basic_hours_per_year, "hours") if salaried else None,
        salaried.pay_periods_per_year if salaried else None,
        salaried.employed_days if salaried else None,
        *_accommodation(case.accommodation),
    )


def _accommodation(housing: Accommodation | None) -> tuple[int | None, int | None, str | None]:
    if housing is None:
        return None, None, None
    charges = {"days": housing.charge, "day": housing.charge_per_day, "month": housing.charge_per_month}
    unit, charge = next((unit, charge) for unit, charge in charges.items() if charge is not None)
    return housing.days, _money(charge), unit


def _work_rows(number: int, case: WageCase) -> Iterable[tuple[Any, ...]]:
    for index, line in enumerate(case.work):
        yield number, index, line.kind, _micros(line), line.pay


def _pay_rows(number: int, case: WageCase) -> Iterable[tuple[Any, ...]]:
    for index, line in enumerate(case.pay):
        yield (
            number,
            index,
            line.kind,
            _money(line.amount),
            _micros(line),
            _money(line.rate),
            None if line.units is None else millionths(line.units, "units"),
            _money(line.normal_rate),
            line.duties,
            line.consolidated,
            line.absence_taken,
            line.paid_on,
            line.earned.start if line.earned else None,
            line.earned.end if line.earned else None,
            line.record_submitted_on,
        )


def _adjustments(number: int, case: WageCase) -> Iterable[tuple[Any, ...]]:
    lines: list[tuple[str, str, Decimal, Decimal]]
    lines = [("deduction", line.kind, line.amount, Decimal(0)) for line in case.deductions]
    lines += [("expenditure", line.kind, line.amount, line.reimbursed) for line in case.expenditure]
    lines += [
        ("payment_to_employer", line.kind, line.amount, Decimal(0)) for line in case.payments_to_employer
    ]
    for index, (section, kind, amount, reimbursed) in enumerate(lines):
        yield number, index, section, kind, _money(amount), _money(reimbursed)
