"""The passkeys of a person who signs in: added on her own page or by the link she was sent, listed, removed."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from backend import clock, db
from backend.domain.passkeys import MOST, NewPasskey, creation_options, new_passkey
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.browser_challenges import answered_challenge, new_challenge
from backend.use_cases.passkey_checks import checked, party
from backend.use_cases.set_password import link_over
from backend.use_cases.sign_in import token_hash
from schemas.passkeys import PasskeyRegistration


async def read_user_passkeys(user_id: UUID) -> list[dict[str, Any]]:
    """The person's passkeys, oldest first: id, credential_id, name, created_at, last_used_at, suspect_at."""
    async with db.as_administrator() as connection:
        return [dict(row) for row in await connection.fetch(query("passkeys.of_user"), user_id)]


async def new_user_options(user_id: UUID, email: str, browser: str, called: str) -> dict[str, Any]:
    """What the browser asks an authenticator to make for this person."""
    held = [row["credential_id"] for row in await read_user_passkeys(user_id)]
    challenge = new_challenge(browser, clock.now())
    return creation_options(party([called]), user_id.bytes, email, challenge, held)


async def add_passkey(user_id: UUID, answer: PasskeyRegistration, browser: str, called: str) -> None:
    """Keep a passkey of the person who is signed in. Raises DomainError passkey_wrong or conflict."""
    now = clock.now()
    made = await _made(answer, browser, called, now)
    async with db.as_administrator() as connection:
        await _add(connection, user_id, made, answer.name, now)


async def add_passkey_by_link(token: str, answer: PasskeyRegistration, browser: str, called: str) -> None:
    """Keep a passkey of the link's account, use the link up and end the account's open sessions.

    Raises DomainError not_found, passkey_wrong or conflict; a passkey that is not taken leaves the link as it was.
    """
    now = clock.now()
    made = await _made(answer, browser, called, now)
    async with db.as_administrator() as connection:
        user_id = await connection.fetchval(query("users.use_link"), token_hash(token), now)
        if user_id is None:
            raise link_over()
        await _add(connection, user_id, made, answer.name, now)
        await connection.execute(query("users.end_sessions_of"), user_id, now)


async def remove_user_passkey(user_id: UUID, passkey_id: UUID, session_token: str) -> None:
    """Never take this passkey again, and end the person's other sessions: it may have opened one.

    Raises DomainError not_found, or conflict for the only thing that she can sign in with.
    """
    now = clock.now()
    async with db.as_administrator() as connection:
        account = await connection.fetchrow(query("passkeys.lock_user"), user_id)
        removed = await connection.fetchval(query("passkeys.remove_from_user"), user_id, passkey_id, now)
        if removed is None:
            raise DomainError("not_found", "You have no such passkey.")
        left = await connection.fetch(query("passkeys.of_user"), user_id)
        if not left and not account["has_password"]:
            raise DomainError("conflict", "This is all you can sign in with: add another passkey first.")
        await connection.execute(query("users.end_other_sessions"), user_id, now, token_hash(session_token))


async def _made(answer: PasskeyRegistration, browser: str, called: str, now: datetime) -> NewPasskey:
    challenge = await answered_challenge(answer.client_data_json, browser, now)
    return checked(lambda: new_passkey(answer, party([called]), challenge))


async def _add(
    connection: asyncpg.Connection, user_id: UUID, made: NewPasskey, name: str, now: datetime
) -> None:
    await connection.fetchrow(query("passkeys.lock_user"), user_id)
    if len(await connection.fetch(query("passkeys.of_user"), user_id)) >= MOST:
        raise DomainError("conflict", f"You have {MOST} passkeys already: remove one first.")
    kept = (made.credential_id, made.public_key, made.sign_count, name, now)
    if await connection.fetchval(query("passkeys.add_to_user"), user_id, uuid4(), *kept) is None:
        raise DomainError("conflict", "This passkey is registered already.")
