"""Named queries: `query("events.insert")` is the text under `-- name: insert` in events.sql here."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent
_NAME: Final = re.compile(r"^-- name: *([a-z][a-z0-9_]*) *$", re.MULTILINE)


def query(name: str) -> str:
    """The SQL text called `file.name`. Raises KeyError naming what there is when it does not exist."""
    file, _, title = name.partition(".")
    found = _queries(file)
    if title not in found:
        raise KeyError(f"{file}.sql has no query {title!r}; it has {', '.join(sorted(found)) or 'none'}")
    return found[title]


def named() -> dict[str, str]:
    """Every query by its name."""
    files = sorted(path.stem for path in _FOLDER.glob("*.sql"))
    return {f"{file}.{title}": text for file in files for title, text in _queries(file).items()}


def as_columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows as the `width` columns that a query with `unnest` takes."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


@cache
def _queries(file: str) -> dict[str, str]:
    path = _FOLDER / f"{file}.sql"
    if not file.isidentifier() or not path.exists():
        raise KeyError(f"there is no {file}.sql in {_FOLDER}")
    _, *parts = _NAME.split(path.read_text(encoding="utf-8"))
    names = parts[0::2]
    if len(set(names)) != len(names):
        raise KeyError(f"{path.name} gives one name to two queries")
    return {name: text.strip() for name, text in zip(names, parts[1::2], strict=True)}
