"""How many rows each page reads as history grows: `python -m bench.history [SHORT] [LONG]`, in months of four weeks.

The fortnight of the tests' office is copied into so many months before it. What is copied is no evidence (nobody signed
it): it serves to count. A page that reads a third more after LONG months than after SHORT ones is printed, with the
tables that it read more of; the exit status is 1 if one is not in ARGUED. What waits for somebody is copied too,
so lists of open things grow with it.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg

from backend import db, settings
from tests.browser.pages import pages_of
from tests.conftest import Database, client_of, clock_in, new_database, prepared
from tests.console.desk import NOW, Desk, fortnight

COPIED: Final = (
    "visit", "visit_version", "event", "event_judgement", "document", "document_line", "document_file", "parked_visit",
    "correction", "correction_decision", "alert", "acknowledgement", "access_log", "dispute", "pay_line", "job_run",
    "waiting",
)  # fmt: skip
OWN: Final = frozenset(
    (
        "id",
        "row_id",
        "visit_id",
        "event_row",
        "event_id",
        "document_id",
        "correction_id",
        "alert_id",
        "dispute_id",
        "item_id",
    )
)
"""Columns that name something of which each month has its own."""
NAMED: Final = frozenset(("reference", "number", "period_key"))
EARLIER: Final = ("contract_version", "package_version", "service_user_version", "employment_version")
"""What was known before all the months."""
AS_IF_LARGE: Final = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
"""Small tables are read whole, and joined so, though nothing asks for it."""
CONNECTIONS: Final = 5
ARGUED: Final[dict[tuple[str, str], str]] = {
    ("/access-log", "access_log"): "a page of the list has room for 200 rows, and is not full yet",
}
"""Pages and tables that they may read more of as history grows, and why."""


async def live_through(superuser: asyncpg.Connection, months: range) -> None:
    """Put the same into each of these months before; 1 is the last, and none may be given twice."""
    await superuser.execute(
        "SET session_replication_role = replica"
    )  # rows need not come in the order of their keys
    for table in EARLIER:
        await superuser.execute(f"UPDATE {table} SET recorded_at = recorded_at - interval '40 years'")
    for table in COPIED:
        columns = await superuser.fetch(
            "SELECT column_name AS name, data_type AS type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' AND is_identity = 'NO' "
            "ORDER BY ordinal_position",
            table,
        )
        names = ", ".join(f'"{column["name"]}"' for column in columns)
        values = ", ".join(_shifted(column["name"], column["type"]) for column in columns)
        await superuser.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS first_{table} AS TABLE {table}")
        await superuser.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM first_{table} AS kept, "
            f"generate_series({months.start}, {months.stop - 1}) AS month"
        )
    await superuser.execute("ANALYZE")


def _shifted(name: str, kind: str) -> str:
    """A column of a copy: earlier by its months, under a name of its own."""
    value = f'kept."{name}"'
    if kind in ("timestamp with time zone", "date"):
        earlier = f"({value} - month * interval '28 days')"
        return f"{earlier}::date" if kind == "date" else earlier
    if name in OWN and kind == "uuid":
        return f"md5({value}::text || month)::uuid"
    if name in NAMED and kind == "text":
        return f"{value} || '-' || month"
    return f"{value} + 1000 * month" if name == "seq" else value


async def rows_read(busy: Desk, who: str, path: str) -> Counter[str]:
    """The rows of each table that a page reads."""
    browser = await busy.as_(who)
    before = await _counted(busy.superuser)
    await browser.get(path)
    return +(await _counted(busy.superuser) - before)


async def _counted(superuser: asyncpg.Connection) -> Counter[str]:
    await asyncio.gather(*(_flushed() for _ in range(CONNECTIONS)))
    rows = await superuser.fetch(
        "SELECT relname, (seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint AS read FROM pg_stat_user_tables"
    )
    return Counter({row["relname"]: row["read"] for row in rows if row["read"]})


async def _flushed() -> None:
    """Have a connection of the pool tell what it read; each of those asked at once is another."""
    assert db.DB.pool is not None
    async with db.DB.pool.acquire() as connection:
        await connection.execute(AS_IF_LARGE)
        await connection.fetch("SELECT pg_stat_force_next_flush()")
        await asyncio.sleep(0.02)


async def grown(busy: Desk, short: int, long: int) -> dict[str, dict[str, tuple[int, int]]]:
    """The pages that read more after the longer time: of each table how many rows then and before, argued ones too."""
    roles = ("manager", "commissioner", "auditor", "person")
    pages = [(who, path) for who in roles for path in await pages_of(busy, who)]
    read: list[list[Counter[str]]] = []
    for months in (range(1, short + 1), range(short + 1, long + 1)):
        await live_through(busy.superuser, months)
        for who, path in pages:
            await (await busy.as_(who)).get(path)  # what is read once, to be kept in memory, is no part of it
        read.append([await rows_read(busy, who, path) for who, path in pages])
    found = {
        f"{who} {path}": {
            table: (before[table], rows) for table, rows in after.items() if rows > before[table] * 1.3 + 20
        }
        for (who, path), before, after in zip(pages, *read, strict=True)
    }
    return {page: tables for page, tables in found.items() if tables}


def argued(page: str, table: str) -> str | None:
    """Why a page may read more of a table, if anybody said."""
    path = page.split(" ", 1)[1].partition("?")[0]
    return ARGUED.get((path, table))


async def _at_the_desk(made: Database, folder: Path, worked: Desk, *months: int) -> bool:
    async with client_of(made) as client:
        superuser = await asyncpg.connect(made.superuser_url)
        found = await grown(Desk(worked.office.again(client, _clock(folder)), superuser), *months)
        await superuser.close()
    for page, tables in found.items():
        for table, (was, now) in tables.items():
            print(f"{page}: {table} {was} then {now}: {argued(page, table) or 'GROWS'}")
    return all(argued(page, table) for page, tables in found.items() for table in tables)


def _clock(folder: Path) -> Any:
    set_clock = clock_in(folder / "clock")

    def moved(instant: datetime) -> None:
        set_clock(max(instant, NOW))

    return moved


def main(short: int = 3, long: int = 6) -> int:
    """Copy, ask for every page, and print those that grew. 1 if nobody argued why one may."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as place:
        folder = Path(place)
        folder.chmod(0o711)  # the database's own account must reach it
        with prepared(folder) as server:
            worked, name = fortnight(server, folder)
            made = new_database(server, folder, name)
            settings.use(made.settings)
            return 0 if asyncio.run(_at_the_desk(made, folder, worked, short, long)) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
