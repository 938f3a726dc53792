"""A carer reads her corrections and what was decided."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import msgspec

from backend.sql import query
from backend.use_cases.phone_calls import Call, as_device
from schemas.mobile import CorrectionAnswer, CorrectionsAnswer, Decision, ProposedTimes, ReasonCode


async def list_corrections(call: Call) -> CorrectionsAnswer:
    """The carer's own corrections, newest first, those that a manager started included."""
    async with as_device(call) as (connection, device):
        rows = await connection.fetch(query("corrections.of_carer"), device.provider_id, device.carer_id)
        return CorrectionsAnswer(await corrections_of(connection, rows))


async def corrections_of(
    connection: asyncpg.Connection, rows: Sequence[Mapping[str, Any]]
) -> list[CorrectionAnswer]:
    """Rows of `correction` (with `note`) as phones read them."""
    if not rows:
        return []
    decided = await connection.fetch(
        query("corrections.decisions"), rows[0]["provider_id"], [row["id"] for row in rows]
    )
    return [_answer(row, [one for one in decided if one["correction_id"] == row["id"]]) for row in rows]


def _answer(row: Mapping[str, Any], decided: Sequence[Mapping[str, Any]]) -> CorrectionAnswer:
    note = msgspec.json.decode(row["note"])["text"] if row["note"] else None
    return CorrectionAnswer(
        id=str(row["id"]),
        visit_id=str(row["visit_id"]) if row["visit_id"] else None,
        day=row["day"],
        proposed=ProposedTimes(row["proposed_start"], row["proposed_end"]),
        reason_code=ReasonCode(row["reason_code"]),
        proposed_by=row["proposed_by"],
        note=note,
        received_at=row["received_at"],
        open=not decided or decided[-1]["decision"] == "objected",
        decisions=[Decision(one["decision"], one["decided_at"], one["reason"]) for one in decided],
    )
