"""A person sets a password by the link that was sent: once, and every open session of the account ends."""

from uuid import UUID

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.passwords import new_password
from backend.use_cases.sign_in import token_hash


async def link_account(token: str) -> tuple[UUID, str]:
    """Whose link this is: id and email. Raises DomainError not_found for one that is unknown, used or over."""
    async with db.as_administrator() as connection:
        found = await connection.fetchrow(query("users.open_link"), token_hash(token), clock.now())
    if found is None:
        raise link_over()
    return found["id"], found["email"]


async def set_password(token: str, password: str) -> None:
    """Set the password of the link's account. Raises DomainError not_found, or bad_request as new_password does."""
    now = clock.now()
    async with db.as_administrator() as connection:
        user_id = await connection.fetchval(query("users.use_link"), token_hash(token), now)
        account = await connection.fetchrow(query("users.by_id"), user_id)
        if account is None:
            raise link_over()
        kept = await new_password(connection, password, account["email"], account["organisation_id"])
        await connection.execute(query("users.set_password"), user_id, kept)
        await connection.execute(query("users.end_sessions_of"), user_id, now)


def link_over() -> DomainError:
    """The refusal of a link that opens nothing."""
    return DomainError(
        "not_found",
        "This link was used already, or is older than a week. Ask for a new one.",
    )
