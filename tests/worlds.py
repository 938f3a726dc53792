"""A world that many tests begin in is made once in each process. Each of them gets a copy of its database."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import httpx

from backend import settings
from backend.embedded import Urls
from tests.conftest import TEMPLATE, Database, client_of, clock_in, new_database

T = TypeVar("T")
SetClock = Callable[[datetime], None]
Make = Callable[[Database, httpx.AsyncClient, SetClock], Awaitable[T]]


def made_once(server: Urls, folder: Path, make: Make[T]) -> tuple[T, str]:
    """What `make` gives, and the name of the database in which it was made; nobody is connected to it any more."""
    made = new_database(server, folder)
    settings.use(made.settings)
    try:
        return asyncio.run(_made(made, folder / f"{made.name}-clock", make)), made.name
    finally:
        settings.forget()


async def _made(made: Database, clock: Path, make: Make[T]) -> T:
    async with client_of(made) as http:
        return await make(made, http, clock_in(clock))


def template_for(fixtures: Collection[str], server: Urls, folder: Path) -> str:
    """The database that a test's own is a copy of: that of the world it asks for, or one where nobody is yet."""
    from tests.console.desk import fortnight, furnished
    from tests.evidence.reported import worked
    from tests.jobs.office import opened
    from tests.jobs.weeks import paid, short, worked_once
    from tests.mobile_api.world import loaded
    from tests.use_cases.loading.samples import held

    worlds = {
        "busy": fortnight,
        "county": held,
        "desk": furnished,
        "morning": worked_once,
        "opened_office": opened,
        "paid_weeks": paid,
        "short_week": short,
        "worked_week": worked,
        "world": loaded,
    }
    asked = [world for world in worlds if world in fixtures]
    assert len(asked) <= 1, f"A test begins in one world, not in {asked}."
    return worlds[asked[0]](server, folder)[1] if asked else TEMPLATE
