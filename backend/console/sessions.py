"""A signed-in person's own sessions: see where one is signed in, and sign out there."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import settings
from backend.api.cookies import SESSION, cookie_of
from backend.console.asking import Ask, action, page
from backend.console.menus import EVERYBODY
from backend.console.proving import proven
from backend.console.rendering import redirect, render
from backend.use_cases.own_sessions import end_other_sessions, end_own_session, own_sessions

_SAID: Final = {"ended": "You are signed out there.", "others": "You are signed out everywhere else."}


async def _sessions(ask: Ask) -> Response[Any]:
    return render(
        "sessions.html",
        ask.user,
        sessions=await own_sessions(ask.user.user_id, cookie_of(ask.request, SESSION)),
        idle_minutes=settings.current().idle_minutes,
        said=_SAID.get(ask.asked("done") or ""),
    )


async def _end(ask: Ask) -> Response[Any]:
    await end_own_session(ask.user.user_id, ask.form.get("session", ""))
    return redirect("/sessions?done=ended")


async def _end_others(ask: Ask) -> Response[Any]:
    await end_other_sessions(ask.user.user_id, cookie_of(ask.request, SESSION))
    return redirect("/sessions?done=others")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/sessions", *EVERYBODY)(_sessions),
    action("/sessions/end", *EVERYBODY)(proven(_end)),
    action("/sessions/end-others", *EVERYBODY)(proven(_end_others)),
]
