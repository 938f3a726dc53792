"""The server's clock was ahead for a while and is right again: nothing waits for that time to come."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from backend.jobs.due import due_work
from backend.jobs.runner import run_due
from backend.use_cases.make_checkpoint import make_checkpoint
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, Office

YEAR = timedelta(days=365)
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


async def _pulses(now: datetime) -> set[str]:
    """The work of each minute that is done at an instant."""
    return {ran.job for ran in await run_due(now) if ran.period_key == "each minute"}


async def test_the_work_of_each_minute_goes_on(office: Office) -> None:
    every = await _pulses(NOON)
    assert {"alerts", "checkpoints"} <= every
    assert await _pulses(NOON + YEAR) == every
    assert await _pulses(NOON) == every
    assert await _pulses(NOON + timedelta(seconds=30)) == set(), "once a minute is enough"
    assert await _pulses(NOON + timedelta(seconds=60)) == every


async def test_a_failure_is_tried_again_at_its_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")

    async def broken(*_: Any) -> str:
        raise ZeroDivisionError

    async def due(at: datetime) -> list[str]:
        return [piece.job for piece in await due_work(at) if piece.job == "invoices"]

    with monkeypatch.context() as patched:
        patched.setattr("backend.jobs.due.issue_invoice", broken)
        [ran] = await office.run(FIRST_WEEK_DUE + timedelta(hours=5), "invoices")
        assert ran.failed
    assert await due(FIRST_WEEK_DUE + timedelta(hours=5, minutes=1)) == []
    assert await due(FIRST_WEEK_DUE) == ["invoices"], "it failed at a time that is to come"
    [ran] = await office.run(FIRST_WEEK_DUE, "invoices")
    assert not ran.failed


@pytest.mark.parametrize("received", [NOON - timedelta(days=30), NOON + timedelta(days=30)])
async def test_each_event_comes_into_a_checkpoint(
    office: Office, superuser: asyncpg.Connection, received: datetime
) -> None:
    """Received long before the newest checkpoint says it was made, or long after what comes next."""
    await office.plan("A", "2026-11-02T09:00")
    await office.record("check_in", "A", "2026-11-02T09:00")
    await office.hand_in()
    office.set(NOON + timedelta(days=20))
    assert await make_checkpoint(PROVIDER) == 1
    await office.record("check_out", "A", "2026-11-02T09:30")
    office.set(received)
    await office.hand_in()
    office.set(NOON)
    assert await make_checkpoint(PROVIDER) == 1
    assert await superuser.fetchval("SELECT count(*) FROM checkpoint_event") == 2
