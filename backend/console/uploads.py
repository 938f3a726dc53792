"""The file of a form that is tried first: chosen in a browser, or held by the page of a dry run until confirmed."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, Final

from backend.console.asking import Ask
from backend.use_cases.loading import SourceFile

MOST_FAULTS: Final = 200
"""Faults that a page lists; of more it says how many."""


def source_of(ask: Ask) -> SourceFile | None:
    """The file that was chosen, or that the page of the dry run held."""
    if ask.file is not None:
        return SourceFile(*ask.file) if ask.file[1] else None
    try:
        content = b64decode(ask.form.get("held", ""), validate=True)
    except ValueError:
        return None
    return SourceFile(ask.form.get("name", "")[:200], content) if content else None


def held(source: SourceFile | None, faults: Sequence[Any]) -> dict[str, Any]:
    """What the page of a dry run shows of its faults, and how it holds its file."""
    return {
        "faults": faults[:MOST_FAULTS],
        "more_faults": max(0, len(faults) - MOST_FAULTS),
        "name": "" if source is None else source.name,
        "held": "" if source is None else b64encode(source.content).decode("ascii"),
    }
