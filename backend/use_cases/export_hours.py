"""Hours and miles for payroll: what the terms pay each employment, for every pay period that ended in some days."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from backend import db
from backend.documents.hours import PaidEmployment, hours_csv
from backend.domain.pay_period import parse_pay_cycle
from backend.domain.time import london_date
from backend.sql import query
from backend.travel.straight_line import StraightLine
from backend.use_cases.frozen_documents import File
from backend.use_cases.wage_expected import expected_pay
from backend.use_cases.wage_report_facts import RecordedWages, recorded_wages, wages_recorded
from backend.use_cases.worked_days import estimator_of
from schemas.wage import Period


@dataclass(frozen=True, slots=True)
class HoursFile:
    """One pay cycle's period. `unpayable`: employments for which nothing can be said, each with the reason."""

    file: File
    unpayable: tuple[tuple[str, str], ...]


async def export_hours(
    provider_id: UUID, provider: str, first: date, last: date, as_of: datetime
) -> AsyncIterator[HoursFile]:
    """A file for each pay cycle and each of its periods that ends on `first` to `last` and was over by `as_of`.

    A period in which nobody worked or was paid has none.

    From the facts recorded up to `as_of`: the same facts give the same bytes.
    """
    async with db.as_reader(provider_id) as connection:
        cycles = [row["pay_cycle"] for row in await connection.fetch(query("jobs.pay_cycles"), provider_id)]
    for cycle in cycles:
        for period in _periods(cycle, first, min(last, london_date(as_of) - timedelta(days=1))):
            async with db.as_reader(provider_id) as connection:
                span = (period.start, period.end)
                recorded = await recorded_wages(
                    connection, provider_id, cycle, *span, as_of, london_date(as_of)
                )
            # Seconds of arithmetic for a large provider: whoever else shares the process must not wait for them.
            paid = await asyncio.to_thread(_paid, recorded)
            if paid:
                yield _file(provider, cycle, period, paid)


def _periods(cycle: str, first: date, last: date) -> Iterator[Period]:
    """The periods whose last day is one of these."""
    known = parse_pay_cycle(cycle)
    period = known.containing(first)
    while period.end <= last:
        yield period
        period = known.following(period)


def _paid(recorded: RecordedWages) -> list[PaidEmployment]:
    estimator = estimator_of(recorded.days, StraightLine())
    facts = wages_recorded(recorded, estimator)
    expected = expected_pay(facts, facts.employments, estimator)
    found = []
    for employment in sorted(facts.employments, key=lambda row: str(row["reference"])):
        pay = expected[employment["employment_id"]]
        unpaid = [time for result in pay.results for time in result.unpaid]
        found.append(
            PaidEmployment(
                employment["reference"], employment["person"], pay.terms, pay.lines(), unpaid, pay.reason
            )
        )
    return found


def _file(provider: str, cycle: str, period: Period, paid: list[PaidEmployment]) -> HoursFile:
    content = hours_csv(provider, cycle, (period.start, period.end), paid)
    name = f"hours_{provider}_{cycle.replace(':', '-')}_{period.start}.csv"
    unpayable = tuple((one.employment, one.reason) for one in paid if one.reason)
    return HoursFile(File("csv", "text/csv", name, content), unpayable)
