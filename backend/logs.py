"""Logging: named events with explicit fields on standard error. Bodies, headers and query strings never go there."""

import logging
import sys
from typing import Final

import structlog
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer

from backend.settings import Settings

# Without locals, here and below: they would hold passwords, positions, PINs and care notes.
_TRACES: Final = ExceptionRenderer(ExceptionDictTransformer(show_locals=False))


def configure(settings: Settings) -> None:
    """Set up logging for this process, as a person reads it or as JSON lines."""
    as_json = settings.log_format == "json"
    last = [_TRACES, structlog.processors.JSONRenderer()] if as_json else [_plain()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def _plain() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
