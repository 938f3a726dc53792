"""The sign-in service of an organisation: set up by the administrator, asked when somebody signs in through it.

A service names a subject. Whom it means is bound once: by an invitation, or, where the administrator chose so, by a
verified email address of one of the organisation's own users. Nobody is made a user by signing in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import msgspec
from authlib.common.urls import add_params_to_uri

from backend import clock, db, keys, settings
from backend.domain.canonical import base64url, sha256, unbase64url
from backend.faults import DomainError, SetupFault
from backend.sql import query
from backend.use_cases.openid import (
    LEEWAY_S,
    Asked,
    Service,
    address_to_ask,
    describe,
    failed,
    is_word,
    named,
    new_question,
)
from backend.use_cases.prove import note_proof
from backend.use_cases.session_in_use import session_in_use
from backend.use_cases.set_password import link_over
from backend.use_cases.sign_in import SignedIn, start_session, token_hash
from backend.use_cases.sign_in_rules import organisation_named

Match = Literal["email", "invitation"]
WAITS: Final = timedelta(minutes=10)
"""How long somebody may take at the service."""
_ABOUT: Final = "sign-in service"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser keeps, sealed, while its person is at the service. `session`: the hash of the session that is to
    be proven, else somebody signs in; `link`: the invitation she came with; `next`: where to go on to.
    """

    reference: str
    state: str
    nonce: str
    verifier: str
    began: int
    next: str = ""
    link: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class SetUp:
    """An organisation's sign-in service, without its secret. `has_secret`: one is kept."""

    reference: str
    issuer: str
    client_id: str
    has_secret: bool
    match: Match
    enabled: bool


@dataclass(frozen=True, slots=True)
class _Known:
    organisation_id: UUID
    match: Match
    service: Service = field(repr=False)


async def set_up(reference: str, issuer: str, client_id: str, secret: str, match: str, enabled: bool) -> None:
    """Record an organisation's sign-in service. An empty secret keeps the one there is.

    Raises DomainError not_found, bad_request, or provider_failed where no service answers under the address.
    """
    if match not in ("email", "invitation") or not issuer.strip() or not client_id.strip():
        raise DomainError("bad_request", "Say the issuer, the client id, and how people are known.")
    issuer, client_id = issuer.strip(), client_id.strip()
    if enabled:
        await describe(issuer)
    async with db.as_administrator() as connection:
        organisation_id = await organisation_named(connection, reference)
        before = await connection.fetchrow(query("sign_in_services.service"), reference)
        sealed = None if before is None or before["issuer"] != issuer else before["sealed_secret"]
        if secret.strip():
            sealed = keys.current().seal(secret.strip().encode(), f"{_ABOUT}/{organisation_id}")
        kept = (organisation_id, issuer, client_id, sealed, match, enabled, clock.now())
        await connection.execute(query("sign_in_services.add"), *kept)


async def read_set_up(reference: str) -> SetUp | None:
    """How an organisation's service is set up; None if it is not. Raises DomainError not_found for no organisation."""
    async with db.as_administrator() as connection:
        await organisation_named(connection, reference)
        row = await connection.fetchrow(query("sign_in_services.service"), reference)
    if row is None:
        return None
    has_secret = row["sealed_secret"] is not None
    return SetUp(row["reference"], row["issuer"], row["client_id"], has_secret, row["match"], row["enabled"])


async def service_of_user(user_id: UUID) -> str | None:
    """The reference of the organisation whose service this person signs in by; None if she does not."""
    async with db.as_administrator() as connection:
        row = await connection.fetchrow(query("sign_in_services.of_user"), user_id)
    return None if row is None else str(row["reference"])


async def service_inviting(user_id: UUID) -> str | None:
    """The reference of an organisation whose user may take an invitation through its service; None without one."""
    async with db.as_administrator() as connection:
        reference = await connection.fetchval(query("sign_in_services.of_organisation"), user_id)
    return None if reference is None else str(reference)


async def opened_by_service(session: bytes) -> bool:
    """Whether a session was opened through a service."""
    async with db.as_administrator() as connection:
        opened_by: str | None = await connection.fetchval(
            query("sign_in_services.session_opened_by"), session
        )
    return opened_by == "provider"


async def begin(reference: str, goes_on: str, link: str = "", session: bytes = b"") -> tuple[str, str]:
    """Where to send the browser, and what it keeps meanwhile. Raises DomainError not_found or provider_failed.

    With a `session` the person is to show there, now, that it is she.
    """
    known, asked = await _known(reference), new_question()
    described = await describe(known.service.issuer)
    waiting = Waiting(
        reference=reference,
        state=asked.state,
        nonce=asked.nonce,
        verifier=asked.verifier,
        began=int(clock.now().timestamp()),
        next=goes_on,
        link=link,
        session=session.hex(),
    )
    sealed = base64url(keys.current().seal(msgspec.json.encode(waiting), _ABOUT))
    return address_to_ask(described, known.service, asked, bool(session)), sealed


async def finish(
    reference: str, sealed: str, answer: Mapping[str, str], old_token: str | None
) -> tuple[Waiting, SignedIn | None]:
    """Take the service's answer: what waited for it, and the session that it opened (None: one was proven).

    Raises DomainError provider_failed, sign_in_over, not_found for an invitation that is over, or unauthorised for
    somebody whom nobody here knows.
    """
    now = clock.now()
    waiting = await _awaited(reference, sealed, answer, now)
    known = await _known(reference)
    if "error" in answer or "code" not in answer:
        word = answer.get("error", "")
        raise failed(f"it answered “{word}”" if is_word(word) else "it answered without saying who you are")
    if answer.get("iss") not in (None, known.service.issuer):
        raise failed("somebody else answered in its place")  # RFC 9207
    asked = Asked(waiting.state, waiting.nonce, waiting.verifier)
    claims = await named(known.service, asked, answer["code"], now)
    if waiting.session:
        await _prove(known, claims, waiting, old_token, now)
        return waiting, None
    async with db.as_administrator() as connection:
        account = await _account(connection, known, claims, waiting.link, now)
        return waiting, await start_session(connection, account, account["email"], now, old_token, "provider")


async def leave(reference: str) -> str | None:
    """Where to sign out of the service too; None if it has no such page. Raises DomainError."""
    known = await _known(reference)
    described = await describe(known.service.issuer)
    if described.end_session_endpoint is None:
        return None
    back = f"{settings.current().base_url}/sign-in"
    address: str = add_params_to_uri(
        described.end_session_endpoint,
        {"client_id": known.service.client_id, "post_logout_redirect_uri": back},
    )
    return address


async def _known(reference: str) -> _Known:
    async with db.as_administrator() as connection:
        row = await connection.fetchrow(query("sign_in_services.service"), reference)
    if row is None or not row["enabled"]:
        raise DomainError(
            "not_found", "No organisation of that name signs in here through a service of its own."
        )
    secret = None
    if row["sealed_secret"] is not None:
        secret = keys.current().unseal(row["sealed_secret"], f"{_ABOUT}/{row['organisation_id']}").decode()
    back = f"{settings.current().base_url}/sign-in/with/{reference}/back"
    return _Known(
        row["organisation_id"], row["match"], Service(row["issuer"], row["client_id"], secret, back)
    )


async def _awaited(reference: str, sealed: str, answer: Mapping[str, str], now: datetime) -> Waiting:
    """What the browser kept, if this answers it; used up by that. Raises DomainError sign_in_over."""
    try:
        waiting = msgspec.json.decode(keys.current().unseal(unbase64url(sealed), _ABOUT), type=Waiting)
    except (SetupFault, ValueError):
        raise _over() from None
    late = now.timestamp() > waiting.began + WAITS.total_seconds()
    if late or waiting.reference != reference or answer.get("state") != waiting.state:
        raise _over()
    async with db.as_system() as connection:
        await connection.execute(query("passkeys.forget_old_challenges"), now)
        digest = sha256(waiting.state.encode())
        if await connection.fetchval(query("passkeys.note_challenge"), digest, now + 2 * WAITS) is None:
            raise _over()
    return waiting


async def _account(
    connection: asyncpg.Connection, known: _Known, claims: Mapping[str, Any], link: str, now: datetime
) -> Mapping[str, Any]:
    """The user whom the service means, of its own organisation alone."""
    issuer, home = known.service.issuer, known.organisation_id
    found = await connection.fetchrow(query("sign_in_services.by_subject"), issuer, claims["sub"], home)
    if found is None and link:
        user_id = await connection.fetchval(query("users.use_link"), token_hash(link), now)
        if user_id is None:
            raise link_over()
        found = await connection.fetchrow(query("sign_in_services.by_id"), user_id, home)
    elif found is None and known.match == "email" and claims.get("email_verified") is True:
        email = str(claims.get("email", ""))
        found = await connection.fetchrow(query("sign_in_services.by_email"), email, home, issuer)
    elif found is not None:
        account: Mapping[str, Any] = found
        return account
    bound = (
        None
        if found is None
        else await connection.fetchval(
            query("sign_in_services.bind"), issuer, claims["sub"], found["id"], now
        )
    )
    if found is None or bound is None:
        raise DomainError(
            "unauthorised",
            "Your organisation’s sign-in service knows you, but nobody here does. Ask whoever runs this service to "
            "invite you.",
        )
    return dict(found)


async def _prove(
    known: _Known, claims: Mapping[str, Any], waiting: Waiting, token: str | None, now: datetime
) -> None:
    """Note the proof if the same person was there, now, in the same session. Raises DomainError provider_failed."""
    session = token_hash(token or "")
    if session.hex() != waiting.session:
        raise _over()
    async with db.as_administrator() as connection:
        row = await connection.fetchrow(
            query("sign_in_services.by_subject"), known.service.issuer, claims["sub"], known.organisation_id
        )
    asker = await session_in_use(session)
    if row is None or asker is None or row["id"] != asker["user_id"]:
        raise failed("it named somebody else")
    shown = claims.get("auth_time")
    if not isinstance(shown, int | float) or shown < waiting.began - LEEWAY_S:
        raise failed("it did not ask you again, or does not say when it did")
    await note_proof(session, now)


def _over() -> DomainError:
    return DomainError("sign_in_over", "That took too long, or was begun in another browser. Try again.")
