"""A carer calls, or writes a text message, because no phone of hers can record: what she says becomes an event.

The event is signed by a key that the server holds for her number, and goes the way of all events: its signature says
what the server heard, its token what that proves. A call that is reported twice is one event.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg
import msgspec

from backend import db, keys
from backend.domain.canonical import base64url, canonical, sha256
from backend.domain.events import read_event
from backend.domain.heard import Heard, Said, Way, read_said, telephone_number
from backend.domain.paid_time import Offset
from backend.domain.signatures import es256
from backend.domain.time import LONDON
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.add_telephone import number_hash, sealed_about
from backend.use_cases.address_limit import count_unverified
from backend.use_cases.event_context import Handed, contexts_of
from backend.use_cases.home_tags import line_hash
from backend.use_cases.phone_calls import Call, Device, read_device
from backend.use_cases.receive_events import decide_and_keep
from schemas.mobile import Envelope

_BEFORE: Final = timedelta(hours=16)
_AFTER: Final = timedelta(hours=12)
_AGAIN: Final = timedelta(minutes=10)
"""Saying the same within this time is saying it again."""
_EARLY: Final = timedelta(hours=1)
"""How long before its planned start a carer may leave a visit at which she never said that she had arrived."""
_SALT_BYTES: Final = 16
NOT_UNDERSTOOD: Final = (
    "Say your number, then 1 for arriving or 2 for leaving, then the code in the home if there is one."
)
_TOO_MANY: Final = "Too many numbers that nobody has were told from this line. Let it wait a minute."
_UNKNOWN: Final = "This number is not known. Ask your office for yours."
_TO_LOOK_AT: Final = " Your office must look at it before it counts: ask them."
_SAID: Final = {"check_in": "Arrived", "check_out": "Left"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a service tells: its own id of the call, whether it was one, the number it came from, what was said."""

    call_id: str
    by: Way
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of it, and the words to say to the carer."""

    outcome: str
    words: str


async def hear_call(provider_id: UUID, service: UUID, told: Told, call: Call) -> Answered:
    """Record what a carer said. Raises DomainError too_many_requests for an address that guesses numbers."""
    said = read_said(told.text)
    if said is None:
        return Answered("not_understood", NOT_UNDERSTOOD)
    number = telephone_number(told.sender)
    async with db.as_provider(provider_id) as connection:
        device_id = await connection.fetchval(
            query("telephone.carers_line"), provider_id, number_hash(said.carer)
        )
        if device_id is None:
            await count_unverified(connection, f"telephone/{number}", 1, call.received_at, _TOO_MANY)
            return Answered("unknown_number", _UNKNOWN)
        device = await read_device(connection, provider_id, device_id, lock=True)
        assert device is not None
        event_id = uuid5(service, f"{told.call_id}/{told.text}")
        held = await connection.fetchrow(query("telephone.held"), provider_id, device_id, event_id)
        if held is not None:
            return Answered("repeated", _words(held["kind"], held["occurred_at"]))
        heard = Heard(told.by, line_hash(number) if number else None, said.code)
        return await _record(connection, device, event_id, said, heard, call)


def _words(kind: str, at: datetime) -> str:
    return f"{_SAID[kind]}, {at.astimezone(LONDON):%H:%M}: it is recorded."


async def _record(
    connection: asyncpg.Connection, device: Device, event_id: UUID, said: Said, heard: Heard, call: Call
) -> Answered:
    now = call.received_at
    where = await _where(connection, device, said.kind, heard, now)
    body = await _signed(
        connection, device, {"id": str(event_id), "kind": said.kind, **where.signed}, heard, where, now
    )
    event = read_event(body, str(device.id))
    envelope = Envelope(device_id=str(device.id), sent_at=now, clock_id=_CLOCK, sent_monotonic_ms=_ticks(now))
    handed = Handed(call, device.id, envelope, base64url(sha256(body)), [event])
    (context,) = await contexts_of(connection, device.provider_id, [handed])
    assert context is not None
    # The time is the server's own: there is no phone's clock to measure.
    measured = replace(context, measured=Offset(timedelta(0), timedelta(0)))
    (answer,) = await decide_and_keep(connection, device.provider_id, [(measured, [event])])
    outcome = answer.results[0].outcome
    return Answered(outcome, _words(said.kind, now) + ("" if outcome == "accepted" else _TO_LOOK_AT))


_CLOCK: Final = "server"


def _ticks(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class _Where:
    """Members of the signed part and of the payload that say which visit is meant."""

    signed: dict[str, Any]
    payload: dict[str, Any]


async def _where(
    connection: asyncpg.Connection, device: Device, kind: str, heard: Heard, now: datetime
) -> _Where:
    """The visit that she means: of the home whose line she calls from, else her own that fits best."""
    people: list[UUID] = []
    if heard.line is not None:
        rows = await connection.fetch(query("telephone.line_person"), device.provider_id, heard.line, now)
        people = [row["service_user_id"] for row in rows]
    since = now - _BEFORE
    visits = [
        *await connection.fetch(
            query("telephone.visits"), device.provider_id, device.carer_id, since, now + _AFTER
        ),
        *await connection.fetch(query("telephone.unplanned"), device.provider_id, device.carer_id, since),
    ]
    meant = meant_visit([row for row in visits if _may_be_of(row, people)], kind, now)
    if meant is None:
        return _Where({"visit_id": None}, _nobody_planned(people))
    if meant["visit_id"] is None:
        return _Where({"visit_id": None}, {"check_in_id": str(meant["check_in_id"])})
    return _Where({"visit_id": str(meant["visit_id"])}, {})


def _may_be_of(visit: Any, people: Sequence[UUID]) -> bool:
    return not people or visit["service_user_id"] is None or visit["service_user_id"] in people


def _nobody_planned(people: Sequence[UUID]) -> dict[str, Any]:
    if people:
        return {"person_id": str(people[0])}
    return {"words": "By telephone, at a visit that is not on the rota"}


def meant_visit(visits: Sequence[Any], kind: str, now: datetime) -> Any | None:
    """Of a carer's visits (`starts_at`, `ends_at`, and when she `arrived` and `left`) the one that an arrival or
    departure at `now` is of. She may be saying again what she said just before: that is of the same visit.
    """
    there = [row for row in visits if row["arrived"] and not row["left"]]
    to_come = [row for row in visits if not row["arrived"] and not row["left"]]
    if kind == "check_in":
        return _newest("arrived", _just_now("arrived", there, now)) or _nearest("starts_at", to_come, now)
    begun = [row for row in to_come if row["starts_at"] <= now + _EARLY]
    left = _just_now("left", visits, now)
    return _newest("arrived", there) or _newest("left", left) or _nearest("ends_at", begun, now)


def _just_now(said: str, visits: Sequence[Any], now: datetime) -> list[Any]:
    return [row for row in visits if row[said] and abs(now - row[said]) <= _AGAIN]


def _newest(said: str, visits: Sequence[Any]) -> Any | None:
    return max(visits, key=lambda row: (row[said], str(row["visit_id"])), default=None)


def _nearest(end: str, visits: Sequence[Any], now: datetime) -> Any | None:
    return min(visits, key=lambda row: (abs(row[end] - now), row["visit_id"]), default=None)


async def _signed(
    connection: asyncpg.Connection,
    device: Device,
    members: dict[str, Any],
    heard: Heard,
    where: _Where,
    now: datetime,
) -> bytes:
    """The event as a phone would hand it in, signed with the key held for the number."""
    newest = await connection.fetchrow(query("telephone.newest"), device.provider_id, device.id)
    payload = {
        "salt": _salt(members["id"]),
        "no_fix": "not_collected",
        "token": heard.text(),
        **where.payload,
    }
    signed = {
        "type": "doorstep-event-1",
        "device_id": str(device.id),
        "seq": newest["seq"] + 1 if newest else 1,
        "prev": base64url(newest["signed_hash"] if newest else sha256(str(device.id).encode("ascii"))),
        "occurred_at": now.isoformat(timespec="milliseconds"),
        "clock_id": _CLOCK,
        "monotonic_ms": _ticks(now),
        "method": "phone",
        "fix_hash": None,
        "payload_hash": base64url(sha256(canonical(payload))),
        **members,
    }
    signature = es256(keys.current().held_key(str(device.id)), canonical(signed))
    return msgspec.json.encode({"signed": signed, "signature": signature, "fix": None, "payload": payload})


def _salt(event_id: str) -> str:
    """Sixteen bytes that nobody else can work out."""
    return base64url(keys.current().lookup_hash(f"salt/{event_id}")[:_SALT_BYTES])


async def secret_of(service: UUID) -> tuple[UUID, str, bytes] | None:
    """The provider, dialect and secret of a telephone service in use; None if there is none."""
    async with db.as_system() as connection:
        provider_id = await connection.fetchval(query("telephone.home"), service)
    if provider_id is None:
        return None
    async with db.as_provider(provider_id) as connection:
        row = await connection.fetchrow(query("telephone.service"), provider_id, service)
    if row is None:
        return None
    return (
        provider_id,
        row["dialect"],
        keys.current().unseal(row["secret"], sealed_about(provider_id, service)),
    )


def refuse_signature() -> DomainError:
    """What a call is answered whose signature is not its service's."""
    return DomainError("forbidden", "The message is not signed by this telephone service, or too old.")
