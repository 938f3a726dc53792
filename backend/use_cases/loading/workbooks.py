"""What must be known of an XLSX file before it is opened: its reader makes room for every cell up to the last one.

A few bytes may say that the last cell is in row 1,048,576 of column XFD, or that they unpack to gigabytes.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Final

LARGEST_UNPACKED: Final = 256 * 1024 * 1024
"""Bytes that all parts of a file may unpack to."""
MOST_PARTS: Final = 1_000
MOST_CELLS: Final = 5_000_000
"""Rows times columns, up to the last cell of a sheet."""
LARGEST_TEXT: Final = 2 * 1024 * 1024 * 1024
"""Bytes that texts would come to if each cell that names a shared one named the longest."""
_MAGIC: Final = b"PK\x03\x04"
_PIECE: Final = 1024 * 1024
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{0,3})(\d{1,10})""")
"""Where a row or a cell says that it is."""
_SHARED: Final = re.compile(rb"""\st\s*=\s*["']s["']""")
_TEXT: Final = re.compile(rb"<(?:\w{1,20}:)?si\b")
_LONGEST_PLACE: Final = 64
_OTHER_KINDS: Final = re.compile(r"(^|/)(content\.xml|mimetype|workbook\.bin)$", re.IGNORECASE)
"""Parts of other kinds of workbooks, which the reader would know too, and which say elsewhere how large they are."""


def workbook_fault(content: bytes) -> str | None:
    """Why a file is no XLSX workbook that can be opened safely; None if it is one. Raises zipfile.BadZipFile."""
    if not content.startswith(_MAGIC):
        return "is not an XLSX workbook: save it again as XLSX"
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if any(_OTHER_KINDS.search(part.filename) for part in parts):
            return "is a workbook of another kind: save it again as XLSX"
        if sum(part.file_size for part in parts) > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
            return f"unpacks to more than {LARGEST_UNPACKED // 1024 // 1024} MiB: split it"
        # Read to the end, so that a part that is larger than it says fails by its check sum.
        seen = [_Seen.of(packed, part) for part in parts]
    if any(one.rows * one.columns > MOST_CELLS for one in seen):
        return f"has cells too far down or to the right: at most {MOST_CELLS:,} from the first to the last"
    if sum(one.shared for one in seen) * max((one.longest for one in seen), default=0) > LARGEST_TEXT:
        return "repeats texts that are too long: save it as CSV"
    return None


@dataclass(slots=True)
class _Seen:
    """Of one part: the last row and column that it names, how many cells name a shared text, the longest of those."""

    rows: int = 1
    columns: int = 1
    shared: int = 0
    longest: int = 0

    @classmethod
    def of(cls, packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> "_Seen":
        """Read a part piece by piece; the end of each is read again, since a place may lie across it."""
        seen, before, at, text_from = cls(), b"", 0, 0
        with packed.open(part) as opened:
            while piece := opened.read(_PIECE):
                read = before + piece
                for column, row in _PLACE.findall(read):
                    seen.rows, seen.columns = max(seen.rows, int(row)), max(seen.columns, _number(column))
                seen.shared += len(_SHARED.findall(read))
                for begun in _TEXT.finditer(read):
                    place = at - len(before) + begun.start()
                    seen.longest, text_from = max(seen.longest, place - text_from), place
                before, at = read[-_LONGEST_PLACE:], at + len(piece)
        if part.filename.lower().endswith("sharedstrings.xml"):
            seen.longest = max(seen.longest, at - text_from)
        return seen


def _number(column: bytes) -> int:
    """A column's letters as a number from 1; 0 for none."""
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
