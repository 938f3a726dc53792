"""Positions too far apart for the time between: a doubt about both in whatever order they came, never a refusal."""

import json
import random
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from backend.domain.positions import Position, speeds
from backend.use_cases.release_event import release_event
from tests.mobile_api.test_visits import hand_in, visits
from tests.mobile_api.world import DOOR, World, fix, hour, visit

FAR = (52.1, -2.5)
"""S2's door, fifteen kilometres off."""


async def found() -> dict[str, tuple[str, bool]]:
    """Of each visit that somebody attended its level, and whether a speed is doubted."""
    rows = (await visits()).drop_nulls("recorded_start").to_dicts()
    return {row["reference"]: (row["evidence_level"], "implied_speed" in row["flags"]) for row in rows}


async def go(world: World, minutes: int, accuracy: float = 10.0) -> None:
    """Check in at V1's door, and so many minutes later at V2's."""
    phone, clock = await world.phone()
    for name, at, place in (("V1", hour(7), DOOR), ("V2", hour(7) + timedelta(minutes=minutes), FAR)):
        clock.time = at
        phone.record("check_in", visit(name), fix=fix(*place, accuracy=accuracy, at=at))
    await hand_in(world, phone, clock, hour(9))


async def test_two_positions_too_far_apart_for_the_time_are_both_in_doubt(world: World) -> None:
    await go(world, minutes=2)
    assert await found() == {"V1": ("uncertain", True), "V2": ("uncertain", True)}


async def test_a_journey_that_a_road_allows_is_not_doubted(world: World) -> None:
    await go(world, minutes=15)
    assert await found() == {"V1": ("position", False), "V2": ("position", False)}


async def test_both_accuracies_are_allowed_for(world: World) -> None:
    await go(world, minutes=2, accuracy=8_000)
    assert {doubted for _, doubted in (await found()).values()} == {False}


async def test_it_is_the_provider_s_dated_limit(world: World, superuser: asyncpg.Connection) -> None:
    await superuser.execute(
        "INSERT INTO policy_version (provider_id, starts_on, version, policy, digest, recorded_at)"
        " SELECT id, '2026-10-01', 1, '{\"implied_speed_limit_kmh\": 1000}', '\\x00', $1"
        " FROM organisation WHERE reference = 'hearth'",
        hour(0),
    )
    await go(world, minutes=2)
    assert {doubted for _, doubted in (await found()).values()} == {False}


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_arrival_gives_the_same_doubts(
    world: World, superuser: asyncpg.Connection, seed: int
) -> None:
    """The middle one of three explains nothing if it comes last: the pair that follows each other is what counts."""
    phone, clock = await world.phone()
    for name, at, place in (
        ("V1", hour(7), DOOR), ("V2", hour(7, 20), FAR), ("V2", hour(7, 40), FAR), ("V1", hour(7, 41), DOOR),
        ("V4", hour(8, 30), DOOR),
    ):  # fmt: skip
        clock.time = at
        phone.record("check_in" if at < hour(7, 40) else "check_out", visit(name), fix=fix(*place, at=at))
    events = list(phone.outbox)
    random.Random(seed).shuffle(events)
    while events:
        size = random.Random(seed + len(events)).randint(1, 2)
        phone.outbox, events = events[:size], events[size:]
        await hand_in(world, phone, clock, hour(9))
    rows = {row["reference"]: row for row in (await visits()).drop_nulls("recorded_end").to_dicts()}
    assert {name: "implied_speed" in row["flags"] for name, row in rows.items()} == {
        "V1": True, "V2": True, "V4": False,
    }  # fmt: skip


async def test_a_position_comes_into_it_when_its_event_is_released(
    world: World, superuser: asyncpg.Connection
) -> None:
    phone, clock = await world.phone()
    for name, at, place in (("V1", hour(7), DOOR), ("V3", hour(7, 2), FAR)):
        clock.time = at
        phone.record("check_in", visit(name), fix=fix(*place, at=at))
    await hand_in(world, phone, clock, hour(9))
    assert (await found())["V1"] == ("position", False)
    row = await superuser.fetchval("SELECT row_id FROM event WHERE code = 'not_your_visit'")
    provider = await superuser.fetchval("SELECT provider_id FROM event LIMIT 1")
    await release_event(provider, row, uuid4(), "She stood in")
    assert (await found())["V1"] == ("uncertain", True)


async def test_a_released_event_of_which_nobody_knows_when_it_was_brings_nobody_into_doubt(
    world: World, superuser: asyncpg.Connection
) -> None:
    """It lies half an hour after it was received, by a clock that nothing tells about."""
    phone, clock = await world.phone()
    clock.time = hour(9, 30)
    phone.record("check_in", visit("V2"), fix=fix(*FAR, at=hour(9, 30)))
    await hand_in(world, phone, clock, hour(9))
    [row] = await superuser.fetch("SELECT row_id, provider_id FROM event WHERE code = 'absurd_time'")
    await release_event(row["provider_id"], row["row_id"], uuid4(), "Her phone's clock was wrong")
    clock.time = hour(9, 32)
    phone.record("check_in", visit("V4"), fix=fix(*DOOR, at=hour(9, 32)))
    await hand_in(world, phone, clock, hour(10))
    assert await found() == {"V2": ("position", False), "V4": ("position", False)}
    assert await superuser.fetchval("SELECT count(*) FROM event_speed") == 0


@pytest.mark.parametrize("seed", range(3))
async def test_neighbours_are_found_whatever_the_age_of_a_position_and_the_order_of_arrival(
    world: World, superuser: asyncpg.Connection, seed: int
) -> None:
    """Positions taken up to two minutes before or after their events, which are often nearer together than that."""
    phone, clock = await world.phone()
    chance, at = random.Random(seed), hour(7)
    for _ in range(14):
        at += timedelta(seconds=chance.choice((1, 30, 90, 300, 900)))
        clock.time = at
        taken = at + timedelta(seconds=chance.uniform(-120, 120))
        phone.record("check_in", visit("V1"), fix=fix(*chance.choice((DOOR, FAR)), at=taken))
    events = list(phone.outbox)
    chance.shuffle(events)
    while events:
        phone.outbox, events = events[:2], events[2:]
        await hand_in(world, phone, clock, hour(9))
    held = [
        Position(
            row["row_id"],
            row["paid_at"] - timedelta(seconds=row["fix_age_s"]),
            said["lat"],
            said["lon"],
            10.0,
        )
        for row in await superuser.fetch(
            "SELECT row_id, paid_at, fix_age_s, content FROM event JOIN event_judgement j ON j.event_row = row_id"
            " JOIN event_attachment a ON a.event_row = row_id AND a.kind = 'fix'"
        )
        for said in (json.loads(row["content"]),)
    ]
    assert len(held) == 14
    noted = await superuser.fetch("SELECT from_row, to_row FROM event_speed")
    pairs = {(one.before.row, one.after.row) for one in speeds(held, {one.row for one in held})}
    assert pairs <= {tuple(row) for row in noted}
