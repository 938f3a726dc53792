"""Offices after a week or two of work, with their reports: each made once for all tests of a process."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from backend.embedded import Urls
from tests.conftest import Database
from tests.jobs.office import Office
from tests.worlds import SetClock, made_once

FIRST: Final = ("2026-11-02", "2026-11-08")
SECOND: Final = ("2026-11-09", "2026-11-15")
REPORT_DUE: Final = datetime(2026, 11, 15, 6, 5, tzinfo=UTC)
"""When the report of the first week is made, and paid lines still come in; a week later that of the second."""


async def morning_work(made: Office) -> Office:
    """Two half-hour visits at one address with twenty minutes between: an hour of contact, twenty minutes waiting."""
    await made.plan("A", "2026-11-02T09:00")
    await made.plan("B", "2026-11-02T09:50")
    await made.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await made.attend("B", "2026-11-02T09:50", "2026-11-02T10:20")
    return made


async def short_work(made: Office, paid_on: str = "2026-11-13") -> Office:
    """The work of a morning, of which the hour was paid: £4.24 short (80 x 12.71 / 60)."""
    await morning_work(made)
    await made.pay("E1", "1", 60, "12.71", FIRST, paid_on)
    await made.run(REPORT_DUE, "wage_reports")
    return made


async def paid_work(made: Office) -> Office:
    """Two weeks of work by two carers, paid, with both reports made."""
    for number, (reference, start, end) in enumerate(
        [
            ("A", "2026-11-02T09:00", "2026-11-02T09:30"),
            ("B", "2026-11-03T09:00", "2026-11-03T09:45"),
            ("C", "2026-11-10T09:00", "2026-11-10T09:50"),
        ]
    ):
        other = number == 1
        await made.plan(reference, start, carer="E2" if other else "E1")
        await made.attend(reference, start, end, "C2" if other else "C1")
    await made.pay("E1", "1", 30, "12.71", FIRST, "2026-11-13")
    await made.pay("E2", "1", 45, "12.75", FIRST, "2026-11-13")
    await made.pay("E1", "2", 50, "12.71", SECOND, "2026-11-20")
    await made.run(REPORT_DUE, "wage_reports")
    await made.run(REPORT_DUE + timedelta(days=7), "wage_reports")
    return made


@pytest.fixture
def morning(http: httpx.AsyncClient, at: Any, server: Urls, folder: Path) -> Office:
    """An office after the work of one morning."""
    return worked_once(server, folder)[0].again(http, at)


@pytest.fixture
def short_week(http: httpx.AsyncClient, at: Any, server: Urls, folder: Path) -> Office:
    """An office with a week of `short_work`."""
    return short(server, folder)[0].again(http, at)


@pytest.fixture
def paid_weeks(http: httpx.AsyncClient, at: Any, server: Urls, folder: Path) -> Office:
    """An office with two weeks of `paid_work`."""
    return paid(server, folder)[0].again(http, at)


@cache
def worked_once(server: Urls, folder: Path) -> tuple[Office, str]:
    """The office of `morning`, and the name of its database."""
    return made_once(server, folder, _morning)


@cache
def short(server: Urls, folder: Path) -> tuple[Office, str]:
    """The office of `short_week`, and the name of its database."""
    return made_once(server, folder, _short)


@cache
def paid(server: Urls, folder: Path) -> tuple[Office, str]:
    """The office of `paid_weeks`, and the name of its database."""
    return made_once(server, folder, _paid)


async def _morning(made: Database, http: httpx.AsyncClient, at: SetClock) -> Office:
    return await morning_work(await Office(http, at).open())


async def _short(made: Database, http: httpx.AsyncClient, at: SetClock) -> Office:
    return await short_work(await Office(http, at).open())


async def _paid(made: Database, http: httpx.AsyncClient, at: SetClock) -> Office:
    return await paid_work(await Office(http, at).open())
