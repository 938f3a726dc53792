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
GRACE_SECONDS: Final = 2
Work = Callable[[datetime], Awaitable[Any]]


async def tick_until_stopped(seconds: int = TICK_SECONDS) -> None:
    """Run what is due every few seconds until SIGTERM or SIGINT, which also stops what has begun and takes long."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    at_work: set[asyncio.Task[None]] = set()

    async def tick(work: Work, busy: asyncio.Lock) -> None:
        async with busy:
            if not stop.is_set():
                begun = asyncio.create_task(_done(work))
                at_work.add(begun)
                await asyncio.wait({begun})
                at_work.discard(begun)

    ticks = [partial(tick, work, asyncio.Lock()) for work in (run_pulses, run_periods)]
    scheduler = AsyncIOScheduler(timezone="UTC")
    # No grace time: a late tick is as good as a punctual one, and several missed ones are one.
    for one in ticks:
        scheduler.add_job(
            one, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None
        )
    scheduler.start()
    first = asyncio.gather(*(one() for one in ticks))
    try:
        await stop.wait()
        scheduler.pause()
        await _stopped(set(at_work))
        await first
    finally:
        scheduler.shutdown(wait=False)


async def _stopped(at_work: set[asyncio.Task[None]]) -> None:
    """Wait a little for what has begun, then break it off.

    A piece of work that is broken off leaves nothing behind: it is rolled back, together with the mark that this worker
    holds it, and another worker, or this one's successor, starts it again.
    """
    if not at_work:
        return
    _, late = await asyncio.wait(at_work, timeout=GRACE_SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    if late:
        log.info("broken_off", ticks=len(late))


async def _done(work: Work) -> None:
    """One tick. What breaks it is logged, and the next one begins anew."""
    try:
        await work(clock.now())
    except AWAY as error:
        log.error("database_away", error=type(error).__name__, detail=str(error))
    except Exception as error:
        log.error("tick_failed", error=type(error).__name__, exc_info=error)
