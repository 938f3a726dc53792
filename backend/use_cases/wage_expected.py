"""What carers' own terms pay for the days they worked in a period, employment by employment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import polars as pl

from backend.travel import TravelEstimator
from backend.use_cases.calc_pay import pay_results
from backend.use_cases.pay_preview import Terms, can_pay, day_cases, terms_recorded
from backend.use_cases.wage_report_facts import WageReportFacts
from backend.use_cases.worked_answers import answers_of
from backend.use_cases.worked_days import CarersDays
from schemas.day import DayCase, DayResult
from schemas.pay import PayCase, PayLine, PayResult, PayTerms

NO_TERMS: Final = "No terms of pay are held for {}."
NOT_TOLD: Final = "Several employments share the day {}, and the terms pay what a share does not tell."


@dataclass(slots=True)
class ExpectedPay:
    """What terms pay one employment: the versions used, one result each; with a `reason`, none can be given."""

    terms: list[str] = field(default_factory=list)
    results: list[PayResult] = field(default_factory=list)
    reason: str | None = None

    def lines(self) -> list[PayLine]:
        """The lines under all versions, in order."""
        return [line for result in self.results for line in result.lines]


def expected_pay(
    facts: WageReportFacts,
    employments: Sequence[Mapping[str, Any]],
    estimator: TravelEstimator,
    terms: Terms | None = None,
) -> dict[str, ExpectedPay]:
    """By employment id, under the recorded terms unless others are given. Days without terms in force give a reason,
    never a smaller sum.
    """
    terms = terms_recorded(facts.recorded.terms) if terms is None else terms
    found: dict[str, ExpectedPay] = {}
    cases: list[tuple[str, PayCase]] = []
    for employment in employments:
        key = employment["employment_id"]
        found[key] = ExpectedPay()
        worked = _days_of(facts, employment)
        grouped = _by_terms(found[key], worked, employment["pay_terms"], terms)
        cases += [(key, PayCase(terms=held, days=days)) for held, days in grouped]
    for (key, _), result in zip(cases, pay_results([case for _, case in cases], estimator), strict=True):
        found[key].results.append(result)
    return found


def _by_terms(
    found: ExpectedPay, worked: Sequence[DayCase | DayResult], reference: str | None, terms: Terms
) -> list[tuple[PayTerms, list[Any]]]:
    """The days under each version of the terms; none, and a reason, if a day cannot be paid by any."""
    groups: dict[str, tuple[PayTerms, list[Any]]] = {}
    if reference is None:
        found.reason = NO_TERMS.format("this employment")
        return []
    for day in worked:
        held = terms.version_on(reference, day.date)
        if held is None:
            found.reason = NO_TERMS.format(day.date)
        elif not can_pay(held[3], day):
            found.reason = NOT_TOLD.format(day.date)
        else:
            groups.setdefault(f"{reference} from {held[1]}", (held[3], []))[1].append(day)
    found.terms = list(groups)
    return [] if found.reason else list(groups.values())


def _days_of(facts: WageReportFacts, employment: Mapping[str, Any]) -> Sequence[DayCase | DayResult]:
    """The employment's days in the period: whole, or its own share of them where the carer has worked for another."""
    carer = _of_carer(facts.days, employment["carer_id"])
    first, last = facts.recorded.days.first, facts.recorded.days.last
    worked_for = carer.segments["employment_id"].unique().drop_nulls().to_list()
    if worked_for == [employment["employment_id"]]:
        return [case for case in day_cases(carer) if _within(case.date, first, last)]
    own = carer.segments.filter(pl.col("employment_id") == employment["employment_id"])
    return answers_of(own)


def _within(day: date, first: date, last: date) -> bool:
    return first <= day <= last


def _of_carer(days: CarersDays, carer_id: str) -> CarersDays:
    return replace(
        days,
        segments=days.segments.filter(pl.col("carer") == carer_id),
        visits=days.visits.filter(pl.col("carer_id") == carer_id),
        activities=days.activities.filter(pl.col("carer_id") == carer_id),
        gaps=days.gaps.filter(pl.col("carer") == carer_id),
        employments={key: row for key, row in days.employments.items() if row["carer_id"] == carer_id},
    )
