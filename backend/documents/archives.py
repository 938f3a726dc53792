"""What reading a ZIP archive that somebody made up can raise."""

import lzma
import zipfile
import zlib
from typing import Final

UNREADABLE_ARCHIVE: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(ValueError, OSError, EOFError, RuntimeError, NotImplementedError),
)
"""Raised for one that is damaged, locked, cut short, or packed in a way that the library does not know."""
