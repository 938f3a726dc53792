"""Hand out evidence bundles: to the provider, and to an auditor of a commissioner under pseudonyms."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from backend import db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.evidence.build import Wanted, build_bundle
from backend.use_cases.frozen_documents import File, snapshot_bytes
from backend.use_cases.read_documents import WAGE_REPORTS, frozen_document
from backend.use_cases.read_wage_report import employments_tested, order_for, worker_of
from backend.use_cases.viewer import Viewer


async def export_evidence(provider_id: UUID, report: str, worker: str | None = None) -> File:
    """The bundle of a wage report: `report` is its id, or the first day of its period where that names one.

    `worker` is the reference of an employment or of a person: then the bundle is about that worker alone. Raises
    DomainError not_found, or bad_request naming the reports to choose from.
    """
    async with db.as_provider(provider_id) as connection:
        row = await _report(connection, provider_id, report)
        return await build_bundle(connection, await _wanted(connection, provider_id, row, worker))


async def read_evidence(viewer: Viewer, document_id: UUID, place: int | None = None) -> File:
    """The bundle of a report, or of its worker at `place`, as this reader may have it.

    Raises DomainError not_found. A reader outside the provider is noted in the access log.
    """
    async with viewer.transaction() as connection:
        provider_id, worker = await _looked_up(connection, viewer, document_id, place)
    # What an auditor's bundle leaves out is decided on all facts, so they are read as the provider's own.
    async with db.as_provider(provider_id) as connection:
        row = await _report(connection, provider_id, str(document_id))
        auditor_of = None if viewer.provider else viewer.organisation_id
        return await build_bundle(connection, await _wanted(connection, provider_id, row, worker, auditor_of))


async def _looked_up(
    connection: asyncpg.Connection, viewer: Viewer, document_id: UUID, place: int | None
) -> tuple[UUID, str | None]:
    """The report's provider, and the employment of the worker at a place in it; noted in the access log."""
    provider_id, content = await frozen_document(connection, viewer, WAGE_REPORTS, document_id)
    await viewer.note(connection, provider_id, "evidence bundle", document_id)
    if place is None:
        return provider_id, None
    await worker_of(connection, viewer, document_id, place)
    tested = employments_tested(content)
    return provider_id, tested[order_for(viewer, provider_id, tested)[place - 1]]


async def _report(connection: asyncpg.Connection, provider_id: UUID, wanted: str) -> Any:
    rows = await connection.fetch(query("evidence.report"), provider_id, *_id_or_day(wanted))
    if not rows:
        raise DomainError("not_found", f"This provider has no wage report {wanted}.")
    if len(rows) > 1:
        known = "\n".join(f"  {row['id']}  {row['scope']}, {row['edition']}" for row in rows)
        raise DomainError(
            "bad_request", f"Several wage reports begin on {wanted}. Name one by its id:\n{known}"
        )
    return rows[0]


def _id_or_day(wanted: str) -> tuple[UUID | None, date | None]:
    try:
        return UUID(wanted), None
    except ValueError:
        pass
    try:
        return None, date.fromisoformat(wanted)
    except ValueError:
        raise DomainError(
            "bad_request", f"{wanted!r} is neither a report's id nor the first day of a period."
        ) from None


async def _wanted(
    connection: asyncpg.Connection,
    provider_id: UUID,
    row: Any,
    worker: str | None,
    auditor_of: UUID | None = None,
) -> Wanted:
    if worker is None:
        return Wanted(provider_id, row, auditor_of=auditor_of)
    employed = await connection.fetch(query("wages.employments"), provider_id, row["as_of"], None)
    carers = {one["carer_id"] for one in employed if worker in (one["reference"], one["person"])}
    own = {one["reference"] for one in employed if one["carer_id"] in carers}
    tested = tuple(name for name in employments_tested(snapshot_bytes(row["snapshot"])) if name in own)
    if len(carers) != 1 or not tested:
        raise DomainError("not_found", f"This report tests no worker {worker}.")
    return Wanted(provider_id, row, UUID(carers.pop()), tested, auditor_of)
