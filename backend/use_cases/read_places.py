"""Where people's visits may be made: for a manager, for a phone, and for judging what a phone said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from backend import db
from backend.domain.place import Circle
from backend.sql import query


async def list_places(provider_id: UUID, person: UUID | None = None) -> list[dict[str, Any]]:
    """The places besides the home, of everybody or of one person, as they stand now; ended ones too."""
    async with db.as_provider(provider_id) as connection:
        return [dict(row) for row in await connection.fetch(query("places.listed"), provider_id, person)]


async def places_of(
    connection: asyncpg.Connection, provider_id: UUID, people: Iterable[UUID]
) -> Mapping[UUID, Sequence[Circle]]:
    """Each person's home and then every other place ever approved, with the dates on which each is in force."""
    wanted = sorted(set(people))
    found: dict[UUID, list[Circle]] = defaultdict(list)
    if wanted:
        for row in await connection.fetch(query("places.of_people"), provider_id, wanted):
            found[row["service_user_id"]].append(circle(row))
    return found


def circle(row: Mapping[str, Any]) -> Circle:
    """The place that a row of a query tells of."""
    return Circle(
        row["lat"], row["lon"], row["radius_m"], str(row["place_id"]), row["starts_on"], row["ends_on"]
    )
