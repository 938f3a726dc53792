"""Attendances that audits name: planned, recorded and proved as they stood when a flag or a sample named them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import polars as pl

from backend.sql import query
from backend.use_cases.pseudonyms import pseudonym

Span = tuple[datetime | None, datetime | None]
_KEPT: Final = (
    "planned_start", "planned_end", "recorded_start", "recorded_end", "actual_start", "actual_end", "evidence_level",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attendance:
    """One carer's part in a visit. `carer` is a reference, or an auditor's pseudonym, None where nobody was assigned;
    `visit` the reference, None for a visit that nobody planned. `counted` differs from `recorded` once corrected.
    """

    visit_id: UUID
    visit: str | None
    carer_id: UUID | None
    carer: str | None
    planned: Span
    recorded: Span
    counted: Span
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Employed:
    """A provider's employments: references by their ids, and of each carer the first."""

    by_id: Mapping[str, str]
    first: Mapping[str, str]

    def reference(self, attendance: Mapping[str, Any]) -> str | None:
        """The employment under which somebody attended, a row in VISIT_SCHEMA."""
        return self.by_id.get(attendance["employment_id"]) or self.first.get(attendance["carer_id"])


async def employed(connection: asyncpg.Connection, provider_id: UUID) -> Employed:
    """The provider's employments, in a transaction of its own."""
    rows = await connection.fetch(query("console.carers"), provider_id)
    first = {
        str(row["carer_id"]): row["employment"]
        for row in sorted(rows, key=lambda row: row["employment"], reverse=True)
    }
    return Employed({str(row["employment_id"]): row["employment"] for row in rows}, first)


def kept(visits: pl.DataFrame, known: Employed) -> dict[tuple[str, str | None], tuple[Any, ...]]:
    """What is kept of attendances in VISIT_SCHEMA, by visit and carer: the employment, times and level of evidence."""
    return {
        (row["visit_id"], row["carer_id"]): (known.reference(row), *(row[name] for name in _KEPT))
        for row in visits.select("visit_id", "carer_id", "employment_id", *_KEPT).iter_rows(named=True)
    }


def attendance(row: Mapping[str, Any], visits: Mapping[UUID, str], label: str | None) -> Attendance:
    """A kept row, with the references of visits and the label of its carer."""
    planned, recorded, counted = (
        (row[f"{name}_start"], row[f"{name}_end"]) for name in ("planned", "recorded", "actual")
    )
    return Attendance(
        row["visit_id"], visits.get(row["visit_id"]), row["carer_id"], label, planned, recorded, counted,
        row["evidence_level"],
    )  # fmt: skip


def carer_label(
    provider_id: UUID, row: Mapping[str, Any], carers: Mapping[UUID, Any], masked: bool
) -> str | None:
    """A carer's reference; for an auditor the pseudonym of the employment, as wage reports have it."""
    if row["carer_id"] is None:
        return None
    if masked:
        return None if row["employment"] is None else pseudonym(provider_id, row["employment"])
    named = carers.get(row["carer_id"])
    return None if named is None else str(named["reference"])
