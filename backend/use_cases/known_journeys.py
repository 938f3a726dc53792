"""What routing engines have said of journeys between places, as recorded up to an instant."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from backend.sql import query
from backend.travel.engines import DECIMALS


async def known_journeys(
    connection: asyncpg.Connection,
    provider_id: UUID,
    places: Iterable[tuple[float, float]],
    as_of: datetime,
) -> list[dict[str, Any]]:
    """Rows of travel.between for the journeys among `places` that an engine was asked about."""
    known = sorted({as_asked(*place) for place in places})
    lats, lons = [lat for lat, _ in known], [lon for _, lon in known]
    return list(map(dict, await connection.fetch(query("travel.between"), provider_id, lats, lons, as_of)))


def journeys_among(
    rows: Sequence[Mapping[str, Any]], places: Iterable[tuple[float, float]]
) -> list[Mapping[str, Any]]:
    """Those of the rows whose journeys both start and end at one of `places`."""
    known = {as_asked(*place) for place in places}
    return [
        row
        for row in rows
        if (row["from_lat"], row["from_lon"]) in known and (row["to_lat"], row["to_lon"]) in known
    ]


def as_asked(lat: float, lon: float) -> tuple[float, float]:
    """A place as engines are asked about it."""
    return round(lat, DECIMALS), round(lon, DECIMALS)
