"""Several approved places: what the phone is told, what a position at one of them proves, where the visit then was."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend.domain.time import london_date
from backend.tables.ids import place_id
from backend.use_cases.end_place import end_place
from mobile_api.reference_client import Phone
from tests.mobile_api.test_visits import hand_in, one
from tests.mobile_api.world import DOOR, PROVIDER, Clock, World, fix, hour, person, visit
from tests.use_cases.loading.samples import load_rows

CENTRE = (52.2, 0.0)
TODAY = london_date(hour(12))


async def approve(name: str = "Day centre", **more: str) -> UUID:
    """Approve a place of S1, by default on the meridian and from today; returns its id."""
    row = {"provider": "hearth", "service_user": "S1", "name": name, "from": TODAY.isoformat()}
    where = {"lat": str(CENTRE[0]), "lon": str(CENTRE[1])}
    await load_rows("places", [{**row, **where, **more}])
    return place_id(UUID(person("S1")), name, date.fromisoformat({**row, **more}["from"]))


async def judged(superuser: asyncpg.Connection) -> list[tuple[Any, ...]]:
    return [
        (row["fence"], row["place_id"])
        for row in await superuser.fetch(
            "SELECT fence, place_id FROM event_judgement JOIN event ON row_id = event_row ORDER BY seq"
        )
    ]


def check_in(phone: Phone, clock: Clock, at: Any, place: tuple[float, float], **more: Any) -> None:
    clock.time = at
    phone.record("check_in", visit("V1"), fix=fix(*place, at=at, **more))


async def test_the_rota_lists_the_home_and_every_place_in_force_on_the_visit_s_date(world: World) -> None:
    await approve()
    await approve("Next week", **{"from": "2026-11-03", "lon": "0.5"})
    await approve("Last week", **{"from": "2026-10-01", "until": "2026-11-01", "lon": "0.6"})
    phone, _ = await world.phone()
    rota = (await phone.call("GET", "/rota", params={"from": "2026-11-02", "days": 1}, token=True)).json()
    places = {each["id"]: each["places"] for each in rota["visits"]}
    home = {"lat": DOOR[0], "lon": DOOR[1], "radius_m": 100}
    assert places[visit("V1")] == [home, {"lat": CENTRE[0], "lon": 0.0, "radius_m": 100}]
    assert len(places[visit("V2")]) == 1


async def test_inside_another_approved_place_is_inside_and_the_visit_was_there(
    world: World, superuser: asyncpg.Connection
) -> None:
    centre = await approve()
    phone, clock = await world.phone()
    check_in(phone, clock, hour(7), CENTRE)
    await hand_in(world, phone, clock, hour(9))
    assert await judged(superuser) == [("inside", centre)]
    row = await one("V1")
    assert (row["evidence_level"], row["lat"], row["lon"]) == ("position", *CENTRE)


async def test_the_nearest_of_places_that_say_the_same_is_kept(
    world: World, superuser: asyncpg.Connection
) -> None:
    centre = await approve()
    phone, clock = await world.phone()
    check_in(phone, clock, hour(7), (CENTRE[0] + 0.01, CENTRE[1]))
    check_in(phone, clock, hour(7, 1), (DOOR[0] + 0.01, DOOR[1]))
    check_in(phone, clock, hour(7, 2), (CENTRE[0] + 0.01, CENTRE[1]), accuracy=2000)
    await hand_in(world, phone, clock, hour(9))
    home = UUID(person("S1"))
    assert await judged(superuser) == [("outside", centre), ("outside", home), ("cannot_tell", centre)]
    row = await one("V1")
    assert (row["lat"], row["lon"]) == DOOR


@pytest.mark.parametrize("dates", [{"from": "2026-11-03"}, {"from": "2026-10-01", "until": "2026-11-01"}])
async def test_a_place_that_is_not_in_force_on_the_visit_s_date_does_not_count(
    world: World, superuser: asyncpg.Connection, dates: dict[str, str]
) -> None:
    await approve(**dates)
    phone, clock = await world.phone()
    check_in(phone, clock, hour(7), CENTRE)
    await hand_in(world, phone, clock, hour(9))
    assert await judged(superuser) == [("outside", UUID(person("S1")))]


async def test_an_unplanned_visit_goes_by_the_day_on_which_it_was_recorded(
    world: World, superuser: asyncpg.Connection
) -> None:
    centre = await approve()
    phone, clock = await world.phone()
    clock.time = hour(9)
    phone.record("check_in", payload={"person_id": person("S1")}, fix=fix(*CENTRE, at=hour(9)))
    await hand_in(world, phone, clock, hour(10))
    assert await judged(superuser) == [("inside", centre)]


async def test_what_was_judged_stays_when_the_place_ends(world: World, superuser: asyncpg.Connection) -> None:
    centre = await approve(**{"from": "2026-10-01"})
    phone, clock = await world.phone()
    check_in(phone, clock, hour(7), CENTRE)
    await hand_in(world, phone, clock, hour(9))
    await end_place(PROVIDER, centre, date(2026, 11, 1))
    check_in(phone, clock, hour(9, 1), CENTRE)
    await hand_in(world, phone, clock, hour(9, 2))
    assert await judged(superuser) == [("inside", centre), ("outside", UUID(person("S1")))]
    assert (await one("V1"))["lon"] == CENTRE[1]
