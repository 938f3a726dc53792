"""Late, missed and overdue visits, each told once."""

import asyncpg
import pytest

from backend.jobs.runner import run_due
from tests.jobs.office import Office, instant, visit_id


async def alerts(superuser: asyncpg.Connection) -> list[tuple[str, str]]:
    rows = await superuser.fetch(
        "SELECT kind, subject FROM alert WHERE kind <> 'silent' ORDER BY raised_at, kind"
    )
    return [(row["kind"], str(row["subject"])) for row in rows]


async def look(office: Office, moment: str) -> None:
    office.set(instant(moment))
    await run_due(office.clock, "alerts")


async def test_a_visit_is_late_then_missed_and_told_once_each(
    office: Office, superuser: asyncpg.Connection
) -> None:
    late = await office.plan("A", "2026-11-02T09:00")
    await look(office, "2026-11-02T09:14")
    assert await alerts(superuser) == []
    for moment in ("09:15", "09:20", "09:40"):
        await look(office, f"2026-11-02T{moment}")
    assert await alerts(superuser) == [("late", late)]
    await look(office, "2026-11-02T10:00")
    await look(office, "2026-11-02T10:05")
    assert await alerts(superuser) == [("late", late), ("missed", late)]


async def test_a_carer_who_checked_in_and_never_out_is_overdue_and_not_missed(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.record("check_in", "A", "2026-11-02T09:00")
    await office.hand_in()
    await look(office, "2026-11-02T10:00")
    assert await alerts(superuser) == [("overdue", visit_id("A"))]


async def test_a_cancelled_visit_and_one_that_was_moved_raise_nothing_at_the_old_time(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-02T09:00")
    await office.plan(
        "A", "2026-11-02T09:00", status="cancelled", cancelled_at="2026-11-01T09:00", cancelled_by="person"
    )
    await office.plan("B", "2026-11-02T13:00")
    await look(office, "2026-11-02T11:00")
    assert await alerts(superuser) == []


async def test_the_minutes_job_runs_once_a_minute_whoever_asks(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.set(instant("2026-11-02T09:00"))
    first = await run_due(office.clock, "alerts")
    assert [ran.job for ran in first] == ["alerts", "alerts"]  # one for each of the two providers
    with monkeypatch.context() as patched:
        patched.setattr("backend.jobs.runner._pulse", None)  # nothing is asked of each provider
        assert await run_due(office.clock, "alerts") == []
    office.set(instant("2026-11-02T09:01"))
    assert len(await run_due(office.clock, "alerts")) == 2
