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
    known = sorted(_as_asked(places))
    lats, lons = [lat for lat, _ in known], [lon for _, lon in known]
    return list(map(dict, await connection.fetch(query("travel.between"), provider_id, lats, lons, as_of)))


def journeys_among(
    rows: Sequence[Mapping[str, Any]], places: Iterable[tuple[float, float]]
) -> list[Mapping[str, Any]]:
    """Those of the rows whose journeys both start and end at one of `places`."""
    known = _as_asked(places)
    return [
        row
        for row in rows
        if (row["from_lat"], row["from_lon"]) in known and (row["to_lat"], row["to_lon"]) in known
    ]


def _as_asked(places: Iterable[tuple[float, float]]) -> set[tuple[float, float]]:
    return {(round(lat, DECIMALS), round(lon, DECIMALS)) for lat, lon in places}
