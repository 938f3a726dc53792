"""A wage report's snapshot: the tests, and behind each the days, visits and signed events it was worked out from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeVar

import msgspec
import polars as pl

from backend.documents.earlier_changes import rules_of_changes
from backend.documents.worked_days import day_rules
from backend.documents.worker_page import engines_named, paces_named
from backend.domain.minimum_wage.reductions import ACCOMMODATION_RULE
from backend.domain.policy import Policy
from backend.use_cases.calc_day import flag_of, segments_of
from backend.use_cases.calc_wage import exact_results
from backend.use_cases.frozen_documents import facts_digest
from backend.use_cases.gap_ledgers import Ledger, gap_ledgers
from backend.use_cases.kind_of_work import kind_of_work
from backend.use_cases.rows import rows_of
from backend.use_cases.rule_texts import rule_texts
from backend.use_cases.rulebook import Rulebook, packaged_rulebook
from backend.use_cases.stated_periods import hours_of
from backend.use_cases.wage_beside import TestPut, workers_beside
from backend.use_cases.wage_beside_sums import report_beside, rules_beside
from backend.use_cases.wage_report_facts import ARREARS, WageReportFacts
from backend.use_cases.worked_days import CarersDays
from schemas.beside import WorkerBeside
from schemas.day import Actual, span_between
from schemas.documents import (
    Dates,
    NotTested,
    Party,
    StatuteEntry,
    TestedWorker,
    TravelEngine,
    VisitEvidence,
    WageReportSnapshot,
    WageSummary,
    WorkedDay,
)
from schemas.wage import WageCase, WageResult

T = TypeVar("T")
TEMPLATE_VERSION: Final = "wage-report-12"
NO_PAY: Final = "No pay is loaded for this pay reference period."
UNREAD_PAY: Final = "Nobody has said what the lines of the payroll are: {} not classified."


def wage_report_snapshot(
    facts: WageReportFacts,
    provider: Party,
    pay_cycle: str,
    start: date,
    end: date,
    status: Literal["provisional", "final"],
    as_of: datetime,
    today: date,
    simulated: bool,
    book: Rulebook | None = None,
) -> WageReportSnapshot:
    """The report on facts that are complete up to `as_of`, by the packaged law unless another is given.

    Arrears are to `today`, a London date.
    """
    book = packaged_rulebook() if book is None else book
    results = exact_results(facts.cases, today, book.law)
    ledger = gap_ledgers(facts.days, book.estimator)
    days = days_by_employment(facts.days, ledger)
    tests: list[TestPut] = []
    not_tested: list[NotTested] = []
    for employment, case, (result, exact) in zip(facts.employments, facts.cases, results, strict=True):
        if any(row.placed for row in result.pay if row.kind != ARREARS):
            tests.append(TestPut(employment, case, result, exact))
        elif (unread := facts.payroll.unclassified[employment["employment_id"]]) or case.work:
            own = days.get(employment["employment_id"], [])
            not_tested.append(_not_tested(employment, len(unread), case, own))
    beside = workers_beside(facts, tests, book, today)
    tested = [
        _tested(test, days.get(test.employment["employment_id"], []), each)
        for test, each in zip(tests, beside, strict=True)
    ]
    return WageReportSnapshot(
        provider=provider,
        pay_cycle=pay_cycle,
        period=Dates(start=start, end=end),
        status=status,
        as_of=as_of,
        template_version=TEMPLATE_VERSION,
        summary=_summary(tested, not_tested),
        workers=tested,
        not_tested=not_tested,
        rules=rule_texts(rules_named(tested) | rules_of_changes(facts.recorded.changes), book.rules),
        statute=_statute(tested, book),
        facts_digest=_digest(facts),
        simulated_clock=simulated,
        travel_engines=_engines(tested, facts.days),
        paces=paces_named(tested, ledger.paces),
        changes=list(facts.recorded.changes),
        changes_since=facts.recorded.changes_since,
        beside=report_beside(tested, facts.payroll.mapping),
    )


def _tested(test: TestPut, days: list[WorkedDay], beside: WorkerBeside) -> TestedWorker:
    case, result = _placed_here(test.case, test.result)
    return TestedWorker(
        employment=test.employment["reference"],
        person=test.employment["person"],
        name=test.employment["name"],
        pay_cycle=test.employment["pay_cycle"],
        case=case,
        result=result,
        days=days,
        beside=beside,
        exact=test.exact,
        calculation_year_start=_calculation_year(test),
    )


def _calculation_year(test: TestPut) -> date | None:
    kind = kind_of_work(test.employment, test.case.employment_started_on or test.case.period.start)
    return None if kind is None else kind.calculation_year_start


def _engines(workers: Sequence[TestedWorker], days: CarersDays) -> list[TravelEngine]:
    """What the engines' estimates in the report rest on, each once."""
    return [
        TravelEngine(
            id=name,
            engine=row["engine"],
            version=row["engine_version"],
            mode=row["mode"],
            profile=row["profile"],
            map_date=row["map_date"],
            parameters=msgspec.json.decode(row["parameters"]),
        )
        for name, row in ((name, days.engines[name]) for name in engines_named(workers))
    ]


def _not_tested(
    employment: Mapping[str, Any], unread: int, case: WageCase, days: list[WorkedDay]
) -> NotTested:
    return NotTested(
        employment=employment["reference"],
        name=employment["name"],
        reason=NO_PAY if not unread else UNREAD_PAY.format(unread),
        hours=hours_of(case),
        days=days,
    )


def _placed_here(case: WageCase, result: WageResult) -> tuple[WageCase, WageResult]:
    """Leave out payments that regulation 9 places wholly in another period: they do not belong in this report."""
    kept = [place for place, row in enumerate(result.pay) if row.placed]
    if len(kept) == len(result.pay):
        return case, result
    return (
        msgspec.structs.replace(case, pay=[case.pay[place] for place in kept]),
        msgspec.structs.replace(result, pay=[result.pay[place] for place in kept]),
    )


def _summary(tested: Sequence[TestedWorker], not_tested: Sequence[NotTested]) -> WageSummary:
    results = [worker.result for worker in tested]
    return WageSummary(
        workers_tested=len(tested),
        workers_short=sum(not result.compliant for result in results),
        pence_short=sum(int(result.shortfall * 100) for result in results),
        not_tested=len(not_tested),
        # of the minutes that the records print, so that whoever adds those up comes to the same
        unresolved_minutes=sum((result.unresolved_minutes for result in results), Decimal(0)),
        counted_minutes=sum((result.counted_minutes for result in results), Decimal(0)),
        pence_arrears=sum(int((result.arrears.due or 0) * 100) for result in results),
    )


def rules_named(workers: Iterable[TestedWorker]) -> set[str]:
    """The ids of every rule that a row of the report names."""
    found: set[str] = set()
    for worker in workers:
        result = worker.result
        rows: list[Any] = [
            *result.work,
            *result.pay,
            *result.adjustments,
            *result.standards,
            *result.warnings,
        ]
        found |= {row.rule for row in rows}
        if result.accommodation_adjustment:
            found.add(ACCOMMODATION_RULE)
        found |= day_rules(worker.days)
        found |= rules_beside(worker.beside)
        if not result.compliant:
            found.add(result.arrears.rule)
    return found


def _statute(workers: Sequence[TestedWorker], book: Rulebook) -> list[StatuteEntry]:
    """The dated rates that the tests used, each amount once."""
    intervals = {entry.id: entry for entry in book.rates}
    used = sorted(
        {
            (worker.result.required.statute, worker.result.required.hourly)
            for worker in workers
            if worker.result.required.statute is not None
        }
    )
    return [
        StatuteEntry(
            id=name,
            hourly=hourly,
            from_=intervals[name].since,
            until=intervals[name].until,
            instrument=intervals[name].instrument,
            href=intervals[name].href,
        )
        for name, hourly in used
    ]


def days_by_employment(days: CarersDays, ledger: Ledger) -> dict[str, list[WorkedDay]]:
    """Worked days of each employment, by date: segments, flags, gaps, and the visits they name or that began then."""
    known = days.segments.filter(pl.col("employment_id").is_not_null())
    flagged = days.flags.filter(pl.col("employment_id").is_not_null())
    visits = days.visits.filter(pl.col("carer_id").is_not_null()).sort("starts_at", "visit_id")
    segments = _by_date(known, segments_of(known))
    flags = _by_date(flagged, map(flag_of, rows_of(flagged)))
    evidence = list(map(_evidence, rows_of(visits.select(_OF_EVIDENCE))))
    seen = _seen(known, visits, _beside_gaps(days, ledger))
    found: dict[str, list[WorkedDay]] = {}
    for key in sorted(segments.keys() | flags.keys() | ledger.gaps.keys()):
        found.setdefault(key[0], []).append(
            WorkedDay(
                date=key[1],
                segments=segments.get(key, []),
                visits=[evidence[place] for place in seen.get(key, [])],
                flags=flags.get(key, []),
                gaps=list(ledger.gaps.get(key, [])),
            )
        )
    return found


def _by_date(frame: pl.DataFrame, made: Iterable[T]) -> dict[tuple[str, date], list[T]]:
    """What was made of each row, by the row's employment and date."""
    found: dict[tuple[str, date], list[T]] = {}
    for key, one in zip(frame.select("employment_id", "date").iter_rows(), made, strict=True):
        found.setdefault(key, []).append(one)
    return found


def _beside_gaps(days: CarersDays, ledger: Ledger) -> pl.DataFrame:
    """Rows `employment_id date carer visit` of the stops on either side of a gap, also of one without a second."""
    rows = [
        (employment, day, days.employments[employment]["carer_id"], stop)
        for (employment, day), gaps in ledger.gaps.items()
        for gap in gaps
        for stop in (gap.from_, gap.to)
    ]
    return pl.DataFrame(rows, _STOPS, orient="row")


def _seen(
    segments: pl.DataFrame, visits: pl.DataFrame, beside: pl.DataFrame
) -> dict[tuple[str, date], list[int]]:
    """By employment and date the places of the visits that its segments name or its gaps lie `beside`, each with its
    carer, or that began then: a night's segments name one that began the day before.
    """
    key = ("employment_id", "date", "carer")
    began = visits.select("employment_id", date=_london("starts_at"), carer="carer_id", visit="visit_id")
    segmented = (segments.select(*key, visit=name) for name in ("visit", "from", "to"))
    named = pl.concat([*segmented, began, beside.select(*key, "visit")])
    places = visits.select(carer="carer_id", visit="visit_id", place=pl.int_range(pl.len()))
    found = (
        named.join(places.unique(["carer", "visit"], keep="first"), on=["carer", "visit"])
        .unique(["employment_id", "date", "place"])
        .sort("place")
        .group_by("employment_id", "date", maintain_order=True)
        .agg("place")
    )
    return {(employment, day): seen for employment, day, seen in found.iter_rows()}


def _london(name: str) -> pl.Expr:
    return pl.col(name).dt.convert_time_zone("Europe/London").dt.date()


_STOPS: Final = {"employment_id": pl.String, "date": pl.Date, "carer": pl.String, "visit": pl.String}
_OF_EVIDENCE: Final = (
    "reference", "visit_id", "event_ids", "evidence_level", "status", "planned_start", "planned_end", "actual_start",
    "actual_end", "flags",
)  # fmt: skip


def _evidence(row: Mapping[str, Any]) -> VisitEvidence:
    return VisitEvidence(
        visit=row["reference"] or "unplanned",
        visit_id=row["visit_id"],
        event_ids=row["event_ids"],
        evidence=row["evidence_level"] or row["status"],
        planned=span_between(row["planned_start"], row["planned_end"]),
        actual=_actual(row["actual_start"], row["actual_end"]),
        flags=row["flags"],
    )


def _actual(start: datetime | None, end: datetime | None) -> Actual | None:
    return None if start is None and end is None else Actual(start=start, end=end)


def _digest(facts: WageReportFacts) -> str:
    """Of all that went in: events, plans, places, journeys, employments, pay, the policy and its calendar."""
    recorded = facts.recorded
    days = recorded.days
    return facts_digest(
        [
            facts.days.visits.select("visit_id", "carer_id", "plan_version", "digests").to_dicts(),
            facts.days.activities.select("event_ids", "digests").to_dicts(),
            [[row["reference"], row["version"], row["digest"].hex()] for row in facts.employments],
            list(facts.payroll.digests),
            msgspec.to_builtins(recorded.changes),
            list(days.journeys),
            days.visits.facts.places.sort("place_id").to_dicts(),
            [_policy(policy) for policy in (days.policy, days.visits.policy)],
            [recorded.bank_holidays, dict(recorded.miles_before), recorded.today],
            msgspec.to_builtins(dict(recorded.salaried_years)),
        ]
    )


def _policy(policy: Policy) -> dict[str, Any]:
    """A policy as the digest has it. Earlier paces stand in it only where there are some: so reports made before they
    were kept apart come out the same.
    """
    told: dict[str, Any] = msgspec.to_builtins(policy)
    if not policy.earlier_paces:
        del told["earlier_paces"]
    return told
