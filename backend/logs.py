"""Logging: named events with explicit fields on standard error. Bodies, headers and query strings never go there."""

import logging
import sys

import structlog

from backend.settings import Settings


def configure(settings: Settings) -> None:
    """Set up logging for this process, as a person reads it or as JSON lines."""
    as_json = settings.log_format == "json"
    last = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()] if as_json else [_plain()]
    )
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
    # Without locals in traces: they would hold positions, PINs and care notes.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
