"""Set a page in type: a template, its values and the data it was made from go in, one accessible PDF comes out.

Values reach a template only as JSON, never as markup, so nothing written in a name or a note can act as a command. The
two fonts are our own files and the machine's fonts are not looked at, so a document is the same on every machine.
"""

import json
import unicodedata
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from backend.documents.typeface import FONTS, characters

TEMPLATES: Final = Path(__file__).parent / "templates"


def typeset(template: str, values: object, attachment: bytes, made_at: datetime) -> bytes:
    """A tagged PDF/UA-1 and PDF/A-3a document; the same arguments always give the same bytes.

    `values` are plain JSON data for `templates/<template>.typ`; `attachment` is the canonical JSON that the PDF
    carries; `made_at` is the instant the document states as its own.
    """
    return set_in_type(template, json.dumps(printable(values)), attachment.decode(), made_at)


def set_in_type(template: str, values: str, attachment: str, made_at: datetime) -> bytes:
    """The same of values that are JSON text and fit to print: the typesetter's own part of the work."""
    compiler = typst.Compiler(
        input=TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True
    )
    document = compiler.compile(
        format="pdf",
        pdf_standards=["a-3a", "ua-1"],
        timestamp=made_at.replace(microsecond=0),  # the typesetter refuses parts of a second
        sys_inputs={"values": values, "attachment": attachment},
    )
    if not isinstance(document, bytes):
        raise TypeError(f"the template {template} gave no single document")
    return document


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


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
