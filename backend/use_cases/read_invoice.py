"""One invoice or credit note with its lines, for the provider that made it or the commissioner it is addressed to."""

from dataclasses import dataclass
from uuid import UUID

import msgspec

from backend.use_cases.read_documents import INVOICES, document_formats, frozen_document
from backend.use_cases.viewer import Viewer
from schemas.documents import InvoiceSnapshot


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    """A frozen invoice and the files it can be had as: format and size in bytes."""

    id: UUID
    snapshot: InvoiceSnapshot
    files: list[tuple[str, int]]


async def read_invoice(viewer: Viewer, document_id: UUID) -> ShownInvoice:
    """The invoice. Raises DomainError not_found. A commissioner's look is noted in the access log."""
    async with viewer.transaction() as connection:
        provider_id, content = await frozen_document(connection, viewer, INVOICES, document_id)
        files = await document_formats(connection, provider_id, document_id)
        await viewer.note(connection, provider_id, "invoice", document_id)
    return ShownInvoice(document_id, msgspec.json.decode(content, type=InvoiceSnapshot), files)
