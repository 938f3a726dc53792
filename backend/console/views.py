"""Lists that a person named: kept from the page of the list, found in the menu, removed here."""

from typing import Any, Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, action, page
from backend.console.menus import EVERYBODY, pages
from backend.console.rendering import redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.saved_views import keep_view, remove_view, saved_views

_SAID: Final = {"kept": "The list is kept. It stands in your menu.", "removed": "The list is removed."}


async def _views(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(ask: Ask, problem: tuple[str, str] | None = None, status: int = 200) -> Response[Any]:
    return render(
        "views.html",
        ask.user,
        status=status,
        shown=await saved_views(ask.user.user_id),
        given={name: ask.form.get(name, "") for name in ("name", "address")},
        said=_SAID.get(ask.asked("done") or ""),
        problem=problem,
    )


async def _keep(ask: Ask) -> Response[Any]:
    paths = {address for address, _ in pages(ask.user.role)}
    try:
        await keep_view(ask.user.user_id, ask.form.get("name", ""), ask.form.get("address", ""), paths)
    except DomainError as error:
        return await _page(ask, ("name", error.detail), STATUS[error.code])
    return redirect("/views?done=kept")


async def _remove(ask: Ask) -> Response[Any]:
    await remove_view(ask.user.user_id, ask.path("view_id"))
    return redirect("/views?done=removed")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/views", *EVERYBODY)(_views),
    action("/views/keep", *EVERYBODY)(_keep),
    action("/views/{view_id:uuid}/remove", *EVERYBODY)(_remove),
]
