"""The cookies of browsers: what they are called, and how they are kept."""

from typing import Any, Final

from litestar import Request
from litestar.datastructures import Cookie

from backend import settings

SESSION: Final = "doorstep_session"
KNOWN: Final = "doorstep_known"
"""A browser in which somebody signed in before."""
FORM: Final = "doorstep_form"
"""Before anybody is signed in, a form belongs to the browser that holds this cookie."""
SERVICE: Final = "doorstep_service"
"""What waits while a browser is at a sign-in service."""


def cookie_of(request: Request[Any, Any, Any], name: str) -> str:
    """What the browser holds under a name; empty for nothing."""
    return request.cookies.get(called(name), "")


def cookie(name: str, value: str, lives: int | None) -> Cookie:
    """Something kept for so many seconds, or until the browser closes. Lax: links from elsewhere still open pages."""
    return Cookie(
        called(name),
        value=value,
        max_age=lives,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_over_tls(),
    )


def called(name: str) -> str:
    """A cookie's whole name: over TLS one that no other host of the same domain can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if _over_tls() else name


def _over_tls() -> bool:
    return settings.current().base_url.startswith("https:")
