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
        return render("find.html", ask.user, reference="", found=[])
    try:
        found = await find_reference(ask.viewer, reference)
        if len(found) == 1:
            return redirect(found[0].path)
        return render("find.html", ask.user, reference=reference, found=found)
    except DomainError as error:
        problem = ("ref", error.detail)
        status = STATUS[error.code]
        return render("find.html", ask.user, status=status, reference=reference, found=[], problem=problem)


handlers: Final[list[HTTPRouteHandler]] = [
    page("/find", "manager", "finance", "commissioner", "auditor")(_find)
]
