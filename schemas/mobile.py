"""Wire types of what phones call: enrolment, the rota, signed events and their receipts, corrections."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import Annotated, Any, Final, Literal, get_args
from uuid import UUID

from msgspec import Meta, Struct, convert, field

from schemas.day import ActivityKind, Place, order_faults
from schemas.passkeys import PasskeyAssertion
from schemas.scalars import Day, Instant, Latitude, Longitude
from schemas.strict import Fault

SAFE_INTEGER: Final = 2**53 - 1
MOST_EVENTS: Final = 200
LARGEST_BODY_BYTES: Final = 1_048_576
_SALT_BYTES: Final = 16
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_DIGEST: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)
"""32 bytes in the one spelling of base64url: the last sign stands for four bits, and the two beside them are nought."""
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_PIN: Final = re.compile(r"\d{4,8}", re.ASCII)


def parse_uuid(data: object) -> UUID:
    """A UUID in its usual hyphenated form."""
    if not isinstance(data, str) or not _UUID.fullmatch(data):
        raise ValueError("must be a UUID, such as 2b1f8a30-6c0e-4a86-9f6c-0f6f3f1c7a11")
    return convert(data, UUID)


def parse_text(data: object) -> str:
    """Text of 1 to 500 characters, without control characters or halves of surrogate pairs."""
    if not isinstance(data, str) or not 1 <= len(data) <= 500:
        raise ValueError("must be text of 1 to 500 characters")
    if not data.isprintable() and _UNPRINTABLE.search(data):
        raise ValueError("holds a control character or half of a surrogate pair")
    return data


def parse_digest(data: object) -> str:
    """A SHA-256 digest as unpadded base64url: 43 characters."""
    if not isinstance(data, str) or not _DIGEST.fullmatch(data):
        raise ValueError("must be a SHA-256 digest in unpadded base64url")
    return data


def parse_salt(data: object) -> str:
    """At least 16 random bytes as unpadded base64url."""
    if not isinstance(data, str) or not _BASE64URL.fullmatch(data) or len(data) * 3 // 4 < _SALT_BYTES:
        raise ValueError(f"must be at least {_SALT_BYTES} random bytes in unpadded base64url")
    return data


def parse_metres(data: object) -> float:
    """A length in metres, not negative."""
    if (
        isinstance(data, bool)
        or not isinstance(data, int | float | Decimal)
        or not isfinite(data)
        or data < 0
    ):
        raise ValueError("must be a number of metres, not negative")
    return float(data)


def parse_pin(data: object) -> str:
    """A PIN of 4 to 8 digits."""
    if not isinstance(data, str) or not _PIN.fullmatch(data):
        raise ValueError("must be 4 to 8 digits")
    return data


def _meta(parse: Any, **schema: Any) -> Meta:
    return Meta(extra={"parse": parse}, extra_json_schema=schema)


_TEXT_OF: Final = {"type": "string"}
Uuid = Annotated[UUID, _meta(parse_uuid, type="string", format="uuid")]
Digest = Annotated[str, _meta(parse_digest, **_TEXT_OF, pattern="^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
Salt = Annotated[str, _meta(parse_salt, **_TEXT_OF, pattern="^[A-Za-z0-9_-]{22,}$")]
Metres = Annotated[float, _meta(parse_metres, type="number", minimum=0)]
Text = Annotated[str, _meta(parse_text, **_TEXT_OF, minLength=1, maxLength=500)]
Pin = Annotated[str, _meta(parse_pin, **_TEXT_OF, pattern="^[0-9]{4,8}$")]
Whole = Annotated[int, Meta(ge=0, le=SAFE_INTEGER)]
Base64Url = Annotated[str, Meta(max_length=2000, extra_json_schema={"pattern": "^[A-Za-z0-9_-]*$"})]


class Platform(StrEnum):
    """What the phone runs on."""

    WEB = "web"
    ANDROID = "android"
    IOS = "ios"
    OTHER = "other"


class ReasonCode(StrEnum):
    """Why a recorded time is not what happened. Kinds of activity are about a day, the others about a visit."""

    FORGOT_CHECK_IN = "forgot_check_in"
    FORGOT_CHECK_OUT = "forgot_check_out"
    PHONE_FAILED = "phone_failed"
    NO_SIGNAL = "no_signal"
    WRONG_CLOCK = "wrong_clock"
    WRONG_VISIT = "wrong_visit"
    RECORDED_LATE = "recorded_late"
    OTHER = "other"
    TRAVEL = "travel"
    WAITING = "waiting"
    TRAINING = "training"
    SUPERVISION = "supervision"
    MEETING = "meeting"
    HANDOVER = "handover"
    BREAK = "break"
    HOME = "home"
    SLEEP_IN = "sleep_in"
    AWAKE = "awake"


DAY_REASONS: Final = frozenset(ReasonCode(kind) for kind in get_args(ActivityKind))
"""Reasons whose accepted correction becomes an activity of that kind; a visit's correction takes the others."""

EventKind = Literal[
    "check_in",
    "check_out",
    "fix",
    "task_done",
    "task_refused",
    "note",
    "refused_entry",
    "activity_start",
    "activity_end",
    "help",
]
Method = Literal["gps", "qr", "nfc", "phone", "manual"]
NoFix = Literal["denied", "unavailable", "timed_out", "approximate", "not_collected"]
Outcome = Literal["accepted", "duplicate", "conflict", "quarantined"]


class PublicKey(Struct, frozen=True):
    """The public half of a P-256 key as a JSON Web Key."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Text
    y: Text
    kid: Text | None = None
    alg: Text | None = None
    use: Text | None = None
    ext: bool | None = None
    key_ops: list[str] | None = None


class NewDevice(Struct, frozen=True):
    """The phone that enrols: what the carer calls it, and its key."""

    name: Text
    platform: Platform
    public_key: PublicKey


class EnrolRequest(Struct, frozen=True):
    """The code from a manager, the phone, and the PIN that opens its rota."""

    code: Text
    install_id: Text
    device: NewDevice
    pin: Pin


class Named(Struct, frozen=True):
    """Somebody or something by id and name."""

    id: str
    name: str


class Enrolled(Struct, frozen=True):
    """The phone is enrolled; `token` opens the calls that read."""

    device_id: str
    token: str
    expires_at: Instant
    carer: Named
    provider: Named
    server_time: Instant


class SessionRequest(Struct, frozen=True):
    """The PIN again, or an assertion by a passkey, for a fresh token."""

    device_id: Text
    pin: Text | None = None
    passkey: PasskeyAssertion | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if "pin" in valid and "passkey" in valid and (valid["pin"] is None) == (valid["passkey"] is None):
            yield Fault("/pin", "give either a pin or a passkey assertion")


class SessionAnswer(Struct, frozen=True):
    """A token for one hour."""

    token: str
    expires_at: Instant
    server_time: Instant


class NonceAnswer(Struct, frozen=True):
    """A nonce for the next proofs, fresh for 300 seconds."""

    nonce: str


class SignedEvent(Struct, frozen=True):
    """What the phone signs of one event. `prev` is the digest of the one before it."""

    type: Literal["doorstep-event-1"]
    id: Uuid
    device_id: Text
    seq: Whole
    prev: Digest
    kind: EventKind
    occurred_at: Instant
    clock_id: Text
    monotonic_ms: Whole
    method: Method
    visit_id: Uuid | None = None
    fix_hash: Digest | None = None
    payload_hash: Digest | None = None


class SignedIdentity(Struct, frozen=True):
    """The members of a signed event that give it its place in the chain."""

    id: Uuid
    seq: Whole
    prev: Digest


class Fix(Struct, frozen=True):
    """A position: degrees, the radius of doubt in metres, and when the phone took it."""

    salt: Salt
    lat: Latitude
    lon: Longitude
    accuracy_m: Metres
    taken_at: Instant
    mocked: bool = False


class EventPayload(Struct, frozen=True):
    """What else an event says; which members stand depends on its kind, and others may stand beside them.

    `token` is what a card, a fob or an NFC tag in the home said, exactly as it was read.
    """

    salt: Salt
    no_fix: NoFix | None = None
    event_id: Uuid | None = None
    activity: ActivityKind | None = None
    place: Place | None = None
    task_id: Text | None = None
    person_id: Uuid | None = None
    words: str | None = None
    check_in_id: Uuid | None = None
    token: str | None = None


class SentEvent(Struct, frozen=True):
    """One event as it is sent: the signed part, its signature (r and s), and what the signed digests are of."""

    signed: SignedEvent
    signature: Base64Url
    fix: Fix | None = None
    payload: EventPayload | None = None


class Envelope(Struct, frozen=True):
    """What a batch says of the phone and its clocks at the moment of sending."""

    device_id: Text
    sent_at: Instant
    clock_id: Text
    sent_monotonic_ms: Whole


class EventsRequest(Envelope, frozen=True, kw_only=True):
    """A batch of events. Each is decided alone: what is wrong with one never refuses another."""

    events: Annotated[list[SentEvent], Meta(min_length=1, max_length=MOST_EVENTS)]


class EventResult(Struct, frozen=True, omit_defaults=True):
    """What became of one event. `chain` is `waiting` while the event before it has not come."""

    index: int
    id: str | None
    outcome: Outcome
    code: str | None
    detail: str | None
    chain: Literal["waiting"] | None = None


class ReceiptLine(Struct, frozen=True):
    """One event of a signed batch, as it is held."""

    device_id: str
    event_id: str | None
    signed_hash: str | None
    outcome: Literal["accepted", "conflict", "quarantined"]
    code: str | None
    received_at: Instant


class Signature(Struct, frozen=True):
    """An Ed25519 signature over the canonical JSON of what it stands beside; keys are at /schema/keys."""

    kid: str
    signature: str


class CheckpointAnswer(Struct, frozen=True):
    """A signed digest of all events up to it, chained to the one before."""

    type: Literal["doorstep-checkpoint-1"]
    provider_id: str
    number: int
    previous: str
    events: int
    root: str
    created_at: str
    kid: str
    signature: str


class EventsAnswer(Struct, frozen=True):
    """Results in the order sent, and the receipt: `batch`, signed once."""

    server_time: Instant
    checkpoint: CheckpointAnswer | None
    results: list[EventResult]
    batch: list[ReceiptLine]
    batch_signature: Signature


class RawReceipt(Struct, frozen=True):
    """Bytes that were kept unread."""

    sha256: str
    received_at: Instant


class RawAnswer(Struct, frozen=True):
    """The receipt of bytes that were kept unread."""

    batch: list[RawReceipt]
    batch_signature: Signature


class ProposedTimes(Struct, frozen=True):
    """What the times should be; null leaves what is recorded."""

    start: Instant | None = None
    end: Instant | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from order_faults(valid)
        if "start" in valid and "end" in valid and valid["start"] is None and valid["end"] is None:
            yield Fault("", "needs a start, an end or both")


class SignedCorrection(Struct, frozen=True):
    """What the phone signs of a correction: about a visit, or about a day."""

    type: Literal["doorstep-correction-1"]
    id: Uuid
    device_id: Text
    proposed: ProposedTimes
    reason_code: ReasonCode
    visit_id: Uuid | None = None
    day: Day | None = None
    note_hash: Digest | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if "visit_id" in valid and "day" in valid and (valid["visit_id"] is None) == (valid["day"] is None):
            yield Fault("/visit_id", "give either visit_id or day")
        proposed = valid.get("proposed")
        whole = proposed is None or (proposed.start is not None and proposed.end is not None)
        if valid.get("day") is not None and not whole:
            yield Fault("/proposed", "needs both a start and an end for a day")


class Note(Struct, frozen=True):
    """The carer's words, with the salt that their digest was made with."""

    salt: Salt
    text: Annotated[str, Meta(max_length=4000)]


class CorrectionRequest(Struct, frozen=True):
    """A correction, signed by the phone; it may have been made long before it is sent."""

    signed: SignedCorrection
    signature: Base64Url
    note: Note | None = None


class Decision(Struct, frozen=True):
    """What was decided about a correction, and why. Who proposed it alone makes it `withdrawn`."""

    decision: Literal["accepted", "declined", "objected", "withdrawn"]
    decided_at: Instant
    reason: str | None


class CorrectionAnswer(Struct, frozen=True):
    """A correction with what was decided. `open` is true while nobody has, or while it is in dispute."""

    id: str
    visit_id: str | None
    day: Day | None
    proposed: ProposedTimes
    reason_code: ReasonCode
    proposed_by: Literal["carer", "manager"]
    note: str | None
    received_at: Instant
    open: bool
    decisions: list[Decision] = field(default_factory=list)


class CorrectionsAnswer(Struct, frozen=True):
    """The carer's corrections, newest first."""

    corrections: list[CorrectionAnswer]


class WithdrawalRequest(Struct, frozen=True):
    """Why the carer takes her correction back."""

    reason: Text | None = None


class ObjectionRequest(Struct, frozen=True):
    """Why the carer does not agree."""

    reason: Text | None = None
