"""Organisations as documents name them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg

from backend import db
from backend.sql import query
from schemas.documents import Party


async def parties(
    connection: asyncpg.Connection, organisation_ids: Iterable[UUID], at: datetime | None = None
) -> dict[UUID, Party]:
    """Names, addresses and identifiers of organisations, by id: as recorded up to `at`, or as they are.

    Of an organisation that was loaded later still, its first version.
    """
    rows = await connection.fetch(query("organisations.names"), list(organisation_ids), at)
    return {
        row["id"]: Party(
            name=row["name"],
            reference=row["reference"],
            address=row["address"],
            postcode=row["postcode"],
            email=row["email"],
            vat_identifier=row["vat_identifier"],
            tax_identifier=row["tax_identifier"],
            peppol_identifier=row["peppol_identifier"],
        )
        for row in rows
    }


async def commissioner_reference(commissioner_id: UUID) -> str:
    """The reference of a commissioner, as its files name it."""
    async with db.as_commissioner(commissioner_id) as connection:
        return (await parties(connection, [commissioner_id]))[commissioner_id].reference


async def provider_reference(provider_id: UUID) -> str:
    """The reference of a provider, as its files name it."""
    async with db.as_provider(provider_id) as connection:
        return (await parties(connection, [provider_id]))[provider_id].reference
