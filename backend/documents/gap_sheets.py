"""The gap ledger as rows of a spreadsheet: a row a gap, and a row for each part of its seconds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from backend.documents import words
from backend.documents.cells import Cell
from schemas.documents import WorkedDay
from schemas.gap_ledger import GapPart, GapRow, ImpliedSpeed

GAPS: Final = (
    "from",
    "to",
    "start (London)",
    "end (London)",
    "planned order",
    "actual order",
    "in planned order",
    "planned gap seconds",
    "observed gap seconds",
    "travel counted seconds",
    "waiting counted seconds",
    "other counted seconds",
    "not counted seconds",
    "unexplained seconds",
    "why not counted",
    "estimate seconds",
    "estimate metres",
    "source",
    "engine",
    "pace",
    "travels by",
    "km/h at least",
    "km/h",
    "km/h at most",
    "why no km/h",
)
PARTS: Final = ("from", "to", "start (London)", "kind", "seconds", "counted", "rule")
_NO_SPEED: ImpliedSpeed = ImpliedSpeed(most=None)


def gap_rows(day: WorkedDay) -> Iterator[Sequence[Cell]]:
    """A row for each gap of a day, under GAPS."""
    references = references_of(day)
    for gap in day.gaps:
        yield (
            *_ends(gap, references),
            gap.start,
            gap.end,
            order(gap.from_planned, gap.to_planned),
            order(gap.from_actual, gap.to_actual),
            gap.in_planned_order,
            gap.planned_seconds,
            gap.observed_seconds,
            *_sums(gap),
            why_not(gap),
            gap.estimate_seconds,
            gap.metres,
            gap.source,
            gap.engine,
            gap.pace,
            gap.mode,
            *_speed(gap),
        )


def part_rows(day: WorkedDay) -> Iterator[Sequence[Cell]]:
    """A row for each part of each gap of a day, under PARTS."""
    references = references_of(day)
    for gap in day.gaps:
        for part in gap.parts:
            yield (*_ends(gap, references), gap.start, part.kind, part.seconds, part.credited, part.rule)


def references_of(day: WorkedDay) -> Mapping[str, str]:
    """The references of a day's visits, by id."""
    return {visit.visit_id: visit.visit for visit in day.visits}


def order(first: int | None, then: int | None) -> str | None:
    """The places of two visits in an order, as 2 > 3; a dash for one that has none."""
    if first is None and then is None:
        return None
    return " > ".join("–" if place is None else str(place) for place in (first, then))


def why_not(gap: GapRow) -> str | None:
    """The seconds that do not count, each kind with its rule."""
    told = [
        f"{words.worded(part.kind)} {part.seconds} [{part.rule}]" for part in gap.parts if not part.credited
    ]
    return "; ".join(told) or None


def seconds_of(parts: Sequence[GapPart], *kinds: str) -> int:
    """The seconds of these kinds."""
    return sum(part.seconds for part in parts if part.kind in kinds)


def _ends(gap: GapRow, references: Mapping[str, str]) -> tuple[str | None, str | None]:
    return (
        None if gap.from_ is None else references.get(gap.from_, gap.from_),
        None if gap.to is None else references.get(gap.to, gap.to),
    )


def _sums(gap: GapRow) -> tuple[int, int, int, int, int]:
    """Seconds of travel, waiting and other work that count, that do not, and that nobody has explained."""
    credited = sum(part.seconds for part in gap.parts if part.credited)
    travel, waiting = seconds_of(gap.parts, "travel"), seconds_of(gap.parts, "waiting")
    unresolved = seconds_of(gap.parts, "unresolved")
    return (
        travel,
        waiting,
        credited - travel - waiting,
        gap.observed_seconds - credited - unresolved,
        unresolved,
    )


def _speed(gap: GapRow) -> Sequence[Cell]:
    speed = gap.speed or _NO_SPEED
    return (speed.least, speed.measured, speed.most, gap.no_speed and words.worded(gap.no_speed))
