"""Lists by pages: the address of the next page names the row that the last one ended with."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from backend.console.asking import Ask
from backend.faults import DomainError


def key_of(text: str | None, *readers: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """The row that `text` names, a part for each reader; None if none is named. Raises DomainError bad_request."""
    if text is None:
        return None
    parts = text.split("~")
    if len(parts) != len(readers):
        raise DomainError("bad_request", "The address names no page of this list. Start again from the list.")
    try:
        return tuple(reader(part) for reader, part in zip(readers, parts, strict=True))
    except ValueError as error:
        raise DomainError(
            "bad_request", "The address names no page of this list. Start again from the list."
        ) from error


def with_query(ask: Ask, name: str, value: str, path: str | None = None) -> str:
    """The address asked for, or `path`, with one part of its query changed."""
    query = {key: ask.asked(key) or "" for key in ask.everything_asked if key != "done"} | {name: value}
    return (
        f"{path or ask.request.scope['path']}?{urlencode({key: text for key, text in query.items() if text})}"
    )
