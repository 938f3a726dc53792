"""A place that is approved after the events came: judged again with the reason, and what was judged first is kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from backend.use_cases.judge_again import judge_again
from mobile_api.reference_client import Phone
from tests.mobile_api.test_places import CENTRE, approve, check_in
from tests.mobile_api.test_visits import hand_in, one, visits
from tests.mobile_api.world import DOOR, PROVIDER, Clock, World, fix, hour, person


async def judgements(superuser: asyncpg.Connection) -> list[tuple[Any, ...]]:
    """Of each event in the order of its phone: number, verdict, level, and the place because of which."""
    rows = await superuser.fetch(
        "SELECT j.number, j.fence, j.evidence_level, j.because_place FROM event_judgement j "
        "JOIN event ON row_id = event_row ORDER BY seq, number"
    )
    return [tuple(row) for row in rows]


async def arrived(world: World, *places: tuple[float, float], **more: Any) -> tuple[Phone, Clock]:
    """A carer who checked in at each of these places, and handed it in; then it is ten o'clock."""
    phone, clock = await world.phone()
    for number, place in enumerate(places):
        check_in(phone, clock, hour(7, number), place, **more)
    await hand_in(world, phone, clock, hour(9))
    world.at(hour(10))
    return phone, clock


async def test_the_visit_was_at_the_place_and_is_proved_from_the_day_it_was_approved_on(
    world: World, superuser: asyncpg.Connection
) -> None:
    await arrived(world, CENTRE)
    before = await one("V1")
    assert (before["evidence_level"], before["lat"]) == ("elsewhere", DOOR[0])
    centre = await approve()
    assert await judgements(superuser) == [
        (1, "outside", "elsewhere", None),
        (2, "inside", "position", centre),
    ]
    after = await one("V1")
    assert (after["evidence_level"], after["lat"], after["lon"]) == ("position", *CENTRE)
    assert "outside" not in after["flags"]
    # What was known an hour earlier still comes out as it was known.
    [then] = (await visits(as_of=hour(9, 30))).filter(reference="V1").to_dicts()
    assert (then["evidence_level"], then["lat"]) == ("elsewhere", DOOR[0])


async def test_a_position_that_could_not_tell_is_judged_by_the_larger_place(
    world: World, superuser: asyncpg.Connection
) -> None:
    await arrived(world, DOOR, accuracy=120.0)
    hall = await approve("Village hall", lat=str(DOOR[0]), lon=str(DOOR[1]), radius_m="200")
    assert [row[:2] for row in await judgements(superuser)] == [(1, "cannot_tell"), (2, "inside")]
    assert (await judgements(superuser))[1][3] == hall


async def test_a_second_place_may_say_more_than_the_first_that_came_late(
    world: World, superuser: asyncpg.Connection
) -> None:
    await arrived(world, CENTRE, accuracy=150.0)
    small = await approve("Side door")
    large = await approve("Grounds", radius_m="300")
    assert [(row[0], row[1], row[3]) for row in await judgements(superuser)] == [
        (1, "outside", None),
        (2, "cannot_tell", small),
        (3, "inside", large),
    ]


async def test_what_gains_nothing_or_is_another_day_s_or_person_s_is_not_judged_again(
    world: World, superuser: asyncpg.Connection
) -> None:
    await arrived(world, CENTRE, DOOR, (52.5, 0.5))
    await approve(**{"from": "2026-11-03"})
    await approve("Last week", **{"from": "2026-10-01", "until": "2026-11-01"})
    await approve("Hers alone", service_user="S2")
    assert {row[0] for row in await judgements(superuser)} == {1}
    centre = await approve()
    assert [row[0] for row in await judgements(superuser)] == [1, 2, 1, 1]
    # Said again, or put right without a gain, it judges nothing again.
    await approve()
    await approve(radius_m="120")
    async with superuser.transaction():
        assert await judge_again(superuser, PROVIDER, [UUID(person("S1"))], [centre], hour(11)) == 0
    assert [row[0] for row in await judgements(superuser)] == [1, 2, 1, 1]


async def test_a_position_that_is_no_longer_held_keeps_its_first_judgement(
    world: World, superuser: asyncpg.Connection
) -> None:
    await arrived(world, CENTRE)
    await superuser.execute(
        "SET session_replication_role = replica; DELETE FROM event_attachment WHERE kind = 'fix'"
    )
    await approve()
    assert [row[:2] for row in await judgements(superuser)] == [(1, "outside")]


async def test_doubts_that_a_place_cannot_settle_stay(world: World, superuser: asyncpg.Connection) -> None:
    phone, clock = await world.phone()
    clock.time = hour(7)
    old = fix(*CENTRE, at=hour(7) - timedelta(minutes=30))
    phone.record("check_in", payload={"person_id": person("S1")}, fix={**old, "mocked": True})
    await hand_in(world, phone, clock, hour(9))
    world.at(hour(10))
    await approve()
    assert [row[1:3] for row in await judgements(superuser)] == [
        ("outside", "elsewhere"),
        ("inside", "uncertain"),
    ]
    [row] = (await visits()).filter(unplanned=True).to_dicts()
    assert {"stale_fix", "mock_location"} <= set(row["flags"]) and row["evidence_level"] == "uncertain"
