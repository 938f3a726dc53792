"""The morning on which somebody tries the phone app: a real round, a code that enrols, a clock that runs."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from backend import clock
from backend.domain.time import london_date
from backend.simulator.performance import load_county
from backend.simulator.story import Size, tell_story
from backend.simulator.trying import busiest, moved, prepare_morning, run_clock
from mobile_api.reference_client import Phone

STORY = tell_story(Size(seed=7, carers=6, service_users=24, days=2))


async def test_the_address_enrols_a_carer_who_has_her_busiest_round_before_her(
    http: httpx.AsyncClient, at: Callable[[datetime], None], tmp_path: Path
) -> None:
    at(STORY.diary.opens)
    await load_county(STORY, None)
    name, link = await prepare_morning(STORY.county, tmp_path / "clock")
    carer, visits = busiest(STORY.county)
    phone = Phone(http, now=clock.now)
    answer = await phone.enrol(link.partition("#enrol=")[2])
    rota = await phone.rota(days=1)
    assert (name, answer["carer"]["name"]) == (carer.name, carer.name)
    assert len(rota) == len(visits) > 1
    assert {london_date(datetime.fromisoformat(visit["planned"]["start"])) for visit in rota} == {
        london_date(STORY.diary.opens) + timedelta(days=1)
    }


def test_a_visit_moved_over_the_change_of_clocks_keeps_its_time_of_day() -> None:
    visit = STORY.county.rota[0]
    summer = moved(visit, date(2027, 6, 1), 1)
    assert summer.start.hour == (visit.start.hour - 1) % 24
    assert summer.end - summer.start == visit.end - visit.start


async def test_the_clock_runs_on_from_where_it_stood(at: Callable[[datetime], None], tmp_path: Path) -> None:
    at(STORY.diary.opens)
    running = asyncio.create_task(run_clock(tmp_path / "clock"))
    async with asyncio.timeout(20):
        while clock.now() == STORY.diary.opens:
            await asyncio.wait({running}, timeout=0.05)
    assert clock.now() - STORY.diary.opens < timedelta(seconds=20)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
