"""Signed receipts: what was received, in order, signed once for the whole call."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from backend import keys
from backend.domain.canonical import base64url, canonical
from schemas.mobile import ReceiptLine, Signature


def receipt_line(
    device_id: str,
    event_id: str | None,
    signed_hash: bytes | None,
    outcome: Any,
    code: str | None,
    received_at: datetime,
) -> ReceiptLine:
    """One line of a receipt: what is held of an event, as it was first decided."""
    digest = None if signed_hash is None else base64url(signed_hash)
    return ReceiptLine(device_id, event_id, digest, outcome, code, received_at)


def sign(lines: Sequence[Any]) -> tuple[bytes, Signature]:
    """The canonical bytes of a receipt's lines, and the server's signature over them."""
    batch = canonical(msgspec.to_builtins(lines))
    made = keys.current().sign(batch)
    return batch, Signature(made["kid"], made["signature"])
