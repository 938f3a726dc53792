"""The packaged measures of performance, read from measures.yaml."""

from datetime import date
from functools import cache
from typing import Any

from msgspec import Struct, field

from backend.domain.measures import Measures
from backend.statute import strict_yaml
from backend.statute.entries import Id, in_force, intervals
from schemas.scalars import Day


class MeasuresInterval(Struct, frozen=True, kw_only=True):
    """Measures in force on London dates `since` to `until`, both included; no `until` while they stay."""

    id: Id
    since: Day = field(name="from")
    until: Day | None
    values: Measures


def measures_intervals(data: Any) -> list[MeasuresInterval]:
    """Checked measures, oldest first. Raises StatuteError for a gap, an overlap or a value that is not one."""
    return intervals(MeasuresInterval, data, "measures.yaml")


@cache
def _packaged() -> list[MeasuresInterval]:
    return measures_intervals(strict_yaml.read("measures.yaml"))


def measures_on(day: date) -> Measures:
    """The measures in force on a London date. Raises LookupError when no interval holds the day."""
    found = in_force(_packaged(), day)
    if found is None:
        raise LookupError(f"no measures of performance are known for {day.isoformat()}")
    return found.values
