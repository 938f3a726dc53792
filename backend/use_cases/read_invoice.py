"""One invoice or credit note with its lines, for the provider that made it or the commissioner it is addressed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.invoice_state import Standing
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.invoice_files import PEPPOL
from backend.use_cases.invoice_standings import standings
from backend.use_cases.loading.templates import DELIVERY, templates_of
from backend.use_cases.make_peppol_files import peppol_faults
from backend.use_cases.read_disputes import ListedDispute, disputes
from backend.use_cases.read_documents import INVOICES, document_formats, frozen_document
from backend.use_cases.viewer import Viewer
from schemas.documents import InvoiceLine, InvoiceSnapshot

MOST_DISPUTES: Final = 10_000
"""Of one document: more than any has lines."""


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    """A frozen invoice and the files it can be had as: format and size in bytes.

    `delivered` are its service delivery files: number, name and size. `disputes` are the newest of each line, by its
    number; `payments` rows of the database. For the provider alone: `lacks`, what is missing
    for an e-invoice (None where there is one), and the names of the templates that files can be written by.
    """

    id: UUID
    snapshot: InvoiceSnapshot
    files: list[tuple[str, int]]
    delivered: list[tuple[int, str, int]]
    standing: Standing
    payments: Sequence[Mapping[str, Any]]
    disputes: Mapping[int, ListedDispute]
    lacks: list[str] | None = None
    templates: tuple[str, ...] = ()


async def read_invoice(viewer: Viewer, document_id: UUID) -> ShownInvoice:
    """The invoice. Raises DomainError not_found. A commissioner's look is noted in the access log."""
    async with viewer.transaction() as connection:
        provider_id, content = await frozen_document(connection, viewer, INVOICES, document_id)
        files = await document_formats(connection, provider_id, document_id)
        rows = await connection.fetch(query("delivery.listed"), provider_id, document_id)
        delivered = [(row["number"], row["file_name"], row["size"]) for row in rows]
        await viewer.note(connection, provider_id, "invoice", document_id)
        snapshot = msgspec.json.decode(content, type=InvoiceSnapshot)
        since = await _since(connection, viewer, provider_id, document_id)
        if not viewer.provider:
            return ShownInvoice(document_id, snapshot, files, delivered, *since)
        made = any(kind == PEPPOL for kind, _ in files)
        lacks = None if made else await peppol_faults(connection, provider_id, document_id, snapshot)
        templates = tuple(await templates_of(connection, provider_id, DELIVERY))
    return ShownInvoice(document_id, snapshot, files, delivered, *since, lacks, templates)


async def _since(
    connection: asyncpg.Connection, viewer: Viewer, provider_id: UUID, document_id: UUID
) -> tuple[Standing, Sequence[Mapping[str, Any]], Mapping[int, ListedDispute]]:
    """What became of a document since it was issued."""
    stands = (await standings(connection, [provider_id], [document_id]))[document_id]
    payments = await connection.fetch(query("payments.listed"), provider_id, document_id)
    raised = await disputes(connection, viewer, document_id=document_id, limit=MOST_DISPUTES)
    return stands, payments, {dispute.line: dispute for dispute in reversed(raised) if dispute.line}


async def read_line(viewer: Viewer, document_id: UUID, number: int) -> tuple[str, InvoiceLine]:
    """The number of an invoice, and one of its lines as it was billed. Raises DomainError not_found."""
    async with viewer.transaction() as connection:
        provider_id, content = await frozen_document(connection, viewer, INVOICES, document_id)
        await viewer.note(connection, provider_id, "invoice line", document_id)
    snapshot = msgspec.json.decode(content, type=InvoiceSnapshot)
    if not 0 < number <= len(snapshot.lines):
        raise DomainError("not_found", f"This document has no line {number}.")
    return snapshot.number, snapshot.lines[number - 1]
