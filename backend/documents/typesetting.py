"""Set a page in type: a template, its values and the data it was made from go in, one accessible PDF comes out.

Values reach a template only as JSON, never as markup, so nothing written in a name or a note can act as a command. The
two fonts are our own files and the machine's fonts are not looked at, so a document is the same on every machine.
"""

import json
import subprocess
import sys
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from backend.documents.typeface import characters
from backend.documents.typesetter import Drawing, set_in_type
from backend.faults import DomainError

LONG: Final = 128 * 1024
"""Characters of values, some 300 lines of an invoice, above which a process of its own draws: starting it takes a tenth
of a second."""
_ROOT: Final = Path(__file__).parents[2]


def typeset(template: str, values: object, attachment: bytes, made_at: datetime) -> bytes:
    """A tagged PDF/UA-1 and PDF/A-3a document; the same arguments always give the same bytes.

    `values` are plain JSON data for `templates/<template>.typ`; `attachment` is the canonical JSON that the PDF
    carries; `made_at` is the instant the document states as its own. Raises DomainError if it takes too much memory.
    """
    drawing = Drawing(template, json.dumps(printable(values)), attachment.decode(), made_at)
    if len(drawing.values) > LONG:
        return drawn_apart(drawing)
    return set_in_type(drawing.template, drawing.values, drawing.attachment, drawing.made_at)


def drawn_apart(drawing: Drawing) -> bytes:
    """The document, drawn by a process that ends with it. Raises DomainError if that took too much memory."""
    done = subprocess.run(
        [sys.executable, "-m", "backend.documents.typesetter"],
        input=msgspec.msgpack.encode(drawing),
        capture_output=True,
        cwd=_ROOT,
        start_new_session=True,  # who stops a worker with Ctrl-C lets it finish what it has begun
    )
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode < 0 or said.endswith("MemoryError"):
        raise DomainError(
            "too_large",
            f"The PDF cannot be drawn: it takes more than {drawing.most // 1024**2:,} MiB of memory. Make several "
            "smaller documents: split the contract among payers, shorten its billing periods, or divide the pay cycle.",
        )
    raise RuntimeError(f"the typesetter could not draw {drawing.template}: {said}")


def printable(values: Any) -> Any:
    """The same JSON data with every text fit to print.

    White space becomes one blank. A character the fonts do not have, or one that is not seen, prints as its code point,
    such as {U+1F600}: an accessible PDF may hold no character without a shape. The attached data keeps the original.
    """
    if isinstance(values, str):
        return _printable_text(values)
    if isinstance(values, dict):
        return {key: printable(value) for key, value in values.items()}
    if isinstance(values, list):
        return [printable(value) for value in values]
    return values


def _printable_text(text: str) -> str:
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():  # nearly always: every font of ours has these
        return line
    return "".join(map(_shown, unicodedata.normalize("NFC", line)))


def _shown(character: str) -> str:
    return character if character in characters() else _code(character)


def _code(character: str) -> str:
    return f"{{U+{ord(character):04X}}}"
