"""The people supported, for a manager to choose one from, and one of them."""

from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db
from backend.faults import DomainError
from backend.sql import query

PAGE: Final = 100


async def read_people(
    provider_id: UUID, after: UUID | None = None, wanted: str | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """A page of people by name, behind the person `after`, with the tags in use in each home; whether more follow.

    `wanted`: only those with this in their name, or with this reference.
    """
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("tags.people"), provider_id, after, PAGE + 1, wanted)
    return [dict(row) for row in rows[:PAGE]], len(rows) > PAGE


async def read_person(provider_id: UUID, person: UUID) -> dict[str, Any]:
    """Id, reference, name, address, postcode, place and radius of the home. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        return dict(await known_person(connection, provider_id, person))


async def known_person(connection: asyncpg.Connection, provider_id: UUID, person: UUID) -> asyncpg.Record:
    """The row of a person of this provider. Raises DomainError not_found."""
    row = await connection.fetchrow(query("tags.person"), provider_id, person)
    if row is None:
        raise DomainError("not_found", "There is no such person.")
    return row


async def person_by_reference(provider_id: UUID, reference: str) -> UUID:
    """The id of a person supported. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        found: UUID | None = await connection.fetchval(
            query("tags.person_by_reference"), provider_id, reference
        )
    if found is None:
        raise DomainError("not_found", f"No person of this provider has the reference {reference}.")
    return found
