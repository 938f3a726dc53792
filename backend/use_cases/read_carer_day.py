"""One carer's day as it stands now: every stretch of time, what counts, and what was recorded besides visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.calc_day import segments_of
from backend.use_cases.worked_answers import totals_of
from backend.use_cases.worked_days import CarersDays, worked_days
from schemas.day import DaySegment, DayTotals


@dataclass(frozen=True, slots=True)
class RecordedTime:
    """Time recorded besides visits. `entered` is the id of what a manager entered, None of what phones and corrections
    said; `corrected`: an accepted correction says it.
    """

    kind: str
    start: datetime | None
    end: datetime | None
    corrected: bool
    entered: UUID | None
    flags: Sequence[str]


@dataclass(frozen=True, slots=True)
class CarerDay:
    """The day. `segments` stand with the reference of the visit they belong or lead to, if there is one. `planned`: the
    visits of the rota that begin on it, each with its reference.
    """

    carer: str
    name: str
    day: date
    segments: list[tuple[DaySegment, str | None]]
    planned: list[tuple[str, datetime, datetime]]
    totals: DayTotals
    recorded: list[RecordedTime]


async def read_carer_day(provider_id: UUID, carer: str, day: date) -> CarerDay:
    """A London date of a carer (a reference), on all facts held. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        people = await connection.fetch(query("console.carers"), provider_id)
        found = {row["reference"]: row for row in people}.get(carer)
        if found is None:
            raise DomainError("not_found", f"No carer of this provider has the reference {carer}.")
        days = await worked_days(
            connection, provider_id, day, day, as_of=clock.now(), carer_id=found["carer_id"]
        )
    segments = segments_of(days.segments.sort("start", "end", maintain_order=True))
    return CarerDay(
        carer,
        found["name"],
        day,
        _named(segments, days.visits),
        _planned(days.visits, day),
        totals_of(segments),
        _recorded(days, day),
    )


def _named(segments: Sequence[DaySegment], visits: pl.DataFrame) -> list[tuple[DaySegment, str | None]]:
    references = dict(visits.select("visit_id", "reference").iter_rows())
    return [(one, references.get(one.visit or one.to)) for one in segments]


def _planned(visits: pl.DataFrame, day: date) -> list[tuple[str, datetime, datetime]]:
    rows = visits.select("reference", "planned_start", "planned_end").drop_nulls().unique().iter_rows()
    return sorted((row for row in rows if london_date(row[1]) == day), key=lambda row: (row[1], row[0]))


def _recorded(days: CarersDays, day: date) -> list[RecordedTime]:
    rows = days.activities.to_dicts()
    return [
        RecordedTime(
            kind=row["kind"],
            start=row["start"],
            end=row["end"],
            corrected=row["corrected"],
            entered=UUID(row["activity_id"]) if "entered" in row["flags"] else None,
            flags=[flag for flag in row["flags"] if flag not in ("entered", "corrected")],
        )
        for row in rows
        if london_date(row["starts_at"]) == day
    ]
