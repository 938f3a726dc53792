"""Checks seals in their chain, and that each recorded row is as its seal holds it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from backend.domain.canonical import base64url, sha256
from backend.domain.seals import TYPE, SealedRow, compared, unpacked
from backend.sql import query
from backend.tables.sealed import SEALED
from backend.use_cases.make_seal import LATEST, Shape, rows_of, shapes
from backend.use_cases.record_checks.forgotten import Forgotten
from backend.use_cases.verification.server_keys import ServerKeys, fault_of

Row = Mapping[str, Any]
Tables = Mapping[str, Mapping[bytes, SealedRow]]
"""Of each table the rows that a seal holds, by their keys."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a provider's seals: the columns of today, the server's keys, what is wrong so far."""

    connection: asyncpg.Connection
    provider_id: UUID
    keys: ServerKeys
    shapes: Mapping[str, Shape]
    forgotten: Forgotten
    faults: dict[str, None] = field(default_factory=dict)
    """In the order they were found, each once."""


async def seal_faults(
    connection: asyncpg.Connection, provider_id: UUID, keys: ServerKeys, forgotten: Forgotten
) -> tuple[int, int, list[str]]:
    """How many seals there are, how many rows were held against them, and what is wrong, in words."""
    seals = await connection.fetch(query("seals.every_seal"), provider_id)
    look = Look(connection, provider_id, keys, await shapes(connection), forgotten)
    held, facts = [_opened(look, row) for row in seals], 0
    number, digest = 0, bytes(32)
    before: Tables = {}
    now = await _tables(look, seals[0], held[0]) if seals else {}
    for place, row in enumerate(seals):
        _note(look, row, _chain_faults(row, held[place], number, digest, provider_id))
        number, digest = row["number"], sha256(row["body"])
        after = await _tables(look, seals[place + 1], held[place + 1]) if place + 1 < len(seals) else {}
        facts += await _compare(look, row, held[place], (before, now, after))
        before, now = now, after
    await _named_checkpoints(look, seals, held)
    return number, facts, list(look.faults)


async def _named_checkpoints(look: Look, seals: Sequence[Row], held: Sequence[Mapping[str, Any]]) -> None:
    """Each seal names the newest checkpoint of its day, so that nobody takes it away and lets another be made."""
    named = [
        (row, said["checkpoint"]) for row, said in zip(seals, held, strict=True) if said.get("checkpoint")
    ]
    numbers = [one["number"] for _, one in named]
    rows = await look.connection.fetch(query("seals.signed_bodies"), look.provider_id, numbers, [])
    today = {row["number"]: base64url(sha256(row["body"])) for row in rows}
    for seal, one in named:
        if today.get(one["number"]) != one["digest"]:
            _note(look, seal, iter([f"checkpoint {one['number']} is gone, or is another one today"]))


def _note(look: Look, seal: Row, found: Iterator[str]) -> None:
    look.faults.update(dict.fromkeys(f"seal {seal['number']}: {fault}" for fault in found))


def _opened(look: Look, row: Row) -> Mapping[str, Any]:
    """What a seal's body says; empty where it cannot be read or its signature does not hold."""
    at = row["created_at"].isoformat()
    signature = row["signature"].decode("ascii", "replace")
    if fault := fault_of(look.keys, row["kid"], signature, row["body"], at):
        _note(look, row, iter([fault]))
    try:
        said = json.loads(row["body"])
    except ValueError:
        return {}
    return said if isinstance(said, dict) and isinstance(said.get("tables"), dict) else {}


def _chain_faults(
    row: Row, said: Mapping[str, Any], before: int, digest: bytes, provider_id: UUID
) -> Iterator[str]:
    since, until, created = (row[name] and row[name].isoformat() for name in ("since", "until", "created_at"))
    beside = (TYPE, str(provider_id), row["number"], since, until, created)
    names = ("type", "provider_id", "number", "since", "until", "created_at")
    if beside != tuple(said.get(name) for name in names):
        yield "what stands beside its signed text is not what the text says"
    if row["number"] != before + 1 or said.get("previous") != base64url(digest):
        yield (
            f"it does not follow seal {before}" if before else "it is not the first: those before it are gone"
        )


async def _tables(look: Look, seal: Row, said: Mapping[str, Any]) -> Tables:
    """The rows that a seal was made from, as far as they are those of its digests."""
    kept = await look.connection.fetch(query("seals.sealed_rows"), look.provider_id, seal["number"])
    rows = {row["table_name"]: row["rows"] for row in kept}
    tables: Mapping[str, Any] = said.get("tables", {})
    found: dict[str, dict[bytes, SealedRow]] = {}
    for name in rows.keys() | tables.keys():
        held, table = rows.get(name, b""), tables.get(name, {})
        if base64url(sha256(held)) != table.get("digest"):
            _note(look, seal, iter([f"{name}: its list of rows is not the one that was signed"]))
            continue
        found[name] = {row.key: row for row in unpacked(held)}
    return found


async def _compare(
    look: Look, seal: Row, said: Mapping[str, Any], tables: tuple[Tables, Tables, Tables]
) -> int:
    """Hold every row that was recorded in the time of a seal against it; how many there were."""
    before, now, after = tables
    opens = None if seal["since"] is None else seal["since"] - LATEST
    count = 0
    for name in SEALED:
        sealed = said.get("tables", {}).get(name)
        shape = look.shapes[name] if sealed is None else (tuple(sealed["columns"]), tuple(sealed["personal"]))
        present = await rows_of(look.connection, name, shape, opens, seal["until"])
        beside = (before.get(name, {}), after.get(name, {}))
        differences = compared(now.get(name, {}), beside, present)
        count += len(now.get(name, {}))
        _note(look, seal, (f"{name} {key} was changed since it was sealed" for key in differences.changed))
        erased, gone = look.forgotten.without(name, differences, opens)
        _note(look, seal, (f"{name} {key}: what is about somebody was changed" for key in erased))
        _note(look, seal, (f"{name} {key} was put in after the seal" for key in differences.added))
        _note(look, seal, (f"{name}: a row that was sealed is gone ({key.hex()})" for key in gone))
    return count
