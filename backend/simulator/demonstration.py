"""The whole demonstration: a made-up county from its first file to its last wage report, and the summary of it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx

from backend import clock, db, embedded, settings
from backend.faults import SetupFault
from backend.running import database
from backend.simulator.county import make_county
from backend.simulator.handset import Handset
from backend.simulator.happenings import Happened, live
from backend.simulator.homes import read_postcodes
from backend.simulator.journal import Sending, write_journal
from backend.simulator.load_files import ORDER, county_files, pay_rows, write_files
from backend.simulator.model import County
from backend.simulator.office import Diary, Task, write_diary
from backend.simulator.outcome import read_outcome
from backend.simulator.people import add_logins, enrol_all
from backend.simulator.play import Stage, Tally, last_instant, play
from backend.simulator.processes import end_of, run_jobs, web_server
from backend.simulator.summary import summarise
from backend.simulator.telling import Teller
from backend.simulator.truth.whole import Received, Tested, receive, reckon_everybody, truth
from backend.sql import query
from backend.use_cases.export_documents import export_documents
from backend.use_cases.loading import LoadRefused, SourceFile, load, load_postcodes
from mobile_api.reference_client import Refused
from schemas.loading import LoadKind

MADE: Final = ("county", "invoices", "wage_reports")
"""Folders that a demonstration makes anew each time."""
UNHURRIED_DISK: Final = ("fsync=off", "full_page_writes=off")
"""Made-up records survive a crash of any process; only for one of the whole computer would they need the disk."""
KINDS: Final[Mapping[str, LoadKind]] = {
    "organisations.csv": "organisations", "contracts.json": "contracts", "pay-terms.json": "pay-terms",
    "carers.csv": "carers", "service-users.csv": "service-users", "packages.csv": "packages", "rota.csv": "rota",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What to demonstrate, where to write it, and on which port to serve."""

    out: Path
    port: int
    seed: int = 7
    carers: int = 60
    service_users: int = 240
    days: int = 14
    postcodes: Path | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that will happen, fixed by the seed before the first process starts."""

    county: County
    happened: Happened
    journal: tuple[Sending, ...]
    received: Received
    diary: Diary
    tested: tuple[Tested, ...]


def tell_story(plan: Plan) -> Story:
    """Make the county and live through it. The same plan always tells the same story. Raises SetupFault."""
    postcodes = None if plan.postcodes is None else read_postcodes(plan.postcodes)
    county = make_county(plan.seed, plan.carers, plan.service_users, plan.days, postcodes)
    happened = live(county)
    journal = write_journal(county, happened)
    received = receive(county, journal)
    diary = write_diary(county, received)
    tested = tuple(reckon_everybody(county, received, diary.payslips))
    return Story(county, happened, journal, received, diary, tested)


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
        with embedded.running(plan.out.resolve() / "data", UNHURRIED_DISK):
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
    files = county_files(story.county)
    write_files(plan.out / "county", files)
    async with database():
        with teller.step("Loading the county's files"):
            await _load_all(plan, files)
            await add_logins(password)
        async with web_server(plan.port, plan.out / "server.log", environment) as base:
            try:
                tally = await _play(plan, story, base, environment, teller)
            except (httpx.HTTPError, Refused) as error:
                log = end_of(plan.out / "server.log")
                raise SetupFault(
                    f"The web server did not answer a phone as it should: {error!r}. {log}"
                ) from error
        with teller.step("Writing the documents and the summary"):
            await _export(plan.out)
            return await _write(plan, story, tally)


async def _load_all(plan: Plan, files: Mapping[str, bytes]) -> None:
    if plan.postcodes is not None:
        await load_postcodes([(plan.postcodes.name, plan.postcodes)])
    for name in ORDER:
        await _load(KINDS[name], name, files[name])


async def _load(kind: LoadKind, name: str, content: bytes) -> None:
    try:
        await load(kind, [SourceFile(name, content)])
    except LoadRefused as error:
        faults = "\n".join(str(fault) for fault in error.faults[:10])
        raise SetupFault(f"The made-up {name} was refused. {error}\n{faults}") from error


async def _play(plan: Plan, story: Story, base: str, environment: Mapping[str, str], teller: Teller) -> Tally:
    enrolled_at = story.journal[0].at - timedelta(hours=6)
    clock.write(plan.out / "clock", enrolled_at)
    # Connections are given up before the server closes them under a call.
    limits = httpx.Limits(max_connections=20, keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:
        with teller.step(f"Enrolling {len(story.county.carers)} phones"):
            handsets = await enrol_all(story.county, client, enrolled_at)
            await _read_rotas(story, handsets.values())
        stage = Stage(
            plan.out / "clock", client, handsets, partial(_office, plan.out / "server.log", environment)
        )
        with teller.days(story.journal, story.diary.tasks) as tell:
            tally = await play(stage, story.journal, story.diary.tasks, tell)
    clock.write(plan.out / "clock", last_instant(story.journal, story.diary.tasks))
    return tally


async def _read_rotas(story: Story, handsets: Iterable[Handset]) -> None:
    """Each phone fetches its rota, which must hold exactly the carer's own visits of the first day."""
    first = story.county.start
    for handset in handsets:
        given = {visit["id"] for visit in await handset.phone.rota(first.isoformat(), 1)}
        planned = {
            handset.visits[visit.reference] for visit in story.county.rota
            if handset.carer.employment in visit.employments and visit.start.date() == first
        }  # fmt: skip
        if given != planned:
            raise SetupFault(
                f"The rota of {handset.carer.reference} for {first} is not the one that was loaded."
            )


async def _office(log: Path, environment: Mapping[str, str], task: Task) -> None:
    if task.does == "jobs":
        await run_jobs(log, environment)
    elif task.kind in ("pay", "rota"):
        await _load("pay" if task.kind == "pay" else "rota", f"{task.kind}-{task.at:%m%d}.csv", task.content)


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


async def _write(plan: Plan, story: Story, tally: Tally) -> dict[str, Any]:
    outcome = await read_outcome(story.county)
    summary = summarise(story.county, story.happened, story.received, story.tested, tally, outcome)
    whole = truth(story.county, story.happened, story.received, story.tested)
    (plan.out / "truth.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
    (plan.out / "summary.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")
    return summary


def write_story(folder: Path, story: Story) -> None:
    """Write the county's files to load, numbered in their order, its payslips, and the truth."""
    files = county_files(story.county)
    numbered = {f"{number}-{name}": files[name] for number, name in enumerate(ORDER, start=1)}
    write_files(folder, {**numbered, f"{len(ORDER) + 1}-pay.csv": pay_rows(story.diary.payslips)})
    whole = truth(story.county, story.happened, story.received, story.tested)
    (folder / "truth.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
