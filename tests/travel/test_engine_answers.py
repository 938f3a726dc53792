"""What routing engines answer, or fail to: refusals told apart, silence waited for once, nonsense refused."""

import socket

import httpx
import pytest

from backend.travel.engines import (
    DECIMALS,
    ENGINE_UNREACHABLE,
    NO_ROUTE,
    OFF_MAP,
    Ends,
    EngineUnreachable,
    Routed,
    ask_each,
    rounded,
)
from backend.travel.osrm import Osrm
from backend.travel.valhalla import Valhalla
from tests.ports import kept_port

JOURNEY = Ends(52.0, -2.7, 52.0, -2.694)


@pytest.mark.parametrize("kind", [Osrm, Valhalla])
async def test_an_engine_that_does_not_run_is_unreachable(kind: type[Osrm] | type[Valhalla]) -> None:
    with kept_port() as port:
        async with httpx.AsyncClient(timeout=2) as client:
            engine = kind(client, {"car": f"http://127.0.0.1:{port}"}, 300)
            with pytest.raises(EngineUnreachable):
                await engine.about("car", JOURNEY)
            assert await ask_each(engine, "car", [JOURNEY] * 20) == [Routed(refused=ENGINE_UNREACHABLE)] * 20


@pytest.mark.parametrize("kind", [Osrm, Valhalla])
async def test_an_engine_that_never_answers_costs_one_time_out(kind: type[Osrm] | type[Valhalla]) -> None:
    """It listens and says nothing; of fifty questions only the few asked at once are waited for."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        async with httpx.AsyncClient(timeout=0.2) as client:
            engine = kind(client, {"car": f"http://127.0.0.1:{silent.getsockname()[1]}"}, 300)
            asked = [JOURNEY] * 50
            found = await ask_each(engine, "car", asked)
        silent.setblocking(False)
        connections = 0
        while True:
            try:
                silent.accept()[0].close()
            except BlockingIOError:
                break
            connections += 1
    assert {answer.refused for answer in found} == {ENGINE_UNREACHABLE}
    assert 0 < connections <= 8


@pytest.mark.parametrize(
    ("kind", "body", "refused"),
    [
        (Osrm, {"code": "NoRoute"}, NO_ROUTE),
        (Osrm, {"code": "NoSegment"}, OFF_MAP),
        (Osrm, {"code": "Ok", "routes": [{"duration": 0, "distance": 0}],
                "waypoints": [{"distance": 12}, {"distance": 41_000}]}, OFF_MAP),
        (Valhalla, {"error_code": 442}, NO_ROUTE),
        (Valhalla, {"error_code": 171}, OFF_MAP),
    ],
)  # fmt: skip
async def test_refusals_are_told_apart(
    kind: type[Osrm] | type[Valhalla], body: dict[str, object], refused: str
) -> None:
    """The third is OSRM's way outside its map, where it would call a journey of no seconds a success."""
    assert (await answered(kind, body)).refused == refused


@pytest.mark.parametrize("kind", [Osrm, Valhalla])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "InvalidOptions"},
        {"code": "Ok", "routes": [], "waypoints": []},
        {"trip": {"summary": {"time": "soon", "length": 1}}},
        {"trip": {"summary": {"time": -4, "length": 1}}},
        {"error_code": 100},
    ],
)
async def test_an_answer_that_makes_no_sense_is_no_answer(
    kind: type[Osrm] | type[Valhalla], body: dict[str, object]
) -> None:
    with pytest.raises(EngineUnreachable):
        await answered(kind, body)


async def answered(kind: type[Osrm] | type[Valhalla], body: dict[str, object]) -> Routed:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=body))
    async with httpx.AsyncClient(transport=transport) as client:
        return await kind(client, {"car": "http://engine"}, 300).route("car", JOURNEY)


def test_ends_a_few_centimetres_apart_are_one_journey() -> None:
    assert DECIMALS == 5
    assert rounded([52.0000001, -2.7, 52.1, -2.70000049]) == rounded([52.0, -2.7, 52.1, -2.7])
