"""Whether the events were received when the bundle says: receipts, and checkpoints chained to one another."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.domain.canonical import base64url, sha256, unbase64url
from backend.domain.checkpoints import TYPE, included_root, leaf
from backend.domain.counted import counted
from backend.use_cases.verification.contents import Contents, Signed, json_object
from backend.use_cases.verification.findings import Finding, held, open_question
from backend.use_cases.verification.server_keys import ServerKeys, fault_of
from schemas.evidence import Receipt, SignedCheckpoint
from schemas.scalars import parse_instant


def receipts_found(contents: Contents, keys: ServerKeys) -> Iterator[Finding]:
    """The signed answer to each call, and the line in it about each event."""
    faults = []
    lines: dict[str, Any] = {}
    for receipt in contents.receipts.values():
        lines[receipt.id] = _lines(receipt)
        at = _received(lines[receipt.id])
        if fault := fault_of(keys, receipt.kid, receipt.signature, receipt.batch.encode(), at):
            faults.append(f"receipt {receipt.id}: {fault}")
    faults += [
        f"{signed.name}: its receipt says otherwise, or is not here"
        for signed in contents.events
        if not _acknowledged(signed, lines.get(signed.event.receipt))
    ]
    receipts = counted(len(contents.receipts), "receipt")
    says = f"Signed when the events came, to say when and how each was taken: {receipts}."
    yield held("receipts", says, faults, "Receipts do not hold.")


def _lines(receipt: Receipt) -> Any:
    try:
        return json.loads(receipt.batch)
    except (ValueError, RecursionError):
        return None


def _received(lines: Any) -> str:
    """When the newest event of a receipt came: it was signed then. No instant where a line does not say."""
    try:
        return max((str(line["received_at"]) for line in lines), default="")
    except (TypeError, KeyError):
        return ""


def _acknowledged(signed: Signed, lines: Any) -> bool:
    event, place = signed.event, signed.event.receipt_line
    if not isinstance(lines, list) or not 0 <= place < len(lines) or not isinstance(lines[place], dict):
        return False
    line = lines[place]
    told = (line.get("device_id"), line.get("signed_hash"), line.get("outcome"), line.get("code"))
    try:
        same_instant = parse_instant(line.get("received_at")) == parse_instant(event.received_at)
    except ValueError:
        return False
    return same_instant and told == (event.device_id, base64url(signed.hash), event.outcome, event.code)


def checkpoints_found(contents: Contents, keys: ServerKeys) -> Iterator[Finding]:
    """The signed checkpoints in their chain, and the way from each event to its checkpoint's root."""
    faults: list[str] = []
    bodies: dict[int, Mapping[str, Any]] = {}
    before: SignedCheckpoint | None = None
    for checkpoint in contents.checkpoints:
        body = _body(checkpoint, contents.manifest.subject.provider_id)
        at = str((body or {}).get("created_at"))
        if fault := fault_of(keys, checkpoint.kid, checkpoint.signature, checkpoint.body.encode(), at):
            faults.append(f"checkpoint {checkpoint.number}: {fault}")
        if body is None:
            faults.append(f"checkpoint {checkpoint.number}: its text is not that of this checkpoint")
        elif before is not None and not _follows(body, before):
            faults.append(f"checkpoint {checkpoint.number}: it does not follow checkpoint {before.number}")
        bodies[checkpoint.number] = body or {}
        before = checkpoint
    faults += [fault for signed in contents.events for fault in _inclusion_faults(signed, bodies)]
    anchored = sum(signed.event.checkpoint is not None for signed in contents.events)
    says = f"Held by signed checkpoints, each chained to the one before ({len(bodies)}): {counted(anchored, 'event')}."
    yield held("checkpoints", says, faults, "Checkpoints do not hold.")
    yield from _unanchored(contents.events)


def _unanchored(events: Sequence[Signed]) -> Iterator[Finding]:
    if bare := [signed.name for signed in events if signed.event.checkpoint is None]:
        yield open_question("checkpoints", f"In no checkpoint yet: {counted(len(bare), 'event')}.", bare)


def _body(checkpoint: SignedCheckpoint, provider_id: str) -> Mapping[str, Any] | None:
    try:
        body = json_object(checkpoint.body)[0]
    except ValueError:
        return None
    wanted = (TYPE, provider_id, checkpoint.number)
    return body if (body.get("type"), body.get("provider_id"), body.get("number")) == wanted else None


def _follows(body: Mapping[str, Any], before: SignedCheckpoint) -> bool:
    digest = base64url(sha256(before.body.encode()))
    return body.get("number") == before.number + 1 and body.get("previous") == digest


def _inclusion_faults(signed: Signed, bodies: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    event, place = signed.event, signed.event.checkpoint
    if place is None:
        return
    body = bodies.get(place.number)
    if body is None:
        yield f"{signed.name}: its checkpoint {place.number} is not here"
        return
    try:
        at = parse_instant(event.received_at)
        made = leaf(UUID(event.row), UUID(event.device_id), signed.hash, event.outcome, event.code, at)
        events = body.get("events")
        reached = included_root(
            made,
            place.position,
            events if isinstance(events, int) else 0,
            list(map(unbase64url, place.proof)),
        )
    except ValueError as error:
        yield f"{signed.name}: {error}"
        return
    if base64url(reached) != body.get("root"):
        yield f"{signed.name}: checkpoint {place.number} does not hold it as it stands here"
