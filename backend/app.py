"""The composition root: every route, what surrounds it, and the database behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from litestar import Litestar, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

import backend.api.routes
import backend.console.routes
import mobile_api.app_files
import mobile_api.calls
import mobile_api.routes
import mobile_api.telephone
from backend import clock, db, keys, logs, settings
from backend.console.errors import for_browsers
from backend.faults import DomainError
from backend.hosts import keep_apart
from backend.middleware import answer_heads, finish, note_arrival
from backend.migrations.state import missing
from backend.openapi import SECURITY, Described
from backend.problems import EXCEPTION_HANDLERS
from backend.running import database
from backend.use_cases.check_records import measure_records

LARGEST_BODY: Final = 1024 * 1024
"""Bytes; a route that takes more says so itself."""


def create_app() -> Litestar:
    """The web application of this process's settings. Its lifespan opens the database and raises SetupFault."""
    now = settings.current()
    logs.configure(now)
    app = Litestar(
        route_handlers=[
            *mobile_api.routes.handlers,
            *mobile_api.app_files.handlers,
            *mobile_api.telephone.handlers,
            *backend.api.routes.handlers,
            *backend.console.routes.handlers,
            *_own_handlers(now.metrics),
        ],
        lifespan=[_lifespan],
        middleware=[note_arrival, keep_apart],
        before_send=[finish, mobile_api.calls.add_nonce],
        exception_handlers=for_browsers(EXCEPTION_HANDLERS),
        openapi_config=OpenAPIConfig(
            title="Doorstep",
            version="1",
            path="/schema",
            render_plugins=[Described()],
            components=SECURITY,
        ),
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = answer_heads(app.asgi_handler)
    return app


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    async with database(serving=True):
        yield


def _own_handlers(metrics: bool) -> list[HTTPRouteHandler]:
    return [live, ready, jwk_set, *([prometheus] if metrics else [])]


@get("/health/live", include_in_schema=False)
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@get("/health/ready", include_in_schema=False)
async def ready() -> dict[str, str | None]:
    """The database answers and is at the newest version."""
    async with db.as_system():
        behind = await missing()
    if behind:
        raise DomainError(
            "not_ready", f"The database lacks the migration {behind[0]}: run `doorstep migrate`."
        )
    return {"status": "ready", "simulated_time": clock.notice()}


@get("/schema/keys", operation_id="keys", summary="The keys that the server's signatures are checked with")
async def jwk_set() -> dict[str, list[dict[str, str]]]:
    """A JWK set (RFC 7517), the signing key first."""
    return keys.current().jwk_set()


@get("/metrics", include_in_schema=False)
async def prometheus() -> Response[bytes]:
    """Prometheus metrics of this one process, and what the newest look at each provider's records found."""
    await measure_records()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
