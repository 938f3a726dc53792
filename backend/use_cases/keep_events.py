"""Write decided events: the fact, its place in the chain, what may be thinned later, what its position proved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg

from backend.domain import evidence, tokens
from backend.domain.canonical import sha256
from backend.domain.decisions import Decision
from backend.domain.events import ReadEvent
from backend.domain.evidence import Judgement
from backend.sql import query
from backend.use_cases.event_context import Context

_UNREAD_CODES: Final = ("invalid_event", "bad_signature", "bad_hash")


@dataclass(frozen=True, slots=True)
class Kept:
    """A new event of a batch with what was decided, and the id of its row."""

    index: int
    event: ReadEvent
    decision: Decision
    row: UUID


def row_of(device_id: UUID, event: ReadEvent, linked: bool) -> UUID:
    """The row of an event: made from what was signed, or of an event without a place from its bytes."""
    if linked and event.signed_hash is not None:
        return uuid5(device_id, f"signed/{event.signed_hash.hex()}")
    return uuid5(device_id, f"raw/{sha256(event.raw).hex()}")


async def keep_events(
    connection: asyncpg.Connection, context: Context, batch_id: UUID, kept: Sequence[Kept]
) -> None:
    """Write new events and all that belongs to them."""
    if not kept:
        return
    await connection.executemany(
        query("events.insert_event"), [_event_row(context, batch_id, one) for one in kept]
    )
    await _write(connection, "events.insert_link", (_link_row(context, one) for one in kept))
    await _write(connection, "events.insert_key", (_key_row(context, one) for one in kept))
    await _write(connection, "events.insert_judgement", (_judgement_row(context, one) for one in kept))
    await _write(connection, "events.insert_token", (_token_row(context, one) for one in kept))
    attached = [row for one in kept for row in _attachment_rows(context, one)]
    await _write(connection, "events.insert_attachment", attached)
    await _write(connection, "events.insert_help", (_help_row(context, one) for one in kept))


async def _write(connection: asyncpg.Connection, name: str, rows: Iterable[tuple[Any, ...] | None]) -> None:
    found = [row for row in rows if row is not None]
    if found:
        await connection.executemany(query(name), found)


def _event_row(context: Context, batch_id: UUID, one: Kept) -> tuple[Any, ...]:
    device, decision, event = context.device, one.decision, one.event
    return (
        device.provider_id,
        context.call.received_at,
        one.row,
        batch_id,
        one.index,
        device.id,
        device.carer_id,
        decision.outcome,
        decision.code,
        decision.detail,
        decision.waiting,
        UUID(event.id) if event.id else None,
        decision.link.seq if decision.link else None,
        decision.link.prev if decision.link else None,
        *_said(event),
        *_times(context, event),
        event.signed,
        event.signed_hash,
        event.signature,
        event.raw if decision.code in _UNREAD_CODES else None,
    )


def _said(event: ReadEvent) -> tuple[Any, ...]:
    """kind, visit, check-in meant, event meant, person, activity, task."""
    signed, payload = event.event, event.payload
    if signed is None:
        return (None,) * 7
    if payload is None:
        return (signed.kind, signed.visit_id, None, None, None, None, None)
    return (
        signed.kind,
        signed.visit_id,
        payload.check_in_id,
        payload.event_id,
        payload.person_id,
        payload.activity,
        payload.task_id,
    )


def _times(context: Context, event: ReadEvent) -> tuple[Any, ...]:
    """Device time, time that counts, clock readings, method, bounds of the offset, doubts."""
    signed, paid = event.event, context.paid(event)
    if signed is None or paid is None:
        return (None,) * 7 + ([],)
    late = ["late_from_replaced"] if context.device.replaced_at is not None else []
    measured = context.measured
    bounds = (None, None) if measured is None else (_milliseconds(measured.low), _milliseconds(measured.high))
    clocks = (signed.clock_id, signed.monotonic_ms, signed.method)
    return (signed.occurred_at, paid.at, *clocks, *bounds, sorted([*paid.flags, *late]))


def _milliseconds(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


def _link_row(context: Context, one: Kept) -> tuple[Any, ...] | None:
    link, decision, device = one.decision.link, one.decision, context.device
    if link is None:
        return None
    place = (device.provider_id, device.id, link.seq, link.signed_hash, link.prev, one.row, link.id)
    return (*place, link.verdict, link.holds, context.call.received_at, decision.outcome, decision.code)


def _key_row(context: Context, one: Kept) -> tuple[Any, ...] | None:
    """The id and place an event holds; one that conflicts holds neither, nor one whose place was taken."""
    link, decision, device = one.decision.link, one.decision, context.device
    if link is None or not link.holds:
        return None
    who = (device.provider_id, device.id, link.id, link.seq, link.signed_hash, one.row)
    return (*who, context.call.received_at, decision.outcome, decision.code)


def _judgement_row(context: Context, one: Kept) -> tuple[Any, ...] | None:
    if one.event.event is None or one.decision.code in _UNREAD_CODES:
        return None
    judged = context.judgement(one.event)
    said = judgement_row(judged, judged.keep_position and one.event.fix is not None)
    return (
        context.device.provider_id,
        one.row,
        1,
        None,
        evidence.RULE_VERSION,
        context.call.received_at,
        *said,
    )


def judgement_row(judged: Judgement, position_kept: bool) -> tuple[Any, ...]:
    """What events.insert_judgement takes of a judgement."""
    return (
        judged.fence,
        judged.place_id,
        judged.distance_m,
        judged.accuracy_m,
        judged.fix_age_s,
        judged.at_home,
        position_kept,
        judged.level,
        list(judged.reasons),
    )


def _token_row(context: Context, one: Kept) -> tuple[Any, ...] | None:
    signed = one.event.event
    if signed is None or one.decision.code in _UNREAD_CODES:
        return None
    judged = context.token(one.event)
    if judged is None:
        return None
    return (
        context.device.provider_id,
        one.row,
        tokens.RULE_VERSION,
        judged.verdict,
        judged.kind,
        judged.tag_id,
        judged.counter,
        signed.occurred_at,
        one.decision.outcome == "accepted",
        context.call.received_at,
    )


def _attachment_rows(context: Context, one: Kept) -> Iterable[tuple[Any, ...]]:
    """What was signed by its digest only. A position at the carer's own home is not written at all."""
    if one.event.event is None or one.decision.code in _UNREAD_CODES:
        return
    parts = [("payload", one.event.payload_canonical)]
    if context.judgement(one.event).keep_position:
        parts.append(("fix", one.event.fix_canonical))
    for kind, content in parts:
        if content is not None:
            yield (context.device.provider_id, one.row, kind, content, context.call.received_at)


def _help_row(context: Context, one: Kept) -> tuple[Any, ...] | None:
    if one.event.kind != "help":
        return None
    return (context.device.provider_id, one.row, context.device.carer_id, context.call.received_at)
