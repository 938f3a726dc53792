"""Load what payroll really paid, line by line of each payslip."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.pay_doubles import note_doubles
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, missing
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.loading import PayRow

_LINES: Final = Versioned(
    "pay_line",
    (("provider_id", "uuid"), ("employment_id", "uuid"), ("reference", "text")),
    (
        ("section", "text"),
        ("kind", "text"),
        ("amount", "numeric"),
        ("minutes", "numeric"),
        ("rate", "numeric"),
        ("units", "numeric"),
        ("normal_rate", "numeric"),
        ("consolidated", "boolean"),
        ("absence_taken", "boolean"),
        ("reimbursed", "numeric"),
        ("days", "integer"),
        ("duties", "text"),
        ("paid_on", "date"),
        ("earned_start", "date"),
        ("earned_end", "date"),
        ("record_submitted_on", "date"),
    ),
)


async def store(session: Session, lines: Sequence[Line[PayRow]]) -> Counts:
    """Append what is new of each payslip line. Its employment must be known."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        wanted = list({line.row.employment for line in rows})
        records = await session.connection.fetch(query("loading.employments"), provider_id, wanted)
        known = {record["reference"] for record in records}
        missing(rows, "employment", known, "employment", session.report)
        if session.report.faults:
            continue
        facts = await asyncio.to_thread(_facts, provider_id, rows)
        counts.add(await append(session.connection, _LINES, facts, session.now))
        paid = [line.row.paid_on for line in rows]
        await note_doubles(
            session, provider_id, paid, {(line.row.employment, line.row.reference) for line in rows}
        )
    return counts


def _facts(provider_id: UUID, lines: Sequence[Line[PayRow]]) -> list[Fact]:
    return [
        Fact(
            (provider_id, thing_id(provider_id, "employment", line.row.employment), line.row.reference),
            tuple(getattr(line.row, name) for name, _ in _LINES.content),
        )
        for line in lines
    ]
