"""Routing engines over HTTP: what any of them is asked, what it answers, and how many questions at once."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import httpx
from msgspec import Struct

ENGINE_UNREACHABLE: Final = "engine_unreachable"
OFF_MAP: Final = "off_map"
NO_ROUTE: Final = "no_route"
DECIMALS: Final = 5
"""Of a degree, to which ends are rounded: about a metre, so that one pair of homes is one journey."""
_AT_ONCE: Final = 8


class Ends(NamedTuple):
    """Where a journey starts and ends, in degrees rounded to DECIMALS."""

    from_lat: float
    from_lon: float
    to_lat: float
    to_lon: float


class Routed(NamedTuple):
    """Whole seconds and metres along the road; or neither, and why not."""

    seconds: int | None = None
    metres: int | None = None
    refused: str | None = None


class About(Struct, frozen=True, kw_only=True):
    """What an answer rests on. `map_date` is the engine's word, or its operator's."""

    engine: str
    version: str
    mode: str
    profile: str
    map_date: str
    parameters: dict[str, str]


class EngineUnreachable(Exception):
    """The engine did not answer in time, or not as an engine of its kind does."""


class RoadEngine(Protocol):
    """One routing engine. Modes are car, bicycle and walk; `serves` says which of them it has."""

    def serves(self, mode: str) -> bool:
        """Whether a server of this way of travelling is known."""
        ...

    def unseen(self, mode: str) -> About:
        """What is known of it without an answer."""
        ...

    async def about(self, mode: str, near: Ends) -> About:
        """What its answers rest on. Raises EngineUnreachable."""
        ...

    async def route(self, mode: str, ends: Ends) -> Routed:
        """The quickest journey. Raises EngineUnreachable."""
        ...


def rounded(ends: Sequence[float]) -> Ends:
    """The ends of a journey as they are asked for and kept."""
    return Ends(*(round(degree, DECIMALS) for degree in ends))


async def ask_each(engine: RoadEngine, mode: str, journeys: Sequence[Ends]) -> list[Routed]:
    """The answers in order, a few questions at once. After a first silence nothing more is asked: it is all silent."""
    room, silent = asyncio.Semaphore(_AT_ONCE), asyncio.Event()

    async def ask(ends: Ends) -> Routed:
        async with room:
            if silent.is_set():
                return Routed(refused=ENGINE_UNREACHABLE)
            try:
                return await engine.route(mode, ends)
            except EngineUnreachable:
                silent.set()
                return Routed(refused=ENGINE_UNREACHABLE)

    return list(await asyncio.gather(*(ask(ends) for ends in journeys)))


async def asked(
    client: httpx.AsyncClient, method: str, address: str, **more: Any
) -> tuple[int, Mapping[str, Any]]:
    """Status and JSON object of one request. Raises EngineUnreachable for silence, a server's error, other content."""
    try:
        response = await client.request(method, address, **more)
        body = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise EngineUnreachable(f"{type(error).__name__} from {address}") from None
    if response.status_code >= 500 or not isinstance(body, dict):
        raise EngineUnreachable(f"{response.status_code} from {address}")
    return response.status_code, body


def measured(seconds: Any, metres: Any) -> Routed:
    """An engine's figures in whole seconds and metres. Raises EngineUnreachable if they are none."""
    figures = (seconds, metres)
    if not all(isinstance(figure, int | float) and 0 <= figure < 1e8 for figure in figures):
        raise EngineUnreachable("an answer without time and distance")
    return Routed(round(seconds), round(metres))
