"""Which travel of a reader's own visits was paid, from frozen wage reports. Only counts leave here."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
import msgspec
import polars as pl
from msgspec import Struct

from backend import clock
from backend.domain.travel_paid import GAPS, WORKERS, travel_paid
from backend.sql import query
from backend.use_cases.read_documents import WAGE_REPORTS, frozen_document
from backend.use_cases.viewer import Viewer
from backend.use_cases.zone_costs import is_visit, places_of
from schemas.beside import UnpaidLine
from schemas.gap_ledger import GapRow
from schemas.scalars import Day, Number


class _Result(Struct, frozen=True):
    compliant: bool


class _Pay(Struct, frozen=True):
    paid_less_expected: Number | None = None
    unpaid: list[UnpaidLine] = []
    reason: str | None = None


class _Beside(Struct, frozen=True):
    pay: _Pay


class _Day(Struct, frozen=True):
    date: Day
    gaps: list[GapRow]


class _Worker(Struct, frozen=True):
    employment: str
    result: _Result
    days: list[_Day]
    beside: _Beside | None = None


class _Report(Struct, frozen=True):
    workers: list[_Worker]


@dataclass(frozen=True, slots=True)
class ReportRead:
    """A wage report that figures rest on; `tested`: the employments that it tested."""

    id: UUID
    edition: str
    period_start: date
    period_end: date
    tested: frozenset[str]


@dataclass(frozen=True, slots=True)
class TravelPaid:
    """`months` as domain.travel_paid gives them; the reports that they rest on."""

    months: pl.DataFrame
    reports: list[ReportRead]


async def read_travel_paid(
    connection: asyncpg.Connection, viewer: Viewer, provider_id: UUID, first: date, last: date
) -> TravelPaid:
    """Of the gaps of London dates `first` to `last` that lead to visits that the reader commissions: to a provider,
    all, those to visits that nobody planned among them.
    """
    rows = await connection.fetch(query("performance.reports"), provider_id, first, last)
    workers: list[_Worker] = []
    reports: list[ReportRead] = []
    for row in rows:
        _, content = await frozen_document(connection, viewer, WAGE_REPORTS, row["id"])
        # A large provider's report is tens of megabytes: phones must not wait for it.
        report = await asyncio.to_thread(msgspec.json.decode, content, type=_Report)
        workers.extend(report.workers)
        tested = frozenset(worker.employment for worker in report.workers)
        reports.append(ReportRead(row["id"], row["edition"], row["period_start"], row["period_end"], tested))
    gaps = list(_gaps(workers, first, last))
    named = [] if viewer.provider else sorted({visit for *_, visit in gaps})
    seen = await places_of(connection, provider_id, named, clock.now())
    own = [gap[:3] for gap in gaps if viewer.provider or gap[3] in seen]
    frame = pl.DataFrame(own, GAPS, orient="row")
    stood = pl.DataFrame([_stood(*each) for each in enumerate(workers)], WORKERS, orient="row")
    return TravelPaid(travel_paid(stood, frame), reports)


def _gaps(workers: Sequence[_Worker], first: date, last: date) -> Iterator[tuple[int, date, int, str]]:
    """Worker, date, seconds of travel that count, and the visit that the gap leads to, else the one before it."""
    for number, worker in enumerate(workers):
        for day in worker.days:
            if first <= day.date <= last:
                for gap in day.gaps:
                    travel = sum(
                        part.seconds for part in gap.parts if part.kind == "travel" and part.credited
                    )
                    visit = next((name for name in (gap.to, gap.from_) if name and is_visit(name)), None)
                    if travel > 0 and visit is not None:
                        yield number, day.date, travel, visit


def _stood(number: int, worker: _Worker) -> tuple[int, str, bool, bool, bool | None, bool | None]:
    pay = None if worker.beside is None else worker.beside.pay
    if pay is None or pay.reason is not None:
        return number, worker.employment, worker.result.compliant, False, None, None
    unpaid = any(line.work == "travel" and line.minutes > 0 for line in pay.unpaid)
    return number, worker.employment, worker.result.compliant, True, unpaid, (pay.paid_less_expected or 0) < 0
