"""From an HTTP request to what a use case takes, and from its answer back."""

import hashlib
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from backend import clock, settings
from backend.use_cases.phone_calls import Call, new_nonce
from schemas.strict import Faulty, decode, parse_json

T = TypeVar("T")
AnyRequest = Request[Any, Any, Any]
_Needs = list[dict[str, list[str]]]
BASE: Final = "/mobile/v1"
PROOF: Final[_Needs] = [{"proof": []}]
"""What a call needs, for the OpenAPI document: a proof by the phone's key."""
TOKEN: Final[_Needs] = [{"proof": [], "token": []}]
"""A token and a proof for it."""
ANY: Final[_Needs] = [{"proof": []}, {}]
"""Nothing; a proof, if there is one, says more."""
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def call_of(request: AnyRequest) -> Call:
    """The call as the use cases see it."""
    client = request.client
    return Call(
        method=request.method,
        urls=_urls(request),
        proof=_single(request, "DPoP"),
        authorization=_single(request, "Authorization"),
        address=client.host if client else "",
        received_at=request.state.received_at,
    )


def _single(request: AnyRequest, name: str) -> str | None:
    """A header that may stand once only; twice is no header at all, so that nobody chooses between two."""
    values = request.headers.getall(name, [])
    return values[0] if len(values) == 1 else None


def _urls(request: AnyRequest) -> tuple[str, ...]:
    """The addresses a proof may name: ours; on a machine of one's own also the one that was called.

    A phone that was set up before phones had an address of their own still names the office's.
    """
    now, path = settings.current(), request.url.path
    ours = tuple(f"{base}{path}" for base in dict.fromkeys((now.phones_base, now.base_url)))
    if urlsplit(now.base_url).hostname in _LOOPBACK:
        return (*ours, f"{request.url.scheme}://{request.url.netloc}{path}")
    return ours


async def body_of(request: AnyRequest, kind: type[T]) -> T:
    """The body as `kind`. Raises Faulty with every fault."""
    parsed = parse_json(await request.body())
    if parsed.faults:
        raise Faulty(parsed.faults)
    decoded = decode(kind, parsed.value)
    if decoded.value is None:
        raise Faulty(decoded.faults)
    return decoded.value


def answer(value: object, status: int = 200) -> Response[bytes]:
    """A JSON answer that no cache keeps."""
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def tagged(request: AnyRequest, value: object) -> Response[bytes]:
    """A JSON answer with an ETag of its content; 304 without a body if the phone holds the same already."""
    body = msgspec.json.encode(value)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in _held_tags(request):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _held_tags(request: AnyRequest) -> list[str]:
    given = request.headers.get("If-None-Match", "")
    return [tag.strip().removeprefix("W/") for tag in given.split(",")]


async def add_nonce(message: Message, scope: Scope) -> None:
    """Hook on every answer: phones find the nonce for their next proof there, also where nothing is served."""
    if message["type"] == "http.response.start" and scope["path"].startswith(f"{BASE}/"):
        MutableScopeHeaders.from_message(message).setdefault("DPoP-Nonce", new_nonce(clock.now()))
