"""Hours by kind of work, drawn as columns."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from backend.console.pictures.columns import Columns, Part, columns
from backend.documents import words
from schemas.wage import WorkRow


def hours_by_kind(work: Iterable[WorkRow]) -> Columns | None:
    """A column for each kind, in hours, in the order of the rows; None without any time."""
    return columns(
        [
            (words.worded(kind), [Part(kind, minutes / 60, f"{words.worded(kind)}: {words.hours(minutes)}")])
            for kind, minutes in minutes_by_kind(work).items()
        ],
        stacked=False,
    )


def minutes_by_kind(work: Iterable[WorkRow]) -> Mapping[str, Decimal]:
    """All minutes of each kind, in the order in which the kinds first come."""
    found: dict[str, Decimal] = {}
    for row in work:
        found[row.kind] = found.get(row.kind, Decimal(0)) + row.minutes
    return found
