"""OpenID Connect Core 1.0, authorization code with PKCE: where a browser is sent, and whom the service names.

The service's own description and keys are fetched afresh at every sign-in, so that a key it changes is known at once.
"""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from backend.faults import DomainError
from backend.use_cases.outside_calls import CallRefused, call, web_address_fault

T = TypeVar("T")

LEEWAY_S: Final = 60
"""Seconds by which the service's clock and ours may differ."""
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures by a key that the service alone has; never `none`, never one by the shared secret."""
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class Description(msgspec.Struct, frozen=True):
    """What a service says of itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str


@dataclass(frozen=True, slots=True)
class Service:
    """How an organisation's sign-in service knows us. `secret` None: it asks for none."""

    issuer: str
    client_id: str
    secret: str | None = field(repr=False)
    back: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What ties the answer of a service to the question: all three random, used once."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def new_question() -> Asked:
    """Fresh random values for one sign-in."""
    return Asked(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


async def describe(issuer: str) -> Description:
    """What the service says of itself. Raises DomainError provider_failed."""
    found = await _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration", Description)
    if found.issuer != issuer:
        raise failed(f"it calls itself {found.issuer[:200]}, not {issuer}")
    addresses = [
        found.authorization_endpoint,
        found.token_endpoint,
        found.jwks_uri,
        found.end_session_endpoint,
    ]
    for address in filter(None, addresses):
        if fault := web_address_fault(address):
            raise failed(f"{address[:200]} {fault}")
    return found


def address_to_ask(described: Description, service: Service, asked: Asked, again: bool) -> str:
    """Where to send the browser. `again`: the person must show there, now, that it is she."""
    more = {"prompt": "login", "max_age": "0"} if again else {}
    address: str = prepare_grant_uri(
        described.authorization_endpoint,
        service.client_id,
        "code",
        service.back,
        "openid email",
        asked.state,
        nonce=asked.nonce,
        code_challenge=create_s256_code_challenge(asked.verifier),
        code_challenge_method="S256",
        **more,
    )
    return address


async def named(service: Service, asked: Asked, code: str, now: datetime) -> Mapping[str, Any]:
    """The claims of the ID token that the code is worth, all checked. Raises DomainError provider_failed."""
    described = await describe(service.issuer)
    body, headers = _token_request(described, service, asked, code)
    tokens = await _fetched(described.token_endpoint, _Tokens, body, headers)
    keys = await _fetched(described.jwks_uri, dict[str, Any])
    allowed = [one for one in ALGORITHMS if one in described.id_token_signing_alg_values_supported]
    try:
        registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
        token = jwt.decode(tokens.id_token, KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]
        about = {"nonce": asked.nonce, "client_id": service.client_id, "access_token": tokens.access_token}
        claims = CodeIDToken(token.claims, token.header, params=about)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise failed(f"its token does not hold ({type(error).__name__})") from error
    _refuse_others(claims, service, asked)
    return dict(claims)


def _refuse_others(claims: Mapping[str, Any], service: Service, asked: Asked) -> None:
    """Who made the token, for whom, in answer to what (OpenID Connect Core 1.0, section 3.1.3.7)."""
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims["iss"] != service.issuer or service.client_id not in audience:
        raise failed("its token is by or for somebody else")
    if claims.get("nonce") != asked.nonce or not isinstance(claims["sub"], str) or not claims["sub"]:
        raise failed("its token answers another question")


def _token_request(
    described: Description, service: Service, asked: Asked, code: str
) -> tuple[bytes, dict[str, str]]:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": service.back,
        "code_verifier": asked.verifier,
    }
    if service.secret is None:
        fields["client_id"] = service.client_id
    elif "client_secret_basic" in described.token_endpoint_auth_methods_supported:
        # Each half form-encoded first (RFC 6749, section 2.3.1).
        both = f"{quote(service.client_id, safe='')}:{quote(service.secret, safe='')}"
        return urlencode(fields).encode(), {
            **FORM,
            "Authorization": f"Basic {b64encode(both.encode()).decode()}",
        }
    else:
        fields |= {"client_id": service.client_id, "client_secret": service.secret}
    return urlencode(fields).encode(), FORM


async def _fetched(
    address: str, kind: type[T], content: bytes | None = None, headers: Mapping[str, str] | None = None
) -> T:
    method = "GET" if content is None else "POST"
    try:
        answer = await call(method, address, content, headers or {"Accept": "application/json"})
    except CallRefused as error:
        raise failed(str(error)) from error
    if answer.status != 200:
        raise failed(f"it answered {answer.status}{_error_of(answer.body)}")
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.MsgspecError as error:
        raise failed(f"its answer is not one we understand ({error})") from error


def _error_of(body: bytes) -> str:
    """The service's own word for what is wrong (RFC 6749, section 5.2), if that is what it sent."""
    try:
        word = msgspec.json.decode(body)["error"]
    except (msgspec.MsgspecError, KeyError, TypeError):
        return ""
    return f" ({word})" if isinstance(word, str) and is_word(word) else ""


def is_word(text: str) -> bool:
    """Whether a text from outside is a plain error code, which may be shown."""
    return 0 < len(text) <= 60 and text.isascii() and text.replace("_", "").isalnum()


def failed(why: str) -> DomainError:
    """Signing in through an organisation's service did not work out; `why` is about the service."""
    return DomainError("provider_failed", f"Your organisation’s sign-in service did not let us in: {why}.")
