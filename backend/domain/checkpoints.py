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
    return tree(leaves)[-1][0] if leaves else sha256(b"")


def tree(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The levels of the hash tree, from the leaves up to the root alone."""
    levels = [list(leaves)]
    while len(level := levels[-1]) > 1:
        pairs = [_node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        levels.append(pairs + level[len(pairs) * 2 :])
    return levels


def inclusion(levels: Sequence[Sequence[bytes]], position: int) -> list[bytes]:
    """The neighbours on the way from the leaf at `position` up to the root; none where it rises unpaired."""
    found = []
    for level in levels[:-1]:
        if (beside := position ^ 1) < len(level):
            found.append(level[beside])
        position //= 2
    return found


def included_root(leaf_hash: bytes, position: int, events: int, proof: Sequence[bytes]) -> bytes:
    """The root that a proof of inclusion leads to. Raises ValueError for a proof of the wrong length."""
    if not 0 <= position < events:
        raise ValueError("the position is not among the events of the checkpoint")
    at, rest = leaf_hash, list(proof)
    while events > 1:
        if position ^ 1 < events:
            if not rest:
                raise ValueError("the proof is too short")
            beside = rest.pop(0)
            at = _node(beside, at) if position % 2 else _node(at, beside)
        position, events = position // 2, (events + 1) // 2
    if rest:
        raise ValueError("the proof is too long")
    return at


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


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
