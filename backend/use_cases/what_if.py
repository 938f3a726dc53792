"""A pay reference period under another policy, beside the real one. Nothing is stored: this is no wage report.

Both sides come from the same facts by the same rules as a wage report; only the policy, the journeys, the rates or the
grouping by duties differ.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend import clock, db
from backend.domain.pay_period import parse_pay_cycle
from backend.domain.policy import Policy
from backend.domain.time import london_date
from backend.domain.working_day.kinds import OTHER_WORK
from backend.faults import DomainError
from backend.sql import query
from backend.statute import strict_yaml
from backend.statute.strict_yaml import StatuteError
from backend.travel import TravelEstimator
from backend.travel.straight_line import StraightLine
from backend.travel.what_if import WhatIfTravel
from backend.use_cases.calc_wage import wage_results
from backend.use_cases.parties import parties
from backend.use_cases.pay_preview import Terms, terms_recorded
from backend.use_cases.remediation import named
from backend.use_cases.wage_beside import as_agreed
from backend.use_cases.wage_expected import ExpectedPay, expected_pay
from backend.use_cases.wage_report_facts import (
    ARREARS,
    RecordedWages,
    WageReportFacts,
    recorded_wages,
    wages_recorded,
)
from backend.use_cases.worked_days import RecordedDays, estimator_of
from backend.use_cases.zone_costs import Where, places_of, timed_days, zone_costs
from schemas.documents import Dates, Party
from schemas.pay import PayLine as AgreedLine
from schemas.pay import PayRates, PayTerms
from schemas.strict import Fault, Faulty, decode
from schemas.wage import PayLine, Period, Rates, WageCase, WageResult
from schemas.what_if import AS_IT_IS, Side, WhatIf, WhatIfReport, WhatIfWorker, ZoneCosts

_KINDS: Final = ("contact", "travel", "waiting")
_NOTHING: Final = WhatIf()
_WHOLE: Final = re.compile(r"-?\d{1,8}", re.ASCII)
_MILLIONTH: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class _Worked:
    """One side: the facts under its policy, the tests of what was paid and of what the terms pay, and the costs."""

    facts: WageReportFacts
    paid: Sequence[WageResult]
    lines: Sequence[list[AgreedLine] | None]
    expected: Sequence[WageResult]
    costs: ZoneCosts


def parse_what_if(text: str | bytes) -> WhatIf:
    """Read a policy file (YAML, money in quotes). Raises Faulty with every fault."""
    try:
        data = strict_yaml.parse(text)
    except StatuteError as error:
        raise Faulty([Fault("", str(error))]) from None
    decoded = decode(WhatIf, {} if data is None else data)
    if decoded.value is None:
        raise Faulty(decoded.faults)
    return decoded.value


async def what_if(
    connection: asyncpg.Connection,
    provider_id: UUID,
    pay_cycle: str,
    start: date,
    end: date,
    change: WhatIf,
    now: datetime,
    today: date,
    label: Callable[[str, str | None], str],
) -> WhatIfReport:
    """The period really and under `change`, on what was recorded up to `now`. Raises Faulty for an unknown rate."""
    recorded = await recorded_wages(connection, provider_id, pay_cycle, start, end, now, today)
    # Seconds of arithmetic for a large provider: phones must not wait for them.
    visits = await asyncio.to_thread(_visits_of, recorded)
    places = await places_of(connection, provider_id, visits, now)
    provider = (await parties(connection, [provider_id]))[provider_id]
    return await asyncio.to_thread(_compared, provider, recorded, change, places, label)


def _visits_of(recorded: RecordedWages) -> list[str]:
    return wages_recorded(recorded).days.visits["visit_id"].drop_nulls().unique().sort().to_list()


def _compared(
    provider: Party,
    recorded: RecordedWages,
    change: WhatIf,
    places: Mapping[str, Where],
    label: Callable[[str, str | None], str],
) -> WhatIfReport:
    """Both sides and their sums, from all that was read for them."""
    real, other = worked(recorded, _NOTHING, places), worked(recorded, change, places)
    workers = _workers(real, other, label)
    return WhatIfReport(
        provider=provider,
        pay_cycle=recorded.pay_cycle,
        period=Dates(start=recorded.days.first, end=recorded.days.last),
        as_of=recorded.today,
        changes=change,
        workers=workers,
        real=_total([worker.real for worker in workers]),
        what_if_total=_total([worker.what_if for worker in workers]),
        extra_pay=sum((worker.extra_pay or Decimal(0) for worker in workers), Decimal("0.00")),
        not_tested=_not_tested(real.facts, workers),
        without_terms=sum(worker.real.expected is None for worker in workers),
        costs=real.costs,
        what_if_costs=other.costs,
        what_if=change != _NOTHING,
        simulated_clock=clock.is_simulated(),
    )


def _not_tested(facts: WageReportFacts, workers: Sequence[WhatIfWorker]) -> int:
    """How many have work, or lines nobody has classified, and no pay to test by."""
    unread = [facts.payroll.unclassified[row["employment_id"]] for row in facts.employments]
    return sum(
        worker.real.paid is None and bool(case.work or lines)
        for worker, case, lines in zip(workers, facts.cases, unread, strict=True)
    )


def worked(recorded: RecordedWages, change: WhatIf, places: Mapping[str, Where]) -> _Worked:
    """One side of the comparison; the real one with nothing changed. Pure."""
    policy = _policy(recorded.days.policy, change)
    days = replace(recorded.days, policy=policy)
    estimator = _estimator(change, days)
    held = terms_recorded(recorded.terms).versions
    changed = Terms([(*version[:3], _terms(version[3], change)) for version in held])
    facts = wages_recorded(replace(recorded, days=days), estimator)
    expected = expected_pay(facts, facts.employments, estimator, changed)
    lines = [_lines(expected[row["employment_id"]]) for row in facts.employments]
    real = wage_results(facts.cases, recorded.today)
    cases = [_case(case, result, change) for case, result in zip(facts.cases, real, strict=True)]
    paid = wage_results(cases, recorded.today)
    agreed = [as_agreed(case, found or []) for case, found in zip(cases, lines, strict=True)]
    as_terms = [msgspec.structs.replace(case, pay=_grouped(case.pay, change)) for case in agreed]
    minimum = {
        row["employment_id"]: result.required.hourly
        for row, result in zip(facts.employments, paid, strict=True)
    }
    return _Worked(
        facts,
        paid,
        lines,
        wage_results(as_terms, recorded.today),
        zone_costs(timed_days(facts.days, places, changed, minimum)),
    )


def _policy(real: Policy, change: WhatIf) -> Policy:
    found = {
        name: getattr(change, name)
        for name in ("waiting_limit_minutes", "long_gap")
        if getattr(change, name) != AS_IT_IS
    }
    return msgspec.structs.replace(real, **found)


def _lines(expected: ExpectedPay) -> list[AgreedLine] | None:
    return expected.lines() if expected.reason is None else None


def _estimator(change: WhatIf, days: RecordedDays) -> TravelEstimator:
    real = estimator_of(days, StraightLine())
    if change.travel is None:
        return real
    limit = days.policy.waiting_limit_minutes
    return WhatIfTravel(
        real,
        change.travel.basis,
        change.travel.time_factor,
        None if limit is None else limit * 60,
    )


def _terms(terms: PayTerms, change: WhatIf) -> PayTerms:
    limit = change.paid_gap_limit_minutes
    found = msgspec.structs.replace(terms, rates=_rates(terms.rates, change))
    if limit == AS_IT_IS:
        return found
    return msgspec.structs.replace(found, paid_gap_limit_minutes=None if limit is None else Decimal(limit))


def _rates(rates: PayRates, change: WhatIf) -> PayRates:
    """The rates with those given in their place, then all hourly ones raised."""
    given = msgspec.structs.asdict(change.pay_rates)
    own = msgspec.structs.asdict(rates)
    chosen = {name: given.get(name) or rate for name, rate in own.items()}
    factor = 1 + change.pay_rise_percent / 100
    return PayRates(
        **{
            name: None if rate is None else (rate * factor).quantize(_MILLIONTH)
            for name, rate in chosen.items()
        }
    )


def _case(case: WageCase, result: WageResult, change: WhatIf) -> WageCase:
    hourly = next((rate for band, rate in change.minimum_wage.items() if band == result.required.band), None)
    rates = case.rates if hourly is None else Rates(hourly=hourly)
    return msgspec.structs.replace(case, pay=_grouped(case.pay, change), rates=rates)


def _grouped(lines: Sequence[PayLine], change: WhatIf) -> list[PayLine]:
    """Lines of pay for the same duties as the change groups them."""
    if change.duties == "as_recorded":
        return list(lines)
    apart = change.duties == "apart"
    return [
        msgspec.structs.replace(line, duties=f"line {number}" if apart else None)
        for number, line in enumerate(lines)
    ]


def _workers(real: _Worked, other: _Worked, label: Callable[[str, str | None], str]) -> list[WhatIfWorker]:
    sides = [
        {row["employment_id"]: (row, _side(side, place)) for place, row in enumerate(side.facts.employments)}
        for side in (real, other)
    ]
    found = []
    for employment, (row, side) in sides[0].items():
        changed = sides[1][employment][1]
        extra = (
            None if side.expected is None or changed.expected is None else changed.expected - side.expected
        )
        shown = label(row["reference"], row["name"])
        found.append(WhatIfWorker(worker=shown, real=side, what_if=changed, extra_pay=extra))
    return found


def _side(side: _Worked, place: int) -> Side:
    result, lines = side.paid[place], side.lines[place]
    minutes = {kind: _minutes(result, kind) for kind in _KINDS}
    tested = any(row.placed for row in result.pay if row.kind != ARREARS)
    return Side(
        **minutes,
        other=sum((_minutes(result, kind) for kind in OTHER_WORK), Decimal(0)),
        unresolved=result.unresolved_minutes,
        counted=result.counted_minutes,
        required=result.required.pay,
        paid=result.nmw_pay if tested else None,
        shortfall=result.shortfall if tested else None,
        expected=None if lines is None else _agreed(lines),
        expected_shortfall=None if lines is None else side.expected[place].shortfall,
    )


def _minutes(result: WageResult, kind: str) -> Decimal:
    return sum((row.minutes for row in result.work if row.kind == kind), Decimal(0))


def _agreed(lines: Sequence[AgreedLine]) -> Decimal:
    return sum((Decimal(line.amount) for line in lines if line.kind != "mileage"), Decimal("0.00"))


def _total(sides: Sequence[Side]) -> Side:
    """Sums; what is not known of a worker is left out of them."""

    def added(name: str) -> Any:
        return sum((getattr(side, name) or Decimal(0) for side in sides), Decimal(0))

    return Side(**{name: added(name) for name in Side.__struct_fields__})


async def pay_period(
    connection: asyncpg.Connection, provider_id: UUID, first: date, wanted: str | None
) -> tuple[str, Period]:
    """The pay cycle, wanted or the provider's only one, and its period that begins on `first`. Raises DomainError."""
    rows = await connection.fetch(query("jobs.pay_cycles"), provider_id)
    cycles = sorted({row["pay_cycle"] for row in rows})
    if wanted is not None and wanted not in cycles:
        raise DomainError("not_found", f"Nobody is paid {wanted}. The pay cycles are {', '.join(cycles)}.")
    if wanted is None and len(cycles) != 1:
        raise DomainError("bad_request", f"Say which pay cycle: {', '.join(cycles) or 'there is none'}.")
    cycle = wanted or cycles[0]
    period = parse_pay_cycle(cycle).containing(first)
    if period.start != first:
        raise DomainError(
            "bad_request",
            f"No period of {cycle} begins on {first}; the one around it begins on {period.start}.",
        )
    return cycle, period


async def pay_cycles(provider_id: UUID) -> list[str]:
    """The pay cycles that a provider's people are paid by."""
    async with db.as_provider(provider_id) as connection:
        return [row["pay_cycle"] for row in await connection.fetch(query("jobs.pay_cycles"), provider_id)]


async def provider_what_if(
    provider_id: UUID, first: date, wanted: str | None, change: WhatIf
) -> WhatIfReport:
    """The period of a provider that begins on `first`, now and under `change`. Raises DomainError or Faulty."""
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        cycle, period = await pay_period(connection, provider_id, first, wanted)
        span = (cycle, period.start, period.end)
        return await what_if(connection, provider_id, *span, change, now, london_date(now), named)


def form_changes(asked: Mapping[str, str]) -> WhatIf:
    """What a form of text fields asks to change; an empty field changes nothing. Raises Faulty with every fault."""
    data: dict[str, Any] = {
        name: asked[name] for name in ("long_gap", "duties", "pay_rise_percent") if asked[name]
    }
    for name in ("waiting_limit_minutes", "paid_gap_limit_minutes"):
        if asked[name]:
            data[name] = None if asked[name].casefold() == "none" else _number(asked[name])
    rates = {name: asked[name] for name in ("contact", "travel", "waiting", "training") if asked[name]}
    travel = {name: asked[name] for name in ("basis", "time_factor") if asked[name]}
    hourly = {"minimum_wage": {"21_and_over": asked["minimum_wage"]}} if asked["minimum_wage"] else {}
    data |= {"pay_rates": rates, **({"travel": travel} if travel else {}), **hourly}
    decoded = decode(WhatIf, data)
    if decoded.value is None:
        raise Faulty(decoded.faults)
    return decoded.value


def _number(text: str) -> int | str:
    """Digits, a minus before them or not, as a number; anything else as it is, for its fault to be named."""
    return int(text) if _WHOLE.fullmatch(text) else text
