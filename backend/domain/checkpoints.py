"""Checkpoints: one digest over many received events, each digest chained to the one before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from backend.domain.canonical import base64url, canonical, sha256

TYPE: Final = "doorstep-checkpoint-1"


def leaf(
    row_id: UUID, device_id: UUID, content_hash: bytes, outcome: str, code: str | None, received_at: datetime
) -> bytes:
    """The digest of one received event. `content_hash` is of its signed part, or of its bytes if none was readable."""
    return sha256(
        b"\x00"
        + canonical(
            {
                "row": str(row_id),
                "device_id": str(device_id),
                "hash": base64url(content_hash),
                "outcome": outcome,
                "code": code,
                "received_at": received_at.isoformat(),
            }
        )
    )


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of a hash tree over the leaves (RFC 6962, 2.1): an odd one at the end rises unpaired."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [sha256(b"\x01" + level[n] + level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0] if level else sha256(b"")


def body(
    provider_id: UUID, number: int, previous: bytes, events: int, root_hash: bytes, created_at: datetime
) -> bytes:
    """The canonical bytes that are signed. `previous` is the digest of the body before; the first has 32 zero bytes."""
    return canonical(
        {
            "type": TYPE,
            "provider_id": str(provider_id),
            "number": number,
            "previous": base64url(previous),
            "events": events,
            "root": base64url(root_hash),
            "created_at": created_at.isoformat(),
        }
    )
