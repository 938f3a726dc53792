"""The routing engine that the settings name."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import httpx

from backend import clock, settings
from backend.domain.time import london_date
from backend.travel import osrm, valhalla
from backend.travel.engines import RoadEngine
from backend.travel.straight_line import StraightLine

_KINDS: Final[Mapping[str, type[osrm.Osrm] | type[valhalla.Valhalla]]] = {
    osrm.NAME: osrm.Osrm,
    valhalla.NAME: valhalla.Valhalla,
}


@asynccontextmanager
async def configured_engine() -> AsyncIterator[RoadEngine | None]:
    """The engine, for the block; None where journeys go by the straight line."""
    now = settings.current()
    if now.travel not in _KINDS:
        yield None
        return
    paces = StraightLine().paces_on(london_date(clock.now()))
    assert paces is not None  # the packaged policy holds every date
    async with httpx.AsyncClient(timeout=now.travel_timeout) as client:
        yield _KINDS[now.travel](
            client,
            now.travel_urls or {},
            int(paces.snap_metres),
            version=now.travel_version or "",
            map_date=now.travel_map or "",
        )
