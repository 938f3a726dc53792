"""Somebody else decides about a correction, whoever proposed it takes it back, or the carer objects to a manager's."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import asyncpg

from backend import clock, db
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.list_corrections import corrections_of
from backend.use_cases.phone_calls import Call, as_device
from schemas.mobile import CorrectionAnswer


async def decide_correction(
    provider_id: UUID,
    correction_id: UUID,
    decided_by: UUID,
    decision: Literal["accepted", "declined"],
    reason: str | None = None,
) -> None:
    """A manager decides. Raises DomainError: not_found, forbidden (she accepts her own proposal), conflict (decided
    already, or accepted though it names a time that has not come yet).

    To decline one's own proposal is to take it back: it is kept as withdrawn, and what was recorded goes on counting.

    What the carer objected to is open again and may be decided anew.
    """
    async with db.as_provider(provider_id) as connection:
        correction, last, number = await _state(connection, provider_id, correction_id)
        own = correction["user_id"] == decided_by
        if own and decision == "accepted":
            raise DomainError("forbidden", "Nobody accepts what they proposed: ask another manager.")
        if last not in (None, "objected"):
            raise DomainError("conflict", f"This correction was {last} already.")
        ends = (correction["proposed_start"], correction["proposed_end"])
        if decision == "accepted" and any(end is not None and end > clock.now() for end in ends):
            raise DomainError("conflict", "It names a time that has not come yet: decline it.")
        kept = "withdrawn" if own else decision
        await _append(connection, correction, number + 1, kept, decided_by, reason)


async def withdraw_correction(correction_id: UUID, reason: str | None, call: Call) -> CorrectionAnswer:
    """The carer takes back her own correction that nobody has decided; what was recorded goes on counting.

    Raises DomainError: not_found, forbidden (a manager started it), conflict (decided already). Asked once more it
    changes nothing.
    """
    async with as_device(call) as (connection, device):
        correction, last, number = await _state(connection, device.provider_id, correction_id)
        _refuse_of_others(
            correction, device.carer_id, "carer", "A manager proposed this correction: object to it."
        )
        if last not in (None, "withdrawn"):
            raise DomainError("conflict", f"This correction was {last} already.")
        if last is None:
            await _append(connection, correction, number + 1, "withdrawn", device.carer_id, reason)
        return (await corrections_of(connection, [correction]))[0]


async def object_to_correction(correction_id: UUID, reason: str | None, call: Call) -> CorrectionAnswer:
    """The carer objects to a correction that a manager started; until that is settled nothing of it is applied.

    Raises DomainError: not_found, forbidden (the carer's own), conflict (its manager took it back, so nothing of it
    counts). Asked once more it changes nothing.
    """
    async with as_device(call) as (connection, device):
        correction, last, number = await _state(connection, device.provider_id, correction_id)
        _refuse_of_others(correction, device.carer_id, "manager", "This correction is the carer's own.")
        if last == "withdrawn":
            raise DomainError("conflict", "This correction was withdrawn already: nothing of it counts.")
        if last != "objected":
            await _append(connection, correction, number + 1, "objected", device.carer_id, reason)
        return (await corrections_of(connection, [correction]))[0]


def _refuse_of_others(correction: Mapping[str, Any], carer_id: UUID, by: str, words: str) -> None:
    if correction["carer_id"] != carer_id:
        raise DomainError("not_found", "There is no such correction.")
    if correction["proposed_by"] != by:
        raise DomainError("forbidden", words)


async def _state(
    connection: asyncpg.Connection, provider_id: UUID, correction_id: UUID
) -> tuple[Mapping[str, Any], str | None, int]:
    """The correction, its newest decision and how many there are; nobody else decides until the transaction ends."""
    await connection.execute(query("corrections.lock"), correction_id)
    correction = await connection.fetchrow(query("corrections.one"), provider_id, correction_id)
    if correction is None:
        raise DomainError("not_found", "There is no such correction.")
    decided = await connection.fetch(query("corrections.decisions"), provider_id, [correction_id])
    return correction, decided[-1]["decision"] if decided else None, len(decided)


async def _append(
    connection: asyncpg.Connection,
    correction: Mapping[str, Any],
    number: int,
    decision: str,
    decided_by: UUID,
    reason: str | None,
) -> None:
    who = (correction["provider_id"], correction["id"])
    await connection.execute(
        query("corrections.insert_decision"), *who, number, decision, decided_by, clock.now(), reason
    )
