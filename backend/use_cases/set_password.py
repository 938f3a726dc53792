"""A person sets a password by the link that was sent: once, and every open session of the account ends."""

import asyncio

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.passwords import hash_password
from backend.use_cases.sign_in import token_hash


async def link_email(token: str) -> str:
    """Whose password the link sets. Raises DomainError not_found for a link that is unknown, used or over."""
    async with db.as_administrator() as connection:
        email: str | None = await connection.fetchval(
            query("users.open_link"), token_hash(token), clock.now()
        )
    if email is None:
        raise _over()
    return email


async def set_password(token: str, password: str) -> None:
    """Set the password of the link's account. Raises DomainError not_found, or bad_request for one too short."""
    kept = await asyncio.to_thread(hash_password, password)
    now = clock.now()
    async with db.as_administrator() as connection:
        user_id = await connection.fetchval(query("users.use_link"), token_hash(token), now)
        if user_id is None:
            raise _over()
        await connection.execute(query("users.set_password"), user_id, kept)
        await connection.execute(query("users.end_sessions_of"), user_id, now)


def _over() -> DomainError:
    return DomainError(
        "not_found",
        "This link was used already, or is older than a week. Ask for a new one to set a password.",
    )
