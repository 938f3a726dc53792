"""What is done once a night, for the newest day alone: a day on which no worker ran is not made up for."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import asyncpg

from backend import db
from backend.domain.counted import counted
from backend.domain.time import london_date, london_midnight
from backend.jobs.calendar import due_at, ended_periods
from backend.jobs.pieces import Due, Progress, day_of, progress_of
from backend.sql import query
from backend.statute.retention import packaged
from backend.use_cases.check_records import check_and_note
from backend.use_cases.make_digest import make_digest
from backend.use_cases.make_seal import make_seal

STATISTICS: Final = "statistics"
SEALS: Final = "seals"
DIGESTS: Final = "digests"
CHECKS: Final = "record_checks"
UNCLAIMED: Final = "unclaimed"
EVERYWHERE: Final = "all"
NIGHTLY: Final = {
    STATISTICS: "what PostgreSQL plans by, for partitioned tables, each day",
    SEALS: "a signed seal over what each provider recorded, each day",
    DIGESTS: "the digest of checkpoints and seals for each commissioner, each day",
    CHECKS: "each provider’s records held against their checkpoints and seals, each day",
    UNCLAIMED: "what no provider can be told, deleted after the period of positions, each day",
}
Night = Callable[[date, asyncpg.Connection, datetime], Awaitable[str]]
_LATER: Final = timedelta(hours=1)
"""What builds on the seals of a night comes an hour after them, whichever worker makes them."""


async def nightly_work(connection: asyncpg.Connection, providers: list[UUID], now: datetime) -> list[Due]:
    """What is due at `now` and not done."""
    commissioners = await connection.fetch(query("seals.digests_due"))
    scopes = [EVERYWHERE, *map(str, providers), *(str(row["id"]) for row in commissioners)]
    progress = await progress_of(connection, list(NIGHTLY), scopes)
    found = [
        _newest(STATISTICS, None, EVERYWHERE, _analyse, progress, now),
        _newest(UNCLAIMED, None, EVERYWHERE, _forget_unclaimed, progress, now),
    ]
    for provider in providers:
        found.append(_newest(SEALS, provider, str(provider), partial(_seal, provider), progress, now))
        found.append(_newest(CHECKS, provider, str(provider), partial(_check, provider), progress, now))
    for row in commissioners:
        work = partial(_digest, row["id"], row["reference"])
        found.append(_newest(DIGESTS, None, str(row["id"]), work, progress, now))
    return [due for due in found if due is not None and progress.ready(due, now)]


def _newest(
    job: str, provider_id: UUID | None, scope: str, work: Night, progress: Progress, now: datetime
) -> Due | None:
    """The newest night's work, of which `work` is told the day before it."""
    at = now - _LATER if job in (DIGESTS, CHECKS) else now
    since = progress.since(job, scope, london_date(at) - timedelta(days=2), day_of)
    days = list(ended_periods(day_of, since, 1, at))
    if not days:
        return None
    day, begins = days[-1], due_at(days[-1], 1) + (now - at)
    return Due(
        job=job, provider_id=provider_id, scope=scope, period=day, due_at=begins, work=partial(work, day.end)
    )


async def _analyse(_: date, connection: asyncpg.Connection, now: datetime) -> str:
    analysed = await connection.fetchval(query("jobs.analyse_partitioned"), timeout=db.NIGHTLY_SECONDS)
    return f"{analysed} tables analysed"


async def _forget_unclaimed(day: date, connection: asyncpg.Connection, now: datetime) -> str:
    kept = packaged()["positions"].on(day).default_days
    gone = await connection.fetchval(
        query("privacy.forget_unclaimed"), london_midnight(day - timedelta(days=kept))
    )
    return f"{counted(gone, 'unclaimed event')} deleted"


async def _seal(provider_id: UUID, day: date, connection: asyncpg.Connection, now: datetime) -> str:
    return await make_seal(connection, provider_id, london_midnight(day + timedelta(days=1)), now)


async def _check(provider_id: UUID, day: date, connection: asyncpg.Connection, now: datetime) -> str:
    return await check_and_note(connection, provider_id, now)


async def _digest(
    commissioner_id: UUID, reference: str, day: date, connection: asyncpg.Connection, now: datetime
) -> str:
    return await make_digest(connection, commissioner_id, reference, day, now)
