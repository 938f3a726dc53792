"""Contracts and pay terms, said back in plain English."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.api.loading import scope_of
from backend.console.asking import Ask, page
from backend.console.rendering import render
from backend.faults import DomainError
from backend.use_cases.read_terms import read_terms

READERS: Final = ("manager", "finance", "commissioner", "auditor")


async def _terms(ask: Ask) -> Response[Any]:
    return render("terms.html", ask.user, shown=await read_terms(ask.viewer), loads=_loads(ask))


def _loads(ask: Ask) -> bool:
    """Whether the reader may load contracts."""
    try:
        scope_of(ask.user, "contracts")
    except DomainError:
        return False
    return True


handlers: Final[list[HTTPRouteHandler]] = [page("/terms", *READERS)(_terms)]
