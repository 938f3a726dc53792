"""Doing what is due, each piece once: any number of workers may run this at the same time.

A run's row is held by the transaction that does the work, so the work and the word that it is done commit together. A
worker that dies leaves nothing behind, and the next one starts the piece again.
"""

import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from backend import clock, db, settings
from backend.jobs.due import due_work
from backend.jobs.pieces import Due
from backend.logs import told
from backend.migrations.event_years import make_event_years
from backend.sql import query
from backend.use_cases.estimate_journeys import estimate_recent_journeys
from backend.use_cases.forget_due import forget_due
from backend.use_cases.make_checkpoint import make_checkpoint
from backend.use_cases.raise_alerts import raise_alerts
from backend.use_cases.send_notices import send_notices

log = structlog.get_logger("doorstep.jobs")
ALERTS: Final = "alerts"
CHECKPOINTS: Final = "checkpoints"
EVENT_YEARS: Final = "event_years"
JOURNEYS: Final = "journeys"
NOTICES: Final = "notices"
RETENTION: Final = "retention"
PulseWork = Callable[[UUID | None, datetime], Awaitable[str]]
"""What is done each minute: for a provider, or for all of them (None), at an instant; what came of it, in words."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of one piece of work. `failed` is true when it must be tried again."""

    job: str
    scope: str
    period_key: str
    detail: str
    failed: bool = False


def worker_name() -> str:
    """Names this process in the history of runs: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def run_due(now: datetime, job: str | None = None) -> list[Ran]:
    """Run everything that is due at `now`, or only `job`: what each minute asks for, then periods."""
    return [*await run_pulses(now, job), *await run_periods(now, job)]


async def run_periods(now: datetime, job: str | None = None) -> list[Ran]:
    """Run the work of periods that is due at `now`, period after period, until nothing is left to do."""
    ran: list[Ran] = []
    while due := [piece for piece in await due_work(now) if job in (None, piece.job)]:
        results = [result for piece in due if (result := await run_one(piece, now)) is not None]
        ran.extend(results)
        if not any(not result.failed for result in results):
            break  # what is left has failed or is held by another worker
    return ran


async def run_one(due: Due, now: datetime) -> Ran | None:
    """Do one piece of work, or nothing (None) when it is done already or another worker holds it."""
    async with db.as_system() as connection:
        await connection.execute(
            query("jobs.register"), due.job, due.scope, due.period_key, due.due_at, worker_name(), now
        )
    try:
        async with db.as_provider(due.provider_id) if due.provider_id else db.as_system() as connection:
            run = await connection.fetchrow(query("jobs.take"), due.job, due.scope, due.period_key)
            if run is None:
                return None
            detail = await due.work(connection, now)
            await connection.execute(query("jobs.finish"), run["id"], worker_name(), now, detail)
    except Exception as error:  # one bad run never stops the others: it is logged, recorded and tried again
        return await _failed(due, now, error)
    log.info("job_done", job=due.job, scope=due.scope, period=due.period_key)
    return Ran(due.job, due.scope, due.period_key, detail)


async def _failed(due: Due, now: datetime, error: Exception) -> Ran:
    log.error(
        "job_failed",
        job=due.job,
        scope=due.scope,
        period=due.period_key,
        error=type(error).__name__,
        exc_info=error,
    )
    detail = told(error)[:500]
    async with db.as_system() as connection:
        await connection.execute(
            query("jobs.fail"), due.job, due.scope, due.period_key, worker_name(), now, detail
        )
    return Ran(due.job, due.scope, due.period_key, detail, failed=True)


async def _beat(now: datetime) -> None:
    async with db.as_system() as connection:
        await connection.execute(query("jobs.heartbeat"), worker_name(), now)


async def run_pulses(now: datetime, job: str | None = None) -> list[Ran]:
    """Run the work of each minute, and say that this worker lives. Safe to repeat; the minute only saves effort."""
    await _beat(now)
    pulses = [one for one in await _pulses() if job in (None, one[0])]
    taken = await _taken(pulses, now)
    ran = [await _pulse(name, scope, now, work) for name, scope, work in pulses if (name, scope) not in taken]
    return [result for result in ran if result is not None]


async def _pulses() -> list[tuple[str, str, PulseWork]]:
    """What each minute asks for: the job, whom it is for, and the work."""
    async with db.as_system() as connection:
        providers = [str(row["id"]) for row in await connection.fetch(query("jobs.every_provider"))]
    of_each = _of_each_provider()
    return [
        (EVENT_YEARS, "all", _event_years),
        *((name, provider, work) for provider in providers for name, work in of_each),
        (NOTICES, "all", send_notices),
    ]


async def _taken(pulses: Sequence[tuple[str, str, PulseWork]], now: datetime) -> set[tuple[str, str]]:
    """Those that are taken, asked for all at once: each of many workers passes over all of them every few seconds."""
    names, scopes = {name for name, _, _ in pulses}, {scope for _, scope, _ in pulses}
    async with db.as_system() as connection:
        rows = await connection.fetch(query("jobs.pulses_taken"), list(names), list(scopes), now)
    return {(row["job"], row["scope"]) for row in rows}


def _of_each_provider() -> list[tuple[str, PulseWork]]:
    asks = settings.current().travel != "straight_line"
    journeys = [(JOURNEYS, estimate_recent_journeys)] if asks else []
    return [*journeys, (ALERTS, raise_alerts), (CHECKPOINTS, _checkpoint), (RETENTION, forget_due)]


async def _pulse(job: str, scope: str, now: datetime, work: PulseWork) -> Ran | None:
    async with db.as_system() as connection:
        await connection.execute(query("jobs.register"), job, scope, "each minute", now, worker_name(), now)
        run_id = await connection.fetchval(query("jobs.take_pulse"), job, scope, now, worker_name())
    if run_id is None:
        return None
    try:
        detail = await work(None if scope == "all" else UUID(scope), now)
    except Exception as error:  # the next minute tries again
        log.error("job_failed", job=job, scope=scope, error=type(error).__name__, exc_info=error)
        return Ran(job, scope, "each minute", told(error)[:500], failed=True)
    async with db.as_system() as connection:
        await connection.execute(query("jobs.beat_pulse"), run_id, clock.now(), detail)
    return Ran(job, scope, "each minute", detail)


async def _event_years(_: UUID | None, now: datetime) -> str:
    async with db.as_system() as connection:
        return await make_event_years(connection, now)


async def _checkpoint(provider_id: UUID | None, _: datetime) -> str:
    assert provider_id is not None
    return f"{await make_checkpoint(provider_id)} events covered"
