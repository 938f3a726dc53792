"""What the message of an NTAG 424 DNA proves: Secure Unique NFC (SUN) in AES mode.

After NXP's application note AN12196 (features and hints, sections on SUN) and data sheet NT4H2421Gx (secure dynamic
messaging). The tag writes into its URL either its PICCData encrypted, or its UID and its read counter in clear, and
always a message authentication code over no further input (SDMMACInputOffset equals SDMMACOffset).
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.cmac import CMAC

KEY_BYTES: Final = 16
UID_BYTES: Final = 7
_MOST_PARTS: Final = 16
# AN12196 writes both the long and the short names.
_LONG_NAMES: Final = {"e": "picc_data", "c": "cmac"}
_DIGITS: Final = {"picc_data": 32, "uid": 14, "ctr": 6, "cmac": 16}
_HEX: Final = re.compile(r"[0-9A-Fa-f]+", re.ASCII)
# Bits 7 and 6: UID and read counter are mirrored; bits 3 to 0: the UID has seven bytes.
_PICC_DATA_TAG: Final = 0xC7
# SV2 of the data sheet: prefix 3CC3, counter 0001, length 0080, then UID and read counter.
_SESSION_MAC: Final = bytes.fromhex("3CC300010080")


@dataclass(frozen=True, slots=True)
class Tap:
    """One reading of a tag: its code, with `picc_data` encrypted, or with `uid` and `counter` in clear."""

    cmac: bytes
    picc_data: bytes | None = field(default=None, repr=False)
    uid: bytes | None = None
    counter: int | None = None


def read_tap(url: str) -> Tap | None:
    """The tap that a URL holds, whatever its host and path; None if it is none, or holds more than one form."""
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=_MOST_PARTS)
    except ValueError:
        return None
    named = [(_LONG_NAMES.get(name.lower(), name.lower()), value) for name, value in pairs]
    parts = {name: value for name, value in named if name in _DIGITS}
    twice = len(parts) < sum(name in _DIGITS for name, _ in named)
    if twice or not all(_is_hex(value, _DIGITS[name]) for name, value in parts.items()):
        return None
    return _tap(parts)


def _tap(parts: Mapping[str, str]) -> Tap | None:
    if parts.keys() == {"picc_data", "cmac"}:
        return Tap(bytes.fromhex(parts["cmac"]), picc_data=bytes.fromhex(parts["picc_data"]))
    if parts.keys() == {"uid", "ctr", "cmac"}:
        clear = bytes.fromhex(parts["uid"]), int(parts["ctr"], 16)
        return Tap(bytes.fromhex(parts["cmac"]), None, *clear)
    return None


def _is_hex(text: str, digits: int) -> bool:
    return len(text) == digits and _HEX.fullmatch(text) is not None


def open_picc_data(meta_key: bytes, picc_data: bytes) -> tuple[bytes, int] | None:
    """UID and read counter from PICCData under SDMMetaReadKey; None if that is not the key it was made with.

    A wrong key gives what looks like a UID once in 256 times: only the code of the tap proves one.
    """
    decryptor = Cipher(AES(meta_key), CBC(bytes(KEY_BYTES))).decryptor()
    clear = decryptor.update(picc_data) + decryptor.finalize()
    if clear[0] != _PICC_DATA_TAG:
        return None
    return clear[1 : 1 + UID_BYTES], int.from_bytes(clear[1 + UID_BYTES : 4 + UID_BYTES], "little")


def tap_code(file_key: bytes, uid: bytes, counter: int) -> bytes:
    """The eight bytes that a tag writes as its code: under its session key, every second byte of the full one."""
    session = _cmac(file_key, _SESSION_MAC + uid + counter.to_bytes(3, "little"))
    return _cmac(session, b"")[1::2]


def code_is_right(file_key: bytes, uid: bytes, counter: int, cmac: bytes) -> bool:
    """Whether the tag with this SDMFileReadKey made the code for this UID and counter."""
    return hmac.compare_digest(tap_code(file_key, uid, counter), cmac)


def _cmac(key: bytes, message: bytes) -> bytes:
    made = CMAC(AES(key))
    made.update(message)
    return made.finalize()
