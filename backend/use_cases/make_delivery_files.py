"""Write a document's service delivery file once, with the provider's next reference; hand out that one ever after."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend import clock, db
from backend.documents.delivery import MEDIA_TYPES, delivery_file
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.frozen_documents import File, snapshot_bytes
from backend.use_cases.invoice_files import file_name
from backend.use_cases.loading.templates import DELIVERY, as_kept, templates_of
from schemas.delivery import DeliveryTemplate
from schemas.documents import InvoiceSnapshot


async def make_delivery_files(
    provider_id: UUID, template: str, number: str | None = None, contract: str | None = None
) -> AsyncIterator[File]:
    """The files of a provider's invoices and credit notes, in the order they were made, by a template's name.

    `number` and `contract` narrow them. A template that was changed since makes a new file with a new reference.
    Raises DomainError not_found if there is no such template.
    """
    async with db.as_provider(provider_id) as connection:
        found = await _template_named(connection, provider_id, template)
        rows = await connection.fetch(query("documents.invoices"), provider_id, number, contract)
    for row in rows:
        async with db.as_provider(provider_id) as connection:
            _, file = await _delivery_of(connection, provider_id, row["id"], found)
        yield file


async def make_delivery_file(provider_id: UUID, document_id: UUID, template: str) -> tuple[int, File]:
    """One document's file with its number, made now and kept if it was not before. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        found = await _template_named(connection, provider_id, template)
        return await _delivery_of(connection, provider_id, document_id, found)


async def _template_named(connection: asyncpg.Connection, provider_id: UUID, name: str) -> DeliveryTemplate:
    """The provider's template of a name, or the packaged one. Raises DomainError not_found."""
    known = await templates_of(connection, provider_id, DELIVERY)
    if name not in known:
        raise DomainError(
            "not_found", f"No template has the name {name}; there are {', '.join(sorted(known))}."
        )
    return known[name]


async def _delivery_of(
    connection: asyncpg.Connection, provider_id: UUID, document_id: UUID, template: DeliveryTemplate
) -> tuple[int, File]:
    """The file of one document by a template: as it was kept, or made now and kept."""
    document = await connection.fetchrow(query("documents.lock_invoice"), provider_id, document_id)
    if document is None:
        raise DomainError("not_found", "There is no such invoice or credit note.")
    said = as_kept(template)
    digest = sha256(said.encode()).digest()
    kept = await connection.fetchrow(query("delivery.kept"), provider_id, document_id, digest)
    if kept is not None:
        file = File(template.format, kept["media_type"], kept["file_name"], kept["content"])
        return kept["number"], file
    return await _made(connection, provider_id, document, template, said, digest)


async def _made(
    connection: asyncpg.Connection,
    provider_id: UUID,
    document: Any,
    template: DeliveryTemplate,
    said: str,
    digest: bytes,
) -> tuple[int, File]:
    snapshot = msgspec.json.decode(snapshot_bytes(document["snapshot"]), type=InvoiceSnapshot)
    number, now = await connection.fetchval(query("delivery.next_number"), provider_id), clock.now()
    name = f"delivery_{file_name(snapshot)}_{template.reference}_{number:06d}.{template.format}"
    file = File(
        template.format,
        MEDIA_TYPES[template.format],
        name,
        await asyncio.to_thread(delivery_file, snapshot, template, number, now),
    )
    await connection.execute(
        query("delivery.insert"),
        provider_id,
        number,
        document["id"],
        said,
        digest,
        file.media_type,
        file.name,
        file.content,
        sha256(file.content).digest(),
        now,
    )
    return number, file
