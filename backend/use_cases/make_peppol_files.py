"""Make the Peppol e-invoices that could not be made when their documents were issued, and hand all of them out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend import clock, db
from backend.documents.bill_faults import bill_faults
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.frozen_documents import File, snapshot_bytes, store_files
from backend.use_cases.invoice_files import PEPPOL, addressed, file_name, peppol_file
from schemas.documents import InvoiceSnapshot

_FILE: Final = ("format", "media_type", "file_name", "content")


@dataclass(frozen=True, slots=True)
class PeppolMade:
    """An invoice or credit note with its e-invoice, or with the reasons why it has none, in words."""

    number: str
    file: File | None
    faults: tuple[str, ...]
    self_billed: bool


async def make_peppol_files(provider_id: UUID, number: str | None = None) -> AsyncIterator[PeppolMade]:
    """Every invoice and credit note of a provider, or the one of a number, in the order they were made.

    What was made once is kept: it comes out the same whenever it is asked for.
    """
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("documents.invoices"), provider_id, number, None)
    for row in rows:
        yield await make_peppol_file(provider_id, row["id"])


async def make_peppol_file(provider_id: UUID, document_id: UUID) -> PeppolMade:
    """The e-invoice of one document: as it was kept, or made now and kept if nothing is missing.

    Raises DomainError not_found.
    """
    async with db.as_provider(provider_id) as connection:
        return await _peppol_of(connection, provider_id, document_id)


async def peppol_faults(
    connection: asyncpg.Connection, provider_id: UUID, document_id: UUID, snapshot: InvoiceSnapshot
) -> list[str]:
    """What a document lacks for an e-invoice as things stand now, in words."""
    contract = await connection.fetchval(query("documents.contract_of"), provider_id, document_id)
    return bill_faults(await addressed(connection, provider_id, contract, snapshot, clock.now()))


async def _peppol_of(connection: asyncpg.Connection, provider_id: UUID, document_id: UUID) -> PeppolMade:
    row = await connection.fetchrow(query("documents.lock_invoice"), provider_id, document_id)
    if row is None:
        raise DomainError("not_found", "There is no such invoice or credit note.")
    snapshot = msgspec.json.decode(snapshot_bytes(row["snapshot"]), type=InvoiceSnapshot)
    kept = await connection.fetch(query("documents.files"), provider_id, document_id)
    files = {file["format"]: File(*(file[name] for name in _FILE)) for file in kept}
    if PEPPOL in files:
        return PeppolMade(snapshot.number, files[PEPPOL], (), snapshot.self_billed)
    made, faults = await _made(connection, provider_id, row, snapshot, files)
    return PeppolMade(snapshot.number, made, tuple(faults), snapshot.self_billed)


async def _made(
    connection: asyncpg.Connection,
    provider_id: UUID,
    document: Any,
    snapshot: InvoiceSnapshot,
    files: dict[str, File],
) -> tuple[File | None, list[str]]:
    now = clock.now()
    bill = await addressed(connection, provider_id, document["contract_id"], snapshot, now)
    pdf, csv = files["pdf"].content, files["csv"].content
    made, faults = await asyncio.to_thread(peppol_file, bill, file_name(snapshot), pdf, csv)
    if made:
        await store_files(connection, provider_id, document["id"], [made], now)
    return made, faults
