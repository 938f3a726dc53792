"""One event as a phone sent it: read, or kept with the reason why it cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from backend.domain import canonical
from backend.domain.canonical import Unreadable, sha256, unbase64url
from backend.domain.chain import Link
from backend.domain.signatures import verifies
from schemas.mobile import EventPayload, Fix, SentEvent, SignedEvent, SignedIdentity, parse_uuid
from schemas.strict import Fault, decode

_KNOWN: Final = {
    kind: frozenset(struct.encode_name for struct in msgspec.structs.fields(kind))
    for kind in (SignedEvent, SignedIdentity, Fix, EventPayload, SentEvent)
}


_LONGEST_FAULT: Final = 1000


@dataclass(frozen=True, slots=True, eq=False)
class ReadEvent:
    """An event of a batch, equal to itself alone. `event` is None exactly when `fault` says why it is invalid.

    `identity` and `signed_hash` stand whenever the signed part can be placed in the chain, also of an invalid event.
    """

    raw: bytes = field(repr=False)
    fault: str | None = None
    id: str | None = None
    kind: str | None = None
    event: SignedEvent | None = None
    identity: SignedIdentity | None = None
    signed: bytes | None = field(default=None, repr=False)
    signed_canonical: bytes | None = field(default=None, repr=False)
    signature: bytes | None = field(default=None, repr=False)
    fix: Fix | None = field(default=None, repr=False)
    fix_canonical: bytes | None = field(default=None, repr=False)
    payload: EventPayload | None = field(default=None, repr=False)
    payload_canonical: bytes | None = field(default=None, repr=False)
    signed_hash: bytes | None = field(init=False)
    """SHA-256 of the canonical signed part."""
    link: Link | None = field(init=False)
    """Where it would stand in the chain of its phone, if it can be placed."""

    def __post_init__(self) -> None:
        digest = None if self.signed_canonical is None else sha256(self.signed_canonical)
        object.__setattr__(self, "signed_hash", digest)
        object.__setattr__(self, "link", _link(self.identity, digest))

    def signed_by(self, jwk: Mapping[str, Any]) -> bool:
        """Whether the signature is that key's over the signed part."""
        if self.signed_canonical is None or self.signature is None:
            return False
        return verifies(jwk, self.signature, self.signed_canonical)

    def wrong_hash(self) -> str | None:
        """Which part is not the one that was signed; None if all are."""
        assert self.event is not None
        for name, wanted, part in (
            ("fix", self.event.fix_hash, self.fix_canonical),
            ("payload", self.event.payload_hash, self.payload_canonical),
        ):
            if wanted != (None if part is None else canonical.base64url(sha256(part))):
                return f"the {name} is not the one that was signed"
        return None


def _link(identity: SignedIdentity | None, signed_hash: bytes | None) -> Link | None:
    if identity is None or signed_hash is None:
        return None
    return Link(identity.id, identity.seq, signed_hash, unbase64url(identity.prev))


def read_event(raw: bytes, device_id: str) -> ReadEvent:
    """Read one event of the batch of `device_id`. Never raises: what is wrong stands in `fault`."""
    try:
        value = canonical.read(raw)
    except Unreadable as error:
        return ReadEvent(raw, f"the event {error}")
    signed = value.get("signed") if isinstance(value, dict) else None
    if not isinstance(signed, dict):
        return ReadEvent(raw, "the event is no object with a signed part")
    return _read_parts(raw, value, signed, device_id)


def _read_parts(raw: bytes, value: dict[str, Any], signed: dict[str, Any], device_id: str) -> ReadEvent:
    event, faults = _decode(SignedEvent, signed, "/signed")
    identity = (
        SignedIdentity(event.id, event.seq, event.prev) if event else _decode(SignedIdentity, signed, "")[0]
    )
    fix, fix_faults = _optional(Fix, value, "fix")
    payload, payload_faults = _optional(EventPayload, value, "payload")
    faults = [*faults, *fix_faults, *payload_faults, *_between(value, event, payload, device_id)]
    return ReadEvent(
        raw=raw,
        fault=_in_words(faults),
        id=_id(signed) if event is None else str(event.id),
        kind=signed.get("kind") if isinstance(signed.get("kind"), str) else None,
        event=None if faults else event,
        identity=identity if signed.get("device_id") == device_id else None,
        signed=canonical.member(raw, "signed", signed),
        signed_canonical=canonical.canonical(signed),
        signature=_signature(value.get("signature")),
        fix=fix,
        fix_canonical=_canonical_part(value, "fix"),
        payload=payload,
        payload_canonical=_canonical_part(value, "payload"),
    )


def _in_words(faults: list[Fault]) -> str | None:
    """The faults on one line that any store and any screen can hold, however odd the names in them are."""
    if not faults:
        return None
    words = "; ".join(f"{fault.pointer} {fault.detail}" for fault in faults)[:_LONGEST_FAULT]
    return "".join(sign if sign.isprintable() else "?" for sign in words)


def _between(
    value: dict[str, Any], event: SignedEvent | None, payload: EventPayload | None, device_id: str
) -> list[Fault]:
    unknown = value.keys() - _KNOWN[SentEvent]
    faults = [Fault(f"/{name}", "is not a member of an event") for name in sorted(unknown)]
    if event is None:
        return faults
    if event.device_id != device_id:
        faults.append(Fault("/signed/device_id", "differs from the batch's device_id"))
    if event.kind in ("activity_start", "activity_end") and (payload is None or payload.activity is None):
        faults.append(Fault("/payload/activity", "is required: it says what was begun or ended"))
    return faults


def _decode(kind: Any, data: dict[str, Any], at: str) -> tuple[Any, list[Fault]]:
    """Decode the members that are known; others may stand beside them, the digest covers them all."""
    names = _KNOWN[kind]
    known = data if names.issuperset(data) else {name: data[name] for name in data if name in names}
    decoded = decode(kind, known)
    return decoded.value, [fault.under(at) for fault in decoded.faults]


def _optional(kind: Any, value: dict[str, Any], name: str) -> tuple[Any, list[Fault]]:
    part = value.get(name)
    if part is None:
        return None, []
    if not isinstance(part, dict):
        return None, [Fault(f"/{name}", "must be an object")]
    return _decode(kind, part, f"/{name}")


def _canonical_part(value: dict[str, Any], name: str) -> bytes | None:
    return None if value.get(name) is None else canonical.canonical(value[name])


def _signature(text: object) -> bytes | None:
    try:
        return unbase64url(text)
    except ValueError:
        return None


def _id(signed: dict[str, Any]) -> str | None:
    try:
        return str(parse_uuid(signed.get("id")))
    except ValueError:
        return None
