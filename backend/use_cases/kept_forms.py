"""What somebody had filled in when she had to sign in again, or to show at her organisation's service that it is she:
sealed, for an hour, and hers alone.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from backend import clock, db, keys
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.sign_in import token_hash

KEPT_FOR: Final = timedelta(hours=1)
LATE: Final = timedelta(days=1)
"""How long after a session's twelve hours a form of its pages is still kept for whoever signs in again."""
SECRETS: Final = frozenset({"password", "again", "code", "secret", "key", "meta_key"})
"""What fields are called whose forms are not kept for a later sign-in. A form that waits for its sender to show at her
organisation's service, within minutes, that it is she holds them, sealed like the rest."""


class KeptForm(msgspec.Struct, frozen=True):
    """Where a form was going, and its fields."""

    path: str
    fields: dict[str, str]


class LapsedSession(msgspec.Struct, frozen=True):
    """Whose session ended by itself, and the token that its forms carry."""

    user_id: UUID
    csrf_token: str


async def lapsed_session(session: bytes) -> LapsedSession | None:
    """The session whose token has this hash, if it is over because time passed; None for one that somebody ended."""
    async with db.as_administrator() as connection:
        found = await connection.fetchrow(query("users.lapsed_session"), session, clock.now() - LATE)
    return None if found is None else LapsedSession(**found)


async def was_hers(user_id: UUID, csrf_token: str) -> bool:
    """Whether the forms of an earlier session of this person carried the token, however that session ended."""
    async with db.as_administrator() as connection:
        found = await connection.fetchval(
            query("users.earlier_session"), user_id, csrf_token, clock.now() - LATE
        )
    return found is not None


def holds_secrets(fields: Mapping[str, str]) -> bool:
    """Whether there is a password, a code or a key among the fields of a form."""
    return any(fields.get(name) for name in SECRETS)


async def keep_form(user_id: UUID, path: str, fields: Mapping[str, str]) -> str:
    """Keep a form and return the token that finds it."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    sealed = keys.current().seal(msgspec.json.encode(KeptForm(path, dict(fields))), _about(user_id))
    async with db.as_administrator() as connection:
        await connection.execute(query("kept_forms.forget_old"), now, user_id)
        kept = (token_hash(token), user_id, sealed, now + KEPT_FOR)
        await connection.execute(query("kept_forms.keep"), *kept)
    return token


async def kept_form(user_id: UUID, token: str) -> KeptForm:
    """A form that this person had filled in. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        wanted = (token_hash(token), user_id, clock.now())
        sealed = await connection.fetchval(query("kept_forms.kept"), *wanted)
    if sealed is None:
        raise DomainError(
            "not_found",
            "What was filled in is not kept any more, or somebody else filled it in. Please begin again.",
        )
    return msgspec.json.decode(keys.current().unseal(sealed, _about(user_id)), type=KeptForm)


def _about(user_id: UUID) -> str:
    return f"form/{user_id}"
