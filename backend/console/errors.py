"""Refusals and mistakes as pages, for browsers; everything else is answered with the problem object itself."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from litestar import Response
from litestar.types import ExceptionHandlersMap

from backend.console.asking import AnyRequest
from backend.console.rendering import redirect, render

_MACHINES: Final = ("/api/", "/mobile/", "/schema", "/health/", "/metrics", "/static/")


def for_browsers(handlers: ExceptionHandlersMap) -> ExceptionHandlersMap:
    """The same handlers; a browser that asked for a page gets the problem as a page in words."""
    return {kind: _wrapped(handler) for kind, handler in handlers.items()}


def _wrapped(
    handler: Callable[[AnyRequest, Any], Response[Any]],
) -> Callable[[AnyRequest, Any], Response[Any]]:
    def answer(request: AnyRequest, error: Any) -> Response[Any]:
        response = handler(request, error)
        return _page(request, response) if wants_page(request) else response

    return answer


def wants_page(request: AnyRequest) -> bool:
    """Whether the request is a browser's for a page, not a program's."""
    path = request.scope["path"]
    return "text/html" in request.headers.get("Accept", "") and not path.startswith(_MACHINES)


def _page(request: AnyRequest, response: Response[Any]) -> Response[Any]:
    problem: Mapping[str, Any] = json.loads(response.content)
    if problem["code"] == "unauthorised" and request.scope["path"] != "/sign-in":
        asked = request.scope["path"] if request.method == "GET" else "/"
        return redirect(f"/sign-in?next={quote(asked)}")
    if problem["code"] == "second_factor_needed":
        return redirect("/authenticator?done=needed")
    headers = {name: value for name, value in response.headers.items() if name.lower() == "retry-after"}
    return render("problem.html", None, problem["status"], headers, trouble=problem)
