"""What surrounds every request: its id, the moment it arrived, security headers, one line of log."""

import time
from typing import Any, Final
from uuid import uuid4

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from backend import clock, settings
from backend.faults import DomainError

_REQUESTS: Final = Counter("doorstep_requests", "Requests answered", ["route", "status"])
_SECONDS: Final = Histogram("doorstep_request_seconds", "Time to answer", ["route"])

_log = structlog.get_logger("doorstep.web")

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""A route that needs another value sets the header itself."""
_RAW: Final = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_ONLY_ENCRYPTED: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
"""For a year, where we are served over TLS (RFC 6797)."""


def note_arrival(app: ASGIApp) -> ASGIApp:
    """ASGI middleware. Handlers find the arrival as `request.state.received_at` (UTC, the server's clock)."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        # Neither PostgreSQL nor any form of ours knows such a character.
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            raise DomainError("bad_request", "The address holds a character that no address here has.")
        state = scope["state"]
        state["received_at"] = clock.now()
        state["started"] = time.perf_counter()
        state["request_id"] = uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=state["request_id"]):
            await app(scope, receive, send)

    return middleware


def answer_heads(app: ASGIApp) -> ASGIApp:
    """Answer HEAD as GET without its body, wherever GET is answered (RFC 9110, 9.3.2): watchers of a service ask so."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "HEAD":
            await app(scope, receive, send)
            return
        as_get: Any = {**scope, "method": "GET"}

        async def without_body(message: Message) -> None:
            scope["path_template"] = as_get.get("path_template", "")
            if message["type"] == "http.response.body":
                # The first part of a stream is its last, or it would go on for as long as somebody listens.
                message = {**message, "body": b"", "more_body": False}
            await send(message)

        await app(as_get, receive, without_body)

    return answered


async def finish(message: Message, scope: Scope) -> None:
    """Add our headers to an answer and record it. A hook, since an address nobody serves meets no middleware."""
    if message["type"] != "http.response.start":
        return
    state: Any = scope["state"]
    headers = message["headers"] = list(message.get("headers", []))
    given = {name.lower() for name, _ in headers}
    headers.append((b"x-request-id", state.setdefault("request_id", uuid4().hex).encode()))
    headers += [header for header in _RAW if header[0] not in given]
    if settings.current().base_url.startswith("https:"):
        headers.append(_ONLY_ENCRYPTED)
    _record(scope, message["status"], time.perf_counter() - state.get("started", time.perf_counter()))


def _record(scope: Any, status: int, seconds: float) -> None:
    """By route, never by path: a path may hold a token, and says whose records were read."""
    route = scope.get("path_template") or "unknown"
    _REQUESTS.labels(route, status).inc()
    _SECONDS.labels(route).observe(seconds)
    _log.info(
        "request",
        request_id=scope["state"]["request_id"],
        method=scope["method"],
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
    )
