"""Journeys by Valhalla's HTTP interface: one server has every way of travelling."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from msgspec import structs

from backend.travel.engines import NO_ROUTE, OFF_MAP, About, Ends, EngineUnreachable, Routed, asked, measured

NAME: Final = "valhalla"
_COSTING: Final = {"car": "auto", "bicycle": "bicycle", "walk": "pedestrian"}
# Valhalla's own error codes: no road near a place; places on roads that nothing joins; too far apart for a route.
_REFUSED: Final = {171: OFF_MAP, 170: NO_ROUTE, 442: NO_ROUTE, 154: NO_ROUTE}


@dataclass(frozen=True, slots=True)
class Valhalla:
    """See `backend.travel.engines.RoadEngine`. `addresses` of servers by mode."""

    client: httpx.AsyncClient
    addresses: Mapping[str, str]
    snap_metres: int
    version: str = ""
    map_date: str = ""

    def serves(self, mode: str) -> bool:
        """Whether a server of this way of travelling is named."""
        return mode in self.addresses

    async def about(self, mode: str, near: Ends) -> About:
        """What its answers rest on. The map's date, unless the operator tells it, is when its tiles were built."""
        status, body = await asked(self.client, "GET", f"{self.addresses[mode]}/status")
        if status != 200:
            raise EngineUnreachable("Valhalla does not tell its status")
        told = self.unseen(mode)
        map_date = self.map_date or _built(body.get("tileset_last_modified"))
        return structs.replace(told, map_date=map_date, version=self.version or str(body.get("version", "")))

    def unseen(self, mode: str) -> About:
        """What is known of it without an answer."""
        return About(
            engine=NAME,
            version=self.version,
            mode=mode,
            profile=_COSTING[mode],
            map_date=self.map_date,
            parameters={"snap_metres": str(self.snap_metres)},
        )

    async def route(self, mode: str, ends: Ends) -> Routed:
        """The quickest journey. Raises EngineUnreachable."""
        question = {
            "locations": [self._near(ends.from_lat, ends.from_lon), self._near(ends.to_lat, ends.to_lon)],
            "costing": _COSTING[mode],
            "units": "kilometers",
            "directions_type": "none",
        }
        _, body = await asked(self.client, "POST", f"{self.addresses[mode]}/route", json=question)
        if body.get("error_code") in _REFUSED:
            return Routed(refused=_REFUSED[body["error_code"]])
        return _read(body)

    def _near(self, lat: float, lon: float) -> dict[str, float]:
        return {"lat": lat, "lon": lon, "search_cutoff": self.snap_metres}


def _read(body: Mapping[str, Any]) -> Routed:
    try:
        summary = body["trip"]["summary"]
        return measured(summary["time"], summary["length"] * 1000)
    except (KeyError, TypeError):
        raise EngineUnreachable(f"Valhalla answered error {body.get('error_code')}") from None


def _built(moment: Any) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(moment, int) else ""
