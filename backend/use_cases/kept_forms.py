"""What somebody had filled in when she was sent to her organisation's sign-in service: sealed, for minutes."""

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

KEPT_FOR: Final = timedelta(minutes=15)


class KeptForm(msgspec.Struct, frozen=True):
    """Where a form was going, and its fields."""

    path: str
    fields: dict[str, str]


async def keep_form(user_id: UUID, path: str, fields: Mapping[str, str]) -> str:
    """Keep a form and return the token that finds it."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    sealed = keys.current().seal(msgspec.json.encode(KeptForm(path, dict(fields))), _about(user_id))
    async with db.as_administrator() as connection:
        await connection.execute(query("sign_in_services.forget_old_forms"), now)
        kept = (token_hash(token), user_id, sealed, now + KEPT_FOR)
        await connection.execute(query("sign_in_services.keep_form"), *kept)
    return token


async def kept_form(user_id: UUID, token: str) -> KeptForm:
    """A form that this person had filled in. Raises DomainError not_found."""
    async with db.as_administrator() as connection:
        wanted = (token_hash(token), user_id, clock.now())
        sealed = await connection.fetchval(query("sign_in_services.kept_form"), *wanted)
    if sealed is None:
        raise DomainError("not_found", "What you had filled in is not kept any more. Please begin again.")
    return msgspec.json.decode(keys.current().unseal(sealed, _about(user_id)), type=KeptForm)


def _about(user_id: UUID) -> str:
    return f"form/{user_id}"
