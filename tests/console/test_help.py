"""A carer's call for help on the office's page of the day."""

from datetime import timedelta

import pytest

from backend.use_cases.read_today import Wanted, read_today
from mobile_api.reference_client import Phone
from tests.mobile_api.conftest import world
from tests.mobile_api.world import DOOR, MORNING, PROVIDER, World, fix, hour, visit

__all__ = ["world"]


async def called(world: World, phone: Phone) -> tuple[str | None, float | None]:
    """The visit of the only call on the board, and how far north its last known place is."""
    await phone.flush()
    [found] = (await read_today(PROVIDER, Wanted(MORNING.date()))).helps
    return (found.visit_id and str(found.visit_id), found.place and found.place.lat)


async def test_the_last_known_place_is_the_newest_position_of_the_hours_before(world: World) -> None:
    phone, _ = await world.phone()
    world.at(hour(9))
    phone.record("check_in", visit("V1"), at=hour(7), fix=fix(lat=52.3))
    phone.record("check_out", visit("V1"), at=hour(7, 30), fix=fix())
    phone.record("help", at=hour(8))
    phone.record("check_in", visit("V2"), at=hour(8, 30), fix=fix(lat=52.4))
    assert await called(world, phone) == (None, DOOR[0])


async def test_a_position_that_comes_after_the_call_and_belongs_to_it_takes_its_place(world: World) -> None:
    phone, _ = await world.phone()
    world.at(hour(9))
    phone.record("check_in", visit("V1"), at=hour(7), fix=fix())
    call = phone.record("help", visit("V1"), at=hour(8))
    phone.record("fix", at=hour(8, 1), fix=fix(lat=52.2), payload={"event_id": call["signed"]["id"]})
    assert await called(world, phone) == (visit("V1"), 52.2)


@pytest.mark.parametrize("hours", [13, None])
async def test_a_position_of_half_a_day_ago_is_not_where_she_is(world: World, hours: int | None) -> None:
    phone, _ = await world.phone()
    world.at(hour(20, 30))
    if hours is not None:
        phone.record("check_in", visit("V1"), at=hour(20) - timedelta(hours=hours), fix=fix())
    phone.record("help", at=hour(20))
    assert await called(world, phone) == (None, None)
