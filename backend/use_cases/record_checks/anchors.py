"""What somebody kept outside, a digest or a phone's receipts, checked against what the database says today.

First the file is read by itself: its signatures, and what it claims. Then each of these claims is looked up.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from backend import db
from backend.domain import checkpoints
from backend.domain.canonical import base64url, canonical, sha256
from backend.domain.counted import counted
from backend.domain.seals import DIGEST_TYPE, TYPE
from backend.sql import query
from backend.use_cases.verification.findings import Finding, failed, held, open_question
from backend.use_cases.verification.server_keys import ServerKeys, fault_of
from schemas.scalars import parse_instant

_CHAINED: Final = {checkpoints.TYPE: "checkpoint", TYPE: "seal"}
_FLAT: Final = ("kid", "signature")
_OUTSIDE: Final = ("unknown_device", "kept_unread")
"""Kept outside every tenant, where no look-up reaches."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Bytes that the server signed, what they say, and their signature."""

    message: bytes
    says: Any
    kid: str
    signature: str


@dataclass(frozen=True, slots=True)
class Chained:
    """Somebody saw this checkpoint or seal of a provider. `digest` is that of its body."""

    kind: str
    provider_id: UUID
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Received:
    """A line of a phone's receipt: what the server had of an event, and since when."""

    device_id: UUID
    event_id: UUID
    said: tuple[Any, ...]
    """The digest of what was signed, outcome, code, instant of receipt."""


def read_anchor(raw: bytes) -> list[Signed]:
    """What the server signed in a file of one digest, checkpoint, receipt or answer to a phone, or a list of such.

    Raises ValueError for anything else.
    """
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is no JSON: {error}") from None
    found = [one for part in (value if isinstance(value, list) else [value]) for one in _signed(part)]
    if not found:
        raise ValueError("holds nothing that a server signed: no digest, checkpoint or receipt")
    return found


def _signed(part: Any) -> Iterator[Signed]:
    if not isinstance(part, dict):
        raise ValueError("is no digest, checkpoint or receipt")
    for name in ("body", "text"):  # a digest as it is downloaded; a receipt as a phone keeps it
        if isinstance(part.get(name), str):
            yield _whole(part[name].encode(), json.loads(part[name]), part)
            return
    if "batch_signature" in part:  # the answer that a phone was given
        yield _whole(canonical(part["batch"]), part["batch"], part["batch_signature"])
    flat = part.get("checkpoint") if "batch_signature" in part else part
    if isinstance(flat, dict) and flat.get("type") in _CHAINED:
        said = {name: value for name, value in flat.items() if name not in _FLAT}
        yield _whole(canonical(said), said, flat)


def _whole(message: bytes, says: Any, signature: Any) -> Signed:
    kid, made = (signature.get(name) if isinstance(signature, dict) else None for name in _FLAT)
    if not isinstance(kid, str) or not isinstance(made, str):
        raise ValueError("holds something that nobody signed")
    return Signed(message, says, kid, made)


async def anchor_found(anchor: Sequence[Signed], keys: ServerKeys) -> list[Finding]:
    """Whether the server signed what the file says, and whether the database of today still says the same."""
    faults = [
        fault
        for one in anchor
        if (fault := fault_of(keys, one.kid, one.signature, one.message, _made_at(one.says)))
    ]
    signed = held(
        "signatures",
        f"Signed by this server: {counted(len(anchor), 'statement')}.",
        faults,
        "The file is not what this server signed.",
    )
    try:
        sayings = [saying for one in anchor for saying in _sayings(one)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [signed, failed("anchor", f"What the file says cannot be read: {error}")]
    chained = [saying for saying in sayings if isinstance(saying, Chained)]
    received = [saying for saying in sayings if isinstance(saying, Received)]
    return [
        signed,
        *([await _chained_found(chained)] if chained else []),
        *([await _received_found(received)] if received else []),
        *([] if sayings else [open_question("anchor", "The file names no checkpoint, seal or event.")]),
    ]


def _made_at(says: Any) -> object:
    if isinstance(says, dict):
        return says.get("created_at")
    lines = [line for line in says if isinstance(line, dict)] if isinstance(says, list) else []
    return max((str(line.get("received_at")) for line in lines), default=None)


def _sayings(one: Signed) -> Iterator[Chained | Received]:
    says = one.says
    if isinstance(says, list):
        for line in says:
            if line.get("event_id") is not None and line["code"] not in _OUTSIDE:
                said = (
                    line["signed_hash"],
                    line["outcome"],
                    line["code"],
                    parse_instant(line["received_at"]),
                )
                yield Received(UUID(line["device_id"]), UUID(line["event_id"]), said)
    elif says["type"] == DIGEST_TYPE:
        for provider in says["providers"]:
            for kind in _CHAINED.values():
                if (named := provider[kind]) is not None:
                    yield Chained(kind, UUID(provider["provider_id"]), named["number"], named["digest"])
    else:
        digest = base64url(sha256(one.message))
        yield Chained(_CHAINED[says["type"]], UUID(says["provider_id"]), says["number"], digest)


async def _chained_found(sayings: Sequence[Chained]) -> Finding:
    faults = []
    for provider_id in dict.fromkeys(saying.provider_id for saying in sayings):
        asked = [saying for saying in sayings if saying.provider_id == provider_id]
        numbers = [[one.number for one in asked if one.kind == kind] for kind in _CHAINED.values()]
        async with db.as_provider(provider_id) as connection:
            rows = await connection.fetch(query("seals.signed_bodies"), provider_id, *numbers)
        today = {(row["kind"], row["number"]): base64url(sha256(row["body"])) for row in rows}
        faults += [fault for one in asked if (fault := _chain_fault(one, today))]
    says = f"In the chain of today as they were then: {counted(len(sayings), 'checkpoint and seal')}."
    return held(
        "chain",
        says.replace("checkpoint and seals", "checkpoints and seals"),
        faults,
        "The chain of today is not the one that was seen then: records were rewritten since.",
    )


def _chain_fault(one: Chained, today: Mapping[tuple[str, int], str]) -> str | None:
    about = f"provider {one.provider_id}, {one.kind} {one.number}"
    if (one.kind, one.number) not in today:
        return f"{about}: it is gone"
    return None if today[one.kind, one.number] == one.digest else f"{about}: it is another one today"


async def _received_found(sayings: Sequence[Received]) -> Finding:
    faults = []
    for device_id in dict.fromkeys(saying.device_id for saying in sayings):
        asked = [saying for saying in sayings if saying.device_id == device_id]
        today = await _events_of(device_id, [saying.event_id for saying in asked])
        faults += [fault for one in asked if (fault := _event_fault(one, today))]
    says = f"Held today as the phone’s receipts say: {counted(len(sayings), 'event')}."
    return held("events", says, faults, "Events are not held as the phone’s receipts say.")


async def _events_of(device_id: UUID, events: list[UUID]) -> dict[UUID, set[tuple[Any, ...]]]:
    async with db.as_system() as connection:
        provider_id = await connection.fetchval(query("seals.phone"), device_id)
    if provider_id is None:
        return {}
    async with db.as_provider(provider_id) as connection:
        rows = await connection.fetch(query("seals.events_of_phone"), provider_id, device_id, events)
    found: dict[UUID, set[tuple[Any, ...]]] = {}
    for row in rows:
        digest = None if row["signed_hash"] is None else base64url(row["signed_hash"])
        said = (digest, row["outcome"], row["code"], row["received_at"])
        found.setdefault(row["event_id"], set()).add(said)
    return found


def _event_fault(one: Received, today: Mapping[UUID, set[tuple[Any, ...]]]) -> str | None:
    if one.said in today.get(one.event_id, set()):
        return None
    about = f"phone {one.device_id}, event {one.event_id}"
    return f"{about}: it is {'not held as it was received' if one.event_id in today else 'gone'}"
