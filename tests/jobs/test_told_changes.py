"""Changes to earlier periods are told against what frozen reports say, in whatever order facts were committed."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import asyncpg

from backend.use_cases.subject_access import Subject, subject_access
from tests.jobs.office import PROVIDER, Office, instant
from tests.jobs.test_gap_ledger import corrected, faults, late_visit, stated, two_weeks
from tests.jobs.test_wage_reports import NEXT_REPORT_DUE, REPORT_DUE
from tests.use_cases.loading.samples import load_rows

THIRD_REPORT_DUE = NEXT_REPORT_DUE + timedelta(days=7)


async def third_week(office: Office) -> None:
    await office.plan("E", "2026-11-16T09:00")
    await office.attend("E", "2026-11-16T09:00", "2026-11-16T09:30")
    await office.pay("E1", "3", 30, "12.71", ("2026-11-16", "2026-11-22"), "2026-11-27")


async def told(superuser: asyncpg.Connection) -> dict[str, list[dict[str, Any]]]:
    """What the provisional report of each week says of earlier ones."""
    found = await stated(superuser)
    return {
        start: report["changes"] for (start, edition), report in found.items() if edition == "provisional"
    }


def steps(change: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    return [
        (gap["left"], gap["reached"], *(side and side["observed_seconds"] for side in (gap["before"], gap["after"])))
        for gap in change["gaps"]
    ]  # fmt: skip


async def test_what_a_slow_call_brought_before_a_report_and_committed_after_it_is_told_by_the_next_once(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """Its events are dated when the call came, before the instant up to which the report knew the facts."""
    await two_weeks(office)
    await office.attend("B", "2026-11-02T09:50", "2026-11-02T10:20", flush=False)
    await office.run(REPORT_DUE, "wage_reports")
    office.set(REPORT_DUE - timedelta(minutes=20))
    assert set(await office.hand_in()) == {"accepted"}
    await third_week(office)
    await office.run(NEXT_REPORT_DUE, "wage_reports")
    await office.run(THIRD_REPORT_DUE, "wage_reports")
    found = await told(superuser)
    [change] = found["2026-11-09"]
    assert steps(change) == [("A", "B", None, 1200), ("A", "C", 4200, None), ("B", "C", None, 1200)]
    assert (change["before"]["counted_seconds"], change["after"]["counted_seconds"]) == (3600, 7800)
    assert (change["before"]["shortfall"], change["after"]["shortfall"]) == ("0.00", "14.83")
    assert (found["2026-11-02"], found["2026-11-16"]) == ([], [])
    # The report that such a call was too late for is named as what it is; those that told of it come out again.
    assert len(await faults()) == 1


async def test_a_second_change_is_told_from_where_the_first_left_off(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await two_weeks(office)
    await office.run(REPORT_DUE, "wage_reports")
    await late_visit(office)
    await third_week(office)
    await office.run(NEXT_REPORT_DUE, "wage_reports")
    await corrected(superuser, office, "A", "2026-11-02T09:00", "2026-11-02T09:45")
    await office.run(THIRD_REPORT_DUE, "wage_reports")
    found = await told(superuser)
    assert [steps(change) for change in found["2026-11-16"]] == [[("A", "B", 1200, 300)]]
    [first], [second] = found["2026-11-09"], found["2026-11-16"]
    assert second["before"] == first["after"]
    assert await faults() == []


async def test_hours_of_a_worker_who_was_not_tested_are_stated_and_their_changes_told(
    office: Office, superuser: asyncpg.Connection
) -> None:
    for reference, start in (("A", "02T09:00"), ("B", "02T09:50"), ("D", "09T09:00")):
        await office.plan(reference, f"2026-11-{start}")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("D", "2026-11-09T09:00", "2026-11-09T09:30")
    await office.run(REPORT_DUE, "wage_reports")
    [left] = (await stated(superuser))["2026-11-02", "provisional"]["not_tested"]
    assert [(line["kind"], line["seconds"]) for line in left["hours"]["work"]] == [("contact", 1800)]
    assert [visit["visit"] for day in left["days"] for visit in day["visits"] if visit["event_ids"]] == ["A"]
    await late_visit(office)
    await office.run(NEXT_REPORT_DUE, "wage_reports")
    [change] = (await told(superuser))["2026-11-09"]
    assert steps(change) == [("A", "B", None, 1200)]
    assert (change["before"]["counted_seconds"], change["after"]["counted_seconds"]) == (1800, 4800)
    assert change["after"]["compliant"] is None
    assert await faults() == []
    assert await own_parts("C1") == [
        ("2026-11-02", "not_tested"), ("2026-11-09", "not_tested"), ("2026-11-09", "change"),
    ]  # fmt: skip


async def own_parts(carer: str) -> list[tuple[str, str]]:
    """Which parts of wage reports the file of everything about a carer holds."""
    file = await subject_access(PROVIDER, Subject("carer", carer), None, None)
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        held = json.loads(archive.read("records.json"))["wage_reports"]
    kinds = ("worker", "not_tested", "change")
    return [(part["from"], kind) for part in held for kind in kinds if kind in part]


async def test_work_that_was_all_taken_away_is_told_although_nobody_is_paid(
    office: Office, superuser: asyncpg.Connection
) -> None:
    times = {"start": "2026-11-03 09:00", "end": "2026-11-03 10:00"}
    row = {"provider": "hearth", "reference": "T1", "carer": "C1", "kind": "training", "reason": "Register"}
    await office.plan("D", "2026-11-09T09:00")
    await office.attend("D", "2026-11-09T09:00", "2026-11-09T09:30")
    await load_rows("activities", [{**row, **times}])
    await office.run(REPORT_DUE, "wage_reports")
    office.set(instant("2026-11-16T12:00"))
    await load_rows("activities", [{**row, **times, "withdrawn": "yes"}])
    await office.run(NEXT_REPORT_DUE, "wage_reports")
    [change] = (await told(superuser))["2026-11-09"]
    assert (change["before"]["counted_seconds"], change["after"]["counted_seconds"]) == (3600, 0)
    assert await faults() == []
