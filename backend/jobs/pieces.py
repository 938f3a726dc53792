"""A piece of work, and how far the pieces before it have come."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend.jobs.calendar import Period
from backend.sql import query

MAX_BACKOFF_MINUTES: Final = 60
Work = Callable[[asyncpg.Connection, datetime], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One piece of work: a job for a scope and a period, once. `work(connection, now)` does it and says what it did."""

    job: str
    provider_id: UUID | None  # None: the work is for the whole database
    scope: str
    period: Period
    due_at: datetime
    work: Work

    @property
    def period_key(self) -> str:
        return self.period.start.isoformat()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the runs have come, by (job, scope), and which failed when, to be tried again when."""

    done: dict[tuple[str, str], date]
    failed: dict[tuple[str, str, str], tuple[datetime, datetime]]

    def since(self, job: str, scope: str, first: date, period_of: Callable[[date], Period]) -> date:
        done = self.done.get((job, scope))
        return first if done is None else max(first, period_of(done).end + timedelta(days=1))

    def ready(self, due: Due, now: datetime) -> bool:
        """Whether it may be tried: a failure waits for its time, unless it was recorded by a clock that was ahead of
        this one.
        """
        failed_at, again_at = self.failed.get((due.job, due.scope, due.period_key), (now, now))
        return again_at <= now or failed_at > now


async def progress_of(connection: asyncpg.Connection, jobs: list[str], scopes: list[str]) -> Progress:
    """The progress of some jobs in some scopes."""
    done = await connection.fetch(query("jobs.progress"), jobs, scopes)
    failed = await connection.fetch(query("jobs.failures"))
    return Progress(
        {(row["job"], row["scope"]): date.fromisoformat(row["period_key"]) for row in done},
        {
            (row["job"], row["scope"], row["period_key"]): (
                row["claimed_at"],
                row["claimed_at"] + _backoff(row),
            )
            for row in failed
        },
    )


def _backoff(row: Any) -> timedelta:
    return timedelta(minutes=min(2 ** row["attempts"], MAX_BACKOFF_MINUTES))


def day_of(day: date) -> Period:
    """The period of one day."""
    return Period(day, day)
