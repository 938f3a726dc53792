"""What an evidence bundle holds, member by member. docs/evidence.md says the same for whoever writes a verifier.

Text in `signed`, `fix`, `payload`, `body` and `batch` is the JSON that was signed, as it is held. Digests of members
are hexadecimal, all others base64url without padding. Instants are UTC.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from schemas.changes import EarlierChange
from schemas.documents import Dates, Party
from schemas.salaried import YearBefore
from schemas.scalars import Day, Instant

FORMAT = "doorstep-evidence-1"


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the bundle."""

    name: str
    bytes: int
    sha256: str


class Subject(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The frozen wage report that the bundle is about. `worker` is set in the bundle of one worker: her reference."""

    kind: Literal["wage_report"]
    document: str
    provider: str
    provider_id: str
    pay_cycle: str
    period: Dates
    status: Literal["provisional", "final"]
    as_of: Instant
    frozen_at: Instant
    snapshot_sha256: str
    facts_sha256: str
    worker: str | None = None


LeftOut = Literal["names", "facts", "events_for_others", "positions_and_words", "others_positions_and_words"]


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is in the bundle, for whom, and what was left out of it on purpose. Signed by the server."""

    format: str
    subject: Subject
    reader: Literal["provider", "auditor"]
    left_out: list[LeftOut]
    files: list[Member]


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """An Ed25519 signature over the bytes of manifest.json."""

    kid: str
    signature: str


class Judged(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was concluded from an event's position, once, when it came. It stays when the position goes.

    `place_id`: the approved place that gave the verdict, as the table of places in the facts names it.
    """

    rule_version: str
    judged_at: Instant
    fence: str
    place_id: str | None
    distance_m: float | None
    accuracy_m: float | None
    fix_age_s: float | None
    position_kept: bool
    evidence_level: str
    reasons: list[str]


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an event stands in a checkpoint: which, at what position from 0, and the way up to its root."""

    number: int
    position: int
    proof: list[str]


class Event(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A signed event. `received_at` has the form that its digest in the checkpoint was made from.

    `withheld`: the position and words are held, but are not for the reader of this bundle.
    """

    row: str
    device_id: str
    signed: str
    signature: str
    outcome: str
    code: str | None
    received_at: str
    released_at: Instant | None
    offset_low_ms: int | None
    offset_high_ms: int | None
    fix: str | None
    payload: str | None
    withheld: bool
    judged: Judged | None
    receipt: str
    receipt_line: int
    checkpoint: Place | None


class Device(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A carer's phone: its public key, and when it was enrolled, replaced and revoked."""

    id: str
    carer_id: str
    public_key: dict[str, str]
    enrolled_at: Instant
    replaced_at: Instant | None
    revoked_at: Instant | None


class ChainLink(Struct, frozen=True, forbid_unknown_fields=True):
    """The digest of a signed event that is not in the bundle itself, so that the chain around it can be followed."""

    device_id: str
    seq: int
    hash: str


class Receipt(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the phone was answered: `batch` is the text that was signed."""

    id: str
    device_id: str
    batch: str
    kid: str
    signature: str


class SignedCheckpoint(Struct, frozen=True, forbid_unknown_fields=True):
    """A checkpoint: `body` is the text that was signed."""

    number: int
    body: str
    kid: str
    signature: str


class Decided(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A decision about a correction; `decided_by` is the id of a user."""

    number: int
    decision: str
    decided_by: str
    decided_at: Instant


class Correction(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A correction with its decisions. One that a carer proposed is signed by her phone; the last decision counts."""

    id: str
    carer_id: str
    visit_id: str | None
    day: Day | None
    proposed_start: Instant | None
    proposed_end: Instant | None
    reason_code: str
    proposed_by: str
    device_id: str | None
    signed: str | None
    signature: str | None
    received_at: Instant
    decisions: list[Decided]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """Rows under named columns. `kinds`, where it stands, says of each column what its values are."""

    columns: list[str]
    rows: list[list[Any]]
    kinds: list[str] = []


class Facts(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything recorded that the result is worked out from. Visits are read `visits_from` up to `visits_until`.

    `changes` of earlier periods stand as the server stated them: the facts behind them belong to the bundles of those.
    """

    provider: Party
    pay_cycle: str
    period: Dates
    status: Literal["provisional", "final"]
    as_of: Instant
    today: Day
    simulated_clock: bool
    visits_from: Instant
    visits_until: Instant
    policy_of_days: dict[str, Any]
    policy_of_visits: dict[str, Any]
    bank_holidays: list[Day]
    miles_before: dict[str, int]
    salaried_years: dict[str, YearBefore]
    changes: list[EarlierChange]
    changes_since: Instant | None
    carer_id: str | None
    tables: dict[str, Table]


def encoded(value: object) -> bytes:
    """A member's bytes: JSON in UTF-8, members sorted by name, no blanks."""
    return msgspec.json.encode(value, order="sorted")
