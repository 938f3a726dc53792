"""What it takes to enter a carer's time besides visits, by a file or on a page: the same facts and the same checks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from backend.domain.time import london_date
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.periods import Period
from backend.use_cases.loading.places import Place
from backend.use_cases.loading.versions import Fact, Versioned

VERSIONS: Final = Versioned(
    "activity_version",
    (("provider_id", "uuid"), ("activity_id", "uuid")),
    (
        ("reference", "text"),
        ("carer_id", "uuid"),
        ("kind", "text"),
        ("starts_at", "timestamptz"),
        ("ends_at", "timestamptz"),
        ("lat", "double precision"),
        ("lon", "double precision"),
        ("withdrawn", "boolean"),
        ("reason", "text"),
        ("entered_by", "uuid"),
    ),
)
LONGEST: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KnownCarer:
    """A carer of the provider, and when she is employed."""

    id: UUID
    employed: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Time that a manager says a carer worked besides visits, and where, if that is known. `entered_by` is null for a
    file.
    """

    reference: str
    carer_id: UUID
    kind: str
    start: datetime
    end: datetime
    reason: str
    withdrawn: bool = False
    entered_by: UUID | None = None
    place: Place = (None, None)

    def fact(self, provider_id: UUID) -> Fact:
        """The entry as a version to append."""
        key = (provider_id, activity_id(provider_id, self.reference))
        what = (self.kind, self.start, self.end, *self.place)
        return Fact(key, (self.reference, self.carer_id, *what, self.withdrawn, self.reason, self.entered_by))


def activity_id(provider_id: UUID, reference: str) -> UUID:
    """The id of the activity that the provider knows by this reference."""
    return thing_id(provider_id, "activity", reference)


async def known_carers(
    connection: asyncpg.Connection, provider_id: UUID, references: Iterable[str]
) -> Mapping[str, KnownCarer]:
    """The carers with these references; one who is not known is absent."""
    rows = await connection.fetch(query("activities.employed"), provider_id, sorted(set(references)))
    periods: dict[tuple[str, UUID], list[Period]] = defaultdict(list)
    for row in rows:
        periods[row["reference"], row["id"]].append(Period(row["starts_on"], row["ends_on"]))
    return {reference: KnownCarer(carer, tuple(held)) for (reference, carer), held in periods.items()}


def entry_faults(
    carer: KnownCarer | None, start: datetime, end: datetime, now: datetime
) -> Iterator[tuple[str, str]]:
    """What is impossible about an entry: a field (`start`, `end`) and words. For an unknown carer only the times are
    checked.
    """
    if end <= start:
        yield "end", "must be after the start"
    elif end - start > LONGEST:
        yield "end", "is more than 24 hours after the start"
    if end > now:
        yield "end", "has not come yet: enter time once it was worked"
    day = london_date(start)
    if carer is not None and not any(period.holds(day) for period in carer.employed):
        periods = ", ".join(map(str, carer.employed))
        yield "start", f"the carer is not employed on {day}; the employment is {periods}"
