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
from backend.together import Together
from backend.use_cases import phone_calls, receive_events
from backend.use_cases.event_context import Handed
from mobile_api.reference_client import Phone
from schemas.mobile import EventsAnswer
from tests.mobile_api.test_events import outcomes
from tests.mobile_api.test_visits import visits
from tests.mobile_api.world import DOOR, PROVIDER, World, fix, hour, visit

FAR = (52.1, -2.5)
"""S2's door, fifteen kilometres off."""


class Meeting(Together[UUID, Handed, EventsAnswer | None]):
    """Calls go on when as many as are expected have come; `sizes` is how many calls each transaction was for."""

    def __init__(self) -> None:
        super().__init__(self._noted)
        self.sizes: list[int] = []
        self._missing = 0
        self._all_here = asyncio.Event()

    def expect(self, calls: int) -> None:
        """From now on, so many."""
        self.sizes.clear()
        self._missing = calls
        self._all_here.clear()

    async def done(self, whose: UUID, asked: Handed, size: int = 1) -> EventsAnswer | None:
        self._missing -= 1
        if self._missing <= 0:
            self._all_here.set()
        await self._all_here.wait()
        return await super().done(whose, asked, size)

    async def _noted(self, whose: UUID, asked: Sequence[Handed]) -> Sequence[EventsAnswer | None]:
        self.sizes.append(len(asked))
        return await receive_events._receive(whose, asked)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    monkeypatch.setattr(together, "AT_ONCE", 1)
    made = Meeting()
    monkeypatch.setattr(receive_events, "_TOGETHER", made)
    return made


async def at_once(meeting: Meeting, *phones: Phone) -> list[Any]:
    """What each phone is answered when all send at the same time."""
    meeting.expect(len(phones))
    answers = await asyncio.gather(*(phone.flush() for phone in phones), return_exceptions=True)
    assert meeting.sizes == [len(phones)]
    return answers


async def arrived(world: World, carer: str, name: str, place: tuple[float, float], at: datetime) -> Phone:
    """A phone that has a check-in to send."""
    phone, clock = await world.phone(carer)
    clock.time = at
    phone.record("check_in", visit(name), fix=fix(*place, at=at))
    return phone


async def test_phones_that_send_at_the_same_time_share_a_transaction_and_each_has_its_receipt(
    world: World, meeting: Meeting, superuser: asyncpg.Connection
) -> None:
    first = await arrived(world, "C1", "V1", DOOR, hour(7))
    second = await arrived(world, "C2", "V3", FAR, hour(7))
    third, _ = await world.phone("C2")
    third.record("check_in", visit("V1"))
    world.at(hour(7, 1))
    answers = await at_once(meeting, first, second, third)
    assert [outcomes(one) for one in answers] == [
        [("accepted", None)], [("accepted", None)], [("quarantined", "not_your_visit")],
    ]  # fmt: skip
    for phone in (first, second, third):
        assert len(phone.receipts) == 1 and not phone.outbox
    rows = await superuser.fetch(
        "SELECT DISTINCT e.device_id, b.device_id FROM event e JOIN event_batch b ON b.id = e.batch_id"
    )
    assert [one for one, _ in rows] == [other for _, other in rows] and len(rows) == 3


async def test_one_call_twice_at_the_same_time_is_kept_once(
    world: World, meeting: Meeting, superuser: asyncpg.Connection
) -> None:
    phone = await arrived(world, "C1", "V1", DOOR, hour(7))
    world.at(hour(7, 1))
    body = phone.batch(phone.outbox)
    meeting.expect(4)
    answers = await asyncio.gather(*(phone.send(body) for _ in range(4)))
    told = [(answer.json()["results"][0]["outcome"], answer.json()["batch"]) for answer in answers]
    assert sorted(outcome for outcome, _ in told) == ["accepted", "duplicate", "duplicate", "duplicate"]
    assert all(receipt == told[0][1] for _, receipt in told)
    assert meeting.sizes == [4]
    assert await superuser.fetchval("SELECT count(*) FROM event") == 1


async def test_two_phones_of_a_carer_see_each_other_s_positions(world: World, meeting: Meeting) -> None:
    here = await arrived(world, "C1", "V1", DOOR, hour(7))
    there = await arrived(world, "C1", "V2", FAR, hour(7) + timedelta(minutes=2))
    other = await arrived(world, "C2", "V3", FAR, hour(7))
    world.at(hour(9))
    await at_once(meeting, other, here, there)
    rows = (await visits()).drop_nulls("recorded_start").to_dicts()
    doubted = {row["reference"]: "implied_speed" in row["flags"] for row in rows}
    assert doubted == {"V1": True, "V2": True, "V3": False}


async def test_who_sends_too_much_that_proves_nothing_keeps_nobody_else_out(
    world: World, meeting: Meeting, superuser: asyncpg.Connection
) -> None:
    settings.use(replace(settings.current(), unverified_events=2))
    good = [await arrived(world, carer, name, DOOR, hour(7)) for carer, name in (("C1", "V1"), ("C2", "V3"))]
    bad, _ = await world.phone("C1")
    for number in range(3):
        event = bad.record("note", visit("V1"))
        event["signature"] = bad.key.sign(b"something else %d" % number)
    world.at(hour(7, 1))
    await bad.send(bad.batch(bad.outbox))
    meeting.expect(3)
    calls = [phone.send(phone.batch(phone.outbox)) for phone in (good[0], bad, good[1])]
    answers = await asyncio.gather(*calls)
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert [outcomes(answers[place].json()["results"]) for place in (0, 2)] == [[("accepted", None)]] * 2
    assert meeting.sizes == [3, 1, 1, 1]
    kept = await superuser.fetchval("SELECT count(*) FROM event WHERE outcome = 'accepted'")
    assert kept == 2 and len(bad.outbox) == 3


async def test_a_phone_that_is_not_in_this_database_is_no_trouble_to_the_others(
    world: World, meeting: Meeting, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await arrived(world, "C1", "V1", DOOR, hour(7))
    second = await arrived(world, "C2", "V3", DOOR, hour(7))
    unknown = UUID(int=7)
    monkeypatch.setitem(phone_calls._homes, unknown, PROVIDER)  # it was, before the database was restored
    body = first.batch(first.outbox).replace(first.device_id.encode(), str(unknown).encode())
    world.at(hour(7, 1))
    meeting.expect(3)
    mine, lost, hers = await asyncio.gather(first.flush(), first.send(body), second.flush())
    assert meeting.sizes == [3]
    assert [outcomes(mine), outcomes(hers)] == [[("accepted", None)]] * 2
    assert outcomes(lost.json()["results"]) == [("quarantined", "unknown_device")]
    assert await superuser.fetchval("SELECT count(*) FROM unclaimed_event") == 1
