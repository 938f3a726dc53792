"""The worker process: a ticker that calls `run_due`, and nothing more. Missed ticks and restarts are non-events."""

import asyncio
import signal
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend import clock
from backend.db import AWAY
from backend.jobs.runner import run_due

log = structlog.get_logger("doorstep.jobs")
TICK_SECONDS: Final = 10


async def tick_until_stopped(seconds: int = TICK_SECONDS) -> None:
    """Run what is due every few seconds until SIGTERM or SIGINT; a tick that has begun is finished first."""
    stop, busy = asyncio.Event(), asyncio.Lock()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async def tick() -> None:
        async with busy:
            if not stop.is_set():
                await _run_due()

    scheduler = AsyncIOScheduler(timezone="UTC")
    # No grace time: a late tick is as good as a punctual one, and several missed ones are one.
    scheduler.add_job(
        tick, "interval", seconds=seconds, coalesce=True, max_instances=1, misfire_grace_time=None
    )
    scheduler.start()
    try:
        await tick()
        await stop.wait()
        scheduler.pause()
        async with busy:  # shutting down would cancel a tick half-way
            pass
    finally:
        scheduler.shutdown(wait=False)


async def _run_due() -> None:
    """One tick. What breaks it is logged, and the next one begins anew."""
    try:
        await run_due(clock.now())
    except AWAY as error:
        log.error("database_away", error=type(error).__name__, detail=str(error))
    except Exception as error:
        log.error("tick_failed", error=type(error).__name__, exc_info=error)
