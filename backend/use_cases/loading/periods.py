"""Dated versions of one thing must not overlap: on any day one of them holds, so that a price or a rate is certain."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from backend.use_cases.loading.report import Line, Report


@dataclass(frozen=True, slots=True)
class Period:
    """London dates, first and last; no last while it runs."""

    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        return f"{self.first} to {self.last}" if self.last else f"{self.first} onwards"


def stored_periods(records: Iterable[Mapping[str, Any]]) -> dict[str, list[Period]]:
    """Records of reference, starts_on and ends_on as the periods of each reference, in order."""
    found: dict[str, list[Period]] = defaultdict(list)
    for record in records:
        found[record["reference"]].append(Period(record["starts_on"], record["ends_on"]))
    return {
        reference: sorted(periods, key=lambda period: period.first) for reference, periods in found.items()
    }


def refuse_overlaps(
    lines: Sequence[Line[Any]], stored: Mapping[str, Sequence[Period]], report: Report
) -> None:
    """A fault for each row whose from..until would overlap another version of the same reference.

    A row with the `from` of a stored version stands in its place.
    """
    loaded: dict[str, dict[date, Line[Any]]] = defaultdict(dict)
    for line in lines:
        loaded[line.row.reference][line.row.from_] = line
    for reference, rows in loaded.items():
        kept = [(period, None) for period in stored.get(reference, ()) if period.first not in rows]
        given = [(Period(first, line.row.until), line) for first, line in rows.items()]
        _refuse_neighbours(sorted([*kept, *given], key=lambda pair: pair[0].first), report)


def _refuse_neighbours(versions: Sequence[tuple[Period, Line[Any] | None]], report: Report) -> None:
    for (earlier, before), (later, after) in pairwise(versions):
        line = after or before
        if earlier.holds(later.first) and line is not None:
            end = later.first - timedelta(days=1)
            detail = (
                f"overlaps: one version holds {earlier}, another {later}; on each day only one may. "
                f"Load the earlier one with until {end} first, or with this one"
            )
            report.fault(line, "from" if line is after else "until", detail)


def note_gaps(lines: Sequence[Line[Any]], stored: Mapping[str, Sequence[Period]], report: Report) -> None:
    """Tell of the days between two versions of what is loaded on which none holds: nothing is priced or paid then."""
    firsts: dict[str, dict[date, Period]] = defaultdict(dict)
    for line in lines:
        firsts[line.row.reference][line.row.from_] = Period(line.row.from_, line.row.until)
    gaps = []
    for reference, loaded in firsts.items():
        kept = [period for period in stored.get(reference, ()) if period.first not in loaded]
        versions = sorted([*kept, *loaded.values()], key=lambda period: period.first)
        gaps += [f"{reference} {gap}" for gap in _between(versions)]
    report.note(gaps, "with no version in force between two others, so that what is of those days waits")


def _between(versions: Sequence[Period]) -> Iterator[Period]:
    for earlier, later in pairwise(versions):
        if earlier.last is not None and earlier.last + timedelta(days=1) < later.first:
            yield Period(earlier.last + timedelta(days=1), later.first - timedelta(days=1))


def covers(periods: Sequence[Period], first: date, last: date | None) -> date | None:
    """The first day of first..last that no period holds, or None. Without `last` only the first day is asked for."""
    day = first
    for period in sorted(periods, key=lambda period: period.first):
        if not period.holds(day):
            continue
        if last is None or period.last is None or period.last >= last:
            return None
        day = period.last + timedelta(days=1)
    return day
