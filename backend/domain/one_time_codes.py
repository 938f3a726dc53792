"""Codes of an authenticator app (RFC 6238), six digits that change every 30 seconds, and codes for when it is lost."""

import hmac
from base64 import b32encode
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from backend.domain.tokens import fob_code

STEP_S: Final = 30
DIGITS: Final = 6
"""What every authenticator app takes; many take nothing else."""
SECRET_BYTES: Final = 20
"""RFC 4226, section 4, R6."""
DRIFT_STEPS: Final = 1
"""RFC 6238, section 5.2: at most one step for the network and for clocks that differ."""
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10


def secret_text(secret: bytes) -> str:
    """The secret as apps take it by hand: base32 in groups of four."""
    plain = b32encode(secret).decode("ascii").rstrip("=")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def otpauth_address(secret: bytes, account: str, issuer: str) -> str:
    """The address that an app reads from a QR code (Key URI Format of Google Authenticator, which others follow)."""
    asked = urlencode({"secret": secret_text(secret).replace(" ", ""), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{asked}"


def step_of(secret: bytes, code: str, at: datetime, last_step: int) -> int | None:
    """The time step whose code this is, now or one beside it, if it is later than the last one that was taken.

    None for any other: a code is good once.
    """
    said = "".join(code.split())
    if len(said) != DIGITS or not said.isascii() or not said.isdigit():
        return None
    here = int(at.timestamp()) // STEP_S
    steps = [step for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1) if step > last_step]
    right = [step for step in steps if hmac.compare_digest(fob_code(secret, step, DIGITS), said)]
    return min(right, default=None)


def recovery_text(raw: bytes) -> str:
    """A recovery code as it is shown: base32 in groups of four."""
    return "-".join(secret_text(raw).lower().split())


def recovery_plain(text: str) -> str:
    """What a person typed, without what does not matter: groups, capitals."""
    return "".join(letter for letter in text.lower() if letter.isalnum())
