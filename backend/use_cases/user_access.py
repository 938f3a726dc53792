"""How long somebody may sign in: the administrator gives access up to a day, ends it, and signs people out."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.own_sessions import open_sessions


def refuse_access(role: str, until: date | None, now: datetime) -> None:
    """Raises DomainError bad_request for a last day that is over, and for an auditor without one."""
    if until is None and role == "auditor":
        raise DomainError("bad_request", "An auditor’s access is limited in time: give its last day.")
    if until is not None and until < london_date(now):
        raise DomainError("bad_request", f"{until} is over: give a last day that is still to come.")


async def read_user(user_id: UUID) -> dict[str, Any]:
    """A user's email, role, access_until, disabled_at, and `sessions` that are open. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        found = dict(await _account(connection, user_id))
        found["sessions"] = await open_sessions(connection, user_id)
    return found


async def user_named(email: str) -> UUID:
    """The id of the user with an address. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        found: UUID | None = await connection.fetchval(query("users.by_email"), email.strip())
    if found is None:
        raise DomainError("not_found", f"There is no user with the address {email}.")
    return found


async def give_access(user_id: UUID, until: date | None) -> None:
    """Let somebody sign in up to a London day, or without an end; also after her access was ended.

    Raises DomainError not_found or bad_request.
    """
    async with db.as_administrator() as connection:
        account = await _account(connection, user_id)
        refuse_access(account["role"], until, clock.now())
        await connection.execute(query("users.give_access"), user_id, until)


async def end_access(user_id: UUID, by: UUID | None = None) -> None:
    """Stop somebody from signing in, and sign her out everywhere.

    Raises DomainError not_found, or conflict for oneself.
    """
    if user_id == by:
        raise DomainError("conflict", "You cannot end your own access: another administrator can.")
    async with db.as_administrator() as connection:
        await _account(connection, user_id)
        await connection.execute(query("users.end_access"), user_id, clock.now())
        await connection.execute(query("users.end_sessions_of"), user_id, clock.now())


async def sign_out_everywhere(user_id: UUID) -> None:
    """End every session of somebody's. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        await _account(connection, user_id)
        await connection.execute(query("users.end_sessions_of"), user_id, clock.now())


async def _account(connection: asyncpg.Connection, user_id: UUID) -> asyncpg.Record:
    found = await connection.fetchrow(query("users.access"), user_id)
    if found is None:
        raise DomainError("not_found", "There is no such user.")
    return found
