"""One run from its first fault to its laws, and what is to be told of it."""

import asyncio
import os
import platform
import time
from collections.abc import Callable
from typing import Any

import asyncpg

from tests.faults import laws
from tests.faults.director import Director
from tests.faults.harness import Rig, busy, running
from tests.faults.world import MOST_DAYS

_SESSIONS = """
    SELECT pid, pg_blocking_pids(pid) AS held_up_by, state, wait_event_type, wait_event, now() - xact_start AS since,
           left(regexp_replace(query, '\\s+', ' ', 'g'), 200) AS query
    FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY xact_start
"""
ENDED = {0, 143}
"""How a process ends that is asked to: a worker by itself, a web process by the signal that it was sent."""


async def play(
    seed: int, kills: int, minutes: float, say: Callable[[str], None] = lambda words: None
) -> dict[str, Any]:
    """Break things until `kills` processes were killed or the minutes are over, let everything settle, and look.

    The findings, as plain data.
    """
    days = min(MOST_DAYS, kills * 2 + 10)
    async with running(seed, days, megabytes=600 if kills < 100 else 1500) as rig:
        director = Director(rig, seed, kills, minutes)
        try:
            await _break(rig, director, say)
            broken = await laws.broken(rig)
        except BaseException:
            _tell_failure(rig, director, say)
            await _tell_sessions(rig, say)
            raise
        statuses = {program.name: await program.stop() for program in rig.programs}
        return {
            "seed": seed,
            "seconds": round(time.monotonic() - rig.began, 1),
            "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
            "disk_filled": director.disk.small,
            **director.told(),
            **await _counted(rig),
            "ended_with": statuses,
            "laws": {name: found or "holds" for name, found in broken.items()},
            "holds": not any(broken.values()) and set(statuses.values()) <= ENDED,
        }


def _tell_failure(rig: Rig, director: Director, say: Callable[[str], None]) -> None:
    """What went before, and the end of what each process and the database said."""
    say(f"seed {director.seed}, after {director.told()['list'][-10:]}")
    logs = {program.name: program.log.read_text(errors="replace") for program in rig.programs}
    for name, said in {**logs, "database": rig.postgres.log()}.items():
        say(f"--- {name}, the end of its log:\n{said[-4000:]}")


async def _tell_sessions(rig: Rig, say: Callable[[str], None]) -> None:
    """What each session of the database does, or waits for, and which others hold it up."""
    try:
        async with laws.superuser(rig) as connection:
            rows = await connection.fetch(_SESSIONS)
    except (OSError, asyncpg.PostgresError) as error:
        say(f"--- sessions: {type(error).__name__} {error}")
    else:
        say("\n".join(["--- sessions:", *(" ".join(str(value) for value in row.values()) for row in rows)]))


async def _break(rig: Rig, director: Director, say: Callable[[str], None]) -> None:
    async with busy(rig):
        telling = asyncio.create_task(_tell(director, say))
        try:
            await director.run()
        finally:
            telling.cancel()
    say(f"{director.kills} kills; everything settles")
    await laws.settle(rig)


async def _tell(director: Director, say: Callable[[str], None]) -> None:
    while True:
        say(
            f"{director.kills} of {director.wanted} kills, {director.rig.heard.acknowledged} events acknowledged"
        )
        await asyncio.sleep(10)


async def _counted(rig: Rig) -> dict[str, Any]:
    async with laws.superuser(rig) as connection:
        documents = await connection.fetch(
            "SELECT kind, count(*) AS n FROM document GROUP BY kind ORDER BY kind"
        )
        outcomes = await connection.fetch(
            "SELECT outcome, coalesce(code, '') AS code, count(*) AS n FROM event GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return {
            "acknowledged": rig.heard.acknowledged,
            "verdicts": {f"{row['outcome']} {row['code']}".strip(): row["n"] for row in outcomes},
            "answers": {str(status): n for status, n in sorted(rig.heard.statuses.items())},
            "unanswered": dict(rig.heard.failures),
            "documents": {row["kind"]: row["n"] for row in documents},
            "database": await connection.fetchval("SHOW server_version"),
            "simulated_until": rig.time.true.isoformat(),
            "ended_by_themselves": sum(len(program.ended) for program in rig.programs),
        }
