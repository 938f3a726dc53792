"""An event whose predecessor does not come: it counts, and after a week a person is told."""

from datetime import timedelta
from typing import Any

from backend import db
from backend.use_cases.read_quarantine import read_quarantine
from backend.use_cases.verified_visits import verified_visits
from tests.mobile_api.world import PROVIDER, World, hour, visit

WEEK = timedelta(days=7)


async def flags(**options: Any) -> set[str]:
    async with db.as_provider(PROVIDER) as connection:
        rows = await verified_visits(connection, PROVIDER, hour(0), hour(23), **options)
    return set(rows.filter(reference="V1")["flags"].item())


async def listed() -> list[tuple[Any, ...]]:
    return [(row["code"], row["kind"], row["releasable"]) for row in (await read_quarantine(PROVIDER))[0]]


async def test_a_predecessor_that_does_not_come_is_flagged_after_a_week_until_it_comes(world: World) -> None:
    phone, clock = await world.phone()
    phone.record("note", visit("V1"), at=hour(6, 30))
    phone.record("check_in", visit("V1"), at=hour(7))
    missing, phone.outbox = phone.outbox[0], phone.outbox[1:]
    world.at(hour(8))
    clock.time = hour(8)
    await phone.flush()
    world.at(hour(8) + WEEK - timedelta(seconds=1))
    assert "chain_waiting" not in await flags()
    assert await listed() == []
    world.at(hour(8) + WEEK)
    assert "chain_waiting" in await flags()
    assert await listed() == [("chain_waiting", "check_in", False)]
    world.at(hour(9) + WEEK)
    phone.outbox = [missing]
    await phone.flush()
    assert "chain_waiting" not in await flags()
    assert await listed() == []
    assert "chain_waiting" in await flags(as_of=hour(8) + WEEK)
