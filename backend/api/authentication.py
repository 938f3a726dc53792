"""Who is asking: the signed-in user of a request, by the session's cookie or a bearer token."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request

from backend.api.cookies import SESSION, cookie_of
from backend.faults import DomainError
from backend.use_cases.session_in_use import session_in_use
from backend.use_cases.sign_in import token_hash

CSRF_HEADER: Final = "X-CSRF-Token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class User:
    """A signed-in user. An administrator has no organisation; `kind` is provider, council or nhs.

    `person_id` is the person supported whose own things a user of the role `person` sees, and nothing else.
    `proven_at`: when she last showed who she is; `factor_missing`: her organisation asks for more than the password
    that opened the session.
    """

    user_id: UUID
    organisation_id: UUID | None
    kind: str | None
    role: str
    email: str
    csrf_token: str
    person_id: UUID | None
    proven_at: datetime
    factor_missing: bool


async def user_of(token: str) -> User | None:
    """The user whose open session has this token, or None."""
    found = await session_in_use(token_hash(token))
    return None if found is None else User(**found)


def refuse_missing_factor(user: User) -> None:
    """Raises DomainError second_factor_needed for a session that a password alone opened where that is not enough."""
    if user.factor_missing:
        raise DomainError("second_factor_needed", "Add an authenticator app or a passkey, then go on.")


async def current_user(request: Request[Any, Any, Any]) -> User:
    """The signed-in user. Raises DomainError `unauthorised`; `forbidden` for a change without the session's CSRF token.

    A bearer token cannot be sent by a page of somebody else's, so it needs no CSRF token.
    """
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else cookie_of(request, SESSION)
    user = await user_of(token) if token else None
    if user is None:
        raise DomainError("unauthorised", "Sign in, or send the token of an open session.")
    refuse_missing_factor(user)
    if scheme.lower() != "bearer" and request.method not in _SAFE:
        given = request.headers.get(CSRF_HEADER, "").encode()
        if not hmac.compare_digest(given, user.csrf_token.encode()):
            raise DomainError("forbidden", f"Send the session's own token in the header {CSRF_HEADER}.")
    return user
