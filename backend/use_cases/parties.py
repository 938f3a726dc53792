"""Organisations as documents name them."""

from collections.abc import Iterable
from uuid import UUID

import asyncpg

from backend.sql import query
from schemas.documents import Party


async def parties(connection: asyncpg.Connection, organisation_ids: Iterable[UUID]) -> dict[UUID, Party]:
    """Names and addresses of organisations, by id."""
    rows = await connection.fetch(query("organisations.names"), list(organisation_ids))
    return {
        row["id"]: Party(
            name=row["name"],
            reference=row["reference"],
            address=row["address"],
            postcode=row["postcode"],
            email=row["email"],
            vat_identifier=row["vat_identifier"],
            tax_identifier=row["tax_identifier"],
        )
        for row in rows
    }
