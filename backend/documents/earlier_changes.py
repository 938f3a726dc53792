"""Changes to earlier periods, as tables to print or to show and as rows of a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from backend.documents import words
from backend.documents.beside import Table
from backend.documents.cells import Cell
from schemas.changes import EarlierChange, GapChange, GapState, TestState

TITLE: Final = "Changes to earlier periods"
NOTE: Final = (
    "Events and corrections came after the reports of these periods were frozen. Their figures stay as they are; the "
    "difference stands here, once. Both results count the pay that is known now."
)
PERIODS: Final = (
    "period start",
    "period end",
    "employment",
    "name",
    "counted seconds before",
    "counted seconds after",
    "difference seconds",
    "unexplained seconds before",
    "unexplained seconds after",
    "shortfall before £",
    "shortfall after £",
    "what it means",
)
GAPS: Final = (
    "period start",
    "employment",
    "day",
    "from",
    "to",
    "start before (London)",
    "start after (London)",
    "observed seconds before",
    "observed seconds after",
    "credited seconds before",
    "credited seconds after",
    "difference seconds",
    "parts before",
    "parts after",
)


def report_tables(changes: Sequence[EarlierChange]) -> list[Table]:
    """The summary of a report: a row for each employment and period that changed. Nothing where none did."""
    rows = [
        [
            f"{words.short_day(change.period.start)} to {words.short_day(change.period.end)}",
            change.employment,
            words.lasted(change.before.counted_seconds),
            words.lasted(change.after.counted_seconds),
            _signed(change.after.counted_seconds - change.before.counted_seconds),
            meaning(change),
        ]
        for change in changes
    ]
    headings = ("Period", "Employment", "Time that counted", "Now", "Difference", "What it means")
    return [Table(TITLE, headings, rows, (2, 3, 4), NOTE)] if rows else []


def worker_tables(changes: Sequence[EarlierChange]) -> list[Table]:
    """The same for one worker, with every gap that changed."""
    rows = [
        [
            words.short_day(gap.day),
            " to ".join(end for end in (gap.left, gap.reached) if end) or "between two stops",
            _told(gap.before),
            _told(gap.after),
            _signed(gap.difference),
        ]
        for change in changes
        for gap in change.gaps
    ]
    headings = ("Day", "Gap", "As it was stated", "As it is known now", "Counted more")
    gaps = [Table(f"{TITLE}: the gaps", headings, rows, (4,))] if rows else []
    return [*report_tables(changes), *gaps]


def meaning(change: EarlierChange) -> str:
    """What the difference means for the verdict, in words."""
    before, after = change.before, change.after
    if before.shortfall is None or after.shortfall is None:
        return "not tested: no pay is loaded for the period"
    if before.shortfall == after.shortfall:
        return "no change: " + (
            "short by " + words.pounds(after.shortfall) if after.shortfall else "paid enough"
        )
    return f"{_verdict(before)} before, {_verdict(after)} now"


def rules_of_changes(changes: Iterable[EarlierChange]) -> set[str]:
    """The ids of the rules that changed gaps name."""
    states = (state for change in changes for gap in change.gaps for state in (gap.before, gap.after))
    return {part.rule for state in states if state is not None for part in state.parts}


def period_rows(changes: Iterable[EarlierChange]) -> Iterator[Sequence[Cell]]:
    """A row for each employment and period that changed, under PERIODS."""
    for change in changes:
        before, after = change.before, change.after
        yield (
            change.period.start,
            change.period.end,
            change.employment,
            change.name,
            before.counted_seconds,
            after.counted_seconds,
            after.counted_seconds - before.counted_seconds,
            before.unresolved_seconds,
            after.unresolved_seconds,
            before.shortfall,
            after.shortfall,
            meaning(change),
        )


def gap_rows(changes: Iterable[EarlierChange]) -> Iterator[Sequence[Cell]]:
    """A row for each gap that changed, under GAPS."""
    for change in changes:
        for gap in change.gaps:
            yield (change.period.start, change.employment, gap.day, gap.left, gap.reached, *_gap_cells(gap))


def _gap_cells(gap: GapChange) -> Sequence[Cell]:
    (start, observed, credited, parts), (started, seen, counted, told) = map(_cells, (gap.before, gap.after))
    return (start, started, observed, seen, credited, counted, gap.difference, parts, told)


def _cells(state: GapState | None) -> tuple[Cell, Cell, Cell, Cell]:
    """Start, observed seconds, credited seconds, and the parts in words."""
    if state is None:
        return (None, None, None, None)
    credited = sum(part.seconds for part in state.parts if part.credited)
    return (state.start, state.observed_seconds, credited, _parts(state))


def _parts(state: GapState) -> str:
    return "; ".join(f"{words.worded(part.kind)} {part.seconds} [{part.rule}]" for part in state.parts)


def _told(state: GapState | None) -> str:
    if state is None:
        return "no such gap"
    parts = ", ".join(
        f"{words.worded(part.kind)} {words.lasted_signed(part.seconds)}" for part in state.parts
    )
    return f"{words.lasted_signed(state.observed_seconds)}: {parts}" if parts else "no time"


def _signed(seconds: int) -> str:
    return f"+{words.lasted(seconds)}" if seconds > 0 else words.lasted_signed(seconds)


def _verdict(test: TestState) -> str:
    short = test.shortfall or Decimal(0)
    return f"short by {words.pounds(short)}" if short else "paid enough"
