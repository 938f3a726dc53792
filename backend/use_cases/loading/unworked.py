"""Cells of a workbook that hold no value, though they look filled: the reader of workbooks gives them as empty.

An empty cell means something here: of a visit without a carer that nobody is assigned. So `#N/A` must not become one.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Final

_SHOWN: Final = 5
_BOOK: Final = "xl/workbook.xml"
_LINKS: Final = "xl/_rels/workbook.xml.rels"
_SHEET: Final = re.compile(rb"""<(?:\w{1,20}:)?sheet\s[^>]*?\w:id\s*=\s*["']([^"']+)["']""")
_LINK: Final = re.compile(rb"<(?:\w{1,20}:)?Relationship\s[^>]*>")
_CELL: Final = rb"<(?:\w{1,20}:)?c\s"
_ERROR: Final = re.compile(_CELL + rb"""(?=[^>]*\st\s*=\s*["']e["'])[^>]*>""")
_UNREADY: Final = re.compile(
    _CELL
    + rb"""(?![^>]*\st\s*=\s*["']str["'])[^>]*[^/]>\s*<(?:\w{1,20}:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w{1,20}:)?f>)"""
    + rb"\s*(?:<(?:\w{1,20}:)?v\s*/>|<(?:\w{1,20}:)?v>\s*</(?:\w{1,20}:)?v>)?\s*</(?:\w{1,20}:)?c>"
)
"""A formula beside which no result stands; one whose result is empty text says that it is text."""
_KINDS: Final = ((_ERROR, (b'"e"', b"'e'")), (_UNREADY, (b"<f", b":f")))
"""Each with what stands in every sheet that has one, and in few others: to look for that takes no time."""
_AT: Final = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,3}\d{1,7})""")


def unworked_fault(content: bytes) -> str | None:
    """What is wrong with cells of the first sheet that show an error or wait to be worked out; None if nothing is."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        read = [packed.read(name) for name in _sheets(packed)]
    wrong = [place for sheet in read for kind, signs in _KINDS for place in _places(kind, signs, sheet)]
    if not wrong:
        return None
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    return (
        f"holds cells with an error in place of a value, or with a formula that was not worked out "
        f"({', '.join(wrong[:_SHOWN])}{more}): put what they should say, or empty them"
    )


def _places(pattern: re.Pattern[bytes], signs: tuple[bytes, ...], sheet: bytes) -> Iterator[str]:
    if not any(sign in sheet for sign in signs):
        return
    for found in pattern.finditer(sheet):
        at = _AT.search(found[0])
        yield at[1].decode() if at else "a cell without a place"


def _sheets(packed: zipfile.ZipFile) -> list[str]:
    """The part with the sheet that is read, which stands first in the workbook; where it names none, every sheet."""
    parts = {name.lower().lstrip("/"): name for name in packed.namelist()}
    if _BOOK in parts and _LINKS in parts:
        wanted = _SHEET.search(packed.read(parts[_BOOK]))
        for link in _LINK.findall(packed.read(parts[_LINKS])):
            target = _value(link, b"Target").decode("utf-8", "replace").lower()
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            if wanted and _value(link, b"Id") == wanted[1] and part in parts:
                return [parts[part]]
    return [name for part, name in parts.items() if "worksheets/" in part and part.endswith(".xml")]


def _value(link: bytes, name: bytes) -> bytes:
    found = re.search(rb"\s" + name + rb"""\s*=\s*["']([^"']*)["']""", link)
    return found[1] if found else b""
