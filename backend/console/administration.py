"""The administrator's pages: organisations, and users with a form to add one."""

from datetime import date
from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend import clock
from backend.console.asking import Ask, action, page
from backend.console.proving import proven
from backend.console.rendering import redirect, render
from backend.console.words import ROLES
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.add_user import add_user, role_named
from backend.use_cases.read_administration import read_organisations, read_users
from backend.use_cases.user_access import end_access, give_access, read_user, sign_out_everywhere
from schemas.scalars import parse_date

_SAID: Final = {
    "given": "The access is kept.",
    "ended": "The access is ended, and nobody is signed in with it any more.",
    "signed_out": "All sessions are ended.",
}


async def _organisations(ask: Ask) -> Response[Any]:
    return render("organisations.html", ask.user, shown=await read_organisations())


async def _users(ask: Ask) -> Response[Any]:
    return await _users_page(ask)


async def _users_page(ask: Ask, error: DomainError | None = None, link: str | None = None) -> Response[Any]:
    organisations = [(each["reference"], each["name"]) for each in await read_organisations()]
    return render(
        "users.html",
        ask.user,
        status=200 if error is None else STATUS[error.code],
        shown=await read_users(),
        organisations=organisations,
        roles=list(ROLES.items()),
        given={} if link else ask.form,
        added=ask.form.get("email", "").strip(),
        link=link,
        problem=None if error is None else ("add", error.detail),
    )


async def _add(ask: Ask) -> Response[Any]:
    """Add a user without a password, and show the link of invitation once: it is kept as a hash."""
    email, role, organisation, person = (
        ask.form.get(name, "").strip() for name in ("email", "role", "organisation", "person")
    )
    try:
        until = _day(ask)
        link = await add_user(organisation or None, role_named(role), email, None, person or None, until)
    except DomainError as error:
        return await _users_page(ask, error)
    return await _users_page(ask, link=link)


def _day(ask: Ask) -> date | None:
    """The last day of access that the form names. Raises DomainError bad_request."""
    text = ask.form.get("until", "").strip()
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise DomainError("bad_request", f"The last day {error}.") from error


async def _user(ask: Ask) -> Response[Any]:
    return await _user_page(ask)


async def _user_page(ask: Ask, error: DomainError | None = None) -> Response[Any]:
    user_id = ask.path("user_id")
    return render(
        "user.html",
        ask.user,
        status=200 if error is None else STATUS[error.code],
        shown=await read_user(user_id),
        whose=user_id,
        own=user_id == ask.user.user_id,
        given=ask.form.get("until"),
        today=london_date(clock.now()),
        said=_SAID.get(ask.asked("done") or ""),
        problem=None if error is None else ("until", error.detail),
    )


async def _give(ask: Ask) -> Response[Any]:
    try:
        await give_access(ask.path("user_id"), _day(ask))
    except DomainError as error:
        return await _user_page(ask, error)
    return _done(ask, "given")


async def _end(ask: Ask) -> Response[Any]:
    await end_access(ask.path("user_id"), ask.user.user_id)
    return _done(ask, "ended")


async def _sign_out(ask: Ask) -> Response[Any]:
    await sign_out_everywhere(ask.path("user_id"))
    return _done(ask, "signed_out")


def _done(ask: Ask, what: str) -> Response[Any]:
    return redirect(f"/users/{ask.path('user_id')}?done={what}")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/organisations", "administrator")(_organisations),
    page("/users", "administrator")(_users),
    action("/users", "administrator")(proven(_add)),
    page("/users/{user_id:uuid}", "administrator")(_user),
    action("/users/{user_id:uuid}/access", "administrator")(proven(_give)),
    action("/users/{user_id:uuid}/end", "administrator")(proven(_end)),
    action("/users/{user_id:uuid}/sign-out", "administrator")(proven(_sign_out)),
]
