"""What is recorded of the calculation years of salaried carers, and what it makes of a wage case."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

import asyncpg
import polars as pl
from msgspec.structs import replace

from backend.domain.salaried_year import YearSoFar, as_if_said, calculation_year, year_so_far
from backend.sql import query
from backend.use_cases.kind_of_work import KindOfWork, kind_of_work, salaried_since
from backend.use_cases.worked_days import CarersDays, days_recorded, recorded_days
from schemas.salaried import Leave, Salaried, YearBefore
from schemas.wage import Period, WageCase, WorkLine


async def years_before(
    connection: asyncpg.Connection,
    provider_id: UUID,
    employments: Sequence[Mapping[str, Any]],
    period: Period,
    as_of: datetime,
) -> dict[str, YearBefore]:
    """By id, for the employments (rows of wages.employments) whose work is salaried on the period's first day."""
    found: dict[str, YearBefore] = {}
    for row in employments:
        kind = kind_of_work(row, max(period.start, row["starts_on"]))
        if kind is not None and kind.basic_hours_per_year is not None:
            found[row["employment_id"]] = await _year(connection, provider_id, row, kind, period, as_of)
    return found


async def _year(
    connection: asyncpg.Connection,
    provider_id: UUID,
    employment: Mapping[str, Any],
    kind: KindOfWork,
    period: Period,
    as_of: datetime,
) -> YearBefore:
    since = until = None
    seconds = 0
    if kind.calculation_year_start is not None:
        first, until = calculation_year(period.start, kind.calculation_year_start)
        since = max(first, employment["starts_on"], salaried_since(employment, period.start))
        seconds = await _worked(connection, provider_id, employment, since, period.start, as_of)
    wanted = [UUID(employment["employment_id"])]
    touched = (min(since or period.start, period.start), period.end)
    rows = await connection.fetch(query("wages.leave"), provider_id, wanted, *touched, as_of)
    leave = [
        Leave(first=row["starts_on"], last=row["ends_on"], hours=row["hours"], pay=row["pay"]) for row in rows
    ]
    return YearBefore(since=since, until=until, worked_seconds=seconds, leave=leave)


async def _worked(
    connection: asyncpg.Connection,
    provider_id: UUID,
    employment: Mapping[str, Any],
    since: date,
    start: date,
    as_of: datetime,
) -> int:
    """Counted seconds of the employment from `since` to the day before `start`."""
    if since >= start:
        return 0
    last = start - timedelta(days=1)
    carer = UUID(employment["carer_id"])
    recorded = await recorded_days(connection, provider_id, since, last, as_of=as_of, carers=[carer])
    # Up to a year of days: phones must not wait for them.
    days = await asyncio.to_thread(days_recorded, recorded)
    return sum(worked_by_date(days, employment["employment_id"]).values())


def worked_by_date(days: CarersDays, employment_id: str) -> dict[date, int]:
    """Counted seconds of an employment by London date."""
    own = days.segments.filter(pl.col("employment_id") == employment_id, pl.col("counted"))
    return dict(own.group_by("date").agg(pl.col("seconds").sum()).iter_rows())


@dataclass(frozen=True, slots=True)
class SalariedYear:
    """A salaried employment's year up to the end of a period: what is recorded, and the period's hours from it.

    `terms`: the basic hours as a case says them.
    """

    year: YearBefore
    terms: Salaried
    first: date
    last: date
    worked: Mapping[date, int]

    def so_far(self) -> YearSoFar:
        """The hours that the records give."""
        return year_so_far(self.year, self.basic_hours, self.first, self.last, self.worked)

    @property
    def basic_hours(self) -> Fraction:
        """The basic hours of the calculation year."""
        return Fraction(self.terms.basic_hours_per_year)

    def as_if(self, pay: Literal["full", "none"]) -> "SalariedYear":
        """The same with leave of unsaid hours taken as so paid."""
        said = as_if_said(self.year, self.basic_hours, self.last, pay)
        return SalariedYear(said, self.terms, self.first, self.last, self.worked)

    def put_into(self, case: WageCase) -> WageCase:
        """The case with hours beyond the basic hours, and absences on less pay, as they are found here."""
        found = self.so_far()
        lines = [
            WorkLine(kind="absence", seconds=_seconds(found.absent["reduced"]), pay="reduced"),
            WorkLine(kind="absence", seconds=_seconds(found.absent["none"]), pay="none"),
            WorkLine(kind="excess", seconds=_seconds(found.excess)),
        ]
        recorded = [line for line in case.work if line.kind not in ("excess", "absence")]
        work = [*recorded, *(line for line in lines if line.seconds)]
        return replace(case, work=work, salaried=self._basic(found))

    def _basic(self, found: YearSoFar) -> Salaried:
        """In the period that passes the basic hours they are those of its days of 365 (reg 28(2))."""
        if not found.passed_here or self.terms.employed_days is not None:
            return self.terms
        return replace(self.terms, employed_days=(self.last - self.first).days + 1)


def _seconds(hours: Fraction) -> int:
    """Whole seconds, half up."""
    return int(hours * 3600 + Fraction(1, 2))


def salaried_year(
    year: YearBefore, terms: Salaried, days: CarersDays, employment: Mapping[str, Any], period: Period
) -> SalariedYear:
    """The year of an employment up to the end of a period."""
    first, last = (
        max(period.start, employment["starts_on"]),
        min(period.end, employment["ends_on"] or period.end),
    )
    worked = worked_by_date(days, employment["employment_id"])
    return SalariedYear(year, terms, first, last, worked)
