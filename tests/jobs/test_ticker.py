"""The worker's two tickers: one that breaks goes on, and neither waits for the other."""

import asyncio
import signal
from datetime import datetime

import asyncpg
import pytest

from backend.jobs import ticker


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
