"""How long each class of records is kept, read from retention.yaml."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from msgspec import Struct, field

from backend.statute import strict_yaml
from backend.statute.citation import Cited
from backend.statute.entries import Id, in_force, intervals
from backend.statute.strict_yaml import StatuteError
from schemas.scalars import Day


class Period(Cited, frozen=True, kw_only=True):
    """Bounds and default in days, in force on London dates `since` to `until`; no `until` while they stay."""

    id: Id
    since: Day = field(name="from")
    until: Day | None
    least_days: int
    default_days: int
    most_days: int


class RecordClass(Struct, frozen=True, kw_only=True):
    """A class of records: what it is, from when its period counts, and what happens at its end."""

    name: str
    title: str
    counts_from: str
    ends: str
    periods: tuple[Period, ...]

    def on(self, day: date) -> Period:
        """The period in force on a London date. Raises LookupError when none is."""
        found = in_force(self.periods, day)
        if found is None:
            raise LookupError(f"nothing is known of how long {self.name} are kept on {day.isoformat()}")
        return found


_FILE: Final = "retention.yaml"


def record_classes(data: Any) -> Mapping[str, RecordClass]:
    """Checked classes by name. Raises StatuteError for a gap, an overlap or a default outside its bounds."""
    found = {}
    for entry in data:
        periods = intervals(Period, entry["intervals"], _FILE)
        for period in periods:
            if not 0 < period.least_days <= period.default_days <= period.most_days:
                raise StatuteError(f"{_FILE}: the default of {period.id} lies outside its bounds")
        words = {name: entry[name] for name in ("title", "counts_from", "ends")}
        found[entry["class"]] = RecordClass(name=entry["class"], periods=tuple(periods), **words)
    return found


@cache
def packaged() -> Mapping[str, RecordClass]:
    """The packaged classes, by name."""
    return record_classes(strict_yaml.read(_FILE))
