"""All routes of the management API."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from backend.api import calc, loading

handlers: Final[list[HTTPRouteHandler]] = [*calc.handlers, *loading.handlers]
