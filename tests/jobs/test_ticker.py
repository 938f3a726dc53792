"""The worker's two tickers: one that breaks goes on, and neither waits for the other."""

import asyncio
import signal
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from backend.jobs import ticker
from backend.use_cases import send_notices


async def _nothing(_: datetime) -> None:
    """What has nothing to do."""


@pytest.mark.parametrize("error", [asyncpg.ConnectionDoesNotExistError("gone"), ZeroDivisionError()])
async def test_a_tick_that_breaks_is_not_the_last(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """The first as when the database is away in the middle of one."""
    ticks = 0

    async def break_twice(_: datetime) -> None:
        nonlocal ticks
        ticks += 1
        if ticks < 3:
            raise error
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(ticker, "run_pulses", _nothing)
    monkeypatch.setattr(ticker, "run_periods", break_twice)
    async with asyncio.timeout(60):
        await ticker.tick_until_stopped(seconds=1)
    assert ticks == 3


async def test_the_work_of_each_minute_does_not_wait_for_the_documents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    minutes, done = 0, asyncio.Event()

    async def each_minute(_: datetime) -> None:
        nonlocal minutes
        minutes += 1
        if minutes == 3:
            done.set()

    async def a_busy_morning(_: datetime) -> None:
        await done.wait()
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(ticker, "run_pulses", each_minute)
    monkeypatch.setattr(ticker, "run_periods", a_busy_morning)
    async with asyncio.timeout(60):
        await ticker.tick_until_stopped(seconds=1)
    assert minutes >= 3


async def test_a_worker_told_to_stop_breaks_off_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what it began with: a new worker may have much to make up for."""
    broken_off: list[str] = []

    async def without_end(_: datetime) -> None:
        signal.raise_signal(signal.SIGTERM)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            broken_off.append("periods")
            raise

    monkeypatch.setattr(ticker, "GRACE_SECONDS", 0)
    monkeypatch.setattr(ticker, "run_pulses", _nothing)
    monkeypatch.setattr(ticker, "run_periods", without_end)
    async with asyncio.timeout(60):
        await ticker.tick_until_stopped()
    assert broken_off == ["periods"]


async def test_a_worker_told_to_stop_finishes_what_is_nearly_done(monkeypatch: pytest.MonkeyPatch) -> None:
    finished = False

    async def nearly_done(_: datetime) -> None:
        nonlocal finished
        signal.raise_signal(signal.SIGTERM)
        for _round in range(100):
            await asyncio.sleep(0)
        finished = True

    monkeypatch.setattr(ticker, "GRACE_SECONDS", 60)
    monkeypatch.setattr(ticker, "run_pulses", _nothing)
    monkeypatch.setattr(ticker, "run_periods", nearly_done)
    async with asyncio.timeout(60):
        await ticker.tick_until_stopped()
    assert finished


async def test_a_notice_that_is_on_its_way_is_marked_before_the_worker_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_its_way, answered, marked = asyncio.Event(), asyncio.Event(), []

    async def taken(_: datetime) -> list[dict[str, Any]]:
        return [{"id": 1}]

    async def deliver(delivery: dict[str, Any], _: datetime) -> bool:
        on_its_way.set()
        await answered.wait()
        marked.append(delivery["id"])
        return True

    monkeypatch.setattr(send_notices, "_taken", taken)
    monkeypatch.setattr(send_notices, "_deliver", deliver)
    sending = asyncio.create_task(send_notices.send_notices(None, datetime(2026, 11, 2, tzinfo=UTC)))
    await on_its_way.wait()
    sending.cancel()
    asyncio.get_running_loop().call_soon(answered.set)
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert marked == [1]
