"""One invoice or credit note with its lines, for the provider that made it or the commissioner it is addressed to."""

from dataclasses import dataclass
from uuid import UUID

import msgspec

from backend.sql import query
from backend.use_cases.invoice_files import PEPPOL
from backend.use_cases.loading.templates import DELIVERY, templates_of
from backend.use_cases.make_peppol_files import peppol_faults
from backend.use_cases.read_documents import INVOICES, document_formats, frozen_document
from backend.use_cases.viewer import Viewer
from schemas.documents import InvoiceSnapshot


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    """A frozen invoice and the files it can be had as: format and size in bytes.

    `delivered` are its service delivery files: number, name and size. For the provider alone: `lacks`, what is missing
    for an e-invoice (None where there is one), and the names of the templates that files can be written by.
    """

    id: UUID
    snapshot: InvoiceSnapshot
    files: list[tuple[str, int]]
    delivered: list[tuple[int, str, int]]
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
        if not viewer.provider:
            return ShownInvoice(document_id, snapshot, files, delivered)
        made = any(kind == PEPPOL for kind, _ in files)
        lacks = None if made else await peppol_faults(connection, provider_id, document_id, snapshot)
        templates = tuple(await templates_of(connection, provider_id, DELIVERY))
    return ShownInvoice(document_id, snapshot, files, delivered, lacks, templates)
