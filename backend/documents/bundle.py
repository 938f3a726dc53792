"""The container of an evidence bundle: a ZIP file that holds its members unpacked, one way and no other.

Members stand in the order of their names, uncompressed, dated 1980-01-01. So the same members are the same file on any
machine and a byte changed anywhere shows. What somebody packed again is read too, to name what they changed, as long as
it does not swell beyond a bound when it is opened.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

from backend.documents.archives import UNREADABLE_ARCHIVE

LARGEST_BYTES: Final = 1 << 30
MOST_MEMBERS: Final = 64
MOST_UNPACKED: Final = 100
"""So many times as large as the file may its members be. JSON packs to a tenth, what is made to swell far smaller."""
_NAME: Final = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*\.(json|yaml|pdf|txt)", re.ASCII)
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)


class BundleFault(ValueError):
    """A file that is no bundle, in words."""


def write_bundle(members: Mapping[str, bytes]) -> bytes:
    """The file that holds these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _OLDEST)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, members[name])
    return made.getvalue()


def read_bundle(content: bytes) -> tuple[dict[str, bytes], list[str]]:
    """The members, and what is wrong with the container itself, in words. Raises BundleFault if it cannot be opened.

    A member whose name is not allowed is named and left out; one that is compressed is named and read.
    """
    if len(content) > LARGEST_BYTES:
        raise BundleFault(f"The file is larger than {LARGEST_BYTES} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members, faults = _members(archive, len(content))
    except BundleFault:
        raise
    except UNREADABLE_ARCHIVE as error:
        begun = content.startswith(b"PK\x03\x04") and b"PK\x05\x06" not in content
        why = "it begins like one and has no end, so it was cut short" if begun else error
        raise BundleFault(f"The file is no ZIP file that can be opened: {why}") from error
    if not faults and (place := _first_difference(content, write_bundle(members))) is not None:
        faults.append(f"The ZIP file itself is not as it was written: byte {place} of the file is another.")
    return members, faults


def _members(archive: zipfile.ZipFile, size: int) -> tuple[dict[str, bytes], list[str]]:
    members: dict[str, bytes] = {}
    faults: list[str] = []
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise BundleFault(f"The file has {len(infos)} members; a bundle has at most {MOST_MEMBERS}.")
    if sum(info.compress_size for info in infos) > size:
        raise BundleFault("The members together are larger than the file: they lie over each other.")
    if sum(info.file_size for info in infos) > MOST_UNPACKED * size:
        raise BundleFault(f"The members unpacked are more than {MOST_UNPACKED} times as large as the file.")
    for info in infos:
        shown = repr(info.filename[:100])
        if not _NAME.fullmatch(info.filename):
            faults.append(f"{shown} is no name that a bundle's member may have.")
        elif info.filename in members:
            faults.append(f"{shown} stands twice.")
        else:
            if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
                faults.append(
                    f"{shown} is compressed; a bundle's members are not, so this is not how it was written."
                )
            try:
                members[info.filename] = archive.read(info)
            except UNREADABLE_ARCHIVE as error:
                faults.append(f"{shown} was changed in the ZIP file: {error}")
    return members, faults


def _first_difference(one: bytes, other: bytes) -> int | None:
    if one == other:
        return None
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
