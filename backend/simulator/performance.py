"""One performance of a story: its files loaded, its phones enrolled, its days played against a running server."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx

from backend import clock
from backend.faults import SetupFault
from backend.simulator.asking import ask_for_correction
from backend.simulator.disputing import credit_line, dispute_line, leave_a_dispute
from backend.simulator.handset import Handset
from backend.simulator.load_files import ORDER, county_files
from backend.simulator.office import Task
from backend.simulator.outcome import read_outcome
from backend.simulator.people import enrol_all
from backend.simulator.play import Stage, Tally, last_instant, play
from backend.simulator.processes import end_of, run_jobs
from backend.simulator.story import Story
from backend.simulator.summary import summarise
from backend.simulator.telling import Teller
from backend.use_cases.loading import LoadRefused, SourceFile, load, load_postcodes
from mobile_api.reference_client import Refused
from schemas.loading import LoadKind

KINDS: Final[Mapping[str, LoadKind]] = {
    "organisations.csv": "organisations", "contracts.json": "contracts", "pay-terms.json": "pay-terms",
    "carers.csv": "carers", "service-users.csv": "service-users", "packages.csv": "packages", "rota.csv": "rota",
    "budgets.csv": "budgets",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Venue:
    """Where to play: the server's address, the file of its clock, what jobs run under and where they log.

    The database of the same deployment must be open.
    """

    base: str
    clock: Path
    log: Path
    environment: Mapping[str, str]


async def load_county(story: Story, postcodes: Path | None) -> None:
    """Load the county's files, as its office would before the first day. Raises SetupFault."""
    if postcodes is not None:
        await load_postcodes([(postcodes.name, postcodes)])
    files = county_files(story.county)
    for name in ORDER:
        await _load(KINDS[name], name, files[name])


async def _load(kind: LoadKind, name: str, content: bytes) -> None:
    try:
        await load(kind, [SourceFile(name, content)])
    except LoadRefused as error:
        faults = "\n".join(str(fault) for fault in error.faults[:10])
        raise SetupFault(f"The made-up {name} was refused. {error}\n{faults}") from error


async def perform(story: Story, venue: Venue, teller: Teller) -> Tally:
    """Enrol the phones and play all days, jobs included; the county's files are loaded. Raises SetupFault."""
    enrolled_at = story.journal[0].at - timedelta(hours=6)
    clock.write(venue.clock, enrolled_at)
    # Connections are given up before the server closes them under a call.
    limits = httpx.Limits(max_connections=20, keepalive_expiry=2)
    try:
        async with httpx.AsyncClient(base_url=venue.base, timeout=60, limits=limits) as client:
            with teller.step(f"Enrolling {len(story.county.carers)} phones"):
                handsets = await enrol_all(story.county, client, enrolled_at)
                await _read_rotas(story, handsets)
            stage = Stage(venue.clock, client, handsets, partial(_office, story, venue))
            with teller.days(story.journal, story.diary.tasks) as tell:
                tally = await play(stage, story.journal, story.diary.tasks, tell)
            ended = last_instant(story.journal, story.diary.tasks)
            clock.write(venue.clock, ended)
            await ask_for_correction(story, handsets, ended)
            await leave_a_dispute(story.county)
    except (httpx.HTTPError, Refused) as error:
        raise SetupFault(
            f"The web server at {venue.base} did not answer a phone as it should: {error!r}. {end_of(venue.log)}"
        ) from error
    return tally


async def _read_rotas(story: Story, handsets: Mapping[str, Handset]) -> None:
    """Each phone fetches its rota, which must hold exactly the carer's own visits of the first day."""
    first = story.county.start
    planned: dict[str, set[str]] = defaultdict(set)
    for visit in story.county.rota:
        if visit.start.date() == first:
            for employment in visit.employments:
                planned[employment].add(handsets[employment].visits[visit.reference])
    for employment, handset in handsets.items():
        given = {visit["id"] for visit in await handset.phone.rota(first.isoformat(), 1)}
        if given != planned[employment]:
            raise SetupFault(
                f"The rota of {handset.carer.reference} for {first} is not the one that was loaded."
            )


async def _office(story: Story, venue: Venue, task: Task) -> None:
    if task.does == "jobs":
        await run_jobs(venue.log, venue.environment)
    elif story.received.credit is not None and task.does in ("dispute", "credit"):
        settle = dispute_line if task.does == "dispute" else credit_line
        await settle(story.received.credit)
    elif task.kind in ("pay", "rota"):
        await _load("pay" if task.kind == "pay" else "rota", f"{task.kind}-{task.at:%m%d}.csv", task.content)


async def write_summary(folder: Path, story: Story, tally: Tally) -> dict[str, Any]:
    """Read back what the system made of it, write summary.json and return it."""
    outcome = await read_outcome(story.county)
    summary = summarise(story.county, story.happened, story.received, story.tested, tally, outcome)
    (folder / "summary.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")
    return summary
