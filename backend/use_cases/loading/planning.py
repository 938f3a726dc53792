"""Load what planning knows: carers' skills and working hours, and the skills that people need."""

from collections.abc import Sequence
from typing import Final

import msgspec

from backend.sql import query
from backend.tables.ids import thing_id
from backend.use_cases.loading.entered import known_carers
from backend.use_cases.loading.report import Line
from backend.use_cases.loading.session import Session, missing
from backend.use_cases.loading.versions import Counts, Fact, Versioned, append
from schemas.planning import NeedRow, SkillRow, WorkingHoursRow

_SKILLS: Final = Versioned(
    "carer_skill_version",
    (("provider_id", "uuid"), ("carer_id", "uuid"), ("skill", "text"), ("starts_on", "date")),
    (("ends_on", "date"),),
)
_NEEDS: Final = Versioned(
    "needed_skill_version",
    (("provider_id", "uuid"), ("service_user_id", "uuid"), ("skill", "text"), ("starts_on", "date")),
    (("ends_on", "date"),),
)
_HOURS: Final = Versioned(
    "working_hours_version",
    (("provider_id", "uuid"), ("employment_id", "uuid"), ("starts_on", "date")),
    (
        ("ends_on", "date"),
        ("hours_per_week", "numeric"),
        ("most_hours_per_week", "numeric"),
        ("available", "jsonb"),
    ),
)


async def store_skills(session: Session, lines: Sequence[Line[SkillRow]]) -> Counts:
    """Append what is new of each carer's skills. The carer must be known."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        known = await known_carers(session.connection, provider_id, [line.row.carer for line in rows])
        missing(rows, "carer", set(known), "carer", session.report)
        if not session.report.faults:
            facts = [
                Fact((provider_id, known[row.carer].id, row.skill, row.from_), (row.until,))
                for row in (line.row for line in rows)
            ]
            counts.add(await append(session.connection, _SKILLS, facts, session.now))
    return counts


async def store_needs(session: Session, lines: Sequence[Line[NeedRow]]) -> Counts:
    """Append what is new of the skills that each person needs. The person must be known."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        wanted = list({line.row.service_user for line in rows})
        records = await session.connection.fetch(query("loading.service_users"), provider_id, wanted)
        known = {record["reference"] for record in records}
        missing(rows, "service_user", known, "service user", session.report)
        if not session.report.faults:
            facts = [
                Fact(
                    (
                        provider_id,
                        thing_id(provider_id, "service_user", row.service_user),
                        row.skill,
                        row.from_,
                    ),
                    (row.until,),
                )
                for row in (line.row for line in rows)
            ]
            counts.add(await append(session.connection, _NEEDS, facts, session.now))
    return counts


async def store_working_hours(session: Session, lines: Sequence[Line[WorkingHoursRow]]) -> Counts:
    """Append what is new of each employment's hours. The employment must be known."""
    counts = Counts()
    async for provider_id, rows in session.by_provider(lines):
        wanted = list({line.row.employment for line in rows})
        records = await session.connection.fetch(query("loading.employments"), provider_id, wanted)
        missing(rows, "employment", {record["reference"] for record in records}, "employment", session.report)
        if not session.report.faults:
            facts = [
                Fact(
                    (provider_id, thing_id(provider_id, "employment", row.employment), row.from_),
                    (row.until, row.hours_per_week, row.most_hours_per_week, _json(row)),
                )
                for row in (line.row for line in rows)
            ]
            counts.add(await append(session.connection, _HOURS, facts, session.now))
    return counts


def _json(row: WorkingHoursRow) -> str:
    return msgspec.json.encode(row.available).decode()
