"""What a form to plan a visit offers, and the plan of one visit as it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.plan_visit import over, tasks_text


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen: packages and employments by reference, each with words that tell it from others."""

    packages: list[tuple[str, Mapping[str, Any]]]
    carers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A visit's newest plan, and who planned which version. `over`: why it cannot be planned any more, or None."""

    visit_id: UUID
    reference: str
    version: int
    package: str
    person: UUID
    start: datetime
    end: datetime
    carers: tuple[str | None, str | None]
    names: list[str]
    tasks: str
    status: str
    over: str | None
    history: Sequence[Mapping[str, Any]]


async def read_offered(provider_id: UUID, person: UUID | None = None) -> Offered:
    """The packages that hold today or later (those of one person), and who is employed today or later."""
    today = london_date(clock.now())
    async with db.as_provider(provider_id) as connection:
        packages = await connection.fetch(query("roster.packages"), provider_id, today, person)
        workers = await connection.fetch(query("roster.workers"), provider_id)
    employed = [row for row in workers if row["ends_on"] is None or row["ends_on"] >= today]
    named = sorted(employed, key=lambda row: (row["name"], row["reference"]))
    return Offered(
        [(row["reference"], row) for row in packages],
        [(row["reference"], f"{row['name']} ({row['reference']})") for row in named],
    )


async def read_plan(provider_id: UUID, visit_id: UUID) -> ShownPlan:
    """The plan of a visit. Raises DomainError not_found for another provider's, too."""
    async with db.as_provider(provider_id) as connection:
        row = await connection.fetchrow(query("roster.newest"), provider_id, visit_id)
        if row is None:
            raise DomainError("not_found", "There is no such visit.")
        workers = await connection.fetch(query("roster.workers"), provider_id)
        history = await connection.fetch(query("roster.planned_by"), provider_id, visit_id)
    return ShownPlan(
        visit_id=visit_id,
        reference=row["visit"],
        version=row["version"],
        package=row["package"],
        person=row["person"],
        start=row["starts_at"],
        end=row["ends_at"],
        carers=(row["carer"], row["second_carer"]),
        names=[one["name"] for one in workers if one["reference"] in (row["carer"], row["second_carer"])],
        tasks=tasks_text(row["tasks"]),
        status=row["status"],
        over=over(row, clock.now()),
        history=history,
    )
