"""A signed-in person's own authenticator app and password: on with a code, off again, new recovery codes."""

from typing import Any, Final

import segno
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.api.cookies import SESSION, cookie_of
from backend.console.asking import Ask, action, page
from backend.console.menus import EVERYBODY
from backend.console.proving import proven
from backend.console.rendering import redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.authenticators import new_recovery_codes, offer, read_authenticator, turn_off, turn_on
from backend.use_cases.change_password import change_password
from backend.use_cases.sign_in import token_hash

_SAID: Final = {
    "off": "The authenticator app is turned off. Wherever else you were signed in, you are signed out.",
    "needed": "Your organisation asks for more than a password. Set up an authenticator app here, or add a passkey "
    "under “Passkeys” and sign in with it.",
    "password": "The password is changed. Wherever else you were signed in, you are signed out.",
}


async def _authenticator(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(
    ask: Ask, error: DomainError | None = None, field: str = "code", codes: list[str] | None = None
) -> Response[Any]:
    held = await read_authenticator(ask.user.user_id)
    offered = None if held else offer(ask.user.email, ask.user.csrf_token, ask.form.get("sealed", ""))
    return render(
        "authenticator.html",
        ask.user,
        status=200 if error is None else STATUS[error.code],
        held=held,
        offered=offered,
        drawn=None if offered is None else _drawn(offered.address),
        codes=codes,
        said=_SAID.get(ask.asked("done") or ""),
        problem=None if error is None else (field, error.detail),
    )


def _drawn(address: str) -> str:
    drawn: str = segno.make(address, error="m").svg_inline(
        border=4, omitsize=True, lineclass=None, svgclass=None
    )
    return drawn


async def _on(ask: Ask) -> Response[Any]:
    form, user = ask.form, ask.user
    try:
        codes = await turn_on(
            user.user_id, form.get("sealed", ""), form.get("code", ""), user.csrf_token, _session(ask)
        )
    except DomainError as error:
        return await _page(ask, error)
    return await _page(ask, codes=codes)


async def _off(ask: Ask) -> Response[Any]:
    await turn_off(ask.user.user_id, _session(ask))
    return redirect("/authenticator?done=off")


async def _new_codes(ask: Ask) -> Response[Any]:
    return await _page(ask, codes=await new_recovery_codes(ask.user.user_id))


async def _password(ask: Ask) -> Response[Any]:
    try:
        if ask.form.get("password") != ask.form.get("again"):
            raise DomainError("bad_request", "The two passwords are not the same.")
        await change_password(ask.user.user_id, ask.form.get("password", ""), _session(ask))
    except DomainError as error:
        return await _page(ask, error, "password")
    return redirect("/authenticator?done=password")


def _session(ask: Ask) -> bytes:
    return token_hash(cookie_of(ask.request, SESSION))


handlers: Final[list[HTTPRouteHandler]] = [
    page("/authenticator", *EVERYBODY)(_authenticator),
    action("/authenticator", *EVERYBODY)(proven(_on)),
    action("/authenticator/off", *EVERYBODY)(proven(_off)),
    action("/authenticator/codes", *EVERYBODY)(proven(_new_codes)),
    action("/authenticator/password", *EVERYBODY)(proven(_password)),
]
