"""A signed-in person sets another password; her other sessions end."""

import asyncio
from uuid import UUID

from backend import clock, db
from backend.sql import query
from backend.use_cases.passwords import hash_password


async def change_password(user_id: UUID, password: str, session: bytes) -> None:
    """Set it and end every session but the one of this hash. Raises DomainError bad_request for one too short."""
    kept = await asyncio.to_thread(hash_password, password)
    async with db.as_administrator() as connection:
        await connection.execute(query("users.set_password"), user_id, kept)
        await connection.execute(query("users.end_other_sessions"), user_id, clock.now(), session)
