"""Find the page of what somebody has on paper."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.rendering import redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.find_reference import find_reference


async def _find(ask: Ask) -> Response[Any]:
    reference = ask.asked("ref")
    if reference is None:
        return render("find.html", ask.user, reference="")
    try:
        return redirect(await find_reference(ask.viewer, reference))
    except DomainError as error:
        problem = ("ref", error.detail)
        return render("find.html", ask.user, status=STATUS[error.code], reference=reference, problem=problem)


handlers: Final[list[HTTPRouteHandler]] = [
    page("/find", "manager", "finance", "commissioner", "auditor")(_find)
]
