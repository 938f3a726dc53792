"""A phone hands in events: each is decided alone and kept, and the answer is a signed receipt.

Neither a token nor a PIN nor a proof is needed: the events' own signatures say whose they are. The whole call is one
transaction, and nothing is answered before it is on disk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import msgspec

from backend import clock, db
from backend.domain.batches import Batch, read_batch
from backend.domain.canonical import base64url, sha256
from backend.domain.chain import Chain, Link
from backend.domain.decisions import UNVERIFIED, Decision, decide, link_of
from backend.domain.events import ReadEvent, read_event
from backend.sql import query
from backend.use_cases.address_limit import count_unverified
from backend.use_cases.event_context import Context, context_of
from backend.use_cases.keep_events import Kept, keep_events, row_of
from backend.use_cases.note_speeds import note_speeds
from backend.use_cases.phone_calls import Call, Device, forget_home, home_of, read_device
from backend.use_cases.receipts import receipt_line, sign
from schemas.mobile import CheckpointAnswer, EventResult, EventsAnswer, ReceiptLine, parse_uuid


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
    events = [read_event(raw, batch.envelope.device_id) for raw in batch.events]
    async with db.as_provider(provider_id) as connection:
        device = await read_device(connection, provider_id, device_id, lock=True)
        if device is not None:
            digest = base64url(sha256(body))
            context = await context_of(connection, device, batch.envelope, digest, events, call)
            return await decide_and_keep(connection, context, events)
    forget_home(device_id)
    return await _keep_unclaimed(batch, call)


def _device_id(batch: Batch) -> UUID | None:
    try:
        return parse_uuid(batch.envelope.device_id)
    except ValueError:
        return None


async def decide_and_keep(
    connection: asyncpg.Connection, context: Context, events: Sequence[ReadEvent]
) -> EventsAnswer:
    """Decide each event and keep it, within a transaction that holds the phone's row; the answer is the receipt."""
    device, call = context.device, context.call
    firsts, chain = await _held(connection, device, events)
    genuine = [event.signed_by(device.public_key) for event in events]
    decisions = decide(events, genuine, [context.objection(event) for event in events], chain)
    unverified = sum(decision.code in UNVERIFIED for decision in decisions)
    await count_unverified(connection, call.address, unverified, call.received_at)
    rows = [
        row_of(device.id, event, decision.link is not None or decision.outcome == "duplicate")
        for event, decision in zip(events, decisions, strict=True)
    ]
    firsts.update(await _unlinked(connection, device, rows, decisions))
    kept: list[Kept] = []
    for index, (event, decision, row) in enumerate(zip(events, decisions, rows, strict=True)):
        if row not in firsts:
            firsts[row] = _First(call.received_at, decision.outcome, decision.code)
            kept.append(Kept(index, event, decision, row))
    lines = [_line(device.id, event, firsts[row]) for event, row in zip(events, rows, strict=True)]
    batch_id = uuid4()
    await keep_events(connection, context, batch_id, kept)
    await note_speeds(
        connection, device.provider_id, device.carer_id, _placed(context, kept), call.received_at
    )
    checkpoint = await newest_checkpoint(connection, device.provider_id)
    return await _answer(connection, context, batch_id, (events, decisions, rows, firsts), lines, checkpoint)


async def _held(
    connection: asyncpg.Connection, device: Device, events: Sequence[ReadEvent]
) -> tuple[dict[UUID, _First], Chain]:
    """The chain around the batch, and how its known events were first decided, by row."""
    links = [link for link in map(link_of, events) if link is not None]
    around = {seq for link in links for seq in (link.seq - 1, link.seq, link.seq + 1)}
    held = await connection.fetch(
        query("events.links"), device.provider_id, device.id, sorted(around), [link.id for link in links]
    )
    chain = Chain(str(device.id), map(_link, held), {link.seq for link in links})
    return {row["event_row"]: _first(row) for row in held}, chain


def _link(row: Mapping[str, Any]) -> Link:
    return Link(row["id"], row["seq"], row["signed_hash"], row["prev"], row["verdict"], row["holds"])


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


def _placed(context: Context, kept: Sequence[Kept]) -> dict[UUID, datetime]:
    """The new events that count and came with a position, by row, with their instants."""
    counting = (one for one in kept if one.decision.outcome == "accepted" and one.event.fix is not None)
    return {one.row: paid.at for one in counting if (paid := context.paid(one.event)) is not None}


def _line(device_id: UUID, event: ReadEvent, first: _First) -> ReceiptLine:
    return receipt_line(
        str(device_id), event.id, event.signed_hash, first.outcome, first.code, first.received_at
    )


async def _answer(
    connection: asyncpg.Connection,
    context: Context,
    batch_id: UUID,
    decided: tuple[Sequence[ReadEvent], Sequence[Decision], Sequence[UUID], Mapping[UUID, _First]],
    lines: list[ReceiptLine],
    checkpoint: CheckpointAnswer | None,
) -> EventsAnswer:
    events, decisions, rows, firsts = decided
    batch, signature = sign(lines)
    device = context.device
    await connection.execute(
        query("events.insert_batch"),
        device.provider_id,
        batch_id,
        device.id,
        context.call.received_at,
        batch,
        signature.kid,
        signature.signature.encode(),
    )
    results = [
        EventResult(
            index,
            event.id,
            decision.outcome,
            firsts[row].code,
            decision.detail,
            "waiting" if decision.waiting else None,
        )
        for index, (event, decision, row) in enumerate(zip(events, decisions, rows, strict=True))
    ]
    return EventsAnswer(clock.now(), checkpoint, results, lines, signature)


async def newest_checkpoint(connection: asyncpg.Connection, provider_id: UUID) -> CheckpointAnswer | None:
    """The provider's newest checkpoint, if one was made yet."""
    row = await connection.fetchrow(query("events.newest_checkpoint"), provider_id)
    if row is None:
        return None
    body = msgspec.json.decode(row["body"])
    return msgspec.convert(
        {**body, "kid": row["kid"], "signature": row["signature"].decode()}, CheckpointAnswer
    )


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
