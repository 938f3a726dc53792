"""A person signs in by password. However somebody signs in, it is here that her session starts.

It is known by a random token of 256 bits, of which only a hash is kept.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.passwords import hash_password, is_outdated, password_fits
from backend.use_cases.sign_in_limit import attempt_of, count_attempt, forget, known_mark

SESSION_LIVES: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session: its token for the browser, and the mark by which the browser is known next time."""

    token: str = field(repr=False)
    known: str = field(repr=False)
    role: str
    expires_at: datetime


async def sign_in(
    email: str, password: str, address: str, known: str | None = None, old_token: str | None = None
) -> SignedIn:
    """Open a session and end the browser's old one. Raises DomainError unauthorised or too_many_requests.

    Neither the words nor the time tell an unknown account from a wrong password.
    """
    now = clock.now()
    attempt = attempt_of(email, address, known, now)
    async with db.as_system() as connection:
        await count_attempt(connection, attempt)
        account = await connection.fetchrow(query("users.account"), email.strip())
    kept = None if account is None else account["password_hash"]
    right = await asyncio.to_thread(password_fits, password, kept)
    if account is None or kept is None or not right:
        raise DomainError("unauthorised", "The email address or the password is wrong.")
    renewed = await asyncio.to_thread(hash_password, password) if is_outdated(kept) else None
    async with db.as_administrator() as connection:
        await forget(connection, attempt)
        if renewed is not None:
            await connection.execute(query("users.set_password"), account["id"], renewed)
        return await start_session(connection, account, email, now, old_token)


async def start_session(
    connection: asyncpg.Connection,
    account: Mapping[str, Any],
    email: str,
    now: datetime,
    old_token: str | None,
) -> SignedIn:
    """Open a session of an account whose owner has shown who she is, and end the browser's old one."""
    if old_token is not None:
        await connection.execute(query("users.end_session"), token_hash(old_token), now)
    token, user_id, organisation_id = secrets.token_urlsafe(32), account["id"], account["organisation_id"]
    assert isinstance(user_id, UUID)
    expires = now + SESSION_LIVES
    await connection.execute(
        query("users.open_session"),
        token_hash(token),
        user_id,
        organisation_id,
        secrets.token_urlsafe(32),
        now,
        expires,
    )
    return SignedIn(token, known_mark(email), account["role"], expires)


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()
