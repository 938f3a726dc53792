"""A signed-in person sets another password; her other sessions end."""

from uuid import UUID

from backend import clock, db
from backend.sql import query
from backend.use_cases.passwords import new_password


async def change_password(user_id: UUID, password: str, session: bytes) -> None:
    """Set it and end every session but the one of this hash. Raises DomainError bad_request as new_password does."""
    async with db.as_administrator() as connection:
        account = await connection.fetchrow(query("users.by_id"), user_id)
        kept = await new_password(connection, password, account["email"], account["organisation_id"])
        await connection.execute(query("users.set_password"), user_id, kept)
        await connection.execute(query("users.end_other_sessions"), user_id, clock.now(), session)
