"""Checkpoints in their chain, and each event in its place in them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db
from backend.domain.canonical import canonical, read, sha256
from backend.domain.checkpoints import body, leaf, root
from backend.sql import query
from backend.use_cases.make_checkpoint import SLOWEST_CALL
from backend.use_cases.verification.server_keys import ServerKeys, fault_of

_AT_ONCE: Final = 200
Row = Mapping[str, Any]


async def checkpoint_faults(
    connection: asyncpg.Connection, provider_id: UUID, keys: ServerKeys
) -> tuple[int, list[str]]:
    """How many checkpoints there are, and what is wrong with them, in words."""
    faults: list[str] = []
    number, digest, newest = 0, bytes(32), None
    while rows := await connection.fetch(query("seals.checkpoints_after"), provider_id, number, _AT_ONCE):
        span = (rows[0]["number"], rows[-1]["number"])
        leaves = await connection.fetch(query("seals.leaves_between"), provider_id, *span)
        by_number = {of: list(some) for of, some in groupby(leaves, key=lambda row: row["number"])}
        for row in rows:
            found = [
                *_chain_faults(provider_id, row, number, digest, keys),
                *_content_faults(row, by_number.get(row["number"], [])),
            ]
            faults += [f"checkpoint {row['number']}: {fault}" for fault in found]
            number, digest, newest = row["number"], sha256(row["body"]), row
    if newest is not None:
        before = newest["created_at"] - SLOWEST_CALL
        bare = await connection.fetch(
            query("seals.in_no_checkpoint"), provider_id, before, timeout=db.NIGHTLY_SECONDS
        )
        faults += [
            f"event {row['row_id']}: it is in no checkpoint, though it came before the newest" for row in bare
        ]
    return number, faults


def _chain_faults(provider_id: UUID, row: Row, before: int, digest: bytes, keys: ServerKeys) -> Iterator[str]:
    made = (row["number"], row["previous"], row["events"], row["root"], row["created_at"])
    at = row["created_at"].isoformat()
    if fault := fault_of(keys, row["kid"], row["signature"].decode("ascii", "replace"), row["body"], at):
        yield fault
    if row["body"] != body(provider_id, *made):
        yield "what stands beside its signed text is not what the text says"
    if row["number"] != before + 1 or row["previous"] != digest:
        yield (
            f"it does not follow checkpoint {before}"
            if before
            else "it is not the first: those before it are gone"
        )


def _content_faults(row: Row, leaves: Sequence[Row]) -> Iterator[str]:
    lost = [str(one["event_row"]) for one in leaves if one["row_id"] is None]
    for event in lost:
        yield f"event {event} is gone"
    present = [one for one in leaves if one["row_id"] is not None]
    wrong = [str(one["row_id"]) for one in present if not _as_signed(one)]
    for event in wrong:
        yield f"event {event}: its digest is not that of what its phone signed"
    if lost or wrong:
        return
    if [one["position"] for one in leaves] != list(range(row["events"])):
        yield f"it was made of {row['events']} events, and {len(leaves)} have a place in it"
    elif root([_leaf(one) for one in leaves]) != row["root"]:
        yield "its events are not those, or not in the order, that it was made from"


def _as_signed(event: Row) -> bool:
    if event["signed"] is None or event["signed_hash"] is None:
        return True
    try:
        return bool(sha256(canonical(read(event["signed"]))) == event["signed_hash"])
    except ValueError:
        return False


def _leaf(event: Row) -> bytes:
    digest = event["signed_hash"] or event["raw_digest"] or b""
    decided = (event["outcome"], event["code"], event["received_at"])
    return leaf(event["row_id"], event["device_id"], digest, *decided)
