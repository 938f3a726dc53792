"""The typesetter itself: a template and its values go in, a PDF comes out. Run as a program it draws one document.

It needs about a tenth of a MiB for each row of a table, and keeps what it worked out for the ten documents that follow.
A long document is therefore drawn by a process of its own, which gives its memory back and may not take more than MOST.
"""

import resource
import sys
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import typst

from backend.documents.typeface import FONTS

TEMPLATES: Final = Path(__file__).parent / "templates"
MOST: Final = 2 * 1024**3
"""Bytes of memory that drawing one long document may take."""


class Drawing(msgspec.Struct, array_like=True, frozen=True):
    """What is drawn: `templates/<template>.typ` with its values, and the attached data, both as JSON text."""

    template: str
    values: str
    attachment: str
    made_at: datetime
    most: int = MOST


def set_in_type(template: str, values: str, attachment: str, made_at: datetime) -> bytes:
    """A tagged PDF/UA-1 and PDF/A-3a document of values that are fit to print, in this process."""
    compiler = typst.Compiler(
        input=TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=fonts(), ignore_system_fonts=True
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


@cache
def fonts() -> typst.Fonts:
    """Our own two, and none of the machine's."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def main() -> None:
    """Read a Drawing from standard input and write its PDF to standard output."""
    drawing = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Drawing)
    resource.setrlimit(resource.RLIMIT_DATA, (drawing.most, drawing.most))
    sys.stdout.buffer.write(
        set_in_type(drawing.template, drawing.values, drawing.attachment, drawing.made_at)
    )


if __name__ == "__main__":
    main()
