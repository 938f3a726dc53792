"""The carers of a provider, to choose one from."""

from uuid import UUID

from backend import db
from backend.sql import query


async def read_carers(provider_id: UUID) -> list[tuple[str, str]]:
    """Reference and newest name of each carer, by name."""
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("console.carers"), provider_id)
    return list({row["reference"]: row["name"] for row in rows}.items())
