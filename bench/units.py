"""What one check-in takes and leaves: `python -m bench.units [EVENTS]`. docs/scaling.md counts with it.

Phones check in as in `bench.checkin`, each call with one event, over few connections, to one web process. Told of each:
processor time of the web process and of the database, bytes of the log, and bytes of each table with its indexes. Then
the same time for a look of the live board, and the bytes of a planned visit. A processor of another speed takes another
time; bytes are the same everywhere.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any, Final

import asyncpg

from backend.use_cases.watch_day import day_mark
from bench._phones import settle, signed
from bench._servers import keep, place, product, traffic
from bench._traffic import Plan
from tests.mobile_api.world import PROVIDER

HISTORY: Final = 100_000
CONNECTIONS: Final = 4
LOOKS: Final = 500
SHOWN_BYTES: Final = 8
"""Tables that grew by less for each event are told as one."""
_TICK: Final = os.sysconf("SC_CLK_TCK")
_SIZES: Final = """
SELECT coalesce(parent.relname, c.relname) AS name,
    sum(pg_table_size(c.oid)) AS rows, sum(pg_indexes_size(c.oid)) AS indexes
FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class Used:
    """Processor seconds of the web process, of this one and of the database; bytes of the log and of tables."""

    web: float
    own: float
    database: float
    log: int
    tables: Mapping[str, tuple[int, int]]


async def main(events: int = 4000) -> None:
    """Measure, print, keep."""
    async with place() as where:
        superuser = await asyncpg.connect(where.urls.superuser)
        carers = await settle(superuser, HISTORY)
        with product(where) as port:

            async def look(web: str | None = None) -> Used:
                return await _used(superuser, web)

            def check_in(number: int) -> None:
                traffic(
                    where, Plan([port], CONNECTIONS, seconds=3600), signed(carers, port, repeat(1, number))
                )

            check_in(500)  # its statements prepared, its pages in memory and once in the log
            before = await look(f"--port\0{port}")
            await asyncio.to_thread(check_in, events)
            after = await look(f"--port\0{port}")
        found = {"check_in": _check_in(before, after, events), "look": await _looks(look)}
        found["visit"] = await _visit(superuser)
        await superuser.close()
    found["load"] = round(os.getloadavg()[0], 1)
    _print(found)
    keep("units", found)


async def _used(superuser: asyncpg.Connection, web: str | None) -> Used:
    """`web`: what the command of the web process holds."""
    log = await superuser.fetchval("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
    tables = {row["name"]: (int(row["rows"]), int(row["indexes"])) for row in await superuser.fetch(_SIZES)}
    first = await superuser.fetchval("SELECT pg_backend_pid()")
    postmaster = _stat(first)[1]
    running = _processes()
    return Used(
        web=sum(_seconds(pid) for pid, command in running.items() if web is not None and web in command),
        own=sum(os.times()[:2]),
        database=_seconds(postmaster, also_ended=True)
        + sum(_seconds(pid) for pid in running if _stat(pid)[1] == postmaster),
        log=log,
        tables=tables,
    )


def _processes() -> dict[int, str]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            found[int(folder.name)] = (folder / "cmdline").read_text()
    return found


def _stat(pid: int) -> tuple[list[int], int]:
    """Ticks of the processor (its own by user and system, then of its ended children), and the parent."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return [0, 0, 0, 0], 0
    return [int(one) for one in fields[11:15]], int(fields[1])


def _seconds(pid: int, also_ended: bool = False) -> float:
    return sum(_stat(pid)[0][: 4 if also_ended else 2]) / _TICK


def _check_in(before: Used, after: Used, events: int) -> dict[str, Any]:
    grown = {
        name: [round((now - then) / events) for now, then in zip(sizes, before.tables[name], strict=True)]
        for name, sizes in after.tables.items()
    }
    return {
        "web_ms": round((after.web - before.web) / events * 1000, 2),
        "database_ms": round((after.database - before.database) / events * 1000, 2),
        "log_bytes": round((after.log - before.log) / events),
        "table_bytes": sum(rows for rows, _ in grown.values()),
        "index_bytes": sum(indexes for _, indexes in grown.values()),
        "tables": {name: sizes for name, sizes in sorted(grown.items()) if sum(sizes) >= SHOWN_BYTES},
    }


async def _looks(look: Callable[[], Awaitable[Used]]) -> dict[str, float]:
    """Processor time of one look of the live board without what serves it."""
    await day_mark(PROVIDER)
    before = await look()
    for _ in range(LOOKS):
        await day_mark(PROVIDER)
    after = await look()
    return {
        "web_ms": round((after.own - before.own) / LOOKS * 1000, 2),
        "database_ms": round((after.database - before.database) / LOOKS * 1000, 2),
    }


async def _visit(superuser: asyncpg.Connection) -> dict[str, list[int]]:
    """Bytes of a planned visit in its tables and their indexes."""
    visits = await superuser.fetchval("SELECT count(*) FROM visit")
    found = {row["name"]: row for row in await superuser.fetch(_SIZES)}
    return {
        name: [round(found[name]["rows"] / visits), round(found[name]["indexes"] / visits)]
        for name in ("visit", "visit_version")
    }


def _print(found: Mapping[str, Any]) -> None:
    for what, told in found.items():
        print(f"{what}: {told}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
