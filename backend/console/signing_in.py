"""Signing in and out, and setting a password."""

import secrets
from typing import Any, Final

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler

from backend import settings
from backend.api.authentication import COOKIE, user_of
from backend.console.asking import LARGEST_FORM, AnyRequest, Ask, action, form_of, local, refuse_forged
from backend.console.rendering import MENU, redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.set_password import link_email, set_password
from backend.use_cases.sign_in import SESSION_LIVES, sign_in
from backend.use_cases.sign_out import sign_out

FORM_COOKIE: Final = "doorstep_form"
"""Before anybody is signed in, a form belongs to the browser that holds this cookie."""
KNOWN_COOKIE: Final = "doorstep_known"
_KNOWN_SECONDS: Final = 180 * 24 * 3600


@get("/", include_in_schema=False)
async def start(request: AnyRequest) -> Response[Any]:
    """Each role's first page, or signing in."""
    user = await user_of(request.cookies.get(COOKIE, ""))
    return redirect("/sign-in" if user is None else MENU[user.role][0][0])


@get("/sign-in", include_in_schema=False)
async def sign_in_page(request: AnyRequest) -> Response[Any]:
    """The form to sign in with."""
    return _sign_in_page(request, {"next": request.query_params.get("next", "")})


@post("/sign-in", include_in_schema=False, status_code=200, request_max_body_size=LARGEST_FORM)
async def sign_in_now(request: AnyRequest) -> Response[Any]:
    """Open a session and go on to the page that was asked for."""
    form = await form_of(request)
    refuse_forged(form, _form_token(request))
    try:
        signed_in = await sign_in(
            form.get("email", ""),
            form.get("password", ""),
            request.client.host if request.client else "unknown",
            request.cookies.get(KNOWN_COOKIE),
            request.cookies.get(COOKIE),
        )
    except DomainError as error:
        return _sign_in_page(request, form, error)
    answer = redirect(local(form.get("next")) or MENU[signed_in.role][0][0])
    answer.set_cookie(_cookie(COOKIE, signed_in.token, int(SESSION_LIVES.total_seconds())))
    answer.set_cookie(_cookie(KNOWN_COOKIE, signed_in.known, _KNOWN_SECONDS))
    return answer


def _sign_in_page(
    request: AnyRequest, form: dict[str, str], error: DomainError | None = None
) -> Response[Any]:
    token = _form_token(request) or secrets.token_urlsafe(32)
    answer = render(
        "sign-in.html",
        status=200 if error is None else STATUS[error.code],
        headers=None if error is None else error.headers,
        csrf_token=token,
        next=local(form.get("next")) or "",
        email=form.get("email", ""),
        problem=None if error is None else ("email", error.detail),
    )
    answer.set_cookie(_cookie(FORM_COOKIE, token, None))
    return answer


async def _sign_out(ask: Ask) -> Response[Any]:
    await sign_out(ask.request.cookies[COOKIE])
    answer = redirect("/sign-in")
    answer.delete_cookie(COOKIE)
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
        return await _set_password_page(request, token, error)
    return redirect("/sign-in")


async def _set_password_page(
    request: AnyRequest, token: str, error: DomainError | None = None
) -> Response[Any]:
    email = await link_email(token)
    mark = _form_token(request) or secrets.token_urlsafe(32)
    problem = None if error is None else ("password", error.detail)
    answer = render(
        "set-password.html",
        status=200 if error is None else STATUS[error.code],
        csrf_token=mark,
        email=email,
        token=token,
        problem=problem,
    )
    answer.set_cookie(_cookie(FORM_COOKIE, mark, None))
    return answer


def _link_token(request: AnyRequest) -> str:
    return str(request.path_params.get("token") or request.query_params.get("token", ""))


def _form_token(request: AnyRequest) -> str:
    """The browser's own token, empty if it has none; a form with an empty one is never taken."""
    return request.cookies.get(FORM_COOKIE, "")


def _cookie(name: str, value: str, lives: int | None) -> Cookie:
    secure = settings.current().base_url.startswith("https:")
    return Cookie(name, value=value, max_age=lives, path="/", httponly=True, samesite="lax", secure=secure)


handlers: Final[list[HTTPRouteHandler]] = [
    start,
    sign_in_page,
    sign_in_now,
    action("/sign-out", *MENU)(_sign_out),
    set_password_page,
    set_password_now,
]
