"""What planning knows of one carer: employments, skills, working hours, and leave that is not over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from backend import clock, db
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from schemas.planning import Stretch
from schemas.scalars import WEEKDAYS

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ShownWorker:
    """A carer, by the person's reference. `hours`: rows with `available` in words, newest first; `leave`: not over."""

    reference: str
    name: str
    employments: list[str]
    skills: Rows
    hours: Rows
    leave: Rows


async def read_worker(provider_id: UUID, reference: str) -> ShownWorker:
    """What is known of a carer. Raises DomainError not_found."""
    async with db.as_provider(provider_id) as connection:
        employed = await connection.fetch(query("roster.carer"), provider_id, reference)
        if not employed:
            raise DomainError("not_found", f"No carer of this provider has the reference {reference}.")
        ids, today = [row["id"] for row in employed], london_date(clock.now())
        skills = await connection.fetch(query("roster.skills_of"), provider_id, employed[0]["carer_id"])
        hours = await connection.fetch(query("roster.hours_of"), provider_id, ids)
        leave = await connection.fetch(query("roster.leave_of"), provider_id, ids, today)
    return ShownWorker(
        reference,
        employed[-1]["name"],
        sorted(row["reference"] for row in employed),
        skills,
        [{**row, "available": available_text(row["available"])} for row in hours],
        leave,
    )


async def read_needs(provider_id: UUID, person: UUID) -> Rows:
    """The skills that a person needs, with the London dates from and until which."""
    async with db.as_provider(provider_id) as connection:
        rows: Rows = await connection.fetch(query("roster.needs"), provider_id, [person])
        return rows


def available_text(stored: str) -> str:
    """Stored stretches as a file writes them: `mon 07:00-15:00; tue 22:00-07:00`."""
    stretches = msgspec.json.decode(stored, type=list[Stretch])
    return "; ".join(f"{WEEKDAYS[one.day - 1]} {one.start}-{one.end}" for one in stretches)
