"""Calendars of carers' visits: a manager makes and revokes them, and calendar programs read them without signing in."""

import hashlib
from typing import Any, Final

import segno
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import AnyRequest, Ask, action, page
from backend.console.rendering import redirect, render
from backend.documents.calendar_feed import MEDIA_TYPE
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.calendar_feeds import make_feed, read_feed, read_feeds, revoke_feed
from backend.use_cases.read_carers import read_carers

_SAID: Final = {"revoked": "The calendar’s address leads nowhere any more."}


@get("/calendar/{name:str}", include_in_schema=False)
async def feed(request: AnyRequest) -> Response[Any]:
    """A carer's visits for her calendar program; 304 where it has them already."""
    content = await read_feed(request.path_params["name"])
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    known = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    if tag in known or "*" in known:
        return Response(None, status_code=304, headers=headers)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


async def _calendars(ask: Ask) -> Response[Any]:
    return await _page(ask)


async def _page(ask: Ask, error: DomainError | None = None, made: str | None = None) -> Response[Any]:
    drawn = None if made is None else segno.make(made, error="m")
    return render(
        "calendars.html",
        ask.user,
        status=200 if error is None else STATUS[error.code],
        feeds=await read_feeds(ask.organisation),
        carers=await read_carers(ask.organisation),
        made=made,
        drawn=None
        if drawn is None
        else drawn.svg_inline(border=4, omitsize=True, lineclass=None, svgclass=None),
        said=_SAID.get(ask.asked("done") or ""),
        problems={} if error is None else {"carer": error.detail},
    )


async def _make(ask: Ask) -> Response[Any]:
    try:
        made = await make_feed(ask.organisation, ask.form.get("carer", ""), ask.user.user_id)
    except DomainError as error:
        return await _page(ask, error)
    return await _page(ask, made=made)


async def _revoke(ask: Ask) -> Response[Any]:
    await revoke_feed(ask.organisation, ask.path("feed_id"))
    return redirect("/calendars?done=revoked")


handlers: Final[list[HTTPRouteHandler]] = [
    feed,
    page("/calendars", "manager")(_calendars),
    action("/calendars", "manager")(_make),
    action("/calendars/{feed_id:uuid}/revoke", "manager")(_revoke),
]
