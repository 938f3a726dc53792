"""What differs between two readings of one period's facts: its gaps, its hours, and what they mean for the verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.use_cases.calc_wage import exact_results
from backend.use_cases.gap_ledgers import Ledger, gap_ledgers
from backend.use_cases.rulebook import Rulebook
from backend.use_cases.wage_report_facts import RecordedWages, WageReportFacts, wages_recorded
from backend.use_cases.worked_days import estimator_of
from schemas.changes import EarlierChange, GapChange, GapState, TestState
from schemas.gap_ledger import GapRow
from schemas.wage import Period, WageResult

Key = tuple[str | None, str | None, int]
"""A gap by the stops that it lies between; the number tells apart those between the same two."""
Gaps = Mapping[Key, tuple[date, GapRow]]

_NO_TIME: Final = TestState(counted_seconds=0, unresolved_seconds=0, compliant=None, shortfall=None)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Tests and gaps by employment, and the references of visits by id."""

    tests: Mapping[str, TestState]
    gaps: Mapping[str, Gaps]
    names: Mapping[str, str]


def changes_between(
    before: RecordedWages, after: RecordedWages, today: date, book: Rulebook
) -> list[EarlierChange]:
    """What changed of each employment under the pay cycle whose gaps or hours did, by reference. Pure.

    `before` and `after` are facts of one period, the former without what came late.
    """
    then, now = (_reading(recorded, today, book) for recorded in (before, after))
    names = {**then.names, **now.names}
    found = []
    paid_so = [row for row in after.days.employments if row["pay_cycle"] == after.pay_cycle]
    for row in sorted(paid_so, key=lambda each: str(each["reference"])):
        employment = row["employment_id"]
        first, last = (each.tests.get(employment, _NO_TIME) for each in (then, now))
        gaps = [
            _change(key, first_gap, last_gap, names)
            for key, first_gap, last_gap in _pairs(
                then.gaps.get(employment, {}), now.gaps.get(employment, {})
            )
        ]
        if gaps or first != last:
            found.append(
                EarlierChange(
                    period=Period(start=after.days.first, end=after.days.last),
                    employment=row["reference"],
                    person=row["person"],
                    name=row["name"],
                    before=first,
                    after=last,
                    gaps=gaps,
                )
            )
    return found


def _reading(recorded: RecordedWages, today: date, book: Rulebook) -> _Reading:
    facts = wages_recorded(recorded, estimator_of(recorded.days, book.estimator))
    visits = facts.days.visits.select("visit_id", "reference").rows()
    return _Reading(
        _tests(facts, today, book),
        _gaps(gap_ledgers(facts.days, book.estimator)),
        {visit: reference or "unplanned" for visit, reference in visits},
    )


def _tests(facts: WageReportFacts, today: date, book: Rulebook) -> dict[str, TestState]:
    results = exact_results(facts.cases, today, book.law)
    return {
        row["employment_id"]: _test(result)
        for row, (result, _) in zip(facts.employments, results, strict=True)
    }


def _test(result: WageResult) -> TestState:
    paid = any(row.placed for row in result.pay)
    return TestState(
        counted_seconds=round(result.counted_minutes * 60),
        unresolved_seconds=round(result.unresolved_minutes * 60),
        compliant=result.compliant if paid else None,
        shortfall=result.shortfall if paid else None,
    )


def _gaps(ledger: Ledger) -> dict[str, dict[Key, tuple[date, GapRow]]]:
    found: dict[str, dict[Key, tuple[date, GapRow]]] = {}
    for (employment, day), rows in ledger.gaps.items():
        own = found.setdefault(employment, {})
        for row in rows:
            number = sum((left, reached) == (row.from_, row.to) for left, reached, _ in own)
            own[row.from_, row.to, number] = (day, row)
    return found


def _pairs(
    then: Gaps, now: Gaps
) -> Iterator[tuple[Key, tuple[date, GapRow] | None, tuple[date, GapRow] | None]]:
    """The gaps of either reading that are not the same in both, in order of time."""
    keys = then.keys() | now.keys()
    differing = [key for key in keys if _state(then.get(key)) != _state(now.get(key))]
    for key in sorted(differing, key=lambda each: (_start(now.get(each) or then[each]), str(each))):
        yield key, then.get(key), now.get(key)


def _start(found: tuple[date, GapRow]) -> float:
    return found[1].start.timestamp()


def _state(found: tuple[date, GapRow] | None) -> GapState | None:
    if found is None:
        return None
    gap = found[1]
    return GapState(start=gap.start, end=gap.end, observed_seconds=gap.observed_seconds, parts=gap.parts)


def _change(
    key: Key,
    then: tuple[date, GapRow] | None,
    now: tuple[date, GapRow] | None,
    names: Mapping[str, str],
) -> GapChange:
    before, after = _state(then), _state(now)
    left, reached, _ = key
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
    )


def _credited(state: GapState | None) -> int:
    return 0 if state is None else sum(part.seconds for part in state.parts if part.credited)
