"""Pages: templates filled and answered with a strict policy on what a browser may load."""

import hashlib
from collections.abc import Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.response import Redirect

from backend import clock
from backend.api.authentication import User
from backend.console import words
from backend.console.menus import MENU

_HERE: Final = Path(__file__).parent
_STATIC: Final = {
    "govuk-frontend.min.css": _HERE / "static" / "vendored" / "govuk-frontend.min.css",
    "doorstep.css": _HERE / "static" / "doorstep.css",
    "icon.svg": _HERE / "static" / "icon.svg",
    "passkeys.js": _HERE / "static" / "passkeys.js",
    "htmx.min.js": _HERE / "static" / "vendored" / "htmx.min.js",
    "htmx-sse.js": _HERE / "static" / "vendored" / "htmx-sse.js",
}
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
SCRIPTED: Final = {"Content-Security-Policy": f"{_POLICY}; script-src 'self'"}
"""For the few pages that use passkeys, which no page can do without a script: one file of ours, nothing inline."""
LIVE: Final = {"Content-Security-Policy": f"{_POLICY}; script-src 'self'; connect-src 'self'"}
"""For pages that follow what happens, by vendored scripts. Without scripts they show the moment they were made."""


def render(
    template: str,
    user: User | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response[bytes]:
    """A page. `values` are what its template asks for; one that is missing is an error, not a blank."""
    text = (
        _templates()
        .get_template(template)
        .render(
            user=user,
            menu=MENU[user.role] if user else (),
            notice=clock.notice(),
            static=static_address,
            next_table=count(1).__next__,
            **{"problem": None, "problems": {}, "said": None, **values},
        )
    )
    return Response(
        text.encode(),
        status_code=status,
        media_type="text/html",
        headers={**HEADERS, **(headers or {})},
    )


def redirect(path: str) -> Redirect:
    """Send the browser on to another page with GET."""
    return Redirect(path, status_code=303, headers={"Cache-Control": "no-store"})


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(words.FILTERS)
    made.globals.update(words.NAMES)
    return made


@cache
def static_address(name: str) -> str:
    """The address of a static file. It holds the content's hash, so that it may be kept for ever."""
    digest, _ = static_file(name)
    return f"/static/{digest}/{name}"


@cache
def static_file(name: str) -> tuple[str, bytes]:
    """Hash and content of a static file. Raises KeyError for any other name."""
    content = _STATIC[name].read_bytes()
    return hashlib.sha256(content).hexdigest()[:16], content
