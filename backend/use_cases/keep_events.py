"""Write decided events: the fact, its place in the chain, what may be thinned later, what its position proved."""

from collections.abc import Sequence
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
from backend.domain.positions import Position, Speed
from backend.domain.tokens import TokenJudgement
from backend.sql import as_columns, query
from backend.use_cases.event_context import Context
from backend.use_cases.note_speeds import told
from schemas.mobile import Signature

_UNREAD_CODES: Final = ("invalid_event", "bad_signature", "bad_hash")


@dataclass(frozen=True, slots=True)
class Kept:
    """A new event of a batch with what was decided, the id of its row, and what was concluded if it could be read."""

    index: int
    event: ReadEvent
    decision: Decision
    row: UUID
    judged: Judgement | None = None
    token: TokenJudgement | None = None

    @property
    def keeps_position(self) -> bool:
        """Whether it has a position that is written down."""
        return self.judged is not None and self.judged.keep_position and self.event.fix is not None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The signed receipt of a call."""

    batch_id: UUID
    batch: bytes
    signature: Signature


def judged(context: Context, index: int, event: ReadEvent, decision: Decision, row: UUID) -> Kept:
    """A new event with what its position and its token prove, if they are what its phone signed."""
    if event.event is None or decision.code in _UNREAD_CODES or _altered(event, decision):
        return Kept(index, event, decision, row)
    token = context.token(event)
    return Kept(index, event, decision, row, context.judgement(event, token), token)


def _altered(event: ReadEvent, decision: Decision) -> bool:
    """Whether an event that does not count, for a reason found before its digests were looked at, came with other words
    or another position than those signed. Of one that counts they were looked at.
    """
    return decision.outcome != "accepted" and event.wrong_hash() is not None


def row_of(device_id: UUID, event: ReadEvent, linked: bool) -> UUID:
    """The row of an event: made from what was signed, or of an event without a place from its bytes."""
    if linked and event.signed_hash is not None:
        return uuid5(device_id, f"signed/{event.signed_hash.hex()}")
    return uuid5(device_id, f"raw/{sha256(event.raw).hex()}")


@dataclass(frozen=True, slots=True)
class Decided:
    """What a call leaves behind: new events, the positions that count, the speeds that they imply, and its receipt."""

    context: Context
    kept: Sequence[Kept]
    taken: Sequence[Position]
    implied: Sequence[Speed]
    receipt: Receipt


async def keep_events(connection: asyncpg.Connection, provider_id: UUID, decided: Sequence[Decided]) -> None:
    """Write what calls leave behind, with all that belongs to it, at once."""
    await connection.execute(
        query("events.keep"),
        provider_id,
        *as_columns([_call(one) for one in decided], 7),
        *(evidence.RULE_VERSION, tokens.RULE_VERSION),
        [_new_event(one.context, one.receipt, kept) for one in decided for kept in one.kept],
        *as_columns([(one.receipt.batch_id, each.row, each.at) for one in decided for each in one.taken], 3),
        *as_columns(
            [(one.receipt.batch_id, *told(speed)) for one in decided for speed in one.implied],
            6,
        ),
    )


def _call(one: Decided) -> tuple[Any, ...]:
    device, receipt = one.context.device, one.receipt
    signature = receipt.signature
    return (
        *(receipt.batch_id, device.id, device.carer_id, one.context.call.received_at),
        *(receipt.batch, signature.kid, signature.signature.encode()),
    )


def _new_event(context: Context, receipt: Receipt, one: Kept) -> tuple[Any, ...]:
    """An event as the database's type of that name has it."""
    decision, event = one.decision, one.event
    link = decision.link
    return (
        one.row,
        receipt.batch_id,
        one.index,
        decision.outcome,
        decision.code,
        decision.detail,
        decision.waiting,
        UUID(event.id) if event.id else None,
        link.seq if link else None,
        link.prev if link else None,
        *_said(event),
        *_times(context, event),
        event.signed,
        event.signed_hash,
        event.signature,
        event.raw if one.judged is None else None,
        link.verdict if link else None,
        link is not None and link.holds,
        event.kind == "help",
        *_concluded(one),
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
        return (*(None,) * 7, [])
    late = ["late_from_replaced"] if context.device.replaced_at is not None else []
    measured = context.measured
    bounds = (None, None) if measured is None else (_milliseconds(measured.low), _milliseconds(measured.high))
    clocks = (signed.clock_id, signed.monotonic_ms, signed.method)
    return (signed.occurred_at, paid.at, *clocks, *bounds, sorted([*paid.flags, *late]))


def _milliseconds(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


def _concluded(one: Kept) -> tuple[Any, ...]:
    """What its position proved, what its token did, and what was signed by its digest only: payload and position.

    Of an event that could not be read, or was not signed so, nothing. No position at the carer's own home is written.
    """
    if one.judged is None:
        return (None,) * 15
    said = judgement_row(one.judged, one.keeps_position)
    token = one.token
    proved = (None,) * 4 if token is None else (token.verdict, token.kind, token.tag_id, token.counter)
    fix = one.event.fix_canonical if one.judged.keep_position else None
    return (*said, *proved, one.event.payload_canonical, fix)


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
