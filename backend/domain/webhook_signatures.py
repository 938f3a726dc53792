"""Signed messages between programs: what telephone services tell us of calls, and what we tell others' webhooks."""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Final

FRESH_S: Final = 300
"""Seconds either way for which a plain signature is taken: longer than services retry, shorter than a shift."""
_PLAIN: Final = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def plain_signature(secret: bytes, seconds: int, body: bytes) -> str:
    """The value of the header `Doorstep-Signature`: HMAC-SHA-256 over the seconds since 1970, a dot and the body."""
    mac = hmac.digest(secret, str(seconds).encode() + b"." + body, hashlib.sha256)
    return f"t={seconds},v1={mac.hex()}"


def plain_is_right(secret: bytes, header: str, body: bytes, now: datetime) -> bool:
    """Whether the header is the service's over this body, and not older than FRESH_S. Never raises."""
    found = _PLAIN.fullmatch(header)
    if found is None or abs(now.timestamp() - int(found[1])) > FRESH_S:
        return False
    return hmac.compare_digest(plain_signature(secret, int(found[1]), body), header)


def twilio_signature(token: bytes, url: str, form: Mapping[str, str]) -> str:
    """The value of `X-Twilio-Signature` (Twilio, Webhooks Security): HMAC-SHA-1, in base64, over the address that was
    called followed by each name and value of the form, by name.
    """
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return b64encode(hmac.digest(token, text.encode(), hashlib.sha1)).decode()


def twilio_is_right(token: bytes, header: str, url: str, form: Mapping[str, str]) -> bool:
    """Whether the header is the service's over this call. Never raises."""
    return hmac.compare_digest(twilio_signature(token, url, form).encode(), header.encode())
