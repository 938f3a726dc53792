"""From what stands on paper to its page: the code of a wage report or of a record in it, or an invoice's number."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from backend.documents.finding import record_code
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.read_documents import WAGE_REPORTS, frozen_document
from backend.use_cases.read_wage_report import order_for
from backend.use_cases.viewer import Viewer

_CODE: Final = re.compile(r"([0-9a-f]{8})(?:-([0-9a-f]{8}))?", re.ASCII)
_LONGEST: Final = 80


class _Who(Struct, frozen=True):
    employment: str
    person: str
    name: str | None


class _Named(Struct, frozen=True):
    facts_digest: str
    workers: list[_Who]


@dataclass(frozen=True, slots=True)
class Found:
    """A page that a reference leads to. `edition` and `made_at` tell the editions of a wage report apart: those of the
    same facts print the same code.
    """

    path: str
    edition: str | None = None
    made_at: datetime | None = None


async def find_reference(viewer: Viewer, reference: str) -> list[Found]:
    """The pages, the newest first. Raises DomainError not_found, or bad_request for a number that several gave."""
    wanted = "".join(reference.split())[:_LONGEST]
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        numbered = [] if viewer.role == "auditor" else providers  # invoices are closed to auditors
        invoices = await connection.fetch(query("console.documents_numbered"), numbered, wanted)
        reports = await _by_code(connection, viewer, providers, wanted.lower())
    if len(invoices) > 1:
        raise DomainError(
            "bad_request", f"Several providers gave the number {wanted}. Open it in the list of invoices."
        )
    if invoices:
        return [Found(f"/invoices/{invoices[0]['id']}")]
    if not reports:
        raise DomainError("not_found", f"Nothing that you may see has the code or number {wanted}.")
    return reports


async def _by_code(
    connection: asyncpg.Connection, viewer: Viewer, providers: Sequence[UUID], wanted: str
) -> list[Found]:
    """The reports, or the records in them, that have this code: of one provider, pay cycle and period."""
    code = _CODE.fullmatch(wanted)
    if code is None:
        return []
    found = []
    for row in await connection.fetch(query("console.reports_by_code"), providers, code[1]):
        path: str | None = f"/wage-reports/{row['id']}"
        if code[2] is not None:
            provider_id, content = await frozen_document(connection, viewer, WAGE_REPORTS, row["id"])
            place = await asyncio.to_thread(_place, viewer, provider_id, content, wanted)
            path = None if place is None else f"{path}/workers/{place}"
        if path is not None:
            found.append(Found(path, row["edition"], row["created_at"]))
    return found


def _place(viewer: Viewer, provider_id: UUID, content: bytes, wanted: str) -> int | None:
    """Where this reader's pages of a report have the worker whose record has this code."""
    report = msgspec.json.decode(content, type=_Named)
    order = order_for(viewer, provider_id, [worker.employment for worker in report.workers])
    for place, at in enumerate(order, start=1):
        worker = report.workers[at]
        if wanted == record_code(report.facts_digest, worker.employment, worker.person, worker.name):
            return place
    return None
