"""A phone hands in events: each is decided alone and kept, and the answer is a signed receipt.

Neither a token nor a PIN nor a proof is needed: the events' own signatures say whose they are. A call is kept whole or
not at all, in one transaction, which calls of other phones may share; nothing is answered before it is on disk.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeVar
from uuid import UUID, uuid4, uuid5

import asyncpg
import msgspec

from backend import clock, db
from backend.domain.batches import Batch, read_batch
from backend.domain.canonical import base64url, sha256
from backend.domain.chain import Chain, Link
from backend.domain.decisions import UNVERIFIED, Decision, Objection, decide
from backend.domain.events import ReadEvent, read_event
from backend.domain.positions import Position, speeds
from backend.sql import as_columns, query
from backend.together import Together, turn
from backend.use_cases.address_limit import count_unverified
from backend.use_cases.event_context import Context, Handed, contexts_of
from backend.use_cases.keep_events import Decided, Kept, Receipt, judged, keep_events, row_of
from backend.use_cases.note_speeds import around, position, positions
from backend.use_cases.phone_calls import Call, Device, forget_home, home_of
from backend.use_cases.receipts import receipt_line, sign
from schemas.mobile import EventResult, EventsAnswer, ReceiptLine, parse_uuid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _First:
    """How an event was decided when it first came."""

    received_at: datetime
    outcome: Any
    code: str | None


async def receive_events(body: bytes, call: Call) -> EventsAnswer:
    """Keep a batch and answer with its receipt. Raises Faulty only for a body that is no batch at all."""
    batch = read_batch(body)
    device_id = _device_id(batch)
    provider_id = await home_of(device_id) if device_id else None
    if device_id is None or provider_id is None:
        return await _keep_unclaimed(batch, call)
    events = await _in_turns(read_event(raw, batch.envelope.device_id) for raw in batch.events)
    handed = Handed(call, device_id, batch.envelope, base64url(sha256(body)), events)
    answer = await _TOGETHER.done(provider_id, handed, len(events))
    if answer is not None:
        return answer
    forget_home(device_id)
    return await _keep_unclaimed(batch, call)


async def _receive(provider_id: UUID, handed: Sequence[Handed]) -> list[EventsAnswer | None]:
    """One transaction for calls of a provider's phones. None for a phone that is not there."""
    async with db.as_provider(provider_id, planned_once=True) as connection:
        contexts = await contexts_of(connection, provider_id, handed)
        answers: dict[int, EventsAnswer] = {}
        for those in _one_a_carer(contexts):
            calls = [(context, handed[index].events) for index, context in those]
            found = await decide_and_keep(connection, provider_id, calls)
            answers.update(zip([index for index, _ in those], found, strict=True))
    return [answers.get(index) for index in range(len(handed))]


_TOGETHER: Final = Together(_receive)


def _one_a_carer(contexts: Sequence[Context | None]) -> Iterator[list[tuple[int, Context]]]:
    """Calls of as many carers at once: of one carer each is decided after what came before is kept."""
    waiting = [(index, context) for index, context in enumerate(contexts) if context is not None]
    while waiting:
        first = {context.device.carer_id: index for index, context in reversed(waiting)}
        yield [one for one in waiting if one[0] in first.values()]
        waiting = [one for one in waiting if one[0] not in first.values()]


async def _in_turns(worked_out: Iterable[T]) -> list[T]:
    """All of them. A check-in that comes meanwhile does not wait for the whole of somebody's batch."""
    made: list[T] = []
    for one in worked_out:
        made.append(one)
        await turn(len(made))
    return made


def _device_id(batch: Batch) -> UUID | None:
    try:
        return parse_uuid(batch.envelope.device_id)
    except ValueError:
        return None


async def decide_and_keep(
    connection: asyncpg.Connection, provider_id: UUID, calls: Sequence[tuple[Context, Sequence[ReadEvent]]]
) -> list[EventsAnswer]:
    """Decide events of calls of different carers and keep them; the answers are the receipts.

    Within a transaction that holds the phones' rows.
    """
    objections = [[context.objection(event) for event in events] for context, events in calls]
    beside = await _around(connection, provider_id, calls, objections)
    decided: list[tuple[Decided, EventsAnswer]] = []
    for (context, events), against, held in zip(calls, objections, beside, strict=True):
        decided.append(await _decided(connection, context, events, against, held))
        await turn(len(decided))
    await keep_events(connection, provider_id, [one for one, _ in decided])
    return [answer for _, answer in decided]


async def _decided(
    connection: asyncpg.Connection,
    context: Context,
    events: Sequence[ReadEvent],
    objections: Sequence[Objection | None],
    beside: "_Beside",
) -> tuple[Decided, EventsAnswer]:
    device, call, firsts = context.device, context.call, dict(beside.firsts)
    genuine = await _in_turns(event.signed_by(device.public_key) for event in events)
    decisions = decide(events, genuine, objections, beside.chain)
    unverified = sum(decision.code in UNVERIFIED for decision in decisions)
    await count_unverified(connection, call.address, unverified, call.received_at)
    rows = [
        row_of(device.id, event, decision.link is not None or decision.outcome == "duplicate")
        for event, decision in zip(events, decisions, strict=True)
    ]
    firsts.update(await _unlinked(connection, device, rows, decisions))
    kept = await _in_turns(_new(context, events, decisions, rows, firsts))
    lines = [_line(device.id, event, firsts[row]) for event, row in zip(events, rows, strict=True)]
    receipt = Receipt(uuid4(), *sign(lines))
    fresh = _positions(context, kept)
    implied = speeds([*beside.positions, *fresh], {one.row for one in fresh})
    results = [
        _result(index, event, decision, firsts[row].code)
        for index, (event, decision, row) in enumerate(zip(events, decisions, rows, strict=True))
    ]
    answer = EventsAnswer(clock.now(), context.checkpoint, results, lines, receipt.signature)
    return Decided(context, kept, fresh, implied, receipt), answer


def _new(
    context: Context,
    events: Sequence[ReadEvent],
    decisions: Sequence[Decision],
    rows: Sequence[UUID],
    firsts: dict[UUID, _First],
) -> Iterator[Kept]:
    """Events that never came before, each noted among the first as it comes: the same may stand twice in a batch."""
    for index, (event, decision, row) in enumerate(zip(events, decisions, rows, strict=True)):
        if row not in firsts:
            firsts[row] = _First(context.call.received_at, decision.outcome, decision.code)
            yield judged(context, index, event, decision, row)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is held around a call's events: how known ones were first decided, by row; the chain; positions."""

    firsts: Mapping[UUID, _First]
    chain: Chain
    positions: Sequence[Position]


async def _around(
    connection: asyncpg.Connection,
    provider_id: UUID,
    calls: Sequence[tuple[Context, Sequence[ReadEvent]]],
    objections: Sequence[Sequence[Objection | None]],
) -> list[_Beside]:
    """Read what is held around the events of calls of different carers."""
    links = [
        (context.device.id, event.link)
        for context, events in calls
        for event in events
        if event.link is not None
    ]
    places = {(device, seq) for device, link in links for seq in (link.seq - 1, link.seq, link.seq + 1)}
    taken = {
        context.device.carer_id: _taken(context, events, against)
        for (context, events), against in zip(calls, objections, strict=True)
    }
    held = await connection.fetchrow(
        query("events.around"),
        *(provider_id, *as_columns(sorted(places), 2)),
        *(*as_columns([(device, link.id) for device, link in links], 2), *around(taken)),
    )
    known: dict[UUID, list[Any]] = defaultdict(list)
    for device, *link in held["links"] or ():
        known[device].append(link)
    near = positions(held["positions"])
    return [
        _beside(context, events, known[context.device.id], near.get(context.device.carer_id, ()))
        for context, events in calls
    ]


def _beside(
    context: Context, events: Sequence[ReadEvent], known: Sequence[Any], near: Sequence[Position]
) -> _Beside:
    arriving = {event.link.seq for event in events if event.link is not None}
    chain = Chain(str(context.device.id), [Link(*row[:6]) for row in known], arriving)
    return _Beside({row[6]: _First(*row[7:]) for row in known}, chain, near)


def _taken(
    context: Context, events: Sequence[ReadEvent], objections: Sequence[Objection | None]
) -> list[datetime]:
    """When the positions of events without objection were taken."""
    return [
        at
        for event, objection in zip(events, objections, strict=True)
        if objection is None and (at := context.taken(event)) is not None
    ]


def _first(row: Mapping[str, Any]) -> _First:
    return _First(row["received_at"], row["outcome"], row["code"])


async def _unlinked(
    connection: asyncpg.Connection, device: Device, rows: Sequence[UUID], decisions: Sequence[Decision]
) -> dict[UUID, _First]:
    """How events without a place in the chain were first decided, if the same bytes came before."""
    wanted = [
        row
        for row, decision in zip(rows, decisions, strict=True)
        if decision.link is None and decision.outcome != "duplicate"
    ]
    if not wanted:
        return {}
    found = await connection.fetch(query("events.unlinked"), device.provider_id, wanted)
    return {row["row_id"]: _first(row) for row in found}


def _positions(context: Context, kept: Sequence[Kept]) -> list[Position]:
    """Those of new events that count, unless they were old when they were sent."""
    return [
        position(
            one.row,
            paid.at - timedelta(seconds=one.judged.fix_age_s),
            msgspec.structs.asdict(one.event.fix),
        )
        for one in kept
        if one.decision.outcome == "accepted"
        and one.judged is not None
        and one.event.fix is not None
        and one.judged.fix_age_s is not None
        and one.keeps_position
        and "stale_fix" not in one.judged.reasons
        and (paid := context.paid(one.event)) is not None
    ]


def _line(device_id: UUID, event: ReadEvent, first: _First) -> ReceiptLine:
    return receipt_line(
        str(device_id), event.id, event.signed_hash, first.outcome, first.code, first.received_at
    )


def _result(index: int, event: ReadEvent, decision: Decision, code: str | None) -> EventResult:
    waiting: Literal["waiting"] | None = "waiting" if decision.waiting else None
    return EventResult(index, event.id, decision.outcome, code, decision.detail, waiting)


async def _keep_unclaimed(batch: Batch, call: Call) -> EventsAnswer:
    """Events of a phone nobody enrolled: kept outside every provider, for whoever runs the service."""
    device = batch.envelope.device_id
    events = [read_event(raw, device) for raw in batch.events]
    async with db.as_system() as connection:
        await count_unverified(connection, call.address, len(events), call.received_at)
        await connection.executemany(
            query("events.insert_unclaimed"),
            [unclaimed("unknown_device", event.raw, call) for event in events],
        )
    lines = [
        receipt_line(device, event.id, event.signed_hash, "quarantined", "unknown_device", call.received_at)
        for event in events
    ]
    detail = "no phone is enrolled under this device_id"
    results = [
        EventResult(index, event.id, "quarantined", "unknown_device", detail)
        for index, event in enumerate(events)
    ]
    return EventsAnswer(clock.now(), None, results, lines, sign(lines)[1])


def unclaimed(kind: str, raw: bytes, call: Call) -> tuple[UUID, str, datetime, bytes, bytes]:
    """The row that keeps bytes which belong to no provider; the same bytes make the same row."""
    digest = sha256(raw)
    return uuid5(_UNCLAIMED, f"{kind}/{digest.hex()}"), kind, call.received_at, digest, raw


_UNCLAIMED = UUID("0b8f3c1e-5d0a-5a63-9c53-8d1f2b9f7e44")
