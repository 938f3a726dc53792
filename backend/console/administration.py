"""The administrator's lists."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.rendering import render
from backend.use_cases.read_administration import read_organisations, read_users


async def _organisations(ask: Ask) -> Response[Any]:
    return render("organisations.html", ask.user, shown=await read_organisations())


async def _users(ask: Ask) -> Response[Any]:
    return render("users.html", ask.user, shown=await read_users())


handlers: Final[list[HTTPRouteHandler]] = [
    page("/organisations", "administrator")(_organisations),
    page("/users", "administrator")(_users),
]
