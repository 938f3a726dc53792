"""A signed-in person shows again that it is she: before what cannot be undone, some while after she signed in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from backend import clock, db, settings
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.authenticators import code_needed, spend_code
from backend.use_cases.browser_challenges import answered_challenge
from backend.use_cases.passkey_checks import counter_back, passkey_wrong
from backend.use_cases.sign_in import password_account
from backend.use_cases.sign_in_by_passkey import passkey_account
from backend.use_cases.sign_in_limit import attempt_of, count_attempt, forget
from schemas.passkeys import PasskeyAssertion


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is asked: user and session (the hash of its token), where from, and the secret of the session's forms."""

    user_id: UUID
    email: str
    session: bytes = field(repr=False)
    address: str
    browser: str = field(repr=False)
    known: str | None = field(repr=False)


def still_proven(proven_at: datetime) -> bool:
    """Whether a session may do what cannot be undone without asking again (DOORSTEP_PROVEN_MINUTES)."""
    return clock.now() < proven_at + timedelta(minutes=settings.current().proven_minutes)


async def prove_by_password(asker: Asker, password: str, code: str) -> None:
    """Note that she was there. Raises DomainError unauthorised or too_many_requests; counted as signing in is."""
    now = clock.now()
    try:
        await password_account(asker.email, password, asker.address, asker.known, now)
    except DomainError as error:
        if error.code != "unauthorised":
            raise
        raise DomainError("unauthorised", "The password is wrong.") from None
    if await code_needed(asker.user_id):
        await spend_code(asker.user_id, asker.email, code, asker.address, asker.known, now)
    await note_proof(asker.session, now)


async def prove_by_passkey(asker: Asker, answer: PasskeyAssertion, called: str) -> None:
    """The same by a passkey of the person's own. Raises DomainError passkey_wrong or too_many_requests."""
    now = clock.now()
    attempt = attempt_of(f"passkey/{answer.credential_id}", asker.address, None, now)
    async with db.as_system() as connection:
        await count_attempt(connection, attempt)
    challenge = await answered_challenge(answer.client_data_json, asker.browser, now)
    async with db.as_administrator() as connection:
        account = await passkey_account(connection, answer, challenge, called, now)
        if account is not None and account["id"] != asker.user_id:
            raise passkey_wrong("it is somebody else's")
        if account is not None:
            await forget(connection, attempt)
    if account is None:
        raise counter_back()
    await note_proof(asker.session, now)


async def has_password(user_id: UUID) -> bool:
    """Whether the person has a password to give."""
    async with db.as_administrator() as connection:
        row = await connection.fetchrow(query("users.by_id"), user_id)
    return row is not None and row["password_hash"] is not None


async def note_proof(session: bytes, now: datetime) -> None:
    """The owner of the session with this hash has just shown who she is."""
    async with db.as_administrator() as connection:
        await connection.execute(query("users.note_proof"), session, now)
