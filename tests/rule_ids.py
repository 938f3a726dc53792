"""Finds the rules that an answer or a document names, wherever they stand in it."""

from collections.abc import Iterator
from typing import Any


def named(data: Any) -> set[str]:
    """The values of every `rule`, `rules` and `statute` in plain JSON data."""
    return set(_named(data))


def _named(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for element in data:
            yield from _named(element)
    elif isinstance(data, dict):
        for name, value in data.items():
            if name in ("rule", "statute") and isinstance(value, str):
                yield value
            elif name == "rules" and all(isinstance(element, str) for element in value):
                yield from value
            else:
                yield from _named(value)
