"""Everything that audit tests read of a provider's period, as recorded up to an instant."""

import json
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import polars as pl

from backend.domain.audit_tests import frames
from backend.domain.time import london_midnight
from backend.sql import query
from backend.use_cases.frames import read_frame
from backend.use_cases.verified_visits import verified_visits
from schemas.contract import Rounding
from schemas.strict import decode

_MARGIN: Final = timedelta(days=1)


async def audit_facts(
    connection: asyncpg.Connection,
    provider_id: UUID,
    first: date,
    last: date,
    as_of: datetime,
    asked_by: UUID | None,
) -> frames.AuditFacts:
    """The facts about visits that start on the London dates `first` to `last`. Looking at work elsewhere is logged."""
    opens, closes = london_midnight(first), london_midnight(last + timedelta(days=1))
    visits = await verified_visits(connection, provider_id, opens, closes, as_of=as_of)
    ids = visits["visit_id"].unique().sort().to_list()

    async def read(name: str, schema: pl.Schema, *parameters: object) -> pl.DataFrame:
        return await read_frame(connection, f"audit.{name}", schema, provider_id, *parameters)

    async def fetch(name: str, schema: pl.Schema, *parameters: object) -> pl.DataFrame:
        rows = await connection.fetch(query(f"audit.{name}"), provider_id, *parameters)
        return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")

    elsewhere = await connection.fetch(query("audit.elsewhere"), opens, closes, asked_by, as_of)
    roundings = await connection.fetch(query("audit.roundings"), provider_id, last, as_of)
    return frames.AuditFacts(
        visits=visits,
        marks=await read("marks", frames.MARK_SCHEMA, opens, closes + _MARGIN, as_of),
        phones=await fetch("phones", frames.PHONE_SCHEMA, as_of),
        absences=await fetch("absences", frames.ABSENCE_SCHEMA, as_of),
        lines=await read("lines", frames.BILL_LINE_SCHEMA, ids, as_of),
        periods=await fetch("periods", frames.BILLED_PERIOD_SCHEMA, first, last, as_of),
        parked=await fetch("parked", frames.PARKED_SCHEMA, ids),
        edits=await fetch("edits", frames.EDIT_SCHEMA, ids, as_of),
        elsewhere=pl.DataFrame(
            [tuple(row) for row in elsewhere], schema=frames.ELSEWHERE_SCHEMA, orient="row"
        ),
        roundings=pl.DataFrame(
            [row for row in map(_rounding, roundings) if row], schema=frames.ROUNDING_SCHEMA, orient="row"
        ),
    )


def _rounding(row: Any) -> tuple[str, int, int] | None:
    """Contract, step and edge in seconds; None for a contract that pays by the second."""
    terms = row["rounding"]
    if terms is None:
        return None
    rounding = decode(Rounding, json.loads(terms) if isinstance(terms, str) else terms).value
    if not isinstance(rounding, Rounding) or rounding.step <= 1:
        return None
    edge = {"up": 1, "down": 0, "nearest": rounding.step // 2, "none": 0}[rounding.mode]
    return row["contract_id"], rounding.step, edge
