"""How long the live board and the lists take: `python -m bench.board [VISITS] [SECONDS] [PART OF AN ADDRESS]`.

So many visits are made before today, and today's. Each page is asked for again and again for so many seconds, and each
time the queries that it made are run alone, one after the other, with the same arguments on the same server. The ratio
of both p99 says what the page costs beside its bare queries. Results are printed, and kept in .data/bench/board.json.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

import asyncpg

from backend import db, settings
from backend.use_cases.watch_day import day_changes
from bench._county import A_DAY, begin_today, live_through, settle
from tests.conftest import Database, client_of, clock_in, new_database, prepared
from tests.console.desk import NOW, Browser, Desk, fortnight
from tests.jobs.office import PROVIDER

PAGES: Final = (
    ("manager", "/today"),
    ("manager", "/today?state=late"),
    ("manager", "/roster?date=2026-11-16"),
    ("manager", "/roster?date=2026-11-16&by=person"),
    ("manager", "/exceptions"),
    ("manager", "/exceptions?show=acknowledged"),
    ("manager", "/corrections"),
    ("manager", "/corrections?show=all"),
    ("manager", "/quarantine"),
    ("manager", "/devices"),
    ("manager", "/people"),
    ("manager", "/invoices"),
    ("manager", "/invoices/drafts"),
    ("manager", "/disputes"),
    ("manager", "/wage-reports"),
    ("manager", "/audits"),
    ("manager", "/access-log"),
    ("manager", "/arrears"),
    ("manager", "/performance"),
    ("commissioner", "/invoices"),
    ("commissioner", "/disputes"),
    ("auditor", "/wage-reports"),
    ("auditor", "/access-log"),
    ("auditor", "/pay-record"),
    ("auditor", "/providers"),
)
KEPT: Final = Path(".data/bench/board.json")
LEAST: Final = 3
"""Each page is asked for so often at least."""
Asked = tuple[str, tuple[Any, ...]]


class _Watched(asyncpg.Connection):
    """A connection that notes what it was asked while somebody wants to know."""

    asked: list[Asked] | None = None

    async def fetch(self, query: str, *args: Any, **how: Any) -> Any:
        _note(query, args)
        return await super().fetch(query, *args, **how)

    async def copy_from_query(self, query: str, *args: Any, **how: Any) -> Any:
        _note(query, args)
        return await super().copy_from_query(query, *args, **how)

    async def fetchrow(self, query: str, *args: Any, **how: Any) -> Any:
        _note(query, args)
        return await super().fetchrow(query, *args, **how)

    async def fetchval(self, query: str, *args: Any, **how: Any) -> Any:
        _note(query, args)
        return await super().fetchval(query, *args, **how)

    async def execute(self, query: str, *args: Any, **how: Any) -> Any:
        _note(query, args)
        return await super().execute(query, *args, **how)


def _note(query: str, args: tuple[Any, ...]) -> None:
    if _Watched.asked is not None and query not in ("COMMIT", "ROLLBACK"):
        _Watched.asked.append((query.removeprefix("BEGIN; "), args))


async def _as_it_is(connection: asyncpg.Connection) -> None:
    """A connection needs no cleaning on its way back, as in the application's own pool."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, the 50th and the 99th of a hundred: of a page, and of its bare queries. Of few calls the slowest."""

    page: str
    queries: int
    calls: int
    p50: float
    p99: float
    bare_p50: float
    bare_p99: float

    @property
    def ratio(self) -> float:
        return self.p99 / self.bare_p99


async def measured(
    name: str, ask: Callable[[], Awaitable[Any]], bare: asyncpg.Connection, seconds: float
) -> Measured:
    """Ask for a page and run its queries alone, in turns."""
    await ask()
    asked: list[Asked] = []
    pages: list[float] = []
    queries: list[float] = []
    began = perf_counter()
    while len(pages) < LEAST or perf_counter() - began < seconds:
        _Watched.asked = asked = []
        pages.append(await _seconds(ask))
        _Watched.asked = None
        queries.append(await _alone(bare, asked))
    return Measured(name, len(asked), len(pages), *_hundredths(pages), *_hundredths(queries))


async def _alone(bare: asyncpg.Connection, asked: list[Asked]) -> float:
    """The seconds of these queries one after the other, in one transaction that leaves nothing behind."""
    transaction = bare.transaction()
    await transaction.start()
    began = perf_counter()
    for query, args in asked:
        # What the page noted has its id already.
        given = (args[0], uuid4(), *args[2:]) if query.startswith("INSERT") else args
        await bare.fetch(query, *given)
    taken = perf_counter() - began
    await transaction.rollback()
    return taken


async def _seconds(ask: Callable[[], Awaitable[Any]]) -> float:
    began = perf_counter()
    await ask()
    return perf_counter() - began


def _hundredths(seconds: list[float]) -> tuple[float, float]:
    ranked = sorted(seconds)
    return ranked[len(ranked) // 2], ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))]


async def _told() -> None:
    """The live board is told once that something changed."""
    assert [mark async for mark in day_changes(PROVIDER, "nothing seen yet", looks=1)]


async def _get(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"


async def board(busy: Desk, url: str, seconds: float, wanted: str) -> list[Measured]:
    """Every page whose address holds `wanted`, and the stream that the board listens to."""
    pool = db.DB.pool
    db.DB.pool = await asyncpg.create_pool(
        url,
        connection_class=_Watched,
        server_settings=db.SETTINGS,
        min_size=1,
        max_size=10,
        reset=_as_it_is,
    )
    bare = await asyncpg.connect(url, server_settings=db.SETTINGS)
    asks: list[tuple[str, Callable[[], Awaitable[Any]]]] = [("manager /today/live, one look", _told)]
    for who, path in PAGES:
        browser = await busy.as_(who)
        asks.append((f"{who} {path}", lambda browser=browser, path=path: _get(browser, path)))
    found = []
    for name, ask in asks:
        if wanted in name:
            found.append(await measured(name, ask, bare, seconds))
            _print(found[-1])
    await bare.close()
    await db.DB.pool.close()
    db.DB.pool = pool
    return found


def _print(one: Measured) -> None:
    print(
        f"{one.page:40} {one.p50 * 1000:9.1f} {one.p99 * 1000:9.1f} {one.bare_p99 * 1000:10.1f} {one.ratio:6.2f}"
        f" {one.queries:8} {one.calls:6}",
        flush=True,
    )


async def _at_the_desk(
    made: Database, folder: Path, worked: Desk, visits: int, seconds: float, wanted: str
) -> None:
    set_clock = clock_in(folder / "clock")
    async with client_of(made) as client:
        superuser = await asyncpg.connect(made.superuser_url)
        began = perf_counter()
        await settle(superuser)
        await live_through(superuser, visits)
        await begin_today(superuser)
        print(f"{visits:,} visits before today and {A_DAY:,} today, made in {perf_counter() - began:.0f} s")
        print(
            f"{'milliseconds':40} {'p50':>9} {'p99':>9} {'bare p99':>10} {'ratio':>6} {'queries':>8} {'calls':>6}"
        )
        busy = Desk(worked.office.again(client, lambda instant: set_clock(max(instant, NOW))), superuser)
        found = await board(busy, str(made.settings.database_url), seconds, wanted)
        await superuser.close()
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    told = [{**asdict(one), "ratio": round(one.ratio, 2)} for one in found]
    KEPT.write_text(json.dumps({"visits": visits, "today": A_DAY, "pages": told}, indent=1) + "\n")


def main(visits: int = 1_000_000, seconds: float = 5, wanted: str = "") -> None:
    """Make the visits, ask for every page, print each."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as place:
        folder = Path(place)
        folder.chmod(0o711)  # the database's own account must reach it
        with prepared(folder) as server:
            worked, name = fortnight(server, folder)
            made = new_database(server, folder, name)
            settings.use(made.settings)
            asyncio.run(_at_the_desk(made, folder, worked, visits, seconds, wanted))


if __name__ == "__main__":
    main(*(kind(text) for kind, text in zip((int, float, str), sys.argv[1:], strict=False)))
