"""What stands beside each worker's wage test: expected and paid pay, mileage, standards, unclassified lines.

Nothing here changes a verdict: the test is run again on other cases, and the answers stand next to the real one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any, Literal

from msgspec.structs import replace

from backend.domain.mileage_risk import ApprovedRates, approved_cost, hundredths_of_a_mile
from backend.statute.entries import MileageInterval
from backend.use_cases.calc_wage import exact_results
from backend.use_cases.miles_before import journeys_of
from backend.use_cases.pay_preview import wage_line
from backend.use_cases.rulebook import Rulebook
from backend.use_cases.salaried_years import SalariedYear
from backend.use_cases.wage_expected import ExpectedPay, expected_pay
from backend.use_cases.wage_report_facts import ARREARS, WageReportFacts
from backend.use_cases.wage_standards import standard_verdicts
from schemas.beside import (
    ExactFigures,
    ExpectedLine,
    MileageRisk,
    PossibleDouble,
    SalariedHours,
    SideBySide,
    Together,
    UnclassifiedLine,
    UnpaidLine,
    WorkerBeside,
)
from schemas.pay import PayLine as AgreedLine
from schemas.wage import PayLine, Span, WageCase, WageResult

NOT_WAGES = frozenset({"mileage", "expenses", ARREARS})
"""Payments that are not wages of the period: money given back, and arrears for other periods."""
ACTUAL_COST = "actual cost entered"
NO_RATE = "no mileage rate is approved for this way of travelling, or these days: enter the actual cost"
_ZERO = Decimal("0.00")
_EXACT_DIGITS = 60


@dataclass(frozen=True, slots=True)
class TestPut:
    """A test as it was put, with its answer, rounded and exact. `employment` is the row of the facts."""

    employment: Mapping[str, Any]
    case: WageCase
    result: WageResult
    exact: ExactFigures


def workers_beside(
    facts: WageReportFacts, tests: Sequence[TestPut], book: Rulebook, today: date
) -> list[WorkerBeside]:
    """One for each test, in order."""
    expected = expected_pay(facts, [test.employment for test in tests], book.estimator)
    owed = [expected[test.employment["employment_id"]] for test in tests]

    unread = [_unclassified(facts, test) for test in tests]
    years = [facts.salaried.get(test.employment["employment_id"]) for test in tests]
    together, counted, agreed, if_paid, if_unpaid = _again(
        today,
        book,
        [as_one_duty(test.case) for test in tests],
        [_counting(test.case, rows) if rows else None for test, rows in zip(tests, unread, strict=True)],
        [as_agreed(test.case, each.lines()) for test, each in zip(tests, owed, strict=True)],
        [_as_if(year, test.case, "full") for test, year in zip(tests, years, strict=True)],
        [_as_if(year, test.case, "none") for test, year in zip(tests, years, strict=True)],
    )
    mileage = _mileage(facts, tests, book.mileage)
    return [
        WorkerBeside(
            pay=_side_by_side(test, owed[place], *agreed[place]),
            mileage=mileage[place],
            unclassified=[_unclassified_line(row) for row in unread[place]],
            shortfall_if_counted=counted[place][0].shortfall if unread[place] else None,
            standards=standard_verdicts(facts.standards, test.case, test.result, together[place][0]),
            together=_together(test.result, together[place][0]),
            rates_unsaid=_rates_unsaid(test.case),
            doubled=[_double(*pair) for pair in facts.payroll.doubled[test.employment["employment_id"]]],
            salaried=None
            if (year := years[place]) is None
            else _salaried(year, if_paid[place][0], if_unpaid[place][0]),
        )
        for place, test in enumerate(tests)
    ]


def _again(
    today: date, book: Rulebook, *changed: Sequence[WageCase | None]
) -> list[dict[int, tuple[WageResult, ExactFigures]]]:
    """The answers to several lists of cases, by their places, in one pass: most of its cost is that of passes."""
    asked = [
        (number, place, case)
        for number, cases in enumerate(changed)
        for place, case in enumerate(cases)
        if case is not None
    ]
    answers = exact_results([case for _, _, case in asked], today, book.law)
    found: list[dict[int, tuple[WageResult, ExactFigures]]] = [{} for _ in changed]
    for (number, place, _), answer in zip(asked, answers, strict=True):
        found[number][place] = answer
    return found


def _as_if(year: SalariedYear | None, case: WageCase, pay: Literal["full", "none"]) -> WageCase | None:
    return None if year is None else year.as_if(pay).put_into(case)


def _salaried(year: SalariedYear, if_paid: WageResult, if_unpaid: WageResult) -> SalariedHours:
    found = year.so_far()
    asked = found.unsaid_days > 0
    return SalariedHours(
        basic_hours=Decimal(year.basic_hours.numerator) / year.basic_hours.denominator,
        since=year.year.since,
        before=_minutes(found.before),
        here=_minutes(found.here),
        excess=_minutes(found.excess),
        unsaid_days=found.unsaid_days,
        shortfall_if_paid=if_paid.shortfall if asked else None,
        shortfall_if_unpaid=if_unpaid.shortfall if asked else None,
    )


def _minutes(hours: Fraction) -> Decimal:
    """Minutes of at most two places, half up."""
    whole, part = divmod(int(hours * 6_000 + Fraction(1, 2)), 100)
    return Decimal(f"{whole}.{part:02d}".rstrip("0").rstrip("."))


def as_one_duty(case: WageCase) -> WageCase:
    """The case with the duties of all hourly pay taken as the same."""
    return replace(
        case,
        pay=[replace(line, duties=None) for line in case.pay],
        contract_rates=[replace(rate, duties=None) for rate in case.contract_rates],
    )


def _together(result: WageResult, together: WageResult) -> Together | None:
    if together.nmw_pay == result.nmw_pay:
        return None
    return Together(
        nmw_pay=together.nmw_pay,
        premium_excluded=together.premium_excluded,
        shortfall=together.shortfall,
        compliant=together.compliant,
    )


def _rates_unsaid(case: WageCase) -> bool:
    hourly = [line for line in case.pay if line.kind == "hourly"]
    rates = {line.rate for line in hourly if line.rate is not None and line.duties is None}
    return len(rates) > 1


def _unclassified(facts: WageReportFacts, test: TestPut) -> list[Mapping[str, Any]]:
    return list(facts.payroll.unclassified[test.employment["employment_id"]])


def _counting(case: WageCase, unread: Sequence[Mapping[str, Any]]) -> WageCase:
    """The case as if every unclassified payment were pay that counts."""
    more = [
        PayLine(
            kind="bonus",
            amount=row["amount"],
            paid_on=row["paid_on"],
            earned=None
            if row["earned_start"] is None
            else Span(start=row["earned_start"], end=row["earned_end"]),
        )
        for row in unread
        if row["amount"] is not None and row["amount"] > 0
    ]
    return replace(case, pay=[*case.pay, *more])


def _unclassified_line(row: Mapping[str, Any]) -> UnclassifiedLine:
    return UnclassifiedLine(
        element=row["element"],
        description=row["description"],
        amount=row["amount"],
        units=row["quantity"],
        paid_on=row["paid_on"],
        reason=row["reason"],
    )


def _double(line: Mapping[str, Any], other: Mapping[str, Any]) -> PossibleDouble:
    return PossibleDouble(
        section=line["section"],
        kind=line["kind"],
        paid_on=line["paid_on"],
        reference=line["reference"],
        template=line.get("template"),
        other_reference=other["reference"],
        other_template=other.get("template"),
    )


def as_agreed(case: WageCase, lines: Iterable[AgreedLine]) -> WageCase:
    """The case as if payroll had paid what the terms pay, and taken nothing off."""
    return replace(
        case,
        pay=[wage_line(line) for line in lines],
        deductions=[],
        expenditure=[],
        payments_to_employer=[],
        accommodation=None,
    )


def less_required(result: WageResult, exact: ExactFigures) -> Decimal:
    """Pay that counts less pay required, of the exact figures and rounded once: where pay is short, its shortfall."""
    if not result.compliant:
        return -result.shortfall
    with localcontext(prec=_EXACT_DIGITS):
        return max(_ZERO, (exact.counts - exact.required).quantize(_ZERO, ROUND_HALF_UP))


def _side_by_side(
    test: TestPut, owed: ExpectedPay, agreed: WageResult, agreed_exact: ExactFigures
) -> SideBySide:
    result = test.result
    paid = sum((row.placed for row in result.pay if row.kind not in NOT_WAGES), _ZERO)
    known = SideBySide(
        paid=paid,
        paid_counts=result.nmw_pay,
        lawful=result.required.pay,
        paid_counts_less_lawful=less_required(result, test.exact),
        reason=owed.reason,
        terms=owed.terms,
    )
    if owed.reason is not None:
        return known
    lines = owed.lines()
    mileage = sum((Decimal(line.amount) for line in lines if line.kind == "mileage"), _ZERO)
    expected = sum((Decimal(line.amount) for line in lines), _ZERO) - mileage
    return replace(
        known,
        expected=expected,
        expected_counts=agreed.nmw_pay,
        expected_mileage=mileage,
        paid_less_expected=paid - expected,
        expected_counts_less_lawful=less_required(agreed, agreed_exact),
        lines=[_expected_line(line) for line in lines],
        unpaid=[_unpaid_line(row) for each in owed.results for row in each.unpaid],
    )


def _expected_line(line: Any) -> ExpectedLine:
    return ExpectedLine(
        kind=line.kind,
        work=line.work,
        enhancement=line.enhancement,
        minutes=Decimal(line.minutes),
        rate=Decimal(line.rate),
        amount=Decimal(line.amount),
        rule=line.rule,
    )


def _unpaid_line(row: Any) -> UnpaidLine:
    return UnpaidLine(work=row.work, minutes=Decimal(row.minutes), rule=row.rule)


def _mileage(
    facts: WageReportFacts, tests: Sequence[TestPut], intervals: Sequence[MileageInterval]
) -> list[list[MileageRisk]]:
    """The risk of each test; none where nobody travelled between places."""
    rates = [
        ApprovedRates(
            entry.id,
            entry.since,
            entry.until,
            entry.car_first_miles,
            entry.car,
            entry.car_after,
            entry.bicycle,
        )
        for entry in intervals
    ]
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in journeys_of(facts.days).to_dicts():
        rows.setdefault(row["employment_id"], []).append(row)
    found = [rows.get(test.employment["employment_id"], []) for test in tests]
    before = facts.recorded.miles_before
    return [
        [_risk(test, journeys, before.get(test.employment["employment_id"]), rates)] if journeys else []
        for test, journeys in zip(tests, found, strict=True)
    ]


def _risk(
    test: TestPut, journeys: Sequence[Mapping[str, Any]], before: int | None, rates: Sequence[ApprovedRates]
) -> MileageRisk:
    mode = test.employment["mode"] or "car"
    dated = [(row["date"], row["metres"]) for row in journeys]
    cost = approved_cost(dated, mode, before or 0, rates)
    miles = Decimal(hundredths_of_a_mile(sum(metres for _, metres in dated))).scaleb(-2)
    paid = sum((row.placed for row in test.result.pay if row.kind == "mileage"), _ZERO)
    entered = any(line.kind == "business_travel" for line in test.case.expenditure)
    reason = ACTUAL_COST if entered else NO_RATE if cost.amount is None else None
    return MileageRisk(
        mode=mode,
        miles=miles,
        miles_before=None if before is None else Decimal(before).scaleb(-2),
        paid=paid,
        paid_per_mile=(paid / miles).quantize(Decimal("0.001")) if miles else None,
        approved=cost.amount,
        risk=None if reason or cost.amount is None else max(_ZERO, cost.amount - paid),
        statute=list(cost.statute),
        sources=sorted({row["source"] for row in journeys if row["source"]}),
        reason=reason,
    )
