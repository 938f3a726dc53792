"""What somebody had filled in, shown again once she signed in again or showed that it is she."""

import re
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.menus import EVERYBODY
from backend.console.rendering import render
from backend.use_cases.kept_forms import kept_form

_UNSEEN: Final = re.compile(r"/.*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9+/=]{200,}")
"""Addresses, ids and files, which a form carries unseen."""


async def _kept(ask: Ask) -> Response[Any]:
    form = await kept_form(ask.user.user_id, ask.path("token"))
    return render("prove-kept.html", ask.user, path=form.path, kept=form.fields)


async def _late(ask: Ask) -> Response[Any]:
    """What somebody sent after her session had ended, to look at and send again."""
    form = await kept_form(ask.user.user_id, ask.path("token"))
    shown = {name: value for name, value in form.fields.items() if value and not _UNSEEN.fullmatch(value)}
    return render("late-form.html", ask.user, path=form.path, kept=form.fields, shown=shown)


handlers: Final[list[HTTPRouteHandler]] = [
    page("/prove/kept/{token:str}", *EVERYBODY)(_kept),
    page("/kept/{token:str}", *EVERYBODY)(_late),
]
