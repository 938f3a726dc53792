"""What our two fonts can draw, and how wide a text is on the line, read from their files (OpenType specification)."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from math import inf
from pathlib import Path
from typing import Final

FONTS: Final = Path(__file__).parent / "fonts"
_REGULAR: Final = FONTS / "SourceSans3-Regular.ttf"


@cache
def characters() -> frozenset[str]:
    """The characters that every one of our fonts can draw, without those that have no shape of their own."""
    covered = frozenset.intersection(
        *(frozenset(_glyphs(path.read_bytes())) for path in sorted(FONTS.glob("*.ttf")))
    )
    return frozenset(character for character in covered if unicodedata.category(character)[0] != "C")


@lru_cache(maxsize=10_000)  # lines of one document name the same times, people and prices
def lines_of_type(text: str, room: float) -> float:
    """How many lines a text needs where a line has `room` ems; infinite where a word is wider than that.

    It may need fewer: the typesetter breaks lines at hyphens too, and not at blanks alone.
    """
    lines, left, blank = 0.0, 0.0, type_width(" ")
    for width in map(type_width, text.split()):
        if width > room:
            return inf
        if lines and blank + width <= left:
            left -= blank + width
        else:
            lines, left = lines + 1, room - width
    return lines


def type_width(text: str) -> float:
    """The ems that a text takes in the regular face; infinite where it holds what the fonts cannot draw.

    Letters stand a little closer than that where the font kerns them.
    """
    widths = _widths()
    return sum(widths.get(character, inf) for character in text)


@cache
def _widths() -> dict[str, float]:
    """How far each character moves the pen, in ems: tables `hmtx`, `hhea` and `head`."""
    font = _REGULAR.read_bytes()
    tables = _tables(font)
    (units,) = struct.unpack_from(">H", font, tables[b"head"] + 18)
    (count,) = struct.unpack_from(">H", font, tables[b"hhea"] + 34)
    pens = [struct.unpack_from(">H", font, tables[b"hmtx"] + 4 * glyph)[0] / units for glyph in range(count)]
    known = characters()
    return {each: pens[min(glyph, count - 1)] for each, glyph in _glyphs(font).items() if each in known}


def _glyphs(font: bytes) -> dict[str, int]:
    """The glyph of each character in a font's full Unicode map: table `cmap`, format 12."""
    for table in _unicode_maps(font):
        (groups,) = struct.unpack_from(">I", font, table + 12)
        spans = (struct.unpack_from(">III", font, table + 16 + 12 * group) for group in range(groups))
        return {
            chr(code): glyph + code - first for first, last, glyph in spans for code in range(first, last + 1)
        }
    raise ValueError("the font has no full Unicode character map")


def _unicode_maps(font: bytes) -> Iterator[int]:
    start = _tables(font)[b"cmap"]
    for subtable in range(struct.unpack_from(">H", font, start + 2)[0]):
        (offset,) = struct.unpack_from(">I", font, start + 8 + 8 * subtable)
        if struct.unpack_from(">H", font, start + offset)[0] == 12:
            yield start + offset


def _tables(font: bytes) -> dict[bytes, int]:
    """Where each table of a font begins."""
    (count,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, place) for place in range(12, 12 + 16 * count, 16))
    return {tag: start for tag, _, start, _ in records}
