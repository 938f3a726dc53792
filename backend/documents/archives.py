"""What reading a ZIP archive that somebody made up can raise."""

import lzma
import zipfile
import zlib
from typing import Final

UNREADABLE_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,  # of bzip2, and of a place in the archive that is none
    EOFError,  # cut short
    RuntimeError,  # locked, or (NotImplementedError) packed in a way that the library does not know
    ValueError,  # a name or a number that is none
)
"""Raised for one that is damaged, locked, cut short, or packed in a way that the library does not know."""
