"""A carer reads her own days: what was recorded, what the law counts, what it pays, how the pay period stands."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

import asyncpg
import msgspec
import polars as pl

from backend import clock
from backend.domain.pay_period import parse_pay_cycle
from backend.domain.time import LONDON_NAME, london_date, london_midnight
from backend.sql import query
from backend.travel.straight_line import StraightLine
from backend.use_cases.calc_day import segments_of
from backend.use_cases.calc_wage import wage_results
from backend.use_cases.pay_preview import (
    Terms,
    can_pay,
    day_cases,
    paid_under,
    terms_of,
    wage_line,
)
from backend.use_cases.phone_calls import Call, Device, as_device
from backend.use_cases.wage_expected import expected_pay
from backend.use_cases.wage_report_facts import WageReportFacts, wage_report_facts
from backend.use_cases.worked_answers import Share, shares_of, totals_of
from backend.use_cases.worked_days import CarersDays, begun_days, estimator_of, worked_days
from schemas import wage
from schemas.day import DayCase, DaySegment
from schemas.mobile_days import DaysAnswer, MobileDay, MobileFlag, PayPeriodSoFar, PayPreviewLine
from schemas.strict import Faulty
from schemas.wage import WageCase, WageResult

_UNKNOWN_PAY: Final = (
    "no pay is loaded, and no pay terms that would say what it comes to"
    " (for one of several employments, terms that pay planned times do not)"
)
_UNKNOWN_SALARY: Final = "the work is salaried, and what the salary paid is known once payroll is loaded"


async def read_days(call: Call, first: date, last: date) -> DaysAnswer:
    """The carer's days from `first` to `last` (London dates, both included). Raises DomainError."""
    async with as_device(call) as (connection, device):
        now = clock.now()
        days = await worked_days(
            connection, device.provider_id, first, last, as_of=now, carer_id=device.carer_id
        )
        replaced = await _replaced(connection, device, first, last)
        terms = await terms_of(connection, device.provider_id, now)
        cases = [case for case in day_cases(days) if first <= case.date <= last]
        found = _days(days, cases, terms, replaced)
        periods = await _periods(connection, device, days, last, terms, now)
    return DaysAnswer(found, periods)


async def _replaced(connection: asyncpg.Connection, device: Device, first: date, last: date) -> list[date]:
    """The London dates on which another phone took the place of one of the carer's."""
    opens, closes = london_midnight(first), london_midnight(last + timedelta(days=1))
    rows = await connection.fetch(
        query("phones.replacements"), device.provider_id, opens, closes, device.carer_id
    )
    return [london_date(row["replaced_at"]) for row in rows]


def _days(
    days: CarersDays, cases: Sequence[DayCase], terms: Terms, replaced: Sequence[date]
) -> list[MobileDay]:
    begun = begun_days(days)
    segments: dict[date, list[DaySegment]] = {}
    for day, segment in zip(begun["date"], segments_of(begun), strict=True):
        segments.setdefault(day, []).append(segment)
    flags = _flags(days, begun, replaced)
    shares = shares_of(begun)
    paid = {case.date: _preview(_to_pay(case, days, shares), case.date, terms) for case in cases}
    return [
        MobileDay(
            date=day,
            segments=segments.get(day, []),
            totals=totals_of(segments.get(day, [])),
            flags=flags.get(day, []),
            pay=paid[day][0] if day in paid else None,
            pay_total=paid[day][1] if day in paid else None,
        )
        for day in sorted(segments.keys() | flags.keys())
    ]


def _flags(days: CarersDays, begun: pl.DataFrame, replaced: Sequence[date]) -> dict[date, list[MobileFlag]]:
    """Flags of the days and of their visits, each once; what an old phone had not sent may be lost with it."""
    found = {day: [MobileFlag("possible_loss", None)] for day in replaced}
    for row in days.flags.to_dicts():
        found.setdefault(row["date"], []).append(MobileFlag(row["flag"], row["visit"]))
    local = pl.col("starts_at").dt.convert_time_zone(LONDON_NAME).dt.date()
    worked = begun.select(pl.col("visit").alias("visit_id"), "date").drop_nulls().unique("visit_id")
    known = days.visits.join(worked, on="visit_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("date", local)
    )
    for row in known.filter(pl.col("date").is_in(begun["date"].implode())).to_dicts():
        found.setdefault(row["date"], []).extend(MobileFlag(flag, row["visit_id"]) for flag in row["flags"])
    return {day: list(dict.fromkeys(flags)) for day, flags in found.items()}


def _to_pay(
    case: DayCase, days: CarersDays, shares: Mapping[str, Sequence[Share]]
) -> list[tuple[str | None, DayCase | Share]]:
    """A day with the reference of its terms; one worked for employments on other terms, in the share of each."""
    own = [
        (days.employments[employment]["pay_terms"], share)
        for employment, own_shares in shares.items()
        for share in own_shares
        if share.date == case.date
    ]
    references = {reference for reference, _ in own}
    if len(references) > 1:
        return list(own)
    default = next((row["pay_terms"] for row in days.employments.values()), None)
    return [(next(iter(references), default), case)]


def _preview(
    to_pay: Sequence[tuple[str | None, DayCase | Share]], day: date, terms: Terms
) -> tuple[list[PayPreviewLine] | None, str | None]:
    """The day's pay, so far as terms are loaded and can tell what each share of it comes to."""
    held = [(terms.on(reference, day), worked) for reference, worked in to_pay]
    paid = [paid_under(one, worked) for one, worked in held if one is not None and can_pay(one, worked)]
    if len(paid) < len(held):
        return None, None
    lines = [
        PayPreviewLine(line.kind, line.amount, line.rule, line.minutes, line.rate, line.work)
        for result in paid
        for line in result.lines
    ]
    return lines, str(sum((Decimal(result.total) for result in paid), Decimal("0.00")))


async def _periods(
    connection: asyncpg.Connection, device: Device, days: CarersDays, last: date, terms: Terms, now: datetime
) -> list[PayPeriodSoFar]:
    """The running test of each of the carer's employments, in the pay reference period that holds `last`."""
    found: list[PayPeriodSoFar] = []
    for cycle in sorted({row["pay_cycle"] for row in days.employments.values()}):
        period = parse_pay_cycle(cycle).containing(last)
        facts = await wage_report_facts(
            connection,
            device.provider_id,
            cycle,
            period.start,
            period.end,
            now,
            last,
            carer_id=device.carer_id,
        )
        for employment, case in zip(facts.employments, facts.cases, strict=True):
            found.append(_so_far(employment, case, _agreed(facts, employment, terms), last))
    return found


def _agreed(facts: WageReportFacts, employment: Mapping[str, Any], terms: Terms) -> list[wage.PayLine] | None:
    """What the terms pay one employment in the period, as the wage test takes it; None if they cannot tell.

    Without miles, which do not count towards the minimum wage, and cannot be known for a day that several employments
    share.
    """
    estimator = estimator_of(facts.recorded.days, StraightLine())
    owed = expected_pay(facts, [employment], estimator, terms.without_miles())[employment["employment_id"]]
    return [wage_line(line) for line in owed.lines()] if owed.reason is None else None


def _so_far(employment: Mapping[str, Any], case: WageCase, previewed: Any, today: date) -> PayPeriodSoFar:
    name, period = employment["reference"], case.period
    if case.salaried is not None and not case.pay:
        return _untested(name, case, _UNKNOWN_SALARY)
    pay = case.pay or previewed
    if pay is None:
        return _untested(name, case, _UNKNOWN_PAY)
    try:
        result = wage_results([msgspec.structs.replace(case, pay=pay)], today)[0]
    except Faulty as error:
        return _untested(name, case, "; ".join(fault.detail for fault in error.faults))
    basis: Literal["payroll", "terms"] = "payroll" if case.pay else "terms"
    return PayPeriodSoFar(name, period.start, period.end, True, None, basis, **_figures(result))


def _figures(result: WageResult) -> dict[str, Any]:
    hourly = result.hourly_equivalent
    return {
        "counted_minutes": _text(result.counted_minutes),
        "unresolved_minutes": _text(result.unresolved_minutes),
        "nmw_pay": _text(result.nmw_pay),
        "hourly_equivalent": None if hourly is None else _text(hourly),
        "required_hourly": _text(result.required.hourly),
        "compliant": result.compliant,
        "shortfall": _text(result.shortfall),
    }


def _text(value: Decimal) -> str:
    return f"{value:f}"


def _untested(name: str, case: WageCase, reason: str) -> PayPeriodSoFar:
    period = case.period
    return PayPeriodSoFar(name, period.start, period.end, False, reason, None, *[None] * 7)
