"""Samples with their findings, and what a random one says of all."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend.domain.sampling import Projection, project
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.audited_attendances import Attendance, attendance, carer_label
from backend.use_cases.parties import parties
from backend.use_cases.read_audit import Behind, end_of_page
from backend.use_cases.viewer import Viewer

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One finding about an attendance: what, when and by whom."""

    deviates: bool
    note: str
    found_at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One attendance of a sample as it was drawn, and all that was found about it: the last counts."""

    position: int
    attendance: Attendance
    weight: int
    findings: list[Found]

    @property
    def deviates(self) -> bool | None:
        """What counts; None while nobody has looked at it."""
        return self.findings[-1].deviates if self.findings else None


@dataclass(frozen=True, slots=True)
class ShownSample:
    """A sample. `projection` stands when a random one has been looked at whole: one drawn by risk finds, and
    estimates nothing. `holds`: whether it shows that fewer than the tolerable share deviate.
    """

    row: Mapping[str, Any]
    provider: str
    items: list[Drawn]
    looked_at: int
    deviations: int
    projection: Projection | None
    holds: bool | None


async def read_samples(
    viewer: Viewer, behind: Behind | None = None
) -> tuple[list[dict[str, Any]], Behind | None]:
    """A page of the samples that the reader's own organisation drew, the newest first, and where the next page begins,
    if there is one."""
    async with viewer.transaction() as connection:
        providers = await viewer.providers(connection)
        names = await parties(connection, providers)
        rows = await connection.fetch(query("audit.samples"), providers, MOST + 1, *(behind or (None, None)))
    shown = [{**row, "provider": names[row["provider_id"]].name} for row in rows[:MOST]]
    return shown, end_of_page(rows, MOST)


async def read_sample(viewer: Viewer, sample_id: UUID) -> ShownSample:
    """One sample of the reader's own organisation. Raises DomainError not_found, for another's too.

    That an auditor looked is noted, and not at which sample: whoever is audited must not know what was drawn.
    """
    async with viewer.transaction() as connection:
        shown = await shown_sample(connection, await viewer.providers(connection), sample_id, viewer.masked)
        await viewer.note(connection, shown.row["provider_id"], "attendances of an audit sample", None)
    return shown


async def shown_sample(
    connection: asyncpg.Connection, providers: list[UUID], sample_id: UUID, masked: bool
) -> ShownSample:
    """One sample of these providers, in an open transaction. Raises DomainError not_found."""
    row = await connection.fetchrow(query("audit.sample"), providers, sample_id)
    if row is None:
        raise DomainError("not_found", "There is no such sample.")
    provider_id = row["provider_id"]
    found = await connection.fetch(query("audit.items"), provider_id, sample_id)
    visits = dict(
        await connection.fetch(query("audit.visit_labels"), provider_id, [one["visit_id"] for one in found])
    )
    rows = [] if masked else await connection.fetch(query("audit.carer_labels"), provider_id)
    carers = {each["id"]: each for each in rows}
    names = await parties(connection, [provider_id])
    findings = await _findings(connection, provider_id, sample_id)
    items = [
        Drawn(
            one["position"], attendance(one, visits, carer_label(provider_id, one, carers, masked)), one["weight"],
            findings.get(one["position"], []),
        )
        for one in found
    ]  # fmt: skip
    return _concluded(row, names[provider_id].name, items)


async def _findings(
    connection: asyncpg.Connection, provider_id: UUID, sample_id: UUID
) -> dict[int, list[Found]]:
    """All that was found about a sample's attendances, by position."""
    found: dict[int, list[Found]] = defaultdict(list)
    for row in await connection.fetch(query("audit.findings"), provider_id, sample_id):
        who = row["email"] or "somebody whose account is gone"
        found[row["position"]].append(Found(row["deviates"], row["note"], row["found_at"], who))
    return found


def _concluded(row: Mapping[str, Any], provider: str, items: list[Drawn]) -> ShownSample:
    judged = [one for one in items if one.deviates is not None]
    deviations = sum(bool(one.deviates) for one in judged)
    whole = row["chosen_by"] == "random" and len(judged) == len(items)
    return ShownSample(
        row, provider, items, len(judged), deviations,
        project(deviations, len(items), row["confidence_percent"]) if whole else None,
        deviations <= row["allowed"] if whole else None,
    )  # fmt: skip
