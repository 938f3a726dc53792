"""What many visits come to is worked out beside the event loop, so that a web process goes on answering meanwhile."""

import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from backend import db
from backend.use_cases import frames, verified_visits, wage_report_facts, worked_days
from tests.jobs.conftest import office, opened_office
from tests.jobs.office import PROVIDER, Office

__all__ = ["office", "opened_office"]

DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
MONDAY, TUESDAY = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)


async def a_range_of_visits(connection: Any) -> object:
    return await verified_visits.verified_visits(connection, PROVIDER, MONDAY, TUESDAY)


async def a_range_of_activities(connection: Any) -> object:
    return await verified_visits.carer_activities(connection, PROVIDER, MONDAY, TUESDAY)


async def a_day(connection: Any) -> object:
    return await worked_days.worked_days(connection, PROVIDER, DAY, DAY, as_of=NOW)


async def a_report(connection: Any) -> object:
    period = (date(2026, 11, 2), date(2026, 11, 8))
    return await wage_report_facts.wage_report_facts(connection, PROVIDER, "weekly:mon", *period, NOW, DAY)


@pytest.mark.parametrize(
    ("module", "worker", "asked"),
    [
        (verified_visits, "visits_recorded", a_range_of_visits),
        (verified_visits, "activities_recorded", a_range_of_activities),
        (frames, "_frame", a_range_of_visits),
        (worked_days, "days_recorded", a_day),
        (wage_report_facts, "wages_recorded", a_report),
    ],
)
async def test_the_arithmetic_is_done_in_another_thread(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    worker: str,
    asked: Callable[[Any], Awaitable[object]],
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    real, threads = getattr(module, worker), set()

    def noted(*given: Any, **more: Any) -> Any:
        threads.add(threading.get_ident())
        return real(*given, **more)

    monkeypatch.setattr(module, worker, noted)
    async with db.as_provider(PROVIDER) as connection:
        await asked(connection)
    assert threads and threading.get_ident() not in threads
