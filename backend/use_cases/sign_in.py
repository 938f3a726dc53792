"""A person signs in by password. However somebody signs in, it is here that her session starts.

It is known by a random token of 256 bits, of which only a hash is kept.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg

from backend import clock, db, keys
from backend.domain.canonical import base64url, unbase64url
from backend.domain.time import london_date
from backend.faults import DomainError, SetupFault
from backend.sql import query
from backend.use_cases.authenticators import code_needed, spend_code
from backend.use_cases.hashing import hash_apart
from backend.use_cases.passwords import hash_password, is_outdated, password_fits
from backend.use_cases.sign_in_limit import attempt_of, count_attempt, forget, known_mark

SESSION_LIVES: Final = timedelta(hours=12)
CODE_WAITS: Final = timedelta(minutes=10)
"""How long a right password waits for its code."""
OpenedBy = Literal["password", "code", "passkey", "provider"]
"""What opened a session: a password alone, one with a code, a passkey, or the organisation's own sign-in service."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session: its token for the browser, and the mark by which the browser is known next time."""

    token: str = field(repr=False)
    known: str = field(repr=False)
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password was right, and a code of the authenticator app is needed besides. `pending` goes into its form."""

    pending: str = field(repr=False)


async def sign_in(
    email: str,
    password: str,
    address: str,
    browser: str,
    known: str | None = None,
    old_token: str | None = None,
) -> SignedIn | CodeNeeded:
    """Open a session and end the browser's old one. Raises DomainError unauthorised or too_many_requests.

    Neither the words nor the time tell an unknown account from a wrong password. `browser` is the secret of the form's
    browser: only there can the code be given.
    """
    now = clock.now()
    account = await password_account(email, password, address, known, now)
    if await code_needed(account["id"]):
        return CodeNeeded(_pending(account["id"], browser, now))
    async with db.as_administrator() as connection:
        return await start_session(connection, account, email, now, old_token, "password")


async def sign_in_by_code(
    pending: str,
    code: str,
    address: str,
    browser: str,
    known: str | None = None,
    old_token: str | None = None,
) -> SignedIn:
    """The second half, with a code of the app or a recovery code. Raises DomainError unauthorised or too_many_requests;
    `sign_in_over` if the password must be given again.
    """
    now = clock.now()
    user_id = _pending_user(pending, browser, now)
    async with db.as_administrator() as connection:
        account = await connection.fetchrow(query("users.by_id"), user_id)
    if account is None:
        raise _over()
    await spend_code(user_id, account["email"], code, address, known, now)
    async with db.as_administrator() as connection:
        return await start_session(connection, account, account["email"], now, old_token, "code")


async def password_account(
    email: str, password: str, address: str, known: str | None, now: datetime
) -> Mapping[str, Any]:
    """The account whose email and password these are: id, organisation_id, role.

    Raises DomainError unauthorised or too_many_requests.
    """
    attempt = attempt_of(email, address, known, now)
    async with db.as_system() as connection:
        await count_attempt(connection, attempt)
        account = await connection.fetchrow(query("users.account"), email.strip())
    kept = None if account is None else account["password_hash"]
    right = await hash_apart(password_fits, password, kept)
    if account is None or kept is None or not right:
        raise DomainError("unauthorised", "The email address or the password is wrong.")
    renewed = await hash_apart(hash_password, password) if is_outdated(kept) else None
    async with db.as_administrator() as connection:
        await forget(connection, attempt)
        if renewed is not None:
            await connection.execute(query("users.set_password"), account["id"], renewed)
    found: Mapping[str, Any] = account
    return found


async def start_session(
    connection: asyncpg.Connection,
    account: Mapping[str, Any],
    email: str,
    now: datetime,
    old_token: str | None,
    opened_by: OpenedBy,
) -> SignedIn:
    """Open a session of an account whose owner has shown who she is, and end the browser's old one.

    Raises DomainError unauthorised if she may sign in no more.
    """
    access = await connection.fetchrow(query("users.access"), account["id"])
    if access["disabled_at"] is not None or (access["access_until"] or date.max) < london_date(now):
        raise DomainError("unauthorised", "Your access has ended. Your administrator can open it again.")
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
        opened_by,
    )
    return SignedIn(token, known_mark(email), account["role"], expires)


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def _pending(user_id: UUID, browser: str, now: datetime) -> str:
    until = int((now + CODE_WAITS).timestamp())
    return base64url(keys.current().seal(f"{user_id}/{until}".encode(), _waiting(browser)))


def _pending_user(pending: str, browser: str, now: datetime) -> UUID:
    """Whose password was right in this browser a short while ago. Raises DomainError sign_in_over."""
    try:
        told = keys.current().unseal(unbase64url(pending), _waiting(browser)).decode()
    except (SetupFault, ValueError):
        raise _over() from None
    user_id, _, until = told.partition("/")
    if int(until) < now.timestamp():
        raise _over()
    return UUID(user_id)


def _waiting(browser: str) -> str:
    return f"code awaited/{browser}"


def _over() -> DomainError:
    return DomainError(
        "sign_in_over", "That took too long, or was begun in another browser. Give your password again."
    )
