"""How the people of an organisation may sign in, as the deployment's administrator records it."""

from uuid import UUID

import asyncpg

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.authenticators import turn_off
from backend.use_cases.user_access import user_named


async def read_second_factor(organisation: str) -> bool:
    """Whether a password alone opens nothing to an organisation's people. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        organisation_id = await organisation_named(connection, organisation)
        row = await connection.fetchrow(query("users.rule"), organisation_id)
    return row is not None and bool(row["second_factor"])


async def require_second_factor(organisation: str, required: bool) -> None:
    """Record whether a password alone opens nothing to an organisation's people. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        organisation_id = await organisation_named(connection, organisation)
        await connection.execute(query("users.add_rule"), organisation_id, required, clock.now())


async def forget_authenticator(email: str) -> None:
    """Turn off the authenticator app of somebody who lost it, and end her sessions. Raises DomainError not_found."""
    await turn_off(await user_named(email), None)


async def organisation_named(connection: asyncpg.Connection, reference: str) -> UUID:
    """The id of an organisation. Raises DomainError not_found."""
    found = await connection.fetchrow("SELECT * FROM organisation_by_reference($1)", reference)
    if found is None:
        raise DomainError("not_found", f"No organisation has the reference {reference}.")
    organisation_id: UUID = found["id"]
    return organisation_id
