"""The members of a bundle, read into their types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from backend.domain.canonical import Unreadable, canonical, read, sha256
from schemas.evidence import (
    ChainLink,
    Correction,
    Device,
    Event,
    Facts,
    Manifest,
    Receipt,
    Sealed,
    SignedCheckpoint,
)

T = TypeVar("T")
STATUTE: Final = "statute/"
REQUIRED: Final = (
    *("chain.json", "checkpoints.json", "corrections.json", "devices.json", "events.json", "keys.json"),
    *("receipts.json", "result.json"),
)


class Unusable(ValueError):
    """A member that is missing or not of its shape, in words."""


@dataclass(frozen=True, slots=True)
class Signed:
    """An event with its signed part read, and the digest of it."""

    event: Event
    said: Mapping[str, Any]
    canonical: bytes
    hash: bytes

    @property
    def name(self) -> str:
        """How findings name it."""
        return f"event {self.said.get('id')} ({self.said.get('kind')}, {self.event.received_at[:10]})"


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in a bundle. `facts` is None where they were left out."""

    manifest: Manifest
    events: list[Signed]
    devices: dict[str, Device]
    links: list[ChainLink]
    receipts: dict[str, Receipt]
    checkpoints: list[SignedCheckpoint]
    corrections: list[Correction]
    facts: Facts | None
    result: bytes
    statute: dict[str, str]


def manifest_of(members: Mapping[str, bytes]) -> Manifest:
    """The manifest. Raises Unusable."""
    return member(members, "manifest.json", Manifest)


def seal_of(members: Mapping[str, bytes]) -> Sealed:
    """The signature over the manifest. Raises Unusable."""
    return member(members, "signature.json", Sealed)


def contents_of(members: Mapping[str, bytes], manifest: Manifest) -> Contents:
    """All members read. Raises Unusable, naming the first that cannot be."""
    devices = member(members, "devices.json", list[Device])
    receipts = member(members, "receipts.json", list[Receipt])
    if missing := [name for name in REQUIRED if name not in members]:
        raise Unusable(f"{', '.join(missing)}: not in the bundle")
    return Contents(
        manifest=manifest,
        events=[_signed(event) for event in member(members, "events.json", list[Event])],
        devices={device.id: device for device in devices},
        links=member(members, "chain.json", list[ChainLink]),
        receipts={receipt.id: receipt for receipt in receipts},
        checkpoints=member(members, "checkpoints.json", list[SignedCheckpoint]),
        corrections=member(members, "corrections.json", list[Correction]),
        facts=member(members, "facts.json", Facts) if "facts.json" in members else None,
        result=members["result.json"],
        statute={
            name.removeprefix(STATUTE): content.decode(errors="replace")
            for name, content in members.items()
            if name.startswith(STATUTE)
        },
    )


def member(members: Mapping[str, bytes], name: str, kind: type[T]) -> T:
    """One member, decoded. Raises Unusable if it is missing or not of its shape."""
    if name not in members:
        raise Unusable(f"{name} is not in the bundle")
    try:
        return msgspec.json.decode(members[name], type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Unusable(f"{name} cannot be read: {error}") from None


def json_object(text: str) -> tuple[Mapping[str, Any], bytes]:
    """A signed JSON object and its canonical form (RFC 8785). Raises ValueError."""
    value = read(text.encode())
    if not isinstance(value, dict):
        raise Unreadable("is no JSON object")
    return value, canonical(value)


def _signed(event: Event) -> Signed:
    try:
        said, form = json_object(event.signed)
    except ValueError as error:
        raise Unusable(f"events.json: the signed part of row {event.row} {error}") from None
    return Signed(event, said, form, sha256(form))
