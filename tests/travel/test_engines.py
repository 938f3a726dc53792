"""Journeys by the real routing engines, through a made-up town whose quickest ways are known."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.travel.engines import OFF_MAP, Ends, RoadEngine, Routed, ask_each, rounded
from backend.travel.osrm import Osrm
from backend.travel.valhalla import Valhalla
from tests.travel.made_up_map import BANK, CORNERS, DATE, Point, along, corner

pytestmark = pytest.mark.engines
LAST = CORNERS - 1
KMH_OF_A_STREET = {"osrm": 50 * 0.8, "valhalla": 50.0}
"""OSRM's car profile drives at four fifths of the limit; Valhalla at the limit."""


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=10) as made:
        yield made


@pytest.fixture(params=["osrm", "valhalla"])
def engine(request: pytest.FixtureRequest, client: httpx.AsyncClient) -> RoadEngine:
    if request.param == "osrm":
        address = {"car": request.getfixturevalue("osrm_car"), "walk": request.getfixturevalue("osrm_walk")}
        return Osrm(client, address, 300, version="26.10.0")
    address = dict.fromkeys(("car", "bicycle", "walk"), request.getfixturevalue("valhalla"))
    return Valhalla(client, address, 300)


def ends(start: Point, end: Point) -> Ends:
    return rounded([*start, *end])


async def routed(
    engine: RoadEngine, start: tuple[int, int], end: tuple[int, int], mode: str = "car"
) -> tuple[int, int]:
    found = await engine.route(mode, ends(corner(*start), corner(*end)))
    assert found.seconds is not None and found.metres is not None
    return found.seconds, found.metres


async def test_a_straight_street_takes_its_length_over_its_speed(engine: RoadEngine) -> None:
    seconds, metres = await routed(engine, (2, 1), (2, 5))
    length = along(corner(2, 1), corner(2, 5))
    speed = KMH_OF_A_STREET["osrm" if isinstance(engine, Osrm) else "valhalla"]
    assert metres == pytest.approx(length, rel=0.005)
    assert seconds == pytest.approx(length * 3.6 / speed, rel=0.03)


async def test_the_faster_road_wins_though_it_is_longer(engine: RoadEngine) -> None:
    seconds, metres = await routed(engine, (0, 0), (0, LAST))
    faster = along(corner(0, 0), corner(-1, 0), corner(-1, LAST), corner(0, LAST))
    assert metres == pytest.approx(faster, rel=0.005)
    assert metres > along(corner(0, 0), corner(0, LAST)) * 1.1
    assert seconds < (await routed(engine, (1, 0), (1, LAST)))[0]


async def test_the_far_bank_is_as_far_as_the_next_bridge(engine: RoadEngine) -> None:
    south, north = (BANK - 1, 2), (BANK, 2)
    _, metres = await routed(engine, south, north)
    by_the_bridge = along(corner(*south), corner(BANK - 1, 0), corner(BANK, 0), corner(*north))
    assert metres == pytest.approx(by_the_bridge, rel=0.005)
    assert metres > 4 * along(corner(*south), corner(*north))


async def test_a_walker_takes_her_own_pace(engine: RoadEngine) -> None:
    seconds, metres = await routed(engine, (2, 1), (2, 3), "walk")
    assert 4 < metres / seconds * 3.6 < 6
    assert engine.serves("bicycle") is isinstance(engine, Valhalla)


async def test_no_journey_at_all_is_a_journey_of_no_time(engine: RoadEngine) -> None:
    assert await engine.route("car", ends(corner(2, 2), corner(2, 2))) == Routed(0, 0)


async def test_a_place_outside_the_map_is_off_it_and_never_no_seconds_away(engine: RoadEngine) -> None:
    far = (corner(-1, 0)[0] - 0.05, corner(0, 0)[1])
    assert await engine.route("car", ends(corner(0, 0), far)) == Routed(refused=OFF_MAP)
    assert await engine.route("car", ends(far, far)) == Routed(refused=OFF_MAP)


async def test_a_road_more_than_the_snap_distance_away_is_none(engine: RoadEngine) -> None:
    """From the last row north; a degree of latitude is about 111 kilometres."""
    north, west = corner(LAST, 3)
    beside, beyond = (north + 250 / 111_270, west), (north + 350 / 111_270, west)
    assert (await engine.route("car", ends(corner(LAST, 0), beside))).refused is None
    assert (await engine.route("car", ends(corner(LAST, 0), beyond))).refused == OFF_MAP


async def test_an_answer_says_what_it_rests_on(engine: RoadEngine) -> None:
    about = await engine.about("car", ends(corner(0, 0), corner(0, 1)))
    assert about.parameters == {"snap_metres": "300"}
    if isinstance(engine, Osrm):
        assert (about.engine, about.version, about.map_date) == ("osrm", "26.10.0", DATE)
        assert about.profile == "driving"
    else:
        assert (about.engine, about.version, about.profile) == ("valhalla", "3.9.1", "auto")
        assert about.map_date.startswith("20") and about.map_date.endswith("Z")


async def test_many_journeys_are_answered_in_their_places(engine: RoadEngine) -> None:
    asked = [ends(corner(2, column), corner(2, LAST)) for column in range(LAST)]
    found = [answer.seconds for answer in await ask_each(engine, "car", asked)]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == LAST
