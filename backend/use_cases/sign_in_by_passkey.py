"""A person signs in by passkey: her device finds the account, and shows that she was there to unlock it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from backend import clock, db
from backend.domain.passkeys import request_options, sign_count, went_back
from backend.sql import query
from backend.use_cases.browser_challenges import answered_challenge, new_challenge
from backend.use_cases.passkey_checks import checked, counter_back, credential_id_of, party, passkey_wrong
from backend.use_cases.sign_in import SignedIn, start_session
from backend.use_cases.sign_in_limit import Attempt, attempt_of, count_attempt, forget
from schemas.passkeys import PasskeyAssertion


def new_sign_in_options(browser: str, called: str) -> dict[str, Any]:
    """What the browser asks of whoever has a passkey: nobody has said yet who she is."""
    return request_options(party([called]), new_challenge(browser, clock.now()))


async def sign_in_by_passkey(
    answer: PasskeyAssertion, browser: str, called: str, address: str, old_token: str | None = None
) -> SignedIn:
    """Open a session and end the browser's old one. Raises DomainError passkey_wrong or too_many_requests.

    `browser` is the secret that the challenge was made for, `called` the address of the page.
    """
    now = clock.now()
    # Counted by the passkey in place of the account, which nobody has named.
    attempt = attempt_of(f"passkey/{answer.credential_id}", address, None, now)
    async with db.as_system() as connection:
        await count_attempt(connection, attempt)
    challenge = await answered_challenge(answer.client_data_json, browser, now)
    signed_in = await _open(answer, challenge, called, attempt, old_token)
    if signed_in is None:
        raise counter_back()
    return signed_in


async def passkey_account(
    connection: asyncpg.Connection, answer: PasskeyAssertion, challenge: str, called: str, now: datetime
) -> Mapping[str, Any] | None:
    """Whose passkey answered: id, organisation_id, role, email; None if its counter did not go on, which stays noted.

    Raises DomainError passkey_wrong.
    """
    row = await connection.fetchrow(query("passkeys.account"), credential_id_of(answer.credential_id))
    if row is None:
        raise passkey_wrong("nobody registered it here, or it was removed")
    count = checked(lambda: sign_count(answer, party([called]), challenge, row["public_key"]))
    if went_back(row["sign_count"], count):
        await connection.execute(query("passkeys.suspect"), row["passkey_id"], now)
        return None
    await connection.execute(query("passkeys.note_use"), row["passkey_id"], count, now)
    account: Mapping[str, Any] = row
    return account


async def _open(
    answer: PasskeyAssertion, challenge: str, called: str, attempt: Attempt, old_token: str | None
) -> SignedIn | None:
    """The session; None if the passkey's counter did not go on."""
    async with db.as_administrator() as connection:
        account = await passkey_account(connection, answer, challenge, called, attempt.at)
        if account is None:
            return None
        await forget(connection, attempt)
        return await start_session(connection, account, account["email"], attempt.at, old_token, "passkey")
