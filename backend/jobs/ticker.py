"""The worker process: two tickers, and nothing more. Missed ticks and restarts are non-events.

What each minute asks for (alerts, checkpoints, notices) does not wait for the documents of a busy morning.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend import clock
from backend.db import AWAY
from backend.jobs.runner import run_periods, run_pulses

log = structlog.get_logger("doorstep.jobs")
TICK_SECONDS: Final = 10
Work = Callable[[datetime], Awaitable[Any]]


async def tick_until_stopped(seconds: int = TICK_SECONDS) -> None:
    """Run what is due every few seconds until SIGTERM or SIGINT; a tick that has begun is finished first."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async def tick(work: Work, busy: asyncio.Lock) -> None:
        async with busy:
            if not stop.is_set():
                await _done(work)

    locks = {work: asyncio.Lock() for work in (run_pulses, run_periods)}
    ticks = [partial(tick, work, busy) for work, busy in locks.items()]
    scheduler = AsyncIOScheduler(timezone="UTC")
    for (
        one
    ) in ticks:  # No grace time: a late tick is as good as a punctual one, and several missed ones are one.
        scheduler.add_job(
            one, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None
        )
    scheduler.start()
    try:
        await asyncio.gather(*(one() for one in ticks))
        await stop.wait()
        scheduler.pause()
        for busy in locks.values():
            async with busy:  # shutting down would cancel a tick half-way
                pass
    finally:
        scheduler.shutdown(wait=False)


async def _done(work: Work) -> None:
    """One tick. What breaks it is logged, and the next one begins anew."""
    try:
        await work(clock.now())
    except AWAY as error:
        log.error("database_away", error=type(error).__name__, detail=str(error))
    except Exception as error:
        log.error("tick_failed", error=type(error).__name__, exc_info=error)
