"""What differs between what documents state of a period and its facts as they are known now: its gaps, its hours, and
what they mean for the verdict.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import structs

from backend.use_cases.calc_wage import exact_results
from backend.use_cases.gap_ledgers import Ledger, gap_ledgers
from backend.use_cases.rulebook import Rulebook
from backend.use_cases.stated_periods import Gaps, Key, Stated, gaps_stated, hours_of
from backend.use_cases.wage_report_facts import RecordedWages, wages_recorded
from backend.use_cases.worked_days import estimator_of
from schemas.changes import EarlierChange, GapChange, GapState, RecordedHours, TestState
from schemas.gap_ledger import GapRow
from schemas.wage import Period, WageCase, WageResult

_Dated = tuple[date, GapState]

_NOTHING: Final = Stated(RecordedHours(work=[]), {})


def changes_between(
    stated: Mapping[str, Stated], recorded: RecordedWages, today: date, book: Rulebook
) -> list[EarlierChange]:
    """What changed of each employment under the pay cycle whose gaps or hours did, by reference. Pure.

    `stated`: by reference what documents say of the period. `recorded`: the period's facts as they are known now.
    """
    facts = wages_recorded(recorded, estimator_of(recorded.days, book.estimator), stated)
    ledger = _gaps(gap_ledgers(facts.days, book.estimator))
    names = dict(facts.days.visits.select("visit_id", "reference").rows())
    known = {visit: reference or "unplanned" for visit, reference in names.items()}
    said = [stated.get(row["reference"], _NOTHING) for row in facts.employments]
    then = _tests([_as_stated(*pair) for pair in zip(facts.cases, said, strict=True)], today, book)
    now = _tests(facts.cases, today, book)
    found = []
    for row, case, one, before, after in zip(facts.employments, facts.cases, said, then, now, strict=True):
        pairs = _pairs(one.gaps, ledger.get(row["employment_id"], {}))
        gaps = [_change(*pair, {**one.names, **known}) for pair in pairs]
        if gaps or before != after:
            found.append(
                EarlierChange(
                    period=Period(start=recorded.days.first, end=recorded.days.last),
                    employment=row["reference"],
                    person=row["person"],
                    name=row["name"],
                    before=before,
                    after=after,
                    hours=hours_of(case),
                    gaps=gaps,
                )
            )
    return sorted(found, key=lambda change: change.employment)


def _as_stated(case: WageCase, stated: Stated) -> WageCase:
    """The case as it is now, with the hours as they were stated; without work where none was stated."""
    if stated is _NOTHING:
        return structs.replace(case, work=[])
    hours = stated.hours
    return structs.replace(case, work=hours.work, work_type=hours.work_type, salaried=hours.salaried)


def _tests(cases: Sequence[WageCase], today: date, book: Rulebook) -> list[TestState]:
    return [_test(result) for result, _ in exact_results(cases, today, book.law)]


def _test(result: WageResult) -> TestState:
    paid = any(row.placed for row in result.pay)
    return TestState(
        counted_seconds=round(result.counted_minutes * 60),
        unresolved_seconds=round(result.unresolved_minutes * 60),
        compliant=result.compliant if paid else None,
        shortfall=result.shortfall if paid else None,
    )


def _gaps(ledger: Ledger) -> dict[str, Gaps]:
    own: dict[str, list[tuple[date, GapRow]]] = {}
    for (employment, day), rows in ledger.gaps.items():
        own.setdefault(employment, []).extend((day, row) for row in rows)
    return {employment: gaps_stated(rows) for employment, rows in own.items()}


def _pairs(then: Gaps, now: Gaps) -> Iterator[tuple[Key, _Dated | None, _Dated | None]]:
    """The gaps of either reading that are not the same in both, in order of time."""
    differing = [key for key in then.keys() | now.keys() if _state(then.get(key)) != _state(now.get(key))]
    for key in sorted(differing, key=lambda each: (_start(now.get(each) or then[each]), str(each))):
        yield key, then.get(key), now.get(key)


def _start(found: _Dated) -> float:
    return found[1].start.timestamp()


def _state(found: _Dated | None) -> GapState | None:
    return None if found is None else found[1]


def _change(key: Key, then: _Dated | None, now: _Dated | None, names: Mapping[str, str]) -> GapChange:
    before, after = _state(then), _state(now)
    left, reached, number = key
    known = now or then
    assert known is not None
    return GapChange(
        day=known[0],
        from_=left,
        to=reached,
        left=None if left is None else names.get(left, left),
        reached=None if reached is None else names.get(reached, reached),
        before=before,
        after=after,
        difference=_credited(after) - _credited(before),
        number=number,
    )


def _credited(state: GapState | None) -> int:
    return 0 if state is None else sum(part.seconds for part in state.parts if part.credited)
