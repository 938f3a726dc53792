"""The whole demonstration: a made-up county from its first file to its last wage report, and the summary of it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from backend import clock, db, embedded, settings
from backend.faults import SetupFault
from backend.running import database
from backend.simulator.load_files import county_files, write_files
from backend.simulator.people import add_logins
from backend.simulator.performance import Venue, load_county, perform, write_summary
from backend.simulator.processes import web_server
from backend.simulator.story import Size, Story, write_truth
from backend.simulator.telling import Teller
from backend.sql import query
from backend.use_cases.export_documents import export_documents
from backend.use_cases.export_evidence import export_evidence
from backend.use_cases.frozen_documents import snapshot_bytes

MADE: Final = ("county", "evidence", "invoices", "wage_reports")
"""Folders that a demonstration makes anew each time."""
HURRIED: Final = ("fsync=off", "full_page_writes=off", "autovacuum_naptime=2s")
"""Made-up records survive a crash of any process; only for one of the whole computer would they need the disk. And a
fortnight goes by in a minute: without fresh figures of its tables the database would plan for empty ones.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to demonstrate, where to write it, and on which port to serve."""

    out: Path
    port: int
    size: Size = field(default_factory=Size)


@contextmanager
def prepared(plan: Plan) -> Iterator[Mapping[str, str]]:
    """A fresh folder for the block, and the environment of every process of the demonstration.

    Raises SetupFault if another demonstration is using the folder.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    with (plan.out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupFault(
                f"Another demonstration is using {plan.out}. End it, or give another folder with --out."
            ) from None
        embedded.discard(plan.out / "data")
        for name in MADE:
            shutil.rmtree(plan.out / name, ignore_errors=True)
        (plan.out / "server.log").unlink(missing_ok=True)
        environment = _environment(plan)
        os.environ.update(environment)
        settings.use(settings.load(os.environ))
        with embedded.running(plan.out.resolve() / "data", HURRIED):
            yield environment


def _environment(plan: Plan) -> dict[str, str]:
    out = plan.out.resolve()
    return {
        "DATABASE_URL": "", "DOORSTEP_OWNER_DATABASE_URL": "", "DOORSTEP_KEYS": "",
        "DOORSTEP_DATA": str(out / "data"), "DOORSTEP_CLOCK": str(out / "clock"),
        "DOORSTEP_BASE_URL": f"http://127.0.0.1:{plan.port}",
    }  # fmt: skip


async def demonstrate(
    plan: Plan, story: Story, password: str, environment: Mapping[str, str], teller: Teller
) -> dict[str, Any]:
    """Load, play, let the jobs run, and write the documents and both JSON files. Returns the summary.

    The web server has ended when this returns; the database's folder stays, so that `doorstep serve` can show it.
    """
    clock.write(plan.out / "clock", story.diary.opens)
    write_files(plan.out / "county", county_files(story.county))
    log = plan.out / "server.log"
    async with database():
        with teller.step("Loading the county's files"):
            await load_county(story, plan.size.postcodes)
            await add_logins(story.county, password)
        async with web_server(plan.port, log, environment) as base:
            tally = await perform(story, Venue(base, plan.out / "clock", log, environment), teller)
        with teller.step("Writing the documents and the summary"):
            await _export(plan.out)
            await _export_evidence(plan.out / "evidence")
            write_truth(plan.out, story)
            return await write_summary(plan.out, story, tally)


async def _export(out: Path) -> None:
    """Every file of every document, as it was frozen."""
    async with db.as_system() as connection:
        providers = await connection.fetch(query("jobs.every_provider"))
    for kind, folder in (
        ("invoice", "invoices"),
        ("credit_note", "invoices"),
        ("wage_report", "wage_reports"),
    ):
        (out / folder).mkdir(exist_ok=True)
        for provider in providers:
            async for file in export_documents(provider["id"], kind):
                (out / folder / file.name).write_bytes(file.content)


async def _export_evidence(folder: Path) -> None:
    """The evidence of the first worker who was paid too little, to try `doorstep verify` on."""
    folder.mkdir(exist_ok=True)
    async with db.as_system() as connection:
        providers = await connection.fetch(query("jobs.every_provider"))
    for provider in providers:
        async with db.as_provider(provider["id"]) as connection:
            rows = await connection.fetch(query("documents.frozen"), provider["id"])
        for row in rows:
            for worker in _short(row):
                file = await export_evidence(provider["id"], str(row["id"]), worker)
                (folder / file.name).write_bytes(file.content)
                return


def _short(document: Mapping[str, Any]) -> list[str]:
    """The employments that a wage report finds paid too little; none of another document."""
    if document["kind"] != "wage_report":
        return []
    workers = json.loads(snapshot_bytes(document["snapshot"]))["workers"]
    return [worker["employment"] for worker in workers if not worker["result"]["compliant"]]
