"""What a carer says by telephone: typed during a call, or written in a text message."""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

Way = Literal["call", "message"]
_PREFIX: Final = "heard"
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CODE: Final = re.compile(r"\d{6,8}", re.ASCII)
_CARER: Final = re.compile(r"\d{8}", re.ASCII)
_NUMBER: Final = re.compile(r"\+\d{8,15}", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s*#,;]+")
_LONGEST: Final = 200
KINDS: Final = {
    **dict.fromkeys(("1", "in", "arrived", "cyrraedd"), "check_in"),
    **dict.fromkeys(("2", "out", "leaving", "gadael"), "check_out"),
}
"""The words, in small letters, that say what happened."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a call or message proves with: the keyed hash of the line it came from, the code of a fob that was said."""

    by: Way
    line: bytes | None
    code: str | None = field(repr=False)

    def text(self) -> str:
        """The token of the event that is made of it."""
        return f"{_PREFIX}:{self.by}:{self.line.hex() if self.line else ''}:{self.code or ''}"


@dataclass(frozen=True, slots=True)
class Said:
    """Who says what: the carer's number for calls, the kind of event, the code of a fob if one was said."""

    carer: str = field(repr=False)
    kind: str
    code: str | None = field(repr=False)


def read_heard(text: str) -> Heard | None:
    """The token of an event that was made of a call or message; None if it is no such token. Never raises."""
    parts = text.split(":")
    if len(parts) != 4 or parts[0] != _PREFIX or parts[1] not in ("call", "message"):
        return None
    _, by, line, code = parts
    if (line and not _HASH.fullmatch(line)) or (code and not _CODE.fullmatch(code)):
        return None
    return Heard("call" if by == "call" else "message", bytes.fromhex(line) if line else None, code or None)


def read_said(text: str) -> Said | None:
    """`12345678*1*123456`, `12345678 in`: carer, what happened, and maybe a code; None if it says no such thing."""
    parts = [part for part in _BETWEEN.split(text[:_LONGEST].strip().lower()) if part]
    if len(parts) not in (2, 3) or not _CARER.fullmatch(parts[0]) or parts[1] not in KINDS:
        return None
    code = parts[2] if len(parts) == 3 else None
    if code is not None and not _CODE.fullmatch(code):
        return None
    return Said(parts[0], KINDS[parts[1]], code)


def telephone_number(text: str) -> str | None:
    """A number in its one form, +441432000000; None for anything else, withheld numbers included.

    A leading 0 is a British number, as people write them here.
    """
    digits = re.sub(r"[\s()./-]", "", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+44{digits[1:]}"
    return digits if _NUMBER.fullmatch(digits) else None
