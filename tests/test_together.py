"""Calls that come while others are being done, done at once."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from backend import together
from backend.together import Together

pytestmark = pytest.mark.anyio


class Work:
    """Numbers, each answered by its double, once it is let go. `odd` is what doing an odd one together raises."""

    def __init__(self) -> None:
        self.done: list[list[int]] = []
        self.begun: asyncio.Queue[int] = asyncio.Queue()
        self.go = asyncio.Event()
        self.odd: Exception | None = None
        self.together = Together(self.do)

    async def do(self, whose: str, numbers: Sequence[int]) -> list[int]:
        self.done.append(list(numbers))
        self.begun.put_nowait(len(numbers))
        await self.go.wait()
        if self.odd and any(number % 2 for number in numbers):
            raise self.odd
        return [2 * number for number in numbers]

    def asked(
        self, numbers: Sequence[int], whose: str = "hearth", size: int = 1
    ) -> list["asyncio.Task[int]"]:
        return [asyncio.create_task(self.together.done(whose, number, size)) for number in numbers]


async def begun(work: Work, transactions: int = 1) -> None:
    """Until so many more have begun."""
    async with asyncio.timeout(10):
        for _ in range(transactions):
            await work.begun.get()


async def test_few_calls_are_done_alone_as_soon_as_they_come() -> None:
    work = Work()
    first = work.asked([1])
    await begun(work)
    second = work.asked([2])
    await begun(work)
    work.go.set()
    assert await asyncio.gather(*first, *second) == [2, 4]
    assert work.done == [[1], [2]]


async def test_what_comes_while_others_are_done_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "AT_ONCE", 1)
    work = Work()
    first = work.asked([1])
    await begun(work)
    others = work.asked([2, 3, 4])
    work.go.set()
    assert await asyncio.gather(*first, *others) == [2, 4, 6, 8]
    assert work.done == [[1], [2, 3, 4]]


async def test_one_tenant_does_not_wait_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "AT_ONCE", 1)
    work = Work()
    tasks = [*work.asked([1]), *work.asked([2], whose="other")]
    await begun(work, 2)
    work.go.set()
    assert await asyncio.gather(*tasks) == [2, 4]


async def test_no_transaction_does_more_than_fifty_events_unless_one_call_has_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(together, "AT_ONCE", 1)
    work = Work()
    first = work.asked([0])
    await begun(work)
    others = [*work.asked([1, 2, 3], size=20), *work.asked([4], size=500), *work.asked([5])]
    work.go.set()
    await asyncio.gather(*first, *others)
    assert work.done == [[0], [1, 2], [3], [4], [5]]


async def test_the_fault_of_one_is_nobody_else_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "AT_ONCE", 1)
    work = Work()
    work.odd = ValueError("odd")
    first = work.asked([0])
    await begun(work)
    others = work.asked([2, 3, 4])
    work.go.set()
    with capture_logs() as logs:
        assert await asyncio.gather(*first, *others, return_exceptions=True) == [0, 4, work.odd, 8]
    assert work.done == [[0], [2, 3, 4], [2], [3], [4]]
    assert [(line["event"], line["calls"], line["kind"]) for line in logs] == [
        ("each alone", 3, "ValueError")
    ]


async def test_a_database_that_is_away_is_not_asked_again_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "AT_ONCE", 1)
    work = Work()
    work.odd = ConnectionError("away")
    first = work.asked([0])
    await begun(work)
    others = work.asked([1, 3])
    work.go.set()
    assert await asyncio.gather(*first, *others, return_exceptions=True) == [0, work.odd, work.odd]
    assert work.done == [[0], [1, 3]]


async def test_who_is_gone_leaves_the_others_their_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "AT_ONCE", 1)
    work = Work()
    first = work.asked([1])
    await begun(work)
    gone, stayed = work.asked([2, 3])
    await asyncio.sleep(0)
    gone.cancel()
    work.go.set()
    assert await asyncio.gather(*first, stayed) == [2, 6]
    assert gone.cancelled()
    assert work.done == [[1], [2, 3]]


async def test_when_the_process_stops_nobody_waits_for_ever() -> None:
    work = Work()
    (asked,) = work.asked([1])
    await begun(work)
    for task in work.together._tasks:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_nothing_is_remembered_of_a_tenant_once_its_calls_are_done() -> None:
    work = Work()
    work.go.set()
    await asyncio.gather(*work.asked([1, 2, 3, 4, 5]))
    await asyncio.gather(*work.together._tasks)
    assert not work.together._waiting
    assert not work.together._under_way
