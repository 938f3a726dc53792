"""Wage reports by schedule: hours from signed events against what payroll really paid, provisional and then final."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend.use_cases.correction_reasons import Reason
from backend.use_cases.decide_correction import decide_correction
from backend.use_cases.export_evidence import export_evidence
from backend.use_cases.frozen_documents import snapshot_bytes
from backend.use_cases.loading import SourceFile, load_payroll
from backend.use_cases.propose_for_carer import propose_for_carer
from backend.use_cases.verify_documents import verify_documents
from schemas.mobile import ProposedTimes, ReasonCode
from tests.evidence.reported import failures
from tests.jobs.office import PROVIDER, Office, instant, visit_id
from tests.use_cases.loading.samples import load_rows

WEEK = ("2026-11-02", "2026-11-08")
REPORT_DUE = datetime(2026, 11, 15, 6, 5, tzinfo=UTC)
NEXT_REPORT_DUE = REPORT_DUE + timedelta(days=7)


async def reports(superuser: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    rows = await superuser.fetch(
        "SELECT edition, snapshot FROM document WHERE kind = 'wage_report' AND period_start = '2026-11-02'"
    )
    return {row["edition"]: msgspec.json.decode(snapshot_bytes(row["snapshot"])) for row in rows}


async def test_unpaid_waiting_shows_as_a_shortfall_down_to_the_events(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await morning.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    [ran] = await morning.run(REPORT_DUE, "wage_reports")
    assert (ran.failed, ran.detail) == (False, "1 tested, 1 short, 0 not tested")
    [worker] = (await reports(superuser))["provisional"]["workers"]
    assert {row["kind"]: row["minutes"] for row in worker["result"]["work"]} == {
        "contact": "60",
        "waiting": "20",
    }
    # 80 minutes at 12.71 an hour are 16.946.. pounds; 12.71 was paid.
    assert (worker["result"]["nmw_pay"], worker["result"]["shortfall"]) == ("12.71", "4.24")
    [day] = worker["days"]
    assert [segment["kind"] for segment in day["segments"]] == ["contact", "waiting", "contact"]
    phone = await morning.phone()
    assert {name for visit in day["visits"] for name in visit["event_ids"]} == set(phone.receipts)
    formats = await superuser.fetch("SELECT format FROM document_file ORDER BY format")
    assert [row["format"] for row in formats] == ["json", "pdf", "xlsx"]


async def test_a_worker_whose_pay_is_not_loaded_is_not_tested_and_not_accused(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    [ran] = await morning.run(REPORT_DUE, "wage_reports")
    assert ran.detail == "0 tested, 0 short, 1 not tested"
    report = (await reports(superuser))["provisional"]
    assert [(row["employment"], row["reason"]) for row in report["not_tested"]] == [
        ("E1", "No pay is loaded for this pay reference period.")
    ]
    assert report["summary"]["pence_short"] == 0


async def test_a_report_turns_final_only_when_the_next_periods_pay_is_loaded(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await morning.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await morning.run(REPORT_DUE)
    await morning.run(NEXT_REPORT_DUE)
    assert set(await reports(superuser)) == {"provisional"}
    # Late pay for the waiting, in the next period's payroll: regulation 9 counts it where it was earned.
    await morning.pay("E1", "2", 20, "12.72", WEEK, "2026-11-15")
    await morning.pay("E1", "3", 60, "12.71", ("2026-11-09", "2026-11-15"), "2026-11-20")
    await morning.run(NEXT_REPORT_DUE + timedelta(minutes=5))
    found = await reports(superuser)
    assert found["provisional"]["workers"][0]["result"]["compliant"] is False
    assert found["final"]["workers"][0]["result"]["shortfall"] == "0.00"
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [()] * len(
        await superuser.fetch("SELECT id FROM document")
    )


async def test_time_in_doubt_is_neither_counted_nor_refused(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await morning.plan("C", "2026-11-03T09:00", carer="E2")
    await morning.attend("C", "2026-11-03T09:00", "2026-11-03T09:30")  # a visit no plan ever gave her
    await morning.pay("E1", "1", 80, "12.71", WEEK, "2026-11-13")
    await morning.run(REPORT_DUE, "wage_reports")
    worker = (await reports(superuser))["provisional"]["workers"][0]["result"]
    assert (worker["compliant"], worker["unresolved_minutes"], worker["counted_minutes"]) == (
        True,
        "30",
        "80",
    )
    assert worker["shortfall_with_unresolved"] == "6.36"


async def test_the_morning_after_a_night_names_the_visit_that_began_the_evening_before(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("N", "2026-11-03T22:00", 480)
    await office.attend("N", "2026-11-03T22:00", "2026-11-04T06:00")
    await office.pay("E1", "1", 480, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE, "wage_reports")
    [worker] = (await reports(superuser))["provisional"]["workers"]
    shown = [
        (day["date"], day["segments"][0]["seconds"], day["visits"][0]["visit"]) for day in worker["days"]
    ]
    assert shown == [("2026-11-03", 7200, "N"), ("2026-11-04", 21600, "N")]


EXPORT = """employee,code,description,units,rate,amount,paid_on,earned_start,earned_end,run,reference
E1,BASIC,Basic pay,1,12.71,12.71,2026-11-13,2026-11-02,2026-11-08,,
E1,WAIT,Waiting,0:20,12.75,4.25,2026-11-13,2026-11-02,2026-11-08,,
"""


async def take_export(text: str = EXPORT) -> None:
    await load_payroll([SourceFile("run.csv", text.encode())], provider="hearth", template="generic")


def element(name: str, **changes: Any) -> dict[str, Any]:
    row = {"provider": "hearth", "element": name, "section": "pay", "kind": "hourly", "from": "2026-01-01"}
    return {**row, **changes}


async def test_a_payroll_export_stops_at_nothing_and_counts_once_its_elements_are_mapped(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await take_export()
    await load_rows("pay-mapping", [element("BASIC")])
    await morning.run(REPORT_DUE, "wage_reports")
    await load_rows("pay-mapping", [element("WAIT")])
    later = EXPORT.replace("2026-11-13", "2026-11-20").replace(
        "2026-11-02,2026-11-08", "2026-11-09,2026-11-15"
    )
    await take_export(later)
    await morning.run(NEXT_REPORT_DUE + timedelta(minutes=5))
    found = await reports(superuser)
    short = [found[edition]["workers"][0]["result"]["shortfall"] for edition in ("provisional", "final")]
    assert short == ["4.24", "0.00"]
    assert [verified.faults async for verified in verify_documents(PROVIDER) if verified.faults] == []


async def test_a_worker_none_of_whose_lines_is_mapped_is_not_tested_and_the_report_says_why(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await take_export()
    await morning.run(REPORT_DUE, "wage_reports")
    [left] = (await reports(superuser))["provisional"]["not_tested"]
    assert left["reason"] == "Nobody has said what the lines of the payroll are: 2 not classified."


async def test_time_that_a_correction_settled_counts_though_an_earlier_event_waits_in_quarantine(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("V", "2026-11-02T09:00", carer="E2")
    await office.record("check_in", "V", "2026-11-02T09:00")
    assert await office.hand_in() == ["quarantined"]
    await office.plan("V", "2026-11-02T09:00")
    await office.record("check_out", "V", "2026-11-02T09:30")
    assert await office.hand_in() == ["accepted"]
    whole = ProposedTimes(instant("2026-11-02T09:00"), instant("2026-11-02T09:30"))
    why = Reason(ReasonCode.OTHER)
    asked = await propose_for_carer(PROVIDER, uuid4(), "C1", UUID(visit_id("V")), whole, why)
    await decide_correction(PROVIDER, asked, uuid4(), "accepted")
    await office.pay("E1", "1", 30, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE, "wage_reports")
    [worker] = (await reports(superuser))["provisional"]["workers"]
    told = {row["kind"]: (row["minutes"], row["counted"]) for row in worker["result"]["work"]}
    assert told == {"contact": ("30", True)}
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [()]
    report = str(await superuser.fetchval("SELECT id FROM document WHERE kind = 'wage_report'"))
    for whose in (None, "E1"):
        assert failures((await export_evidence(PROVIDER, report, whose)).content) == {}
