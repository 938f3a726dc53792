"""Invoices by schedule: once, numbered without gaps, late facts as adjustments, the unclear parked with the reason."""

import asyncio
import dataclasses
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from backend.jobs.due import due_work
from backend.jobs.runner import run_due, run_one
from backend.use_cases.correction_reasons import Reason
from backend.use_cases.decide_correction import decide_correction
from backend.use_cases.propose_for_carer import propose_for_carer
from backend.use_cases.verify_documents import verify_documents
from schemas.mobile import ProposedTimes, ReasonCode
from tests.jobs.office import (
    FIRST_WEEK_DUE,
    PROVIDER,
    RATES,
    SECOND_WEEK_DUE,
    Office,
    documents,
    instant,
)
from tests.use_cases.loading.samples import CONTRACT, load_rows


async def test_a_week_of_visits_becomes_one_invoice_with_its_files(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-03T09:00")
    await office.attend("A", "2026-11-02T09:01", "2026-11-02T09:26")
    await office.attend("B", "2026-11-03T09:00", "2026-11-03T09:30")
    assert await office.run(FIRST_WEEK_DUE - timedelta(minutes=10)) == []
    ran = await office.run(FIRST_WEEK_DUE, "invoices")
    assert [(one.job, one.period_key, one.failed) for one in ran] == [("invoices", "2026-11-02", False)]
    [document] = await documents(superuser)
    assert (document["number"], document["total_pence"]) == ("HEARTH-000001", 1000 + 1200)
    lines = {line["visit"]: line for line in document["snapshot"]["lines"]}
    assert {name: line["actual_minutes"] for name, line in lines.items()} == {"A": "25.00", "B": "30.00"}
    files = await superuser.fetch("SELECT format, content FROM document_file ORDER BY format")
    assert [file["format"] for file in files] == ["csv", "json", "pdf", "xlsx"]
    assert files[2]["content"].startswith(b"%PDF-")
    assert await office.run(FIRST_WEEK_DUE + timedelta(days=1), "invoices") == []


async def test_two_workers_at_once_make_each_document_once(
    office: Office, superuser: asyncpg.Connection
) -> None:
    for day in range(2, 9):
        await office.plan(f"V{day}", f"2026-11-{day:02}T09:00")
        await office.attend(f"V{day}", f"2026-11-{day:02}T09:00", f"2026-11-{day:02}T09:30")
    office.set(FIRST_WEEK_DUE)
    results = await asyncio.gather(*[run_due(FIRST_WEEK_DUE, "invoices") for _ in range(4)])
    made = [ran for result in results for ran in result]
    assert len(made) == 1 and not made[0].failed
    assert len(await documents(superuser)) == 1


async def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_one_finishes(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    office.set(FIRST_WEEK_DUE)
    [due] = [due for due in await due_work(FIRST_WEEK_DUE) if due.job == "invoices"]
    started = asyncio.Event()

    async def dies(connection: Any, now: Any) -> str:
        await due.work(connection, now)
        started.set()
        await asyncio.Event().wait()
        return "never"

    worker = asyncio.create_task(run_one(dataclasses.replace(due, work=dies), FIRST_WEEK_DUE))
    await asyncio.wait({worker, asyncio.create_task(started.wait())}, return_when=asyncio.FIRST_COMPLETED)
    assert not worker.done()
    assert await run_one(due, FIRST_WEEK_DUE) is None  # held by the first one
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert await documents(superuser) == []
    finished = await run_one(due, FIRST_WEEK_DUE)
    assert finished is not None and not finished.failed
    assert [document["number"] for document in await documents(superuser)] == ["HEARTH-000001"]


async def test_a_failure_is_recorded_and_tried_again_later_and_burns_no_number(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await superuser.execute("ALTER TABLE document_file ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
    [failed] = await office.run(FIRST_WEEK_DUE, "invoices")
    assert failed.failed and "full_disk" in failed.detail
    assert await office.run(FIRST_WEEK_DUE + timedelta(minutes=1), "invoices") == []
    await superuser.execute("ALTER TABLE document_file DROP CONSTRAINT full_disk")
    [done] = await office.run(FIRST_WEEK_DUE + timedelta(minutes=3), "invoices")
    assert not done.failed
    assert [document["number"] for document in await documents(superuser)] == ["HEARTH-000001"]


async def test_events_that_come_late_become_an_adjustment_that_names_the_line(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-03T09:00")
    await office.plan("C", "2026-11-10T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-03T09:00", "2026-11-03T09:30", flush=False)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.hand_in()
    await office.attend("C", "2026-11-10T09:00", "2026-11-10T09:30")
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await documents(superuser)
    assert (first["total_pence"], second["total_pence"]) == (1200, 1200 + 1200)
    missed = next(line["line"] for line in first["snapshot"]["lines"] if line["visit"] == "B")
    adjusting = next(line for line in second["snapshot"]["lines"] if line["visit"] == "B")
    assert adjusting["adjusts"] == {"number": first["number"], "line": missed}
    assert adjusting["amount"] == "12.00"


async def test_what_a_slow_call_brought_before_a_document_and_committed_after_it_is_adjusted_too(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """Its events are dated when the call came, before the instant up to which the document knew the facts."""
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-10T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30", flush=False)
    await office.run(FIRST_WEEK_DUE, "invoices")
    office.set(FIRST_WEEK_DUE - timedelta(minutes=20))
    await office.hand_in()
    await office.attend("B", "2026-11-10T09:00", "2026-11-10T09:30")
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await documents(superuser)
    assert (first["total_pence"], second["total_pence"]) == (0, 1200 + 1200)


async def test_a_half_recorded_visit_is_parked_and_billed_once_it_is_whole(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-03T09:00")
    await office.plan("C", "2026-11-11T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.record("check_in", "B", "2026-11-03T09:00")
    await office.hand_in()
    await office.record("check_out", "B", "2026-11-03T09:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [first] = await documents(superuser)
    assert [(item["visit"], item["reason"]) for item in first["snapshot"]["parked"]] == [("B", "incomplete")]
    await office.hand_in()
    await office.attend("C", "2026-11-11T09:00", "2026-11-11T09:30")
    await office.run(SECOND_WEEK_DUE, "invoices")
    second = (await documents(superuser))[1]
    assert {line["visit"] for line in second["snapshot"]["lines"]} == {"B", "C"}
    assert second["snapshot"]["parked"] == []


async def test_a_double_handed_visit_bills_each_carer_who_came(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("D", "2026-11-04T09:00", package="P2", second_carer="E2")
    await office.attend("D", "2026-11-04T09:00", "2026-11-04T09:30", "C1")
    await office.attend("D", "2026-11-04T09:05", "2026-11-04T09:30", "C2")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await documents(superuser)
    lines = {
        line["carer"]: (line["amount"], line["actual"]["start"]) for line in document["snapshot"]["lines"]
    }
    assert lines == {"E1": ("12.00", "2026-11-04T09:00:00Z"), "E2": ("10.00", "2026-11-04T09:05:00Z")}


async def test_a_week_without_visits_makes_no_document_and_the_next_one_follows(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("Z", "2026-11-17T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("Z", "2026-11-17T09:00", "2026-11-17T09:30")
    ran = await office.run(SECOND_WEEK_DUE + timedelta(days=7), "invoices")
    assert [one.period_key for one in ran] == ["2026-11-02", "2026-11-09", "2026-11-16"]
    assert ran[1].detail.startswith("nothing to bill")
    assert [document["number"] for document in await documents(superuser)] == [
        "HEARTH-000001",
        "HEARTH-000002",
    ]


async def test_documents_come_out_the_same_when_recomputed_whatever_came_since(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-03T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-03T09:00", "2026-11-03T09:30", flush=False)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.hand_in()
    await office.plan("A", "2026-11-02T10:00")
    await office.run(SECOND_WEEK_DUE, "invoices")
    found = [verified async for verified in verify_documents(PROVIDER)]
    assert len(found) == 2 and [verified.faults for verified in found] == [(), ()]


async def test_a_changed_fact_or_file_is_named_when_documents_are_recomputed(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    await superuser.execute(
        "ALTER TABLE event DISABLE TRIGGER ALL; ALTER TABLE document_file DISABLE TRIGGER ALL"
    )
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(
        "UPDATE event SET paid_at = paid_at + interval '5 minutes' WHERE kind = 'check_out'"
    )
    await superuser.execute("UPDATE document_file SET content = content || 'x'::bytea WHERE format = 'csv'")
    [verified] = [verified async for verified in verify_documents(PROVIDER)]
    assert any("/lines/0/actual_minutes was 30.00" in fault for fault in verified.faults)
    assert any("csv does not match its own digest" in fault for fault in verified.faults)


async def test_a_strangers_event_does_not_hold_up_the_bill_of_a_genuine_visit(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.record("check_in", "A", "2026-11-02T10:00", "C2")
    assert await office.hand_in("C2") == ["quarantined"]
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await documents(superuser)
    assert [(line["visit"], line["amount"]) for line in document["snapshot"]["lines"]] == [("A", "12.00")]
    assert document["snapshot"]["parked"] == []


async def test_nothing_is_due_until_a_minute_after_files_were_loaded(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    office.set(FIRST_WEEK_DUE)
    await office.plan("B", "2026-11-03T09:00")
    assert await office.run(FIRST_WEEK_DUE + timedelta(seconds=59), "invoices") == []
    assert len(await office.run(FIRST_WEEK_DUE + timedelta(seconds=60), "invoices")) == 1
    [document] = await documents(superuser)
    assert {line["visit"] for line in document["snapshot"]["lines"]} == {"A", "B"}


async def test_a_suspended_visit_is_listed_as_not_billed_once(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("S", "2026-11-03T09:00", status="suspended")
    await office.plan("B", "2026-11-10T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    [ran] = await office.run(FIRST_WEEK_DUE, "invoices")
    assert ran.detail == "HEARTH-000001: 1 line, £12.00, 1 left out"
    await office.attend("B", "2026-11-10T09:00", "2026-11-10T09:30")
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await documents(superuser)
    [left_out] = first["snapshot"]["parked"]
    assert (left_out["visit"], left_out["reason"]) == ("S", "suspended")
    assert (
        left_out["detail"]
        == "The visit was suspended, or the person was away. The contract pays nothing for it."
    )
    assert [line["visit"] for line in first["snapshot"]["lines"]] == ["A"]
    assert second["snapshot"]["parked"] == []
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [(), ()]


async def test_a_visit_that_is_suspended_after_all_is_taken_back_and_listed_by_its_line_alone(
    office: Office, superuser: asyncpg.Connection
) -> None:
    visit = UUID(await office.plan("S", "2026-11-03T09:00", status="suspended"))
    await office.plan("B", "2026-11-10T09:00")
    office.set(instant("2026-11-04T09:00"))
    times = ProposedTimes(instant("2026-11-03T09:00"), instant("2026-11-03T09:30"))
    who = (PROVIDER, uuid4(), "C1")
    proposed = await propose_for_carer(*who, visit, times, Reason(ReasonCode.OTHER), "You stood in.")
    await decide_correction(PROVIDER, proposed, uuid4(), "accepted")
    await office.run(FIRST_WEEK_DUE, "invoices")
    phone = await office.phone()
    await phone.open_session()
    assert (await phone.call("POST", f"/corrections/{proposed}/objection", json={}, token=True)).is_success
    await office.attend("B", "2026-11-10T09:00", "2026-11-10T09:30")
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await documents(superuser)
    assert [(line["visit"], line["amount"]) for line in first["snapshot"]["lines"]] == [("S", "12.00")]
    lines = {line["visit"]: (line["amount"], line["reason"]) for line in second["snapshot"]["lines"]}
    assert lines == {"B": ("12.00", None), "S": ("-12.00", "no longer charged")}
    assert second["snapshot"]["parked"] == []


async def test_a_bank_holiday_that_is_withdrawn_later_gives_back_its_uplift_with_the_next_document(
    office: Office, superuser: asyncpg.Connection
) -> None:
    day = {"division": "england", "date": "2026-11-03", "title": "A jubilee"}
    await load_rows("bank-holidays", [day])
    uplift = {"name": "holiday", "days": ["bank_holiday"], "multiplier": "2"}
    await load_rows("contracts", [{**CONTRACT, "pay_basis": "actual", "rates": RATES, "uplifts": [uplift]}])
    await office.plan("A", "2026-11-03T09:00")
    await office.attend("A", "2026-11-03T09:00", "2026-11-03T09:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    office.set(instant("2026-11-12T09:00"))
    await load_rows("bank-holidays", [{**day, "withdrawn": "yes"}])
    await office.plan("B", "2026-11-12T10:00")
    await office.attend("B", "2026-11-12T10:00", "2026-11-12T10:30")
    await office.run(SECOND_WEEK_DUE, "invoices")
    told = [[line["amount"] for line in one["snapshot"]["lines"]] for one in await documents(superuser)]
    assert told == [["24.00"], ["-12.00", "12.00"]]
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [(), ()]


async def test_a_visit_whose_carer_the_rota_named_after_her_events_came_waits_under_its_own_contract(
    office: Office, superuser: asyncpg.Connection
) -> None:
    other = {**CONTRACT, "pay_basis": "actual", "rates": RATES, "reference": "AA-01", "commissioner": "icb"}
    await load_rows("contracts", [other])
    await office.plan("V", "2026-11-03T09:00", carer="E2")
    await office.attend("V", "2026-11-03T09:00", "2026-11-03T09:30")
    await office.plan("V", "2026-11-03T09:00")
    await office.plan("W", "2026-11-03T12:00")
    await office.attend("W", "2026-11-03T12:00", "2026-11-03T12:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await documents(superuser)
    assert document["scope"] == "HC-01"
    [left] = document["snapshot"]["parked"]
    assert (left["visit"], left["reason"]) == ("V", "not_your_visit")
