"""Signing in and out, and setting a password or a passkey by a link."""

import secrets
from typing import Any, Final

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from backend import settings
from backend.api.authentication import user_of
from backend.api.cookies import FORM, KNOWN, SESSION, cookie, cookie_of
from backend.console.asking import (
    LARGEST_FORM,
    AnyRequest,
    Ask,
    action,
    client_of,
    form_of,
    local,
    refuse_forged,
)
from backend.console.menus import EVERYBODY, first_page
from backend.console.passkey_answers import answer_of, called, field_of
from backend.console.rendering import SCRIPTED, redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.kept_forms import KEPT_FOR, LATE
from backend.use_cases.set_password import link_account, set_password
from backend.use_cases.sign_in import (
    SESSION_LIVES,
    CodeNeeded,
    SignedIn,
    sign_in,
    sign_in_by_code,
    token_hash,
)
from backend.use_cases.sign_in_by_passkey import new_sign_in_options, sign_in_by_passkey
from backend.use_cases.sign_in_services import opened_by_service, service_inviting, service_of_user
from backend.use_cases.sign_out import sign_out
from backend.use_cases.user_passkeys import add_passkey_by_link, new_user_options
from schemas.passkeys import PasskeyAssertion, PasskeyRegistration

_KNOWN_SECONDS: Final = 180 * 24 * 3600
_SET: Final = {
    "password": "Your password is set. Sign in with it.",
    "passkey": "Your passkey is kept. Sign in with it.",
}


@get("/", include_in_schema=False)
async def start(request: AnyRequest) -> Response[Any]:
    """Each role's first page, or signing in."""
    user = await user_of(cookie_of(request, SESSION))
    return redirect("/sign-in" if user is None else first_page(user.role))


@get("/sign-in", include_in_schema=False)
async def sign_in_page(request: AnyRequest) -> Response[Any]:
    """The form to sign in with."""
    return _sign_in_page(request, dict(request.query_params))


@post("/sign-in", include_in_schema=False, status_code=200, request_max_body_size=LARGEST_FORM)
async def sign_in_now(request: AnyRequest) -> Response[Any]:
    """Open a session and go on to the page that was asked for."""
    form = await form_of(request)
    refuse_forged(form, _form_token(request))
    try:
        signed_in = await sign_in(
            form.get("email", ""), form.get("password", ""), client_of(request), *_browser(request)
        )
    except DomainError as error:
        return _sign_in_page(request, form, error)
    if isinstance(signed_in, CodeNeeded):
        return _code_page(request, {**form, "pending": signed_in.pending})
    return go_on(form, signed_in)


@post("/sign-in/code", include_in_schema=False, status_code=200, request_max_body_size=LARGEST_FORM)
async def sign_in_with_code(request: AnyRequest) -> Response[Any]:
    """The second half of signing in by password: a code of the authenticator app."""
    form = await form_of(request)
    refuse_forged(form, _form_token(request))
    try:
        signed_in = await sign_in_by_code(
            form.get("pending", ""), form.get("code", ""), client_of(request), *_browser(request)
        )
    except DomainError as error:
        if error.code == "sign_in_over":
            return _sign_in_page(request, form, error)
        return _code_page(request, form, error)
    return go_on(form, signed_in)


def _browser(request: AnyRequest) -> tuple[str, str | None, str | None]:
    """What is known of the browser: the secret of its forms, the mark of an earlier sign-in, its session's token."""
    return _form_token(request), cookie_of(request, KNOWN) or None, cookie_of(request, SESSION) or None


def _code_page(request: AnyRequest, form: dict[str, str], error: DomainError | None = None) -> Response[Any]:
    return render(
        "sign-in-code.html",
        status=200 if error is None else STATUS[error.code],
        headers=None if error is None else error.headers,
        csrf_token=_form_token(request),
        next=local(form.get("next")) or "",
        pending=form.get("pending", ""),
        problem=None if error is None else ("code", error.detail),
    )


@post("/sign-in/passkey", include_in_schema=False, status_code=200, request_max_body_size=LARGEST_FORM)
async def sign_in_with_passkey(request: AnyRequest) -> Response[Any]:
    """The same with what a passkey answered."""
    form = await form_of(request)
    refuse_forged(form, _form_token(request))
    try:
        signed_in = await sign_in_by_passkey(
            answer_of(PasskeyAssertion, form),
            _form_token(request),
            called(request),
            client_of(request),
            cookie_of(request, SESSION) or None,
        )
    except DomainError as error:
        return _sign_in_page(request, form, error, "passkey")
    return go_on(form, signed_in)


def go_on(form: dict[str, str], signed_in: SignedIn) -> Response[Any]:
    """Give the browser its session, and go on to the page that was asked for."""
    answer = redirect(local(form.get("next")) or first_page(signed_in.role))
    # Kept a day longer than it opens anything: a form that comes too late is then known to be hers.
    answer.set_cookie(cookie(SESSION, signed_in.token, int((SESSION_LIVES + LATE).total_seconds())))
    answer.set_cookie(cookie(KNOWN, signed_in.known, _KNOWN_SECONDS))
    return answer


def _sign_in_page(
    request: AnyRequest, form: dict[str, str], error: DomainError | None = None, field: str = "email"
) -> Response[Any]:
    token = _form_token(request) or secrets.token_urlsafe(32)
    answer = render(
        "sign-in.html",
        status=200 if error is None else STATUS[error.code],
        headers={**SCRIPTED, **(error.headers if error else {})},
        csrf_token=token,
        options=new_sign_in_options(token, called(request)),
        next=local(form.get("next")) or "",
        left=form.get("left"),
        over=_over() if form.get("over") else None,
        unsent=bool(form.get("unsent")),
        kept_minutes=int(KEPT_FOR.total_seconds() // 60) if form.get("kept") else None,
        said=_SET.get(form.get("set", "")),
        email=form.get("email", ""),
        problem=None if error is None else (field, error.detail),
    )
    answer.set_cookie(cookie(FORM, token, None))
    return answer


def _over() -> dict[str, int]:
    """How long sessions last, for somebody whose session ended."""
    return {
        "idle_minutes": settings.current().idle_minutes,
        "hours": int(SESSION_LIVES.total_seconds() // 3600),
    }


async def _sign_out(ask: Ask) -> Response[Any]:
    session = cookie_of(ask.request, SESSION)
    by_service = await opened_by_service(token_hash(session))
    left = await service_of_user(ask.user.user_id) if by_service else None
    await sign_out(session)
    answer = redirect(f"/sign-in?left={left}" if left else "/sign-in")
    answer.set_cookie(cookie(SESSION, "", 0))
    return answer


@get(["/set-password", "/set-password/{token:str}"], include_in_schema=False)
async def set_password_page(request: AnyRequest) -> Response[Any]:
    """The form that a link to set a password opens."""
    return await _set_password_page(request, _link_token(request))


@post(
    ["/set-password", "/set-password/{token:str}"],
    include_in_schema=False,
    status_code=200,
    request_max_body_size=LARGEST_FORM,
)
async def set_password_now(request: AnyRequest) -> Response[Any]:
    """Set the password, then sign in with it."""
    form, token = await form_of(request), _link_token(request)
    refuse_forged(form, _form_token(request))
    try:
        if form.get("password") != form.get("again"):
            raise DomainError("bad_request", "The two passwords are not the same.")
        await set_password(token, form.get("password", ""))
    except DomainError as error:
        if error.code != "bad_request":
            raise
        return await _set_password_page(request, token, ("password", error))
    return redirect("/sign-in?set=password")


@post(
    "/set-password/{token:str}/passkey",
    include_in_schema=False,
    status_code=200,
    request_max_body_size=LARGEST_FORM,
)
async def set_passkey_now(request: AnyRequest) -> Response[Any]:
    """Keep the passkey, then sign in with it."""
    form, token = await form_of(request), _link_token(request)
    refuse_forged(form, _form_token(request))
    browser = _link_browser(token, _form_token(request))
    try:
        await add_passkey_by_link(token, answer_of(PasskeyRegistration, form), browser, called(request))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return await _set_password_page(request, token, (field_of(error), error), form.get("name", ""))
    return redirect("/sign-in?set=passkey")


async def _set_password_page(
    request: AnyRequest, token: str, wrong: tuple[str, DomainError] | None = None, name: str = ""
) -> Response[Any]:
    user_id, email = await link_account(token)
    mark = _form_token(request) or secrets.token_urlsafe(32)
    answer = render(
        "set-password.html",
        status=200 if wrong is None else STATUS[wrong[1].code],
        headers=SCRIPTED,
        csrf_token=mark,
        email=email,
        token=token,
        service=await service_inviting(user_id),
        name=name,
        options=await new_user_options(user_id, email, _link_browser(token, mark), called(request)),
        problem=None if wrong is None else (wrong[0], wrong[1].detail),
    )
    answer.set_cookie(cookie(FORM, mark, None))
    return answer


def _link_browser(token: str, mark: str) -> str:
    """What a challenge on the link's page is bound to: the link and the browser; empty for a browser without a mark."""
    return f"link/{token}/{mark}" if mark else ""


def _link_token(request: AnyRequest) -> str:
    return str(request.path_params.get("token") or request.query_params.get("token", ""))


def _form_token(request: AnyRequest) -> str:
    """The browser's own token, empty if it has none; a form with an empty one is never taken."""
    return cookie_of(request, FORM)


handlers: Final[list[HTTPRouteHandler]] = [
    start,
    sign_in_page,
    sign_in_now,
    sign_in_with_code,
    sign_in_with_passkey,
    action("/sign-out", *EVERYBODY)(_sign_out),
    set_password_page,
    set_password_now,
    set_passkey_now,
]
