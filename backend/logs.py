"""Logging: named events with explicit fields on standard error. Bodies, headers and query strings never go there.

For an exception they say what it is and where it came from, never its message nor what the code held: those may be a
PIN, a position or somebody's name. Libraries put into their messages what they could not read.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from copy import copy
from typing import Any, Final

import asyncpg
import structlog

from backend.faults import DomainError, SetupFault
from backend.settings import Settings

_MOST_CAUSES: Final = 10
_TALKATIVE: Final = ("httpx", "httpcore")
"""Libraries that would log whole addresses and headers of calls to others, whose addresses may be secrets."""


def configure(settings: Settings) -> None:
    """Set up logging for this process, as a person reads it or as JSON lines."""
    as_json = settings.log_format == "json"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_of_info),
            structlog.processors.JSONRenderer() if as_json else _plain(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler()])
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def handler() -> logging.Handler:
    """Where the logs of libraries go, uvicorn's above all."""
    made = logging.StreamHandler(sys.stderr)
    made.setFormatter(_Wordless("%(levelname)s %(name)s %(message)s"))
    return made


def trace(error: BaseException) -> str:
    """What an exception and its causes are, and the lines that they came through; without their words."""
    return "\n".join(
        "\n".join(
            (_kind(one), *(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in _frames(one)))
        )
        for one in _causes(error)
    )


def told(error: BaseException) -> str:
    """An exception in a line: our own words, which name what is wrong, or what and where another one is."""
    if isinstance(error, DomainError | SetupFault):
        return f"{type(error).__name__}: {error}"
    frames = _frames(error)
    return f"{_kind(error)}, {frames[-1].filename}:{frames[-1].lineno}" if frames else _kind(error)


def _kind(error: BaseException) -> str:
    """The class; of the database's refusals also its code and which table and constraint refused."""
    if not isinstance(error, asyncpg.PostgresError):
        return type(error).__name__
    names = (getattr(error, f"{what}_name", None) for what in ("table", "column", "constraint"))
    return " ".join((type(error).__name__, error.sqlstate or "", *filter(None, names)))


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, and what each came from."""
    one: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if one is None:
            return
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _of_info(exc_info: Any) -> str:
    return "" if exc_info[1] is None else trace(exc_info[1])


class _Wordless(logging.Formatter):
    """Of a record about an exception only the first line of its message: the rest repeats the exception's words."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info:
            record, message = copy(record), record.getMessage()
            record.msg, record.args, record.exc_text = message.partition("\n")[0], None, None
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        return _of_info(ei)


def _plain() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
