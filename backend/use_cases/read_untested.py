"""A worker whose pay a wage report could not test: why, and what is recorded about her in the period."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.domain.time import london_midnight
from backend.faults import DomainError
from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.audited_attendances import Attendance, attendance
from backend.use_cases.read_documents import WAGE_REPORTS, frozen_document
from backend.use_cases.read_wage_report import label_of, order_for, report_head
from backend.use_cases.verified_visits import verified_visits
from backend.use_cases.viewer import Viewer
from schemas.documents import NotTested, WageReportSnapshot


@dataclass(frozen=True, slots=True)
class Untested:
    """The worker under the reader's label, with the attendances that the reader may see, as they stand now."""

    report_id: UUID
    head: WageReportSnapshot
    label: str
    reason: str
    attendances: list[Attendance]


async def read_untested(viewer: Viewer, document_id: UUID, place: int) -> Untested:
    """The worker at a place, from 1, of those not tested in a report. Raises DomainError not_found."""
    async with viewer.transaction() as connection:
        provider_id, content = await frozen_document(connection, viewer, WAGE_REPORTS, document_id)
        head = report_head(content)
        left = _at(viewer, provider_id, head.not_tested, place)
        employment_id = thing_id(provider_id, "employment", left.employment)
        await viewer.note(connection, provider_id, "worker not tested in a wage report", employment_id)
    rows = await _attended(viewer, provider_id, employment_id, head)
    async with viewer.transaction() as connection:
        ids = [UUID(row["visit_id"]) for row in rows]
        visits = dict(await connection.fetch(query("audit.visit_labels"), provider_id, ids))
    label = label_of(viewer, provider_id, left.employment, left.name)
    shown = [
        attendance({**row, "visit_id": UUID(row["visit_id"]), "carer_id": None}, visits, label)
        for row in rows
    ]
    return Untested(document_id, head, label, left.reason, shown)


def _at(viewer: Viewer, provider_id: UUID, untested: list[NotTested], place: int) -> NotTested:
    if not 1 <= place <= len(untested):
        raise DomainError("not_found", f"This report has no untested worker {place}; it has {len(untested)}.")
    return untested[order_for(viewer, provider_id, [one.employment for one in untested])[place - 1]]


async def _attended(
    viewer: Viewer, provider_id: UUID, employment_id: UUID, head: WageReportSnapshot
) -> list[dict[str, Any]]:
    """What was recorded under the employment in the period, at visits that the reader commissions."""
    span = (london_midnight(head.period.start), london_midnight(head.period.end + timedelta(days=1)))
    async with db.as_provider(provider_id) as connection:
        rows = await verified_visits(
            connection, provider_id, *span, as_of=clock.now(), commissioner_id=viewer.commissioner
        )
    own = rows.filter(pl.col("employment_id") == str(employment_id))
    return own.sort("starts_at", "visit_id").to_dicts()
