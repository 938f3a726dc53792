"""The office watches a day: told of what comes in, falls due or is planned, and of nothing else."""

from datetime import timedelta
from uuid import UUID

from backend.use_cases.watch_day import day_changes, day_mark
from tests.jobs.office import PROVIDER, Office, instant

MORNING = "2026-11-02T09:00"


async def changes(mark: str, looks: int = 2) -> list[str]:
    return [newest async for newest in day_changes(PROVIDER, mark, every=0, looks=looks)]


async def test_nothing_is_told_while_nothing_happens(office: Office) -> None:
    office.set(instant(MORNING))
    assert await changes(await day_mark(PROVIDER)) == []


async def test_an_event_a_plan_and_a_new_minute_are_told_once_each(office: Office) -> None:
    await office.plan("A", MORNING)
    office.set(instant(MORNING))
    seen = await day_mark(PROVIDER)
    await office.record("check_in", "A", MORNING)
    await office.hand_in()
    [came] = await changes(seen)
    await office.plan("B", "2026-11-02T11:00")
    office.set(instant(MORNING))
    [planned] = await changes(came)
    office.set(instant(MORNING) + timedelta(minutes=1))
    assert [len(await changes(planned)), len({seen, came, planned})] == [1, 3]


async def test_another_provider_s_events_are_nobody_else_s_business(office: Office) -> None:
    await office.plan("A", MORNING)
    office.set(instant(MORNING))
    other = UUID(int=7)
    seen = await day_mark(other)
    await office.record("check_in", "A", MORNING)
    await office.hand_in()
    office.set(instant(MORNING))
    assert await day_mark(other) == seen
