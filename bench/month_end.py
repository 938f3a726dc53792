"""How long a month end takes: `python -m bench.month_end [VISITS] [OF EACH] [WORKERS]`.

From the database to frozen rows: the jobs of invoices and wage reports and the audit tests run over November 2026 of a
county of providers, in one process or several, each of which does what a worker does; the memory of the largest is
told. In turns with them the same visits and events are copied out of PostgreSQL, which is what nobody can go below.
Drawing documents is told apart, for one provider. Results are printed and kept in .data/bench/month_end.json.
"""

import asyncio
import inspect
import json
import multiprocessing
import os
import resource
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final
from uuid import UUID

import asyncpg

from backend import db, settings
from backend.documents.canonical import read_invoice, read_wage_report
from backend.jobs.due import INVOICES, WAGE_REPORTS
from backend.jobs.runner import run_periods
from backend.running import look_for_garbage_rarely
from backend.statute.catalogue import rules
from backend.use_cases import issue_wage_report
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.invoice_files import invoice_files
from backend.use_cases.rulebook import packaged_rulebook
from backend.use_cases.run_audit import Asked, run_audit
from bench._month import FIRST, LAST, Shape, make, office
from tests.conftest import Database, client_of, clock_in, new_database, prepared
from tests.jobs.office import Office

NOW: Final = datetime(2026, 12, 8, 6, 5, tzinfo=UTC)
KEPT: Final = Path(".data/bench/month_end.json")
DRAWN: Final = 10_000
"""Visits of a provider up to which its documents are drawn: the typesetter's memory grows with the pages."""
JOBS: Final = (WAGE_REPORTS, INVOICES, "audits")
COPIED: Final = ("visit", "visit_version", "event")
STAGES: Final = {
    "attendances": ("verified_visits.visits_recorded", "worked_days.visits_recorded"),
    "days": ("wage_report_facts.days_recorded",),
    "audit tests": ("run_audit.audit",),
    "audit writing": ("run_audit._keep_visits", "run_audit._keep_flags"),
    "wage cases": ("wage_report_facts.wages_recorded",),
    "wage test and report": ("issue_wage_report.wage_report_snapshot",),
    "prices": ("issue_invoice.invoice",),
    "lines of invoices": ("issue_invoice.invoice_snapshot", "issue_invoice._store_lines"),
    "freezing": ("issue_invoice.store", "issue_wage_report.store"),
    "reads": ("frames._frame", "verified_visits._frame"),
}
"""What is timed under which name, without what it calls that has a name of its own; the database's part apart."""
FINGERPRINT: Final = """
SELECT md5(string_agg(told, ',' ORDER BY told)) FROM (
    SELECT md5(d::text) AS told FROM (
        SELECT kind, number, scope, payer, total_pence, snapshot_digest FROM document) AS d
    UNION ALL SELECT md5(l::text) FROM (SELECT line, visit_id, amount_pence, funders FROM document_line) AS l
    UNION ALL SELECT md5(p::text) FROM (SELECT visit_id, reason, detail FROM parked_visit) AS p
    UNION ALL SELECT md5(f::text) FROM (
        SELECT number, key, test, at, measured, limited, employment FROM audit_flag) AS f
    UNION ALL SELECT md5(v::text) FROM (
        SELECT number, visit_id, carer_id, employment, actual_start, evidence_level FROM audit_run_visit) AS v) AS each
"""
"""Of everything frozen: two programs that say the same froze the same."""


def _now() -> tuple[float, float]:
    return perf_counter(), process_time()


@dataclass
class Watch:
    """Seconds by the clock on the wall and of processors, each without those of what was called under another name."""

    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))
    within: list[str] = field(default_factory=lambda: ["idle"])
    since: tuple[float, float] = field(default_factory=_now)

    @contextmanager
    def under(self, name: str) -> Any:
        self.turn()
        self.within.append(name)
        try:
            yield
        finally:
            self.turn()
            self.within.pop()

    def turn(self) -> None:
        """Note what passed until now under what is being done."""
        now = _now()
        for place, (was, at) in enumerate(zip(self.since, now, strict=True)):
            self.spent[self.within[-1]][place] += at - was
        self.since = now


WATCH = Watch()


def _watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def later(*given: Any, **named: Any) -> Any:
            with WATCH.under(name):
                return await function(*given, **named)

        return later

    @wraps(function)
    def at_once(*given: Any, **named: Any) -> Any:
        with WATCH.under(name):
            return function(*given, **named)

    return at_once


class _Watched(asyncpg.Connection):
    """A connection whose time is noted as that of reading or of writing."""

    fetch = _watched("reads", asyncpg.Connection.fetch)
    fetchrow = _watched("reads", asyncpg.Connection.fetchrow)
    fetchval = _watched("reads", asyncpg.Connection.fetchval)
    copy_from_query = _watched("reads", asyncpg.Connection.copy_from_query)
    execute = _watched("writes", asyncpg.Connection.execute)
    executemany = _watched("writes", asyncpg.Connection.executemany)


async def _as_it_is(connection: asyncpg.Connection) -> None:
    """A connection needs no cleaning on its way back, as in the application's own pool."""


async def _drawn_later(*_: object) -> list[Any]:
    return []


def watch() -> None:
    """Note the time of STAGES from now on, and leave the drawing of documents out."""
    for name, places in STAGES.items():
        for place in places:
            module, _, function = place.partition(".")
            found = import_module(f"backend.use_cases.{module}")
            setattr(found, function, _watched(name, getattr(found, function)))
    import_module("backend.use_cases.issue_invoice")._files = _drawn_later  # type: ignore[attr-defined]
    issue_wage_report._files = lambda _: []  # type: ignore[assignment]


async def copied_out(superuser: asyncpg.Connection) -> float:
    """The seconds of copying visits and events to this process, which lets them fall."""

    async def let_fall(_: bytes) -> None:
        pass

    began = perf_counter()
    for table in COPIED:
        await superuser.copy_from_query(f"SELECT * FROM {table}", output=let_fall, format="binary")
    return perf_counter() - began


class Workers:
    """Processes that each do what is asked of all of them, as workers do: whatever nobody else has taken."""

    def __init__(self, lines: list[Connection]) -> None:
        self.lines = lines

    def _asked(self, *question: Any) -> list[Any]:
        for place, line in enumerate(self.lines):
            line.send((place, len(self.lines), *question))
        answers = [line.recv() for line in self.lines]
        if failed := [answer for answer in answers if isinstance(answer, str)]:
            raise RuntimeError(failed[0])
        return answers

    def do(self, job: str, providers: list[UUID]) -> float:
        """Have a job done; the seconds that the processes' processors took."""
        return sum(self._asked(job, providers))

    def stages(self) -> dict[str, list[float]]:
        """Seconds of each of STAGES by the clock and of processors, of all processes together."""
        found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for spent in self._asked("stages", []):
            for name, seconds in spent.items():
                found[name] = [one + other for one, other in zip(found[name], seconds, strict=True)]
        return found

    def memory(self) -> int:
        """Bytes that one of the processes has held at most."""
        return max(self._asked("memory", []))


@contextmanager
def working(count: int, clock: Path) -> Iterator[Workers]:
    """So many workers for a block."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(count)]
    running = [context.Process(target=_work, args=(theirs, clock)) for _, theirs in pairs]
    for process in running:
        process.start()
    workers = Workers([ours for ours, _ in pairs])
    try:
        workers.memory()  # when they answer, they have begun
        yield workers
    finally:
        for line, process in zip(workers.lines, running, strict=True):
            line.close()
            process.join()


def _work(line: Connection, clock: Path) -> None:
    """Be a worker at a clock's time until the line is closed."""
    watch()
    look_for_garbage_rarely()  # as a worker does
    packaged_rulebook(), rules()  # and it reads the law once, not each month
    clock_in(clock)(NOW)
    asyncio.run(_answer(line))


async def _answer(line: Connection) -> None:
    async with db.opened(str(settings.current().database_url)):
        db.DB.pool = await asyncpg.create_pool(
            settings.current().database_url, connection_class=_Watched, server_settings=db.SETTINGS, min_size=1,
            max_size=4, reset=_as_it_is,
        )  # fmt: skip
        with suppress(EOFError):
            while True:
                place, count, asked, providers = line.recv()
                if asked == "memory":
                    line.send(_most_memory())
                elif asked == "stages":
                    line.send({name: spent for name, spent in WATCH.spent.items() if name != "idle"})
                else:
                    line.send(await _timed(asked, providers[place::count]))


async def _timed(job: str, providers: list[UUID]) -> float | str:
    """The seconds that a job took of this process's processors, or why it failed."""
    began = process_time()
    try:
        with WATCH.under("other"):
            await _done(job, providers)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return process_time() - began


async def month_end(workers: Workers, superuser: asyncpg.Connection) -> dict[str, Any]:
    """Every job of the month and the copying in turns; seconds, memory, and what was frozen."""
    rows = await superuser.fetch("SELECT provider_id, count(*) AS n FROM visit GROUP BY 1 ORDER BY 1")
    copies, jobs = [await copied_out(superuser)], {}
    for job in JOBS:
        began = perf_counter()
        used = workers.do(job, [row["provider_id"] for row in rows])
        jobs[job] = [perf_counter() - began, used]
        copies.append(await copied_out(superuser))
    found = {
        "workers": len(workers.lines),
        "copies": copies,
        "jobs": jobs,
        "stages": workers.stages(),
        "peak_memory": workers.memory(),
        "frozen": await superuser.fetchval(FINGERPRINT),
    }
    documents = await drawn(superuser) if max(row["n"] for row in rows) <= DRAWN else {}
    return {**found, "documents": documents, "peak_memory_drawing": _most_memory()}


def _most_memory() -> int:
    """Bytes that this process has held at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def _done(job: str, providers: list[UUID]) -> None:
    """Every piece of a job, or an audit of each provider."""
    if job == "audits":
        for provider in providers:
            await run_audit(provider, FIRST, LAST, Asked())
    elif failed := [ran.detail for ran in await run_periods(NOW, job) if ran.failed]:
        raise RuntimeError(failed[0])


async def drawn(superuser: asyncpg.Connection) -> dict[str, float]:
    """The seconds of drawing the documents of one provider, by kind."""
    found = {}
    for kind in ("invoice", "wage_report"):
        stored = await superuser.fetchval(
            "SELECT snapshot FROM document WHERE kind = $1 ORDER BY provider_id LIMIT 1", kind
        )
        content = snapshot_bytes(stored)
        began = perf_counter()
        invoice_files(read_invoice(content)) if kind == "invoice" else DRAW(read_wage_report(content))
        found[kind] = perf_counter() - began
    return found


DRAW: Final = issue_wage_report._files


def _print(shape: Shape, found: dict[str, Any]) -> None:
    copy = median(found["copies"])
    whole, used = (sum(each[place] for each in found["jobs"].values()) for place in (0, 1))
    print(f"{shape.all_visits:,} visits of {shape.providers} providers; copied out in {copy:.2f} s")
    stages = sorted(found["stages"].items(), key=lambda one: -one[1][0])
    for name, (wall, processor) in [*found["jobs"].items(), *stages]:
        print(f"  {name:24} {wall:9.2f} s {wall / copy:8.1f} x   processor {processor:9.2f} s")
    print(
        f"Month end: {whole:.1f} s, {whole / copy:.1f} times copying; {used:.1f} s of the process's processors"
    )
    print(f"A worker holds at most {found['peak_memory'] / 2**20:,.0f} MiB")
    for kind, seconds in found["documents"].items():
        print(f"  drawing one provider's {kind}: {seconds:.1f} s")
    print(f"  and at most {found['peak_memory_drawing'] / 2**20:,.0f} MiB")
    print(f"  frozen: {found['frozen']}")


async def _made(database: Database, clock: Path, shape: Shape) -> None:
    async with client_of(database) as client:
        await office(Office(client, clock_in(clock)))
    superuser = await asyncpg.connect(database.superuser_url)
    began = perf_counter()
    await make(superuser, shape)
    await superuser.close()
    clock_in(clock)(NOW)
    print(f"{shape.all_visits:,} visits made in {perf_counter() - began:.0f} s", flush=True)


def main(visits: int = 100_000, each: int = 5_000, workers: int = 1) -> int:
    """Make the county, run its month end in processes of its own, and tell what it took."""
    shape = Shape(max(1, visits // each), each)
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as place:
        folder = Path(place)
        folder.chmod(0o711)  # the database's own account must reach it
        with prepared(folder) as server:
            made = new_database(server, folder)
            settings.use(made.settings)
            asyncio.run(_made(made, folder / "clock", shape))
            os.environ.update(made.environment)
            with working(workers, folder / "clock") as told:
                found = asyncio.run(_as_superuser(made.superuser_url, told))
    _print(shape, found)
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(
        json.dumps({"visits": shape.all_visits, "providers": shape.providers, **found}, indent=1) + "\n"
    )
    return 0


async def _as_superuser(url: str, workers: Workers) -> dict[str, Any]:
    superuser = await asyncpg.connect(url)
    try:
        return await month_end(workers, superuser)
    finally:
        await superuser.close()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
