"""What takes long is worked out beside the event loop, so that a web process goes on answering meanwhile."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from backend import db
from backend.use_cases import frames, verified_visits, wage_report_facts, worked_days
from backend.use_cases.hashing import hash_apart
from backend.use_cases.loading import SourceFile, load, pay, rota, versions
from backend.use_cases.passwords import hash_password, password_fits
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


ROTA = "provider,visit,package,start,end,carer\n" + "".join(
    f"hearth,M{hour},P1,2026-11-02T{hour:02}:00,2026-11-02T{hour:02}:30,E1\n" for hour in range(8, 15)
)
PAY = (
    "provider,employment,section,kind,amount,paid_on,reference\n"
    "hearth,E1,pay,bonus,10.00,2026-11-02,L1\nhearth,E1,pay,bonus,11.00,2026-11-02,L2\n"
)


@pytest.mark.parametrize(
    ("kind", "text", "module", "worker"),
    [
        ("rota", ROTA, rota, "_times"),
        ("rota", ROTA, rota, "_refuse_unemployed"),
        ("rota", ROTA, rota, "_fact"),
        ("pay", PAY, pay, "_facts"),
    ],
)
async def test_the_rows_of_a_file_are_read_in_another_thread(
    office: Office, monkeypatch: pytest.MonkeyPatch, kind: Any, text: str, module: Any, worker: str
) -> None:
    real, threads = getattr(module, worker), set()

    def noted(*given: Any) -> Any:
        threads.add(threading.get_ident())
        return real(*given)

    monkeypatch.setattr(module, worker, noted)
    await load(kind, [SourceFile("file.csv", text.encode())])
    assert threads and threading.get_ident() not in threads


async def test_a_file_is_stored_piece_by_piece_and_counted_as_a_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "PIECE", 3)
    first = await load("rota", [SourceFile("file.csv", ROTA.encode())])
    assert (first.new, first.changed, first.unchanged) == (7, 0, 0)
    later = ROTA.replace("T10:30", "T10:45").replace("M14,", "M99,")
    second = await load("rota", [SourceFile("file.csv", later.encode())])
    assert (second.new, second.changed, second.unchanged) == (1, 1, 5)


async def test_signing_in_does_not_wait_until_other_long_work_is_done() -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    done = threading.Event()
    long = asyncio.create_task(asyncio.to_thread(done.wait, 60))
    kept = await hash_apart(hash_password, "three random words")
    assert await hash_apart(password_fits, "three random words", kept)
    assert not long.done()
    done.set()
    await long
