"""Two names for one service, where DOORSTEP_PHONES_URL gives phones one of their own.

Browsers keep cookies, and what scripts may read, apart by name: then whatever goes wrong in the phone app cannot reach
anything of somebody who has signed in to the office, and the other way round (ASVS 3.5.4).
"""

from functools import cache
from typing import Final
from urllib.parse import urlsplit

from litestar.response.redirect import ASGIRedirectResponse
from litestar.types import ASGIApp, Receive, Scope, Send

from backend import settings
from backend.domain.tokens import PATH as TAG_PATH
from backend.faults import DomainError
from backend.use_cases.issue_enrol_code import APP_PATH

_OPENED: Final = (APP_PATH, TAG_PATH)
"""What people open by a link or with a camera. Under the office's name they lead on to the phones'."""
_EITHER: Final = ("/mobile", "/static", "/health", "/schema", "/metrics")
"""Asked for without a cookie. A phone that was set up under the office's name goes on handing in there."""
_PORTS: Final = {"http": 80, "https": 443}


def keep_apart(app: ASGIApp) -> ASGIApp:
    """ASGI middleware: the phone app answers under the phones' name alone, the office's pages and API under theirs."""

    async def apart(scope: Scope, receive: Receive, send: Send) -> None:
        now = settings.current()
        address = None if now.phones_url is None else _leads_to(scope, now.base_url, now.phones_url)
        if address is None:
            await app(scope, receive, send)
        else:
            # What stands behind # goes along in the browser (RFC 9110, 10.2.2): the code of a card, or of a new phone.
            await ASGIRedirectResponse(address, status_code=308)(scope, receive, send)

    return apart


def _leads_to(scope: Scope, office: str, phones: str) -> str | None:
    """The address under the other name; None where this one is right. Raises DomainError not_found, which names it."""
    path, host = scope["path"], dict(scope["headers"]).get(b"host", b"").lower()
    if host in _hosts(phones):
        if path == "/":
            return f"{phones}{APP_PATH}/"
        if not _below((*_OPENED, *_EITHER), path):
            raise DomainError("not_found", f"This address is for phones alone. The office's is {office}.")
    elif host in _hosts(office):
        if path in _OPENED:
            return f"{phones}{_asked(scope)}"
        if _below(_OPENED, path):
            raise DomainError("not_found", f"The phone app is at {phones}{APP_PATH}/.")
    return None


@cache
def _hosts(address: str) -> frozenset[bytes]:
    """How a request to the address names its host: the port may be left out where it is the scheme's own."""
    parts = urlsplit(address)
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    usual = _PORTS[parts.scheme]
    named = {f"{name}:{parts.port or usual}", *([name] if parts.port in (None, usual) else [])}
    return frozenset(one.encode() for one in named)


def _below(those: tuple[str, ...], path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in those)


def _asked(scope: Scope) -> str:
    """The path and the question as they came: a tag says who it is in its question."""
    path, question = scope["raw_path"].split(b"?")[0], scope["query_string"]
    return (path + b"?" + question if question else path).decode("latin-1")
