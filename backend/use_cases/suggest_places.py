"""Homes that seem to be elsewhere than their approved place, by where carers' phones were; a manager decides."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from backend import clock, db
from backend.domain.pin import Fixed, Suggestion, suggested
from backend.domain.policy import Policy
from backend.domain.time import london_date
from backend.sql import query
from backend.use_cases.provider_policy import provider_policy
from backend.use_cases.read_places import places_of
from schemas.mobile import Fix

MOST: Final = 50
"""The most people that are looked at for one list: those with the most visits in doubt."""
_fix: Final = msgspec.json.Decoder(Fix)


@dataclass(frozen=True, slots=True)
class SuggestedPlace:
    """A suggestion for the home of one person, on visits of the last `days` days."""

    person_id: UUID
    reference: str
    name: str
    days: int
    point: Suggestion


async def suggest_place(provider_id: UUID, person: UUID) -> SuggestedPlace | None:
    """The suggestion for one person's home, or None."""
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        policy = await provider_policy(connection, provider_id, london_date(now), now)
        found = await _suggested(connection, provider_id, [person], now, policy)
    return found[0] if found else None


async def suggest_places(provider_id: UUID) -> list[SuggestedPlace]:
    """The suggestions for all homes, those with the most positions in doubt first, at most MOST."""
    now = clock.now()
    async with db.as_provider(provider_id) as connection:
        policy = await provider_policy(connection, provider_id, london_date(now), now)
        asked = (_since(now, policy), policy.pin_least_visits, MOST)
        people = await connection.fetch(query("places.doubted"), provider_id, *asked)
        ids = [row["service_user_id"] for row in people]
        found = await _suggested(connection, provider_id, ids, now, policy)
    return sorted(found, key=lambda each: (each.point.outside_then - each.point.outside_now, each.reference))


def _since(now: datetime, policy: Policy) -> datetime:
    return now - timedelta(days=policy.pin_lookback_days)


async def _suggested(
    connection: asyncpg.Connection, provider_id: UUID, people: Sequence[UUID], now: datetime, policy: Policy
) -> list[SuggestedPlace]:
    rows = await connection.fetch(query("places.fixes"), provider_id, people, _since(now, policy))
    fixes: dict[UUID, list[Fixed]] = defaultdict(list)
    for row in rows:
        fixes[row["service_user_id"]].append(_fixed(row))
    known = await places_of(connection, provider_id, fixes)
    found = []
    for person, positions in fixes.items():
        places = [place for place in known[person] if place.in_force(london_date(now))]
        point = suggested(positions, places, policy.pin_least_visits, policy.pin_least_carers)
        if point is not None:
            named = await connection.fetchrow(query("tags.person"), provider_id, person)
            found.append(
                SuggestedPlace(person, named["reference"], named["name"], policy.pin_lookback_days, point)
            )
    return found


def _fixed(row: Any) -> Fixed:
    fix = _fix.decode(row["content"])
    return Fixed(row["carer_id"], row["visit_id"], fix.lat, fix.lon, fix.accuracy_m)
