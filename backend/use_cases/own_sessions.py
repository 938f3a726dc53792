"""Where somebody is signed in: see it, and end any of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.session_in_use import idle_time
from backend.use_cases.sign_in import token_hash


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is open. `id` names it and opens nothing; `here`: it is the one that asks."""

    id: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    here: bool


async def own_sessions(user_id: UUID, session_token: str) -> list[OpenSession]:
    """The open sessions of a user, the newest first."""
    async with db.as_administrator() as connection:
        return await open_sessions(connection, user_id, token_hash(session_token))


async def open_sessions(
    connection: asyncpg.Connection, user_id: UUID, here: bytes | None = None
) -> list[OpenSession]:
    """The same in a transaction of the administrator's; `here` is the hash of the token of the session that asks."""
    rows = await connection.fetch(query("users.open_sessions"), user_id, clock.now(), idle_time())
    return [
        OpenSession(
            row["token_hash"].hex(),
            row["created_at"],
            row["last_used_at"],
            row["expires_at"],
            row["token_hash"] == here,
        )
        for row in rows
    ]


async def end_own_session(user_id: UUID, session: str) -> None:
    """End one session of the user's own. Raises DomainError not_found for any other, and for one that has ended."""
    try:
        named = bytes.fromhex(session)
    except ValueError:
        named = b""
    async with db.as_administrator() as connection:
        ended = await connection.fetchval(query("users.end_own_session"), user_id, clock.now(), named)
    if ended is None:
        raise DomainError("not_found", "There is no such session, or it has ended.")


async def end_other_sessions(user_id: UUID, session_token: str) -> None:
    """End every session of the user's but the one that asks."""
    async with db.as_administrator() as connection:
        await connection.execute(
            query("users.end_other_sessions"), user_id, clock.now(), token_hash(session_token)
        )
