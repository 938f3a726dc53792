"""The invoices and wage reports that a reader may see, newest period first, and the files of one."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.page_keys import text_part
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.frozen_documents import File, snapshot_bytes
from backend.use_cases.parties import parties
from backend.use_cases.viewer import Viewer

INVOICES: Final = ("invoice", "credit_note")
WAGE_REPORTS: Final = ("wage_report",)
PAGE: Final = 200

After = tuple[date, datetime, str, UUID]
"""The end of the period, when it was made, number or pay cycle, and id of the last row of a page."""


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A row of a list. `summary` holds the small figures frozen with the document."""

    id: UUID
    kind: str
    number: str | None
    provider: str
    commissioner: str | None
    payer: str | None
    scope: str
    period_start: date
    period_end: date
    edition: str
    total_pence: int | None
    summary: dict[str, Any]
    created_at: datetime

    @property
    def after(self) -> After:
        """Where it stands in the list."""
        return (self.period_end, self.created_at, self.number or self.scope, self.id)

    @property
    def key(self) -> str:
        """The same in an address: where the next page of the list starts."""
        end, made, name, document = self.after
        return f"{end.isoformat()}~{made.isoformat()}~{text_part(name)}~{document}"


async def read_documents(
    viewer: Viewer, kinds: Sequence[str], after: After | None = None
) -> tuple[list[ListedDocument], bool]:
    """A page of documents of these kinds, and whether more follow."""
    async with viewer.transaction() as connection:
        name, *whose = await _listing(connection, viewer, kinds)
        behind = after or (None, None, None, None)
        rows = await connection.fetch(query(f"console.{name}"), *whose, *behind, PAGE + 1)
        named = {row[name] for row in rows for name in ("provider_id", "commissioner_id", "payer_id")} - {
            None
        }
        names = {key: party.name for key, party in (await parties(connection, named)).items()}
    return [_listed(row, names) for row in rows[:PAGE]], len(rows) > PAGE


async def _listing(connection: asyncpg.Connection, viewer: Viewer, kinds: Sequence[str]) -> list[Any]:
    """The query that finds a reader's documents by their key, and whose they are."""
    if viewer.person is not None:
        return ["documents_of_person", viewer.organisation_id, viewer.person]
    if viewer.commissioner is not None and "invoice" in kinds:
        return ["documents_of_commissioner", viewer.commissioner]
    return ["documents", await viewer.providers(connection), list(kinds)]


def _listed(row: Any, names: dict[UUID, str]) -> ListedDocument:
    return ListedDocument(
        id=row["id"],
        kind=row["kind"],
        number=row["number"],
        provider=names[row["provider_id"]],
        commissioner=names.get(row["commissioner_id"]),
        payer=names.get(row["payer_id"], row["payer"]) or None,
        scope=row["scope"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        edition=row["edition"],
        total_pence=row["total_pence"],
        summary=msgspec.json.decode(row["summary"]),
        created_at=row["created_at"],
    )


async def frozen_document(
    connection: asyncpg.Connection, viewer: Viewer, kinds: Sequence[str], document_id: UUID
) -> tuple[UUID, bytes]:
    """The provider and the snapshot, checked against its digest. Raises DomainError not_found or conflict."""
    providers = await viewer.providers(connection)
    row = await connection.fetchrow(query("console.document"), providers, document_id, list(kinds))
    if row is None:
        raise DomainError("not_found", "There is no such document among those you may see.")
    # A large provider's report is tens of megabytes: phones must not wait for its digest.
    return row["provider_id"], await asyncio.to_thread(_unaltered, row)


def _unaltered(row: Any) -> bytes:
    content = snapshot_bytes(row["snapshot"])
    if hashlib.sha256(content).digest() != row["snapshot_digest"]:
        raise DomainError(
            "conflict", "This document is not as it was frozen. Tell whoever runs this service."
        )
    return content


async def document_formats(
    connection: asyncpg.Connection, provider_id: UUID, document_id: UUID
) -> list[tuple[str, int]]:
    """The formats a document was frozen in, each with its size in bytes."""
    rows = await connection.fetch(query("console.formats"), provider_id, document_id)
    return [(row["format"], row["size"]) for row in rows]


async def read_file(
    viewer: Viewer, kinds: Sequence[str], document_id: UUID, kind: str, reason: str | None = None
) -> File:
    """One rendering of a document, as it was frozen. Raises DomainError not_found.

    A reader outside the provider is noted in the access log, with the reason where names are in the file.
    """
    async with viewer.transaction() as connection:
        provider_id, _ = await frozen_document(connection, viewer, kinds, document_id)
        row = await connection.fetchrow(query("console.file"), provider_id, document_id, kind)
        if row is None:
            raise DomainError("not_found", f"This document has no rendering as {kind}.")
        await viewer.note(connection, provider_id, f"file {kind}", document_id, reason)
    return File(kind, row["media_type"], row["file_name"], row["content"])


async def read_delivery_file(viewer: Viewer, document_id: UUID, number: int) -> File:
    """A service delivery file of an invoice, as it was kept. Raises DomainError not_found."""
    async with viewer.transaction() as connection:
        provider_id, _ = await frozen_document(connection, viewer, INVOICES, document_id)
        row = await connection.fetchrow(query("delivery.file"), provider_id, document_id, number)
        if row is None:
            raise DomainError("not_found", f"This document has no service delivery file {number}.")
        await viewer.note(connection, provider_id, f"delivery file {number}", document_id)
    return File("delivery", row["media_type"], row["file_name"], row["content"])
