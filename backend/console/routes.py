"""All web pages."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

handlers: Final[list[HTTPRouteHandler]] = []
