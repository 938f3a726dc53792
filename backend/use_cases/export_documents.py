"""Hand out the files of frozen documents, as they were frozen."""

from collections.abc import AsyncIterator
from uuid import UUID

from backend import db
from backend.sql import query
from backend.use_cases.frozen_documents import File


async def export_documents(provider_id: UUID, kind: str | None = None) -> AsyncIterator[File]:
    """Every file of a provider's documents (only of `kind` if given), in the order the documents were made."""
    async with db.as_provider(provider_id) as connection:
        for row in await connection.fetch(query("documents.listed"), provider_id, kind):
            for file in await connection.fetch(query("documents.files"), provider_id, row["id"]):
                yield File(file["format"], file["media_type"], file["file_name"], file["content"])
