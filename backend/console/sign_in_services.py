"""Signing in through the service of one's own organisation, and its set-up by the administrator."""

from typing import Any, Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from backend import settings
from backend.api.cookies import SERVICE, SESSION, cookie, cookie_of
from backend.console.asking import AnyRequest, Ask, action, local, page
from backend.console.menus import EVERYBODY
from backend.console.proving import proven
from backend.console.rendering import redirect, render
from backend.console.signing_in import go_on
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.kept_forms import kept_form
from backend.use_cases.sign_in import token_hash
from backend.use_cases.sign_in_rules import read_second_factor, require_second_factor
from backend.use_cases.sign_in_services import WAITS, begin, finish, leave, read_set_up, set_up

_HOME: Final = "/organisations/{reference:str}/sign-in"
_LONGEST_ADDRESS: Final = 1000
_SAID: Final = {"kept": "Kept: from now on people of this organisation sign in like this."}


@get("/sign-in/with", include_in_schema=False)
async def find_service(request: AnyRequest) -> Response[Any]:
    """The way to an organisation's service, for whoever typed its name. A form cannot lead to another site itself."""
    reference = request.query_params.get("organisation", "").strip()
    goes_on = _goes_on(request)
    return render("sign-in-with.html", reference=reference, next=goes_on, trouble=None)


@get("/sign-in/with/{reference:str}", include_in_schema=False)
async def to_service(request: AnyRequest) -> Response[Any]:
    """Send the browser to an organisation's service."""
    reference = request.path_params["reference"]
    goes_on = _goes_on(request)
    try:
        address, waiting = await begin(reference, goes_on, link=request.query_params.get("link", ""))
    except DomainError as error:
        return _trouble(error, reference, goes_on)
    return _sent(address, waiting)


@get("/sign-in/with/{reference:str}/back", include_in_schema=False)
async def from_service(request: AnyRequest) -> Response[Any]:
    """Take the service's answer, and go on."""
    reference = request.path_params["reference"]
    sealed, old = cookie_of(request, SERVICE), cookie_of(request, SESSION) or None
    try:
        waiting, signed_in = await finish(reference, sealed, dict(request.query_params), old)
    except DomainError as error:
        return _trouble(error, reference, "")
    answer = redirect(waiting.next) if signed_in is None else go_on({"next": waiting.next}, signed_in)
    answer.set_cookie(cookie(SERVICE, "", 0))
    return answer


@get("/sign-in/with/{reference:str}/out", include_in_schema=False)
async def out_of_service(request: AnyRequest) -> Response[Any]:
    """Sign out of an organisation's service too."""
    reference = request.path_params["reference"]
    try:
        return Redirect(await leave(reference) or "/sign-in", status_code=303)
    except DomainError as error:
        return _trouble(error, reference, "")


def _goes_on(request: AnyRequest) -> str:
    """Where to go on to; an address so long that a browser would not keep it in a cookie is left out."""
    asked = local(request.query_params.get("next")) or ""
    return asked if len(asked) <= _LONGEST_ADDRESS else ""


def _sent(address: str, waiting: str) -> Response[Any]:
    answer = Redirect(address, status_code=303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(cookie(SERVICE, waiting, int(WAITS.total_seconds())))
    return answer


def _trouble(error: DomainError, reference: str, goes_on: str) -> Response[Any]:
    return render(
        "sign-in-with.html",
        status=STATUS[error.code],
        reference=reference,
        next=goes_on,
        trouble=error.detail,
    )


async def _prove(ask: Ask) -> Response[Any]:
    """To the person's own service, to show that it is she, and back to what she had filled in."""
    reference, kept = ask.asked("organisation") or "", ask.asked("kept") or ""
    await kept_form(ask.user.user_id, kept)
    goes_on = f"/prove/kept/{kept}"
    try:
        address, waiting = await begin(
            reference, goes_on, session=token_hash(cookie_of(ask.request, SESSION))
        )
    except DomainError as error:
        return _trouble(error, reference, goes_on)
    return _sent(address, waiting)


async def _set_up(ask: Ask) -> Response[Any]:
    return await _set_up_page(ask)


async def _set_up_page(ask: Ask, error: DomainError | None = None) -> Response[Any]:
    reference = ask.path("reference")
    return render(
        "sign-in-service.html",
        ask.user,
        status=200 if error is None else STATUS[error.code],
        reference=reference,
        held=await read_set_up(reference),
        second_factor=await read_second_factor(reference),
        given=ask.form or None,
        back=f"{settings.current().base_url}/sign-in/with/{reference}/back",
        said=_SAID.get(ask.asked("done") or ""),
        problem=None if error is None else ("issuer", error.detail),
    )


async def _keep(ask: Ask) -> Response[Any]:
    form, reference = ask.form, ask.path("reference")
    try:
        if form.get("issuer", "").strip() or await read_set_up(reference) is not None:
            await set_up(
                reference,
                form.get("issuer", ""),
                form.get("client_id", ""),
                form.get("secret", ""),
                form.get("match", ""),
                "enabled" in form,
            )
        await require_second_factor(reference, "second_factor" in form)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return await _set_up_page(ask, error)
    return redirect(f"/organisations/{reference}/sign-in?done=kept")


handlers: Final[list[HTTPRouteHandler]] = [
    find_service,
    to_service,
    from_service,
    out_of_service,
    page("/prove/with", *EVERYBODY)(_prove),
    page(_HOME, "administrator")(_set_up),
    action(_HOME, "administrator")(proven(_keep)),
]
