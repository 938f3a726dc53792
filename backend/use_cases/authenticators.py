"""A person's authenticator app: turned on by a code of it, asked for with each password, turned off again.

Its secret is sealed under the server's keys. Each code is good once, whichever process takes it. Recovery codes are
shown once and kept as keyed hashes.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db, keys
from backend.domain.canonical import base64url, unbase64url
from backend.domain.one_time_codes import (
    RECOVERY_BYTES,
    RECOVERY_CODES,
    SECRET_BYTES,
    otpauth_address,
    recovery_plain,
    recovery_text,
    secret_text,
    step_of,
)
from backend.faults import DomainError, SetupFault
from backend.sql import query
from backend.use_cases.sign_in_limit import MOST_CODES, attempt_of, count_attempt, forget

ISSUER: Final = "Doorstep"


@dataclass(frozen=True, slots=True)
class Offer:
    """A new secret for one page: sealed for the form, as text, and as the address in the QR code."""

    sealed: str = field(repr=False)
    text: str = field(repr=False)
    address: str = field(repr=False)


def offer(email: str, browser: str, sealed: str = "") -> Offer:
    """A secret for the page of the browser whose own token is `browser`: the one `sealed` for it, or a new one."""
    secret = _opened(sealed, browser) if sealed else None
    if secret is None:
        secret = secrets.token_bytes(SECRET_BYTES)
        sealed = base64url(keys.current().seal(secret, _offered(browser)))
    return Offer(sealed, secret_text(secret), otpauth_address(secret, email, ISSUER))


async def read_authenticator(user_id: UUID) -> dict[str, Any] | None:
    """Since when the person has an authenticator app, and how many recovery codes are left; None if she has none."""
    async with db.as_administrator() as connection:
        row = await connection.fetchrow(query("authenticators.state"), user_id)
    return None if row is None else dict(row)


async def turn_on(user_id: UUID, sealed: str, code: str, browser: str, session: bytes) -> list[str]:
    """Ask for codes from now on, and return the recovery codes. `session` is the hash of the session's token.

    Raises DomainError bad_request for a wrong code, conflict if there is an authenticator already.
    """
    now, secret = clock.now(), _opened(sealed, browser)
    step = None if secret is None else step_of(secret, code, now, 0)
    if secret is None or step is None:
        raise DomainError(
            "bad_request", "That is not the code that the app shows now. Look at the clock of its phone."
        )
    kept = keys.current().seal(secret, _about(user_id))
    async with db.as_administrator() as connection:
        added = await connection.fetchval(query("authenticators.add"), user_id, uuid4(), kept, now, step)
        if added is None:
            raise DomainError("conflict", "You have an authenticator app already. Turn it off first.")
        await connection.execute(query("authenticators.session_has_code"), session)
        return await _new_codes(connection, user_id, now)


async def turn_off(user_id: UUID, session: bytes | None) -> None:
    """Ask for no codes any more; every other session of the person ends, all of them where `session` is None.

    Raises DomainError not_found if there is no authenticator.
    """
    now = clock.now()
    async with db.as_administrator() as connection:
        if await connection.fetchval(query("authenticators.remove"), user_id, now) is None:
            raise DomainError("not_found", "There is no authenticator app.")
        await connection.execute(query("authenticators.drop_recovery_codes"), user_id, now)
        await connection.execute(query("users.end_other_sessions"), user_id, now, session or b"")


async def new_recovery_codes(user_id: UUID) -> list[str]:
    """Recovery codes in place of all earlier ones. Raises DomainError not_found if there is no authenticator."""
    now = clock.now()
    async with db.as_administrator() as connection:
        if await connection.fetchrow(query("authenticators.lock"), user_id) is None:
            raise DomainError("not_found", "There is no authenticator app.")
        return await _new_codes(connection, user_id, now)


async def code_needed(user_id: UUID) -> bool:
    """Whether a password of this person needs a code besides."""
    return await read_authenticator(user_id) is not None


async def spend_code(
    user_id: UUID, email: str, code: str, address: str, known: str | None, now: datetime
) -> None:
    """Take one code of the app, or one recovery code. Raises DomainError unauthorised or too_many_requests.

    Wrong codes are counted as wrong passwords are, under a name of their own.
    """
    attempt = attempt_of(f"code/{user_id}", address, known, now, MOST_CODES, email)
    async with db.as_system() as connection:
        await count_attempt(connection, attempt)
    async with db.as_administrator() as connection:
        if not await _spent(connection, user_id, code, now):
            raise DomainError(
                "unauthorised", "That code is wrong, or was used before. Wait for the next one."
            )
        await forget(connection, attempt)


async def _spent(connection: asyncpg.Connection, user_id: UUID, code: str, now: datetime) -> bool:
    held = await connection.fetchrow(query("authenticators.lock"), user_id)
    if held is None:
        return False
    secret = keys.current().unseal(held["sealed_secret"], _about(user_id))
    step = step_of(secret, code, now, held["last_step"])
    if step is not None:
        await connection.execute(query("authenticators.note_step"), held["id"], step)
        return True
    spent = (user_id, _recovery_hash(user_id, code), now)
    return await connection.fetchval(query("authenticators.spend_recovery_code"), *spent) is not None


async def _new_codes(connection: asyncpg.Connection, user_id: UUID, now: datetime) -> list[str]:
    await connection.execute(query("authenticators.drop_recovery_codes"), user_id, now)
    made = [recovery_text(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
    hashes = [_recovery_hash(user_id, code) for code in made]
    await connection.execute(query("authenticators.add_recovery_codes"), user_id, hashes, now)
    return made


def _recovery_hash(user_id: UUID, code: str) -> bytes:
    return keys.current().lookup_hash(f"recovery/{user_id}/{recovery_plain(code)}")


def _opened(sealed: str, browser: str) -> bytes | None:
    """The secret that was offered to this browser, or None."""
    try:
        return keys.current().unseal(unbase64url(sealed), _offered(browser))
    except (SetupFault, ValueError):
        return None


def _offered(browser: str) -> str:
    return f"authenticator offered/{browser}"


def _about(user_id: UUID) -> str:
    return f"authenticator/{user_id}"
