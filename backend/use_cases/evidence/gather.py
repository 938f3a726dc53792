"""The signed events behind recorded facts, and what proves them: chains, receipts, checkpoints, decisions."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.domain.canonical import base64url
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
Named = Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the database holds of the events: their rows, and the rows that prove them."""

    events: Rows
    leaves: Rows
    devices: Rows
    links: Rows
    receipts: Rows
    checkpoints: Rows
    corrections: Rows
    decisions: Rows


async def gather(
    connection: asyncpg.Connection,
    provider_id: UUID,
    recorded: RecordedWages,
    of_visits: Collection[UUID] | None,
) -> Gathered:
    """Read the signed events and their proofs. Only events of `of_visits` are taken, if it is given."""
    as_of = recorded.days.visits.now
    wanted = sorted({UUID(row) for row in _event_rows(recorded)})
    rows = await connection.fetch(query("evidence.events"), provider_id, wanted, as_of)
    rows = [row for row in rows if of_visits is None or row["visit_id"] in of_visits]
    corrections = await _corrections(connection, provider_id, recorded, of_visits)
    devices = {row["device_id"] for row in (*rows, *corrections)} - {None}
    numbers = sorted({row["number"] for row in rows if row["number"] is not None})
    batches = sorted({row["batch_id"] for row in rows})
    changed = [row["id"] for row in corrections]
    return Gathered(
        events=rows,
        leaves=await connection.fetch(query("evidence.leaves"), provider_id, numbers),
        devices=await connection.fetch(query("evidence.devices"), provider_id, sorted(devices)),
        links=await _links(connection, provider_id, rows),
        receipts=await connection.fetch(query("evidence.receipts"), provider_id, batches),
        checkpoints=await _checkpoints(connection, provider_id, numbers),
        corrections=corrections,
        decisions=await connection.fetch(query("evidence.decisions"), provider_id, changed, as_of),
    )


def members_of(rows: Gathered, withheld: Withheld, named: Named) -> dict[str, object]:
    """The members of a bundle about events, by file name.

    `withheld` says of a row of events whether its position and words are not for the reader, `named` what stands for
    the id of a carer or a place. Pure.
    """
    return {
        "events.json": _events(rows, withheld, named),
        "devices.json": [_device(row, named) for row in rows.devices],
        "chain.json": _chain(rows),
        "receipts.json": [_receipt(row) for row in rows.receipts],
        "checkpoints.json": [
            SignedCheckpoint(row["number"], row["body"].decode(), row["kid"], row["signature"].decode())
            for row in rows.checkpoints
        ],
        "corrections.json": _decided(rows, named),
    }


def _event_rows(recorded: RecordedWages) -> list[str]:
    visits, activities = recorded.days.visits.facts.events, recorded.days.activities.events
    return [*visits["event_row"], *activities["event_row"]]


def _events(rows: Gathered, withheld: Withheld, named: Named) -> list[Event]:
    leaves: dict[int, list[bytes]] = defaultdict(list)
    for row in rows.leaves:
        leaves[row["number"]].append(_leaf(row))
    trees = {number: tree(found) for number, found in leaves.items()}
    return [_event(row, trees, withheld(row), _judged(row, named)) for row in rows.events]


def _leaf(row: Mapping[str, Any]) -> bytes:
    content = row["signed_hash"] or row["raw_digest"]
    return leaf(row["row_id"], row["device_id"], content, row["outcome"], row["code"], row["received_at"])


def _event(
    row: Mapping[str, Any],
    trees: Mapping[int, list[list[bytes]]],
    withheld: bool,
    judged: Judged | None,
) -> Event:
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
        judged=judged,
        receipt=str(row["batch_id"]),
        receipt_line=row["batch_index"],
        checkpoint=None if number is None else Place(number, position, proof),
    )


def _judged(row: Mapping[str, Any], named: Named) -> Judged | None:
    if row["rule_version"] is None:
        return None
    names = [field.name for field in msgspec.structs.fields(Judged)]
    place = None if row["place_id"] is None else named(row["place_id"])
    return Judged(**{**{name: row[name] for name in names}, "place_id": place})


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode()


def _device(row: Mapping[str, Any], named: Named) -> Device:
    return Device(
        id=str(row["id"]),
        carer_id=named(row["carer_id"]),
        public_key=msgspec.json.decode(row["public_key"]),
        enrolled_at=row["enrolled_at"],
        replaced_at=row["replaced_at"],
        revoked_at=row["revoked_at"],
    )


async def _links(connection: asyncpg.Connection, provider_id: UUID, rows: Rows) -> Rows:
    """The links from before each phone's first event to its last."""
    places: dict[UUID, list[int]] = defaultdict(list)
    for row in rows:
        places[row["device_id"]].append(row["seq"])
    bounds = [(device, min(seqs) - 1, max(seqs)) for device, seqs in sorted(places.items())]
    devices, lows, highs = (list(column) for column in zip(*bounds, strict=True)) if bounds else ([], [], [])
    found: Rows = await connection.fetch(query("evidence.links"), provider_id, devices, lows, highs)
    return found


def _chain(rows: Gathered) -> list[ChainLink]:
    """The links without those whose events are there."""
    there = {row["signed_hash"] for row in rows.events}
    return [
        ChainLink(str(row["device_id"]), row["seq"], base64url(row["signed_hash"]))
        for row in rows.links
        if row["signed_hash"] not in there
    ]


def _receipt(row: Mapping[str, Any]) -> Receipt:
    return Receipt(
        id=str(row["id"]),
        device_id=str(row["device_id"]),
        batch=row["batch"].decode(),
        kid=row["kid"],
        signature=row["signature"].decode(),
    )


async def _checkpoints(connection: asyncpg.Connection, provider_id: UUID, numbers: Sequence[int]) -> Rows:
    """All checkpoints from the first to the last that holds one of the events: an unbroken piece of their chain."""
    if not numbers:
        return []
    found: Rows = await connection.fetch(query("evidence.checkpoints"), provider_id, numbers[0], numbers[-1])
    return found


async def _corrections(
    connection: asyncpg.Connection,
    provider_id: UUID,
    recorded: RecordedWages,
    of_visits: Collection[UUID] | None,
) -> Rows:
    facts, as_of = recorded.days.visits.facts, recorded.days.visits.now
    visits = {UUID(visit) for visit in facts.corrections["visit_id"]}
    days = [UUID(one) for one in recorded.days.activities.corrections["activity_id"]]
    if of_visits is not None:
        visits, days = visits & set(of_visits), []
    found: Rows = await connection.fetch(
        query("evidence.corrections"), provider_id, sorted(visits), days, as_of
    )
    return found


def _decided(rows: Gathered, named: Named) -> list[Correction]:
    """The corrections, each with its decisions."""
    found: dict[UUID, list[Decided]] = defaultdict(list)
    for row in rows.decisions:
        found[row["correction_id"]].append(
            Decided(
                number=row["number"],
                decision=row["decision"],
                decided_by=str(row["decided_by"]),
                decided_at=row["decided_at"],
            )
        )
    return [_correction(row, found[row["id"]], named) for row in rows.corrections]


def _correction(row: Mapping[str, Any], decisions: list[Decided], named: Named) -> Correction:
    return Correction(
        id=str(row["id"]),
        carer_id=named(row["carer_id"]),
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
