"""A signed-in person's own passkeys: see them, add one, remove one."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.api.cookies import SESSION, cookie_of
from backend.console.asking import Ask, action, page
from backend.console.menus import EVERYBODY
from backend.console.passkey_answers import answer_of, called, field_of
from backend.console.proving import proven
from backend.console.rendering import SCRIPTED, redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.user_passkeys import (
    add_passkey,
    new_user_options,
    read_user_passkeys,
    remove_user_passkey,
)
from schemas.passkeys import PasskeyRegistration

_SAID: Final = {
    "added": "The passkey is added: you can sign in with it.",
    "removed": "The passkey is removed. Wherever else you were signed in, you are signed out.",
}


async def _passkeys(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(ask: Ask, error: DomainError | None = None) -> Response[Any]:
    user = ask.user
    return render(
        "passkeys.html",
        user,
        status=200 if error is None else STATUS[error.code],
        headers=SCRIPTED,
        passkeys=await read_user_passkeys(user.user_id),
        options=await new_user_options(user.user_id, user.email, user.csrf_token, called(ask.request)),
        name=ask.form.get("name", ""),
        said=_SAID.get(ask.asked("done") or ""),
        problem=None if error is None else (field_of(error), error.detail),
    )


async def _add(ask: Ask) -> Response[Any]:
    try:
        answer = answer_of(PasskeyRegistration, dict(ask.form))
        await add_passkey(ask.user.user_id, answer, ask.user.csrf_token, called(ask.request))
    except DomainError as error:
        return await _page(ask, error)
    return redirect("/passkeys?done=added")


async def _remove(ask: Ask) -> Response[Any]:
    try:
        await remove_user_passkey(ask.user.user_id, ask.path("passkey_id"), cookie_of(ask.request, SESSION))
    except DomainError as error:
        if error.code != "conflict":
            raise
        return await _page(ask, error)
    return redirect("/passkeys?done=removed")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/passkeys", *EVERYBODY)(_passkeys),
    action("/passkeys", *EVERYBODY)(proven(_add)),
    action("/passkeys/{passkey_id:uuid}/remove", *EVERYBODY)(proven(_remove)),
]
