"""Stateless nonces and tokens: what the server said, under its own key, with the instant it said it.

`mac` is the authentication code of a message under a key that all web processes share.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID

from backend.domain.canonical import base64url, unbase64url

Mac = Callable[[bytes], bytes]

NONCE_LIFE: Final = timedelta(seconds=300)
TOKEN_LIFE: Final = timedelta(hours=1)
# Web processes on several machines may differ by this much.
_SKEW: Final = timedelta(seconds=5)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAC_BYTES: Final = 16


def issue_nonce(now: datetime, mac: Mac) -> str:
    """A fresh nonce that carries the instant of its issue."""
    body = ((now - _EPOCH) // timedelta(microseconds=1)).to_bytes(8) + secrets.token_bytes(8)
    return base64url(body + mac(b"nonce." + body)[:_MAC_BYTES])


def nonce_issued(nonce: object, now: datetime, mac: Mac) -> datetime | None:
    """When a nonce of ours was issued; None if it is not ours or no longer fresh."""
    try:
        data = unbase64url(nonce)
    except ValueError:
        return None
    body, code = data[:16], data[16:]
    if len(data) != 16 + _MAC_BYTES or not compare_digest(code, mac(b"nonce." + body)[:_MAC_BYTES]):
        return None
    issued = _EPOCH + timedelta(microseconds=int.from_bytes(body[:8]))
    return issued if -_SKEW <= now - issued <= NONCE_LIFE else None


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: whose phone it is for, the key it is bound to, and until when."""

    provider_id: UUID
    device_id: UUID
    key_thumbprint: str
    expires_at: datetime


def issue_token(token: Token, mac: Mac) -> str:
    """The token as text."""
    body = json.dumps(
        [str(token.provider_id), str(token.device_id), token.key_thumbprint, token.expires_at.isoformat()]
    ).encode()
    return f"{base64url(body)}.{base64url(mac(b'token.' + body))}"


def read_token(text: str, mac: Mac) -> Token | None:
    """The token that `text` is; None if we did not make it. Whether it has expired is the caller's to ask."""
    body, _, code = text.partition(".")
    try:
        data = unbase64url(body)
        genuine = compare_digest(unbase64url(code), mac(b"token." + data))
    except ValueError:
        return None
    if not genuine:
        return None
    provider, device, key, expires = json.loads(data)
    return Token(UUID(provider), UUID(device), key, datetime.fromisoformat(expires))
