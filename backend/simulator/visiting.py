"""A story played against a server that somebody else started: what must be true first, and the play."""

from pathlib import Path
from typing import Any

import httpx

from backend import clock, settings
from backend.faults import SetupFault
from backend.running import database
from backend.simulator.performance import Venue, load_county, perform, write_summary
from backend.simulator.story import Story
from backend.simulator.telling import Teller
from backend.tables.ids import organisation_id
from backend.use_cases.devices import list_devices


async def play_against(
    url: str, folder: Path, story: Story, postcodes: Path | None, teller: Teller
) -> dict[str, Any]:
    """Load the county into the database of this process's settings and play its days against the server at `url`.

    The server must go by the same settings. Its clock is moved through the days. Writes summary.json into `folder`
    and returns it. Raises SetupFault, before anything is changed, if there is no such clock or no such server, or if
    the county's carers have phones already.
    """
    clock_file = settings.current().clock
    if clock_file is None:
        raise SetupFault(
            "The county's days lie at their own dates, so a server can only live through them by a clock that can be "
            "moved: start it with DOORSTEP_CLOCK=FILE on an embedded database, and give this command the same settings."
        )
    log = folder / "worker.log"
    log.touch()
    venue = Venue(url.rstrip("/"), clock_file, log, {})
    if not clock_file.exists():
        clock.write(clock_file, story.diary.opens)
    await _look_for_server(venue.base)
    async with database():
        await _refuse_played(story)
        clock.write(clock_file, story.diary.opens)
        with teller.step("Loading the county's files"):
            await load_county(story, postcodes)
        tally = await perform(story, venue, teller)
        return await write_summary(folder, story, tally)


async def _look_for_server(base: str) -> None:
    try:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{base}/health/ready")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SetupFault(
            f"No server answers at {base} ({error!r}). Start it with `doorstep serve`, or give its address."
        ) from error
    if answer.status_code != httpx.codes.OK:
        raise SetupFault(
            f"The server at {base} is not ready: GET /health/ready answers {answer.status_code}."
        )
    if answer.json().get("simulated_time") != clock.notice():
        raise SetupFault(
            f"The server at {base} goes by another clock: start it with this command's DOORSTEP_CLOCK."
        )


async def _refuse_played(story: Story) -> None:
    for provider in story.county.providers:
        if await list_devices(organisation_id(provider.reference)):
            raise SetupFault(
                f"The carers of {provider.reference} have phones in this database already, so a county was played "
                "there. Play this one in a new one: name another folder with DOORSTEP_DATA."
            )
