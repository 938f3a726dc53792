"""Journeys by OSRM's HTTP interface: one server for each way of travelling, because a server has one profile.

Outside its map OSRM would answer with the nearest road however far away, and call a journey of none a success; so each
end must lie within `snap_metres` of a road.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from msgspec import structs

from backend.travel.engines import NO_ROUTE, OFF_MAP, About, Ends, EngineUnreachable, Routed, asked, measured

NAME: Final = "osrm"
_REFUSED: Final = {"NoSegment": OFF_MAP, "NoRoute": NO_ROUTE}
_PROFILES: Final = {"car": "driving", "bicycle": "cycling", "walk": "walking"}
"""Names in the path. The server does not look at them: its profile is fixed where the map was prepared."""


@dataclass(frozen=True, slots=True)
class Osrm:
    """See `backend.travel.engines.RoadEngine`. `addresses` of servers by mode; OSRM does not tell its `version`."""

    client: httpx.AsyncClient
    addresses: Mapping[str, str]
    snap_metres: int
    version: str = ""
    map_date: str = ""

    def serves(self, mode: str) -> bool:
        """Whether a server of this way of travelling is named."""
        return mode in self.addresses

    async def about(self, mode: str, near: Ends) -> About:
        """What its answers rest on; the map's date is what osrm-extract was given as --data_version."""
        place = f"{near.from_lon},{near.from_lat}"
        _, body = await asked(self.client, "GET", self._address("nearest", mode, place))
        told = self.unseen(mode)
        return structs.replace(told, map_date=self.map_date or str(body.get("data_version", "")))

    def unseen(self, mode: str) -> About:
        """What is known of it without an answer."""
        return About(
            engine=NAME,
            version=self.version,
            mode=mode,
            profile=_PROFILES[mode],
            map_date=self.map_date,
            parameters={"snap_metres": str(self.snap_metres)},
        )

    async def route(self, mode: str, ends: Ends) -> Routed:
        """The quickest journey. Raises EngineUnreachable."""
        path = f"{ends.from_lon},{ends.from_lat};{ends.to_lon},{ends.to_lat}"
        within = {
            "overview": "false",
            "generate_hints": "false",
            "radiuses": f"{self.snap_metres};{self.snap_metres}",
        }
        _, body = await asked(self.client, "GET", self._address("route", mode, path), params=within)
        if body.get("code") in _REFUSED:
            return Routed(refused=_REFUSED[body["code"]])
        if body.get("code") != "Ok":
            raise EngineUnreachable(f"OSRM answered {body.get('code')}")
        return self._read(body)

    def _read(self, body: Mapping[str, Any]) -> Routed:
        try:
            far = max(float(point["distance"]) for point in body["waypoints"])
            best = body["routes"][0]
            found = measured(best["duration"], best["distance"])
        except (KeyError, IndexError, TypeError, ValueError):
            raise EngineUnreachable("OSRM answered without a route") from None
        return Routed(refused=OFF_MAP) if far > self.snap_metres else found

    def _address(self, service: str, mode: str, path: str) -> str:
        return f"{self.addresses[mode]}/{service}/v1/{_PROFILES[mode]}/{path}"
