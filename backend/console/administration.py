"""The administrator's pages: organisations, and users with a form to add one."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.proving import proven
from backend.console.rendering import render
from backend.console.words import ROLES
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.add_user import add_user, role_named
from backend.use_cases.read_administration import read_organisations, read_users


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
        link = await add_user(organisation or None, role_named(role), email, None, person or None)
    except DomainError as error:
        return await _users_page(ask, error)
    return await _users_page(ask, link=link)


handlers: Final[list[HTTPRouteHandler]] = [
    page("/organisations", "administrator")(_organisations),
    page("/users", "administrator")(_users),
    action("/users", "administrator")(proven(_add)),
]
