"""After the demonstration: a morning on which somebody can try the phone app, under a clock that runs."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Final

from backend import clock
from backend.domain.time import london_date
from backend.simulator.load_files import rota_row, to_csv
from backend.simulator.model import Carer, County, PlannedVisit
from backend.simulator.office import at_london
from backend.simulator.rota import LONDON
from backend.tables.ids import organisation_id
from backend.use_cases.issue_enrol_code import enrol_link, issue_for
from backend.use_cases.loading import SourceFile, load

BEGINS: Final = time(6, 55)
"""The London time at which the morning begins."""


async def prepare_morning(county: County, path: Path) -> tuple[str, str]:
    """Set the clock to the next morning and give a carer her busiest round again; her name, and her phone's address.

    The database must be open. Raises LoadRefused.
    """
    carer, visits = busiest(county)
    morning = london_date(clock.now()) + timedelta(days=1)
    clock.write(path, at_london(morning, BEGINS))
    rows = [rota_row(moved(visit, morning, number)) for number, visit in enumerate(visits, start=1)]
    await load("rota", [SourceFile("rota-to-try.csv", to_csv(rows))])
    return carer.name, enrol_link(await issue_for(organisation_id(carer.provider), carer.reference))


def busiest(county: County) -> tuple[Carer, Sequence[PlannedVisit]]:
    """The carer of the first provider with the most visits on one day, and those visits in order."""
    rounds: dict[tuple[str, date], list[PlannedVisit]] = defaultdict(list)
    for visit in county.rota:
        if visit.provider == county.providers[0].reference and visit.cancelled_at is None:
            rounds[visit.carer, london_date(visit.start)].append(visit)
    (employment, _), visits = max(rounds.items(), key=lambda item: (len(item[1]), item[0]))
    carer = next(carer for carer in county.carers if carer.employment == employment)
    return carer, sorted(visits, key=lambda visit: visit.start)


def moved(visit: PlannedVisit, day: date, number: int) -> PlannedVisit:
    """The same visit at the same London times of another day."""
    local = visit.start.astimezone(LONDON)
    start = at_london(day, local.time())
    return replace(
        visit,
        reference=f"TRY-{number}",
        start=start,
        end=start + (visit.end - visit.start),
        second_carer=None,
    )


async def run_clock(path: Path) -> None:
    """Let the clock run on, a second each second, until this task is cancelled."""
    loop = asyncio.get_running_loop()
    began, first = loop.time(), clock.now()
    while True:
        await asyncio.sleep(1)
        clock.write(path, first + timedelta(seconds=int(loop.time() - began)))
