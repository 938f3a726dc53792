"""The days that a fact without a day of its own may change: a home that moved, a policy loaded for the past, a journey
judged anew. They are looked for as far back as the provider's policy says (`correction_window_days`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from backend.domain.time import london_date, london_midnight
from backend.sql import query
from backend.use_cases.known_journeys import as_asked
from backend.use_cases.provider_policy import provider_policy
from backend.use_cases.verified_visits import named_place

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LateFacts:
    """London dates on which something may come out differently, and the first day of a policy recorded late, if there
    is one.
    """

    days: frozenset[date]
    policy_from: date | None


@dataclass(frozen=True, slots=True)
class _Window:
    """Facts recorded after `since` and up to `as_of`; days from the instant `opens` on."""

    provider_id: UUID
    since: datetime
    as_of: datetime
    opens: datetime


async def late_facts(
    connection: asyncpg.Connection, provider_id: UUID, since: datetime, as_of: datetime
) -> LateFacts:
    """What facts without a day of their own touch that were recorded after `since` and up to `as_of`."""
    today = london_date(as_of)
    policy = await provider_policy(connection, provider_id, today, as_of)
    first = today - timedelta(days=policy.correction_window_days)
    window = _Window(provider_id, since, as_of, london_midnight(first))
    found = await connection.fetchrow(query("changes.undated"), provider_id, since, as_of)
    days = await _days_of(connection, window, found) | await _days_of_journeys(connection, window)
    policy_from = found["policy_from"]
    return LateFacts(frozenset(days), None if policy_from is None else max(policy_from, first))


async def _days_of(connection: asyncpg.Connection, window: _Window, found: Mapping[str, Any]) -> set[date]:
    named = [found[name] for name in ("people", "places", "packages", "employments")]
    return await _days(connection, "days_of", window, *named) if any(named) else set()


async def _days_of_journeys(connection: asyncpg.Connection, window: _Window) -> set[date]:
    """The days on which a journey is likely that is now judged to take another time."""
    rows = await connection.fetch(query("changes.journeys"), window.provider_id, window.since, window.as_of)
    if not rows:
        return set()
    legs = {((row["from_lat"], row["from_lon"]), (row["to_lat"], row["to_lon"])) for row in rows}
    people: dict[Point, set[UUID]] = {}
    for row in await connection.fetch(query("changes.where_people_are"), window.provider_id):
        people.setdefault(as_asked(row["lat"], row["lon"]), set()).add(row["service_user_id"])
    pairs = sorted(
        {
            (one, other)
            for start, end in legs
            for one in people.get(start, ())
            for other in people.get(end, ())
        }
    )
    ends = {end for leg in legs for end in leg}
    found = await _days(connection, "days_between", window, *_columns(pairs)) if pairs else set()
    return found | await _days_of_activities(connection, window, ends)


async def _days_of_activities(connection: asyncpg.Connection, window: _Window, ends: set[Point]) -> set[date]:
    """The days of activities at one of these places."""
    asked = (window.provider_id, window.opens, window.as_of)
    said = await connection.fetch(query("changes.placed_activities"), *asked)
    entered = await connection.fetch(query("changes.placed_entries"), *asked)
    placed = [(row["day"], named_place(row["content"])) for row in said]
    placed += [(row["day"], (row["lat"], row["lon"])) for row in entered]
    return {
        day
        for day, (lat, lon) in placed
        if lat is not None and lon is not None and as_asked(lat, lon) in ends
    }


async def _days(
    connection: asyncpg.Connection, name: str, window: _Window, *named: Sequence[UUID]
) -> set[date]:
    rows = await connection.fetch(
        query(f"changes.{name}"), window.provider_id, window.opens, window.as_of, *named
    )
    return {row["day"] for row in rows}


def _columns(pairs: Sequence[tuple[UUID, UUID]]) -> tuple[list[UUID], list[UUID]]:
    return [one for one, _ in pairs], [other for _, other in pairs]
