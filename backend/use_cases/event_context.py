"""What is known about the events of a batch before they are decided: whose visits, which places, how wrong a clock."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.decisions import Objection
from backend.domain.events import ReadEvent
from backend.domain.evidence import Judgement, judge
from backend.domain.heard import Heard
from backend.domain.paid_time import Offset, PaidTime, Sending, absurd, offset, paid_time
from backend.domain.place import Circle
from backend.domain.policy import Policy
from backend.domain.time import london_date
from backend.domain.tokens import Tag, TokenJudgement, judge_token, read_token
from backend.faults import DomainError
from backend.sql import as_columns, query
from backend.together import turn
from backend.use_cases.home_tags import tags_meant
from backend.use_cases.phone_calls import TELEPHONE, Call, Device, device_of, proved
from backend.use_cases.provider_policy import in_force
from backend.use_cases.read_places import circle
from schemas.mobile import CheckpointAnswer, Envelope
from schemas.scalars import parse_instant


@dataclass(frozen=True, slots=True)
class Places:
    """Approved places by person, the carer's visits among those named, whose and for which London date a visit is, her
    own homes."""

    named: frozenset[UUID]
    people: Mapping[UUID, Sequence[Circle]]
    whose: Mapping[UUID, tuple[UUID, date]]
    homes: Sequence[Circle]


@dataclass(frozen=True, slots=True)
class Context:
    """All that the rules need besides the events themselves, and the newest checkpoint. `measured` None: nothing proves
    the phone's offset."""

    call: Call
    device: Device
    sending: Sending
    measured: Offset | None
    policy: Policy
    places: Places
    tags: Sequence[Tag]
    checkpoint: CheckpointAnswer | None
    _paid: dict[ReadEvent, PaidTime] = field(default_factory=dict)
    """What was worked out, as each event is asked about again and again."""

    def paid(self, event: ReadEvent) -> PaidTime | None:
        """The instant that counts, of an event that could be read."""
        signed = event.event
        if signed is None:
            return None
        if event not in self._paid:
            clocks = (signed.occurred_at, signed.clock_id, signed.monotonic_ms)
            self._paid[event] = paid_time(*clocks, self.sending, self.measured, self.clock_limit)
        return self._paid[event]

    def taken(self, event: ReadEvent) -> datetime | None:
        """When the event's position was taken, by the time that counts; None for one that was old, or for none."""
        paid, fix = self.paid(event), event.fix
        if paid is None or fix is None or event.event is None:
            return None
        age = event.event.occurred_at - fix.taken_at
        return None if abs(age.total_seconds()) > self.policy.fix_stale_after_s else paid.at - age

    @property
    def clock_limit(self) -> timedelta:
        """How far a phone's clock may be off before its times are moved."""
        return timedelta(seconds=self.policy.clock_offset_limit_s)

    def objection(self, event: ReadEvent) -> Objection | None:
        """Why the event may not count yet, whatever its place in the chain."""
        signed, paid = event.event, self.paid(event)
        if signed is None or paid is None:
            return None
        if self.device.revoked_at is not None:
            return Objection("revoked", "a manager revoked this phone")
        if wrong := event.wrong_hash():
            return Objection("bad_hash", wrong)
        if why := absurd(paid.at, self.call.received_at, self.device.enrolled_at, self.clock_limit):
            return Objection("absurd_time", why)
        if signed.visit_id is not None and signed.visit_id not in self.places.named:
            return Objection("not_your_visit", "no version of the rota gives this carer such a visit")
        return None

    def judgement(self, event: ReadEvent, token: TokenJudgement | None) -> Judgement:
        """What the event's position proves, given what its token does."""
        assert event.event is not None
        line_proved = token is not None and token.verdict == "verified"
        return judge(
            event.fix,
            event.payload.no_fix if event.payload else None,
            event.event.occurred_at,
            self._approved(event),
            self.places.homes,
            self.policy.fix_stale_after_s,
            None if line_proved else event.event.method,
        )

    def _approved(self, event: ReadEvent) -> list[Circle]:
        """Where the event may have been: the places in force on the day of its visit, or on its own."""
        signed, paid, places = event.event, self.paid(event), self.places
        assert signed is not None and paid is not None
        meant: list[tuple[UUID, date]] = []
        if signed.visit_id in places.named and signed.visit_id in places.whose:
            meant.append(places.whose[signed.visit_id])
        if event.payload is not None and event.payload.person_id is not None:
            meant.append((event.payload.person_id, london_date(paid.at)))
        return [
            place for person, day in meant for place in places.people.get(person, ()) if place.in_force(day)
        ]

    def token(self, event: ReadEvent) -> TokenJudgement | None:
        """What the event's token proves; None for one that has none and needs none."""
        signed, paid = event.event, self.paid(event)
        assert signed is not None and paid is not None
        text = event.payload.token if event.payload else None
        if text is None:
            return TokenJudgement("token_missing") if signed.method in ("qr", "nfc") else None
        presented = read_token(text)
        if isinstance(presented, Heard) and self.device.platform != TELEPHONE:
            presented = None  # only the server hears calls: nobody's phone may say that it did
        whose = self.places.whose.get(signed.visit_id) if signed.visit_id else None
        person = whose[0] if whose else event.payload.person_id if event.payload else None
        return judge_token(presented, paid.at, person, self.tags, self.policy.code_tolerance_s)


@dataclass(frozen=True, slots=True)
class Handed:
    """A call that hands in events of a phone. `digest` is the base64url SHA-256 of its body."""

    call: Call
    device_id: UUID
    envelope: Envelope
    digest: str
    events: Sequence[ReadEvent]


async def contexts_of(
    connection: asyncpg.Connection, provider_id: UUID, handed: Sequence[Handed]
) -> list[Context | None]:
    """Hold the phones until the transaction ends, and read what the rules need for each call.

    None where the provider has no such phone.
    """
    received = [one.call.received_at for one in handed]
    days = [london_date(at) for at in received]
    rows = await connection.fetch(
        query("events.called"),
        *(provider_id, [one.device_id for one in handed], days, received),
        *_pairs([_visits(one.events) for one in handed]),
        *_pairs([_people(one.events) for one in handed]),
    )
    found = {row["number"]: row for row in rows}
    contexts: list[Context | None] = []
    for number, (one, day) in enumerate(zip(handed, days, strict=True), start=1):
        row = found.get(number)
        contexts.append(None if row is None else await _context(connection, row, one, day))
        await turn(number)
    return contexts


def _pairs(asked: Sequence[set[UUID]]) -> list[list[Any]]:
    """The number of a call, from 1, and what it asks about: two columns."""
    return as_columns(
        [(number, each) for number, ids in enumerate(asked, start=1) for each in sorted(ids)], 2
    )


async def _context(
    connection: asyncpg.Connection, row: Mapping[str, Any], handed: Handed, day: date
) -> Context:
    device, policy, envelope = device_of(row), in_force(row["policy"], day), handed.envelope
    places = _places(row, policy)
    return Context(
        call=handed.call,
        device=device,
        sending=Sending(envelope.sent_at, envelope.clock_id, envelope.sent_monotonic_ms),
        measured=_measured(device, envelope, handed.digest, handed.call),
        policy=policy,
        places=places,
        tags=await _tags(connection, device, handed.events, places),
        checkpoint=_checkpoint(*row["checkpoint"]) if row["checkpoint"] else None,
    )


def _visits(events: Sequence[ReadEvent]) -> set[UUID]:
    """Those that events name."""
    return {event.event.visit_id for event in events if event.event and event.event.visit_id}


def _people(events: Sequence[ReadEvent]) -> set[UUID]:
    return {event.payload.person_id for event in events if event.payload and event.payload.person_id}


def _places(row: Mapping[str, Any], policy: Policy) -> Places:
    people: dict[UUID, list[Circle]] = defaultdict(list)
    for person, *place in row["places"] or ():
        people[person].append(circle(dict(zip(_PLACE, place, strict=True))))
    visits = row["visits"] or ()
    return Places(
        named=frozenset(visit for visit, named, _, _ in visits if named),
        people=people,
        whose={visit: (person, day) for visit, _, person, day in visits if person},
        homes=[Circle(lat, lon, policy.home_fence_m) for lat, lon in row["homes"] or ()],
    )


_PLACE: Final = ("place_id", "lat", "lon", "radius_m", "starts_on", "ends_on")


def _checkpoint(body: bytes, kid: str, signature: bytes) -> CheckpointAnswer:
    said = {**msgspec.json.decode(body), "kid": kid, "signature": signature.decode()}
    return msgspec.convert(said, CheckpointAnswer)


def _measured(device: Device, envelope: Envelope, digest: str, call: Call) -> Offset | None:
    """The bounds of the phone's offset, if the call's proof is this phone's and about this body."""
    try:
        proof, issued = proved(call)
        same_instant = parse_instant(proof.claims.get("sent_at")) == envelope.sent_at
    except (DomainError, ValueError):
        return None
    if (
        proof.thumbprint != device.key_thumbprint
        or proof.claims.get("body_sha256") != digest
        or not same_instant
    ):
        return None
    return offset(issued, envelope.sent_at, call.received_at)


async def _tags(
    connection: asyncpg.Connection, device: Device, events: Sequence[ReadEvent], places: Places
) -> list[Tag]:
    texts = {event.payload.token for event in events if event.payload and event.payload.token}
    if not texts:
        return []
    presented = [one for text in sorted(texts) if (one := read_token(text)) is not None]
    people = {*(person for person, _ in places.whose.values()), *_people(events)}
    return await tags_meant(connection, device.provider_id, presented, sorted(people))
