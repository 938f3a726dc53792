"""Who looked at whose records."""

from typing import Any, Final, cast
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import Ask, page
from backend.console.paging import key_of, with_query
from backend.console.rendering import render
from backend.use_cases.read_access_log import After, read_access_log
from schemas.scalars import parse_instant


async def _looks(ask: Ask) -> Response[Any]:
    after = cast(After | None, key_of(ask.asked("after"), parse_instant, UUID))
    looks, more = await read_access_log(ask.viewer, after)
    return render(
        "access-log.html",
        ask.user,
        looks=looks,
        provider=ask.viewer.provider,
        more=with_query(ask, "after", looks[-1].key) if more else None,
    )


handlers: Final[list[HTTPRouteHandler]] = [page("/access-log", "manager", "auditor")(_looks)]
