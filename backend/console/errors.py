"""Refusals and mistakes as pages, for browsers; everything else is answered with the problem object itself."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from litestar import Response
from litestar.types import ExceptionHandlersMap

from backend.api.cookies import SESSION, cookie_of
from backend.console.asking import AnyRequest, here_of, local
from backend.console.rendering import redirect, render
from backend.problems import STATUS

_UNKEPT: Final = {"Cache-Control": "no-store"}
_MACHINES: Final = ("/api/", "/mobile/", "/schema", "/health/", "/metrics", "/static/")


def for_browsers(handlers: ExceptionHandlersMap) -> ExceptionHandlersMap:
    """The same handlers; a browser that asked for a page gets the problem as a page in words."""
    return {kind: _wrapped(handler) for kind, handler in handlers.items()}


def _wrapped(
    handler: Callable[[AnyRequest, Any], Response[Any]],
) -> Callable[[AnyRequest, Any], Response[Any]]:
    def answer(request: AnyRequest, error: Any) -> Response[Any]:
        response = handler(request, error)
        if wants_page(request):
            return _page(request, response)
        return (
            _for_the_board(request, response) if response.status_code == STATUS["unauthorised"] else response
        )

    return answer


def wants_page(request: AnyRequest) -> bool:
    """Whether the request is a browser's for a page, not a program's."""
    path = request.scope["path"]
    return "text/html" in request.headers.get("Accept", "") and not path.startswith(_MACHINES)


def _page(request: AnyRequest, response: Response[Any]) -> Response[Any]:
    problem: Mapping[str, Any] = json.loads(response.content)
    if problem["code"] == "unauthorised" and request.scope["path"] != "/sign-in":
        return redirect(_sign_in(request))
    if problem["code"] == "second_factor_needed":
        return redirect("/authenticator?done=needed")
    headers = {name: value for name, value in response.headers.items() if name.lower() == "retry-after"}
    return render("problem.html", None, problem["status"], headers, trouble=problem)


def _for_the_board(request: AnyRequest, response: Response[Any]) -> Response[Any]:
    """A board whose session ended must not stand still unnoticed: it is told to ask for itself, and then to sign in."""
    if request.scope["path"].startswith(_MACHINES):
        return response
    if "text/event-stream" in request.headers.get("Accept", ""):
        return Response(b"event: changed\ndata:\n\n", media_type="text/event-stream", headers=_UNKEPT)
    if request.headers.get("HX-Request"):
        response.headers["HX-Redirect"] = _sign_in(request)
    return response


def _sign_in(request: AnyRequest) -> str:
    """Where to sign in, and go on where one was: at the page that was asked for, or that held the form."""
    here = here_of(request)
    if request.method != "GET":
        form = urlsplit(request.headers.get("Referer", ""))
        here = local(urlunsplit(("", "", form.path, form.query, ""))) or "/"
    over = "&over=1" if cookie_of(request, SESSION) else ""
    unsent = "&unsent=1" if request.method != "GET" and request.scope["path"] != "/sign-out" else ""
    return f"/sign-in?next={quote(here)}{over}{unsent}"
