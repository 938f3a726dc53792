"""A signed-in person's own passkeys: see them, add one, remove one."""

from typing import Any, Final, TypeVar

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.api.authentication import COOKIE
from backend.console.asking import AnyRequest, Ask, action, page
from backend.console.rendering import MENU, SCRIPTED, redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.passkey_checks import passkey_wrong
from backend.use_cases.user_passkeys import (
    add_passkey,
    new_user_options,
    read_user_passkeys,
    remove_user_passkey,
)
from schemas.passkeys import PasskeyRegistration
from schemas.strict import decode

T = TypeVar("T")

_SAID: Final = {
    "added": "The passkey is added: you can sign in with it.",
    "removed": "The passkey is removed. Wherever else you were signed in, you are signed out.",
}


def called(request: AnyRequest) -> str:
    """The address that the browser called, without its path."""
    return f"{request.url.scheme}://{request.url.netloc}"


def answer_of(kind: type[T], form: dict[str, str]) -> T:
    """What a passkey's form holds. Raises DomainError bad_request for a missing name, else passkey_wrong."""
    names: tuple[str, ...] = kind.__struct_fields__  # type: ignore[attr-defined]  # kind is a Struct
    decoded = decode(kind, {name: form[name].strip() for name in names if name in form})
    if decoded.value is not None:
        return decoded.value
    if any(fault.pointer == "/name" for fault in decoded.faults):
        raise DomainError("bad_request", "Give the passkey a name of 1 to 100 characters.")
    raise passkey_wrong("your browser sent something else")


def field_of(error: DomainError) -> str:
    """The field on the page that the refusal of a new passkey is about."""
    return "passkey-name" if error.code == "bad_request" else "passkey"


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
        await remove_user_passkey(ask.user.user_id, ask.path("passkey_id"), ask.request.cookies[COOKIE])
    except DomainError as error:
        if error.code != "conflict":
            raise
        return await _page(ask, error)
    return redirect("/passkeys?done=removed")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/passkeys", *MENU)(_passkeys),
    action("/passkeys", *MENU)(_add),
    action("/passkeys/{passkey_id:uuid}/remove", *MENU)(_remove),
]
