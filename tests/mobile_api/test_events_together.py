"""Calls of several phones that come at the same time: one transaction, and for each what it would get alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend import settings, together
from backend.use_cases import receive_events
from mobile_api.reference_client import Phone, Refused
from tests.mobile_api.test_events import outcomes
from tests.mobile_api.test_visits import visits
from tests.mobile_api.world import DOOR, PROVIDER, World, fix, hour, visit

FAR = (52.1, -2.5)
"""S2's door, fifteen kilometres off."""


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many calls each transaction that was begun was for; one is under way at a time."""
    found: list[int] = []
    genuine = receive_events._TOGETHER._do

    async def noted(provider_id: UUID, handed: Sequence[Any]) -> Any:
        found.append(len(handed))
        return await genuine(provider_id, handed)

    monkeypatch.setattr(together, "AT_ONCE", 1)
    monkeypatch.setattr(receive_events._TOGETHER, "_do", noted)
    return found


async def at_once(*phones: Phone) -> list[Any]:
    """What each phone is answered when all send at the same time."""
    return await asyncio.gather(*(phone.flush() for phone in phones), return_exceptions=True)


async def arrived(world: World, carer: str, name: str, place: tuple[float, float], at: datetime) -> Phone:
    """A phone that has a check-in to send."""
    phone, clock = await world.phone(carer)
    clock.time = at
    phone.record("check_in", visit(name), fix=fix(*place, at=at))
    return phone


async def test_phones_that_send_at_the_same_time_share_a_transaction_and_each_has_its_receipt(
    world: World, sizes: list[int], superuser: asyncpg.Connection
) -> None:
    first = await arrived(world, "C1", "V1", DOOR, hour(7))
    second = await arrived(world, "C2", "V3", FAR, hour(7))
    third, _ = await world.phone("C2")
    third.record("check_in", visit("V1"))
    world.at(hour(7, 1))
    answers = await at_once(first, second, third)
    assert [outcomes(one) for one in answers] == [
        [("accepted", None)], [("accepted", None)], [("quarantined", "not_your_visit")],
    ]  # fmt: skip
    assert sum(sizes) == 3 and len(sizes) < 3
    for phone in (first, second, third):
        assert len(phone.receipts) == 1 and not phone.outbox
    rows = await superuser.fetch(
        "SELECT DISTINCT e.device_id, b.device_id FROM event e JOIN event_batch b ON b.id = e.batch_id"
    )
    assert [one for one, _ in rows] == [other for _, other in rows] and len(rows) == 3


async def test_one_call_twice_at_the_same_time_is_kept_once(
    world: World, sizes: list[int], superuser: asyncpg.Connection
) -> None:
    phone = await arrived(world, "C1", "V1", DOOR, hour(7))
    world.at(hour(7, 1))
    body = phone.batch(phone.outbox)
    answers = await asyncio.gather(*(phone.send(body) for _ in range(4)))
    told = [(answer.json()["results"][0]["outcome"], answer.json()["batch"]) for answer in answers]
    assert sorted(outcome for outcome, _ in told) == ["accepted", "duplicate", "duplicate", "duplicate"]
    assert all(receipt == told[0][1] for _, receipt in told)
    assert sum(sizes) == 4 and len(sizes) < 4
    assert await superuser.fetchval("SELECT count(*) FROM event") == 1


async def test_two_phones_of_a_carer_see_each_other_s_positions(world: World, sizes: list[int]) -> None:
    here = await arrived(world, "C1", "V1", DOOR, hour(7))
    there = await arrived(world, "C1", "V2", FAR, hour(7) + timedelta(minutes=2))
    other = await arrived(world, "C2", "V3", FAR, hour(7))
    world.at(hour(9))
    await at_once(other, here, there)
    assert len(sizes) < 3
    rows = (await visits()).drop_nulls("recorded_start").to_dicts()
    doubted = {row["reference"]: "implied_speed" in row["flags"] for row in rows}
    assert doubted == {"V1": True, "V2": True, "V3": False}


async def test_who_sends_too_much_that_proves_nothing_keeps_nobody_else_out(
    world: World, sizes: list[int], superuser: asyncpg.Connection
) -> None:
    settings.use(replace(settings.current(), unverified_events=2))
    good = [await arrived(world, carer, name, DOOR, hour(7)) for carer, name in (("C1", "V1"), ("C2", "V3"))]
    bad, _ = await world.phone("C1")
    for number in range(3):
        event = bad.record("note", visit("V1"))
        event["signature"] = bad.key.sign(b"something else %d" % number)
    world.at(hour(7, 1))
    await bad.send(bad.batch(bad.outbox))
    answers = await at_once(good[0], bad, good[1])
    assert isinstance(answers[1], Refused)
    assert [outcomes(answers[0]), outcomes(answers[2])] == [[("accepted", None)]] * 2
    assert max(sizes) > 1
    kept = await superuser.fetchval("SELECT count(*) FROM event WHERE outcome = 'accepted'")
    assert kept == 2 and len(bad.outbox) == 3


async def test_a_phone_that_is_not_in_this_database_is_no_trouble_to_the_others(
    world: World, sizes: list[int], superuser: asyncpg.Connection
) -> None:
    phone = await arrived(world, "C1", "V1", DOOR, hour(7))
    lost = await arrived(world, "C2", "V3", DOOR, hour(7))
    unknown = UUID(int=7)
    body = lost.batch(lost.outbox).replace(str(lost.device_id).encode(), str(unknown).encode())
    receive_events.home_of.__globals__["_homes"][unknown] = PROVIDER
    world.at(hour(7, 1))
    mine, other = await asyncio.gather(phone.flush(), lost.send(body))
    assert outcomes(mine) == [("accepted", None)]
    assert [(one["outcome"], one["code"]) for one in other.json()["results"]] == [
        ("quarantined", "unknown_device")
    ]
    assert await superuser.fetchval("SELECT count(*) FROM unclaimed_event") == 1
