"""What travel and waiting cost for each hour of care that a commissioner bought, from a frozen wage report.

Only sums leave here, and for a commissioner only those of visits planned for it: no carer, no pay, no other's visits.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from backend import clock
from backend.domain.zone_costs import Stretch
from backend.use_cases.read_documents import WAGE_REPORTS, frozen_document
from backend.use_cases.viewer import Viewer
from backend.use_cases.zone_costs import ALL, UNKNOWN, Timed, Where, about, is_visit, places_of, zone_costs
from schemas.day import DaySegment
from schemas.documents import Dates, Party
from schemas.gap_ledger import GapRow
from schemas.scalars import Number
from schemas.what_if import ZoneCosts


class _Required(Struct, frozen=True):
    hourly: Number


class _Result(Struct, frozen=True):
    required: _Required


class _Day(Struct, frozen=True):
    segments: list[DaySegment]
    gaps: list[GapRow]


class _Worker(Struct, frozen=True):
    result: _Result
    days: list[_Day]


class ReportedCosts(Struct, frozen=True):
    """The costs of a report's period at each carer's minimum wage. Workers not tested are not in it."""

    provider: Party
    period: Dates
    status: str
    not_tested: int
    costs: ZoneCosts


class _Report(Struct, frozen=True):
    provider: Party
    period: Dates
    status: str
    workers: list[_Worker]
    not_tested: list[Any]


_Piece = tuple[dict[str, Any], Decimal]


async def read_zone_costs(viewer: Viewer, document_id: UUID) -> ReportedCosts:
    """The costs of the reader's own visits in a report's period. Raises DomainError not_found."""
    async with viewer.transaction() as connection:
        provider_id, content = await frozen_document(connection, viewer, WAGE_REPORTS, document_id)
        # All segments of a large provider's month: phones must not wait for them.
        report, pieces, named = await asyncio.to_thread(_pieces, content)
        places = await places_of(connection, provider_id, named, clock.now())
        await viewer.note(connection, provider_id, "cost of travel and waiting", document_id)
    return await asyncio.to_thread(_costs, report, pieces, places, viewer.provider)


def _pieces(content: bytes) -> tuple[_Report, list[_Piece], list[str]]:
    """The report, each segment with the worker's minimum wage, and the visits that segments name."""
    report = msgspec.json.decode(content, type=_Report)
    pieces = [
        (row, worker.result.required.hourly) for worker in report.workers for row in _with_ends(worker.days)
    ]
    named = {name for row, _ in pieces for name in (row["visit"], row["to"], row["from_"]) if is_visit(name)}
    return report, pieces, sorted(named)


def _with_ends(days: Sequence[_Day]) -> Iterator[dict[str, Any]]:
    """A worker's segments, each with the ends of its gap: waiting that somebody recorded does not name it."""
    gaps = [gap for day in days for gap in day.gaps]
    for segment in (segment for day in days for segment in day.segments):
        row = structs.asdict(segment)
        if segment.kind == "waiting" and segment.to is None and segment.from_ is None:
            held = next((gap for gap in gaps if gap.start <= segment.start < gap.end), None)
            row |= {"from_": held.from_, "to": held.to} if held else {}
        yield row


def _costs(
    report: _Report, pieces: Sequence[_Piece], places: Mapping[str, Where], provider: bool
) -> ReportedCosts:
    timed = [
        _timed(row, hourly, places) for row, hourly in pieces if provider or not _leads_elsewhere(row, places)
    ]
    own = [one for one in timed if one.where != UNKNOWN]
    return ReportedCosts(
        report.provider,
        report.period,
        report.status,
        len(report.not_tested),
        zone_costs(own, with_terms=False),
    )


def _leads_elsewhere(row: Mapping[str, Any], places: Mapping[str, Any]) -> bool:
    """Whether it is the way to a visit that the reader does not see: that is its buyer's, not this one's."""
    return row["visit"] is None and is_visit(row["to"]) and row["to"] not in places


def _timed(row: dict[str, Any], hourly: Decimal, places: Any) -> Timed:
    where = about({**row, "from": row["from_"]}, places)
    return Timed(where, Stretch(ALL, row["kind"], row["seconds"], None, hourly))
