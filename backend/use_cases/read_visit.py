"""One visit as its provider sees it: every version of the plan, every event with its verdict, every correction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend import clock, db
from backend.domain.policy import Policy
from backend.domain.time import london_date
from backend.faults import DomainError
from backend.sql import query
from backend.use_cases.provider_policy import provider_policy
from backend.use_cases.read_corrections import ShownCorrection, corrections_of
from backend.use_cases.read_today import day_states
from backend.use_cases.verified_visits import visits_named
from schemas.mobile import Fix

_fix: Final = msgspec.json.Decoder(Fix)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attendance:
    """One carer's part in the visit, as it counts now. `reference` is the carer's, None where nobody is assigned."""

    carer: str
    reference: str | None
    status: str
    actual: tuple[datetime | None, datetime | None]
    recorded: tuple[datetime | None, datetime | None]
    unresolved: str | None
    evidence: str | None
    flags: list[str]


@dataclass(frozen=True, slots=True)
class ApprovedPlace:
    """A place of the visit in degrees and metres; the home has no name."""

    name: str | None
    lat: float
    lon: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class ShownVisit:
    """The visit. `versions` and `events` are rows of the database with `carers` or `carer` named.

    `state` is that of the day's list at this moment. `places`: where the visit may be made on its day, the home first.
    """

    id: UUID
    reference: str
    person: str
    person_reference: str
    service: str
    state: str
    versions: list[dict[str, Any]]
    attendances: list[Attendance]
    events: list[dict[str, Any]]
    places: list[ApprovedPlace]
    corrections: list[ShownCorrection]


async def read_visit(provider_id: UUID, visit_id: UUID, reader: UUID) -> ShownVisit:
    """The visit as it stands now. Raises DomainError not_found for another provider's, too."""
    async with db.as_provider(provider_id) as connection:
        names = await connection.fetch(query("console.visit_names"), provider_id, [visit_id])
        if not names:
            raise DomainError("not_found", "There is no such visit.")
        people = await connection.fetch(query("console.carers"), provider_id)
        carers = {row["carer_id"]: row["name"] for row in people}
        references = {row["carer_id"]: row["reference"] for row in people}
        employments = {row["employment_id"]: row["name"] for row in people}
        versions = await connection.fetch(query("console.visit_versions"), provider_id, visit_id)
        events = await connection.fetch(query("console.visit_events"), provider_id, visit_id)
        attendances = await _attendances(connection, provider_id, visit_id, versions, carers, references)
        corrections = await corrections_of(connection, provider_id, reader, carers, visit_id)
        now = clock.now()
        policy = await provider_policy(connection, provider_id, london_date(now), now)
        hurried = await _hurried(connection, provider_id, events, policy.implied_speed_limit_kmh)
        places = await _places(
            connection, provider_id, names[0]["person_id"], london_date(versions[-1]["starts_at"])
        )
        state = await _state(connection, provider_id, visit_id, versions[-1]["starts_at"], policy)
    return ShownVisit(
        id=visit_id,
        reference=names[0]["reference"],
        person=names[0]["person"],
        person_reference=names[0]["person_reference"],
        service=names[0]["service"],
        state=state,
        versions=[
            {**row, "carers": [employments[one] for one in (row["carer"], row["second_carer"]) if one]}
            for row in versions
        ],
        attendances=attendances,
        events=[_event(row, carers, hurried) for row in events],
        places=places,
        corrections=corrections,
    )


def _event(row: Mapping[str, Any], carers: Mapping[UUID, str], hurried: set[str]) -> dict[str, Any]:
    """An event with its carer, its position if one is held, and a speed among what speaks against that."""
    reasons = [*(row["reasons"] or []), *(["implied_speed"] if str(row["row_id"]) in hurried else [])]
    fix = None if row["fix"] is None else _fix.decode(row["fix"])
    return {**row, "carer": carers.get(row["carer_id"], "unknown"), "reasons": reasons, "fix": fix}


async def _places(
    connection: asyncpg.Connection, provider_id: UUID, person_id: UUID, day: date
) -> list[ApprovedPlace]:
    rows = await connection.fetch(query("places.of_people"), provider_id, [person_id])
    return [
        ApprovedPlace(row["name"], row["lat"], row["lon"], row["radius_m"])
        for row in rows
        if (row["starts_on"] or day) <= day <= (row["ends_on"] or day)
    ]


async def _hurried(
    connection: asyncpg.Connection, provider_id: UUID, events: Sequence[Mapping[str, Any]], limit_kmh: int
) -> set[str]:
    """The rows of events whose positions are too far from the carer's position before or after."""
    times = [row["paid_at"] for row in events if row["paid_at"] is not None]
    if not times:
        return set()
    rows = await connection.fetch(
        query("speeds.between"), provider_id, min(times) - _DAY, max(times) + _DAY, limit_kmh, None, None
    )
    return {row[end] for row in rows for end in ("from_row", "to_row")}


async def _state(
    connection: asyncpg.Connection, provider_id: UUID, visit_id: UUID, starts_at: datetime, policy: Policy
) -> str:
    """How the visit, which is planned to start then, stands now."""
    stated = await day_states(
        connection, provider_id, starts_at, starts_at + timedelta(microseconds=1), clock.now(), policy
    )
    return str(stated.filter(visit_id=str(visit_id))["state"].item())


async def _attendances(
    connection: asyncpg.Connection,
    provider_id: UUID,
    visit_id: UUID,
    versions: Sequence[Mapping[str, Any]],
    carers: Mapping[UUID, str],
    references: Mapping[UUID, str],
) -> list[Attendance]:
    day = london_date(max(row["starts_at"] for row in versions))
    rows = await visits_named(connection, provider_id, [visit_id], day, clock.now())
    return [
        Attendance(
            carer=carers[UUID(row["carer_id"])] if row["carer_id"] else "nobody",
            reference=references[UUID(row["carer_id"])] if row["carer_id"] else None,
            status=row["status"],
            actual=(row["actual_start"], row["actual_end"]),
            recorded=(row["recorded_start"], row["recorded_end"]),
            unresolved=row["unresolved"],
            evidence=row["evidence_level"],
            flags=row["flags"],
        )
        for row in rows.to_dicts()
    ]
