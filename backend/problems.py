"""RFC 9457 problem objects: what every refused request answers, and the one table from code to HTTP status."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import asyncpg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException
from litestar.types import ExceptionHandlersMap

from backend.db import AWAY
from backend.domain.counted import counted
from backend.faults import DomainError, SetupFault
from schemas.strict import Fault, Faulty

TYPE_BASE: Final = "urn:doorstep:problem:"
"""Problem types are names, not addresses: nothing needs to answer under them."""

PROBLEM_JSON: Final = "application/problem+json"

STATUS: Final[Mapping[str, int]] = {
    "bad_request": 400,
    "invalid": 400,
    "unauthorised": 401,
    "proof_invalid": 401,
    "token_expired": 401,
    "pin_wrong": 403,
    "passkey_wrong": 403,
    "locked": 403,
    "second_factor_needed": 403,
    "sign_in_over": 403,
    "forbidden": 403,
    "revoked": 403,
    "not_found": 404,
    "code_unknown": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "code_used": 409,
    "code_expired": 410,
    "too_large": 413,
    "unsupported_media_type": 415,
    "too_many_requests": 429,
    "internal": 500,
    "provider_failed": 502,
    "not_ready": 503,
}
"""HTTP status of each problem code. A code raised anywhere in the project stands here; a test looks."""

TITLES: Final[Mapping[str, str]] = {
    "bad_request": "The request is not one we understand",
    "invalid": "Some of what was sent cannot be right",
    "unauthorised": "Sign in first",
    "proof_invalid": "The proof of the device key does not hold",
    "token_expired": "The token is not valid any more",
    "pin_wrong": "That PIN is wrong",
    "passkey_wrong": "That passkey does not open this",
    "second_factor_needed": "Your organisation asks for more than a password",
    "sign_in_over": "Sign in again",
    "locked": "Locked until a manager unlocks it",
    "forbidden": "Not allowed for this account",
    "revoked": "This device was revoked",
    "not_found": "Not found",
    "code_unknown": "No such code",
    "method_not_allowed": "This address does not accept that method",
    "conflict": "This conflicts with what is there already",
    "code_used": "The code was used by another key",
    "code_expired": "The code is no longer valid",
    "too_large": "Too large",
    "unsupported_media_type": "This kind of content is not accepted here",
    "too_many_requests": "Too many requests",
    "internal": "Something went wrong on our side",
    "provider_failed": "Your organisation’s sign-in service did not let us in",
    "not_ready": "Not ready yet",
}

_CODES: Final = {
    400: "bad_request",
    401: "unauthorised",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    503: "not_ready",
}

_SAID: Final = {
    "not_found": "There is nothing at this address.",
    "too_large": "It is larger than this address takes.",
}
"""What is said where the framework gives the status alone, whose name is the title already."""
_GONE: Final = "client disconnected prematurely"
"""What Litestar says when a connection ends in the middle of a body."""

_log = structlog.get_logger("doorstep.problems")


def problem(code: str, detail: str | None = None, faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """The members of a problem object. `faults` become `errors`: a JSON pointer and what is wrong there, each."""
    made: dict[str, Any] = {
        "type": TYPE_BASE + code.replace("_", "-"),
        "title": TITLES[code],
        "status": STATUS[code],
        "code": code,
    }
    if detail is not None:
        made["detail"] = detail
    errors = [{"pointer": fault.pointer, "detail": fault.detail} for fault in faults]
    return {**made, "errors": errors} if errors else made


def invalid(error: Faulty) -> dict[str, Any]:
    """The problem object of input that was refused, naming every fault."""
    count = len(error.faults)
    return problem("invalid", f"{counted(count, 'fault')} found", error.faults)


def respond(members: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """The problem as an HTTP answer."""
    body = json.dumps(members).encode()
    return Response(
        body,
        status_code=members["status"],
        media_type=PROBLEM_JSON,
        headers={**(headers or {}), "Cache-Control": "no-store"},
    )


def _on_faulty(request: Request[Any, Any, Any], error: Faulty) -> Response[bytes]:
    return respond(invalid(error))


def _on_domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[bytes]:
    return respond(problem(error.code, error.detail), error.headers)


def _on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    if isinstance(error, InternalServerException) and error.detail == _GONE:
        # As of a phone that lost its network: nothing went wrong on our side, and nobody reads the answer.
        return respond(problem("bad_request", "The connection ended before all of it had come."))
    if error.status_code >= 500 and error.status_code not in _CODES:
        return _on_unexpected(request, error)
    code = _CODES.get(error.status_code, "bad_request")
    bare = error.detail == HTTPStatus(error.status_code).phrase
    return respond(problem(code, _SAID.get(code) if bare else error.detail or None), error.headers)


def _on_database_away(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _log.error("database_away", route=request.scope.get("path_template"), error=type(error).__name__)
    return respond(
        problem("not_ready", "The database cannot answer at this moment. Try again soon."),
        {"Retry-After": "5"},
    )


def _on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Our own mistake: logged with its trace, answered without it."""
    _log.error("unexpected", method=request.method, route=request.scope.get("path_template"), exc_info=error)
    return respond(
        problem("internal", "It was logged. Try again; if it happens again, tell whoever runs this.")
    )


EXCEPTION_HANDLERS: Final[ExceptionHandlersMap] = {
    Faulty: _on_faulty,
    DomainError: _on_domain_error,
    HTTPException: _on_http_exception,
    SetupFault: _on_unexpected,
    **dict.fromkeys(AWAY, _on_database_away),
    asyncpg.DeadlockDetectedError: _on_database_away,
    asyncpg.SerializationError: _on_database_away,
    Exception: _on_unexpected,
}
