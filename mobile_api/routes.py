"""All routes that phones call."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

handlers: Final[list[HTTPRouteHandler]] = []
