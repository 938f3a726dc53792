"""Hand out the files of frozen documents, as they were frozen."""

from collections.abc import AsyncIterator
from uuid import UUID

from backend import db
from backend.sql import query
from backend.use_cases.frozen_documents import File


async def export_documents(provider_id: UUID, kind: str | None = None) -> AsyncIterator[File]:
    """Every file of a provider's documents (only of `kind` if given), in the order the documents were made.

    Each document is read in a transaction that ends before its files are handed out: a reader who stops half-way,
    as at a full disk, leaves nothing open.
    """
    async with db.as_reader(provider_id) as connection:
        rows = await connection.fetch(query("documents.listed"), provider_id, kind)
    for row in rows:
        async with db.as_reader(provider_id) as connection:
            files = await connection.fetch(query("documents.files"), provider_id, row["id"])
        for file in files:
            yield File(file["format"], file["media_type"], file["file_name"], file["content"])
