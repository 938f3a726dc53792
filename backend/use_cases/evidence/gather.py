"""The signed events behind recorded facts, and what proves them: chains, receipts, checkpoints, decisions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.canonical import base64url, sha256
from backend.domain.checkpoints import inclusion, leaf, tree
from backend.sql import query
from backend.use_cases.wage_report_facts import RecordedWages
from schemas.evidence import (
    ChainLink,
    Correction,
    Decided,
    Device,
    Event,
    Judged,
    Place,
    Receipt,
    SignedCheckpoint,
)

Rows = Sequence[Mapping[str, Any]]
Withheld = Callable[[Mapping[str, Any]], bool]


async def gather(
    connection: asyncpg.Connection,
    provider_id: UUID,
    recorded: RecordedWages,
    of_visits: Collection[UUID] | None,
    withheld: Withheld,
) -> dict[str, object]:
    """The members of a bundle about events, by file name. Only events of `of_visits` are taken, if it is given.

    `withheld` says of a row of events whether its position and words are not for the reader.
    """
    as_of = recorded.days.visits.now
    wanted = sorted({UUID(row) for row in _event_rows(recorded)})
    rows = await connection.fetch(query("evidence.events"), provider_id, wanted, as_of)
    rows = [row for row in rows if of_visits is None or row["visit_id"] in of_visits]
    corrections = await _corrections(connection, provider_id, recorded, of_visits)
    devices = {row["device_id"] for row in rows} | {
        UUID(one.device_id) for one in corrections if one.device_id
    }
    return {
        "events.json": await _events(connection, provider_id, rows, withheld),
        "devices.json": await _devices(connection, provider_id, devices),
        "chain.json": await _links(connection, provider_id, rows),
        "receipts.json": await _receipts(connection, provider_id, rows),
        "checkpoints.json": await _checkpoints(connection, provider_id, rows),
        "corrections.json": corrections,
    }


def _event_rows(recorded: RecordedWages) -> list[str]:
    visits, activities = recorded.days.visits.facts.events, recorded.days.activities.events
    return [*visits["event_row"], *activities["event_row"]]


async def _events(
    connection: asyncpg.Connection, provider_id: UUID, rows: Rows, withheld: Withheld
) -> list[Event]:
    numbers = sorted({row["number"] for row in rows if row["number"] is not None})
    leaves: dict[int, list[bytes]] = defaultdict(list)
    for row in await connection.fetch(query("evidence.leaves"), provider_id, numbers):
        leaves[row["number"]].append(_leaf(row))
    trees = {number: tree(found) for number, found in leaves.items()}
    return [_event(row, trees, withheld(row)) for row in rows]


def _leaf(row: Mapping[str, Any]) -> bytes:
    content = row["signed_hash"] or sha256(row["raw"])
    return leaf(row["row_id"], row["device_id"], content, row["outcome"], row["code"], row["received_at"])


def _event(row: Mapping[str, Any], trees: Mapping[int, list[list[bytes]]], withheld: bool) -> Event:
    number, position = row["number"], row["position"]
    proof = [] if number is None else list(map(base64url, inclusion(trees[number], position)))
    return Event(
        row=str(row["row_id"]),
        device_id=str(row["device_id"]),
        signed=row["signed"].decode(),
        signature=base64url(row["signature"]),
        outcome=row["outcome"],
        code=row["code"],
        received_at=row["received_at"].isoformat(),
        released_at=row["released_at"],
        offset_low_ms=row["offset_low_ms"],
        offset_high_ms=row["offset_high_ms"],
        fix=None if withheld else _text(row["fix"]),
        payload=None if withheld else _text(row["payload"]),
        withheld=withheld and (row["fix"] is not None or row["payload"] is not None),
        judged=_judged(row),
        receipt=str(row["batch_id"]),
        receipt_line=row["batch_index"],
        checkpoint=None if number is None else Place(number, position, proof),
    )


def _judged(row: Mapping[str, Any]) -> Judged | None:
    if row["rule_version"] is None:
        return None
    names = [field.name for field in msgspec.structs.fields(Judged)]
    return Judged(**{name: row[name] for name in names})


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode()


async def _devices(
    connection: asyncpg.Connection, provider_id: UUID, wanted: Collection[UUID]
) -> list[Device]:
    rows = await connection.fetch(query("evidence.devices"), provider_id, sorted(wanted))
    return [
        Device(
            id=str(row["id"]),
            carer_id=str(row["carer_id"]),
            public_key=msgspec.json.decode(row["public_key"]),
            enrolled_at=row["enrolled_at"],
            replaced_at=row["replaced_at"],
            revoked_at=row["revoked_at"],
        )
        for row in rows
    ]


async def _links(connection: asyncpg.Connection, provider_id: UUID, rows: Rows) -> list[ChainLink]:
    """The links from before each phone's first event to its last, without those whose events are there."""
    places: dict[UUID, list[int]] = defaultdict(list)
    for row in rows:
        places[row["device_id"]].append(row["seq"])
    bounds = [(device, min(seqs) - 1, max(seqs)) for device, seqs in sorted(places.items())]
    devices, lows, highs = (list(column) for column in zip(*bounds, strict=True)) if bounds else ([], [], [])
    found = await connection.fetch(query("evidence.links"), provider_id, devices, lows, highs)
    there = {row["signed_hash"] for row in rows}
    return [
        ChainLink(str(row["device_id"]), row["seq"], base64url(row["signed_hash"]))
        for row in found
        if row["signed_hash"] not in there
    ]


async def _receipts(connection: asyncpg.Connection, provider_id: UUID, rows: Rows) -> list[Receipt]:
    wanted = sorted({row["batch_id"] for row in rows})
    return [
        Receipt(
            id=str(row["id"]),
            device_id=str(row["device_id"]),
            batch=row["batch"].decode(),
            kid=row["kid"],
            signature=row["signature"].decode(),
        )
        for row in await connection.fetch(query("evidence.receipts"), provider_id, wanted)
    ]


async def _checkpoints(
    connection: asyncpg.Connection, provider_id: UUID, rows: Rows
) -> list[SignedCheckpoint]:
    """All checkpoints from the first to the last that holds one of the events: an unbroken piece of their chain."""
    numbers = [row["number"] for row in rows if row["number"] is not None]
    if not numbers:
        return []
    found = await connection.fetch(query("evidence.checkpoints"), provider_id, min(numbers), max(numbers))
    return [
        SignedCheckpoint(row["number"], row["body"].decode(), row["kid"], row["signature"].decode())
        for row in found
    ]


async def _corrections(
    connection: asyncpg.Connection,
    provider_id: UUID,
    recorded: RecordedWages,
    of_visits: Collection[UUID] | None,
) -> list[Correction]:
    facts, as_of = recorded.days.visits.facts, recorded.days.visits.now
    visits = {UUID(visit) for visit in facts.corrections["visit_id"]}
    days = [UUID(one) for one in recorded.days.activities.corrections["activity_id"]]
    if of_visits is not None:
        visits, days = visits & set(of_visits), []
    rows = await connection.fetch(query("evidence.corrections"), provider_id, sorted(visits), days, as_of)
    decisions = await _decisions(connection, provider_id, rows, as_of)
    return [_correction(row, decisions.get(row["id"], [])) for row in rows]


async def _decisions(
    connection: asyncpg.Connection, provider_id: UUID, rows: Rows, as_of: datetime
) -> dict[UUID, list[Decided]]:
    found: dict[UUID, list[Decided]] = defaultdict(list)
    ids = [row["id"] for row in rows]
    for row in await connection.fetch(query("evidence.decisions"), provider_id, ids, as_of):
        found[row["correction_id"]].append(
            Decided(
                number=row["number"],
                decision=row["decision"],
                decided_by=str(row["decided_by"]),
                decided_at=row["decided_at"],
            )
        )
    return found


def _correction(row: Mapping[str, Any], decisions: list[Decided]) -> Correction:
    return Correction(
        id=str(row["id"]),
        carer_id=str(row["carer_id"]),
        visit_id=None if row["visit_id"] is None else str(row["visit_id"]),
        day=row["day"],
        proposed_start=row["proposed_start"],
        proposed_end=row["proposed_end"],
        reason_code=row["reason_code"],
        proposed_by=row["proposed_by"],
        device_id=None if row["device_id"] is None else str(row["device_id"]),
        signed=_text(row["signed"]),
        signature=None if row["signature"] is None else base64url(row["signature"]),
        received_at=row["received_at"],
        decisions=decisions,
    )
