"""Visits for two carers on invoices: each carer's own attendance is paid, and who did not come is missed."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from backend.use_cases.reconcile import reconcile
from backend.use_cases.release_event import release_event
from backend.use_cases.verify_documents import verify_documents
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, RATES, SECOND_WEEK_DUE, Office, documents
from tests.use_cases.loading.samples import CARERS, CONTRACT, load_rows

Line = tuple[str | None, str, str, str]


async def under(**terms: Any) -> None:
    await load_rows("contracts", [{**CONTRACT, "pay_basis": "actual", "rates": RATES, **terms}])


async def both_planned(office: Office, **more: Any) -> None:
    await office.plan("TWO", "2026-11-04T09:00", package="P2", **{"second_carer": "E2", **more})


async def lines(superuser: asyncpg.Connection, document: int = 0) -> list[Line]:
    """Carer, minutes to pay, amount, and what decided it, of each line."""
    found = (await documents(superuser))[document]["snapshot"]["lines"]
    told = [(line["carer"], line["payable_minutes"], line["amount"], line["rules"][0]) for line in found]
    return sorted(told, key=lambda line: line[0] or "nobody")


async def sound() -> bool:
    verified = [one.faults async for one in verify_documents(PROVIDER)]
    return not any(verified) and not any([one.discrepancies async for one in reconcile(PROVIDER)])


async def test_one_who_came_late_is_paid_her_own_time_by_the_contracts_own_rules(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await under(
        pay_basis="planned_within_tolerance", tolerance_minutes=7, rounding={"minutes": 15, "mode": "up"}
    )
    await both_planned(office)
    await office.attend("TWO", "2026-11-04T09:05", "2026-11-04T09:30")
    await office.attend("TWO", "2026-11-04T09:12", "2026-11-04T09:30", "C2")
    await office.run(FIRST_WEEK_DUE, "invoices")
    assert await lines(superuser) == [
        ("E1", "30.00", "12.00", "pay-planned-within-tolerance"),
        ("E2", "30.00", "12.00", "pay-actual-outside-tolerance"),
    ]
    [document] = await documents(superuser)
    own = {line["carer"]: line for line in document["snapshot"]["lines"]}
    assert {carer: line["actual_minutes"] for carer, line in own.items()} == {"E1": "25.00", "E2": "18.00"}
    assert {carer: line["rounding_minutes"] for carer, line in own.items()} == {"E1": "0.00", "E2": "12.00"}
    assert await sound()


async def test_one_who_did_not_come_is_missed_at_the_contracts_percentage(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await under(missed={"percent": "25"})
    await both_planned(office)
    await office.attend("TWO", "2026-11-04T09:00", "2026-11-04T09:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    assert [line[:3] for line in await lines(superuser)] == [
        ("E1", "30.00", "12.00"),
        ("E2", "30.00", "3.00"),
    ]
    assert await sound()


async def test_a_place_that_nobody_was_planned_for_is_missed_too(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await both_planned(office, second_carer="")
    await office.attend("TWO", "2026-11-04T09:00", "2026-11-04T09:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    assert [line[:3] for line in await lines(superuser)] == [
        ("E1", "30.00", "12.00"),
        (None, "30.00", "0.00"),
    ]
    assert await sound()


async def test_one_whose_phone_comes_late_is_billed_as_a_change_of_her_own_line(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await both_planned(office)
    await office.attend("TWO", "2026-11-04T09:00", "2026-11-04T09:30")
    await office.attend("TWO", "2026-11-04T09:00", "2026-11-04T09:20", "C2", flush=False)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.hand_in("C2")
    await office.run(SECOND_WEEK_DUE, "invoices")
    assert [line[:3] for line in await lines(superuser, 0)] == [
        ("E1", "30.00", "12.00"),
        ("E2", "30.00", "0.00"),
    ]
    assert [line[:3] for line in await lines(superuser, 1)] == [("E2", "20.00", "8.00")]
    changed = (await documents(superuser))[1]["snapshot"]["lines"][0]
    first = (await documents(superuser))[0]["snapshot"]["lines"][changed["adjusts"]["line"] - 1]
    assert (first["carer"], changed["reason"]) == ("E2", "was £0.00, is £8.00")
    assert await sound()


async def test_a_stand_in_takes_the_place_of_one_who_did_not_come(
    office: Office, superuser: asyncpg.Connection
) -> None:
    stand_in = {**CARERS[0], "reference": "C3", "employment": "E3", "national_insurance_number": ""}
    await load_rows("carers", [stand_in])
    await office.phone("C3")
    await both_planned(office)
    await office.attend("TWO", "2026-11-04T09:00", "2026-11-04T09:30")
    await office.attend("TWO", "2026-11-04T09:00", "2026-11-04T09:30", "C3")
    for row in await superuser.fetch("SELECT row_id FROM event WHERE code = 'not_your_visit'"):
        await release_event(PROVIDER, UUID(str(row["row_id"])), uuid4(), "She stood in.")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await documents(superuser)
    assert document["snapshot"]["parked"] == []
    assert [line[:3] for line in await lines(superuser)] == [
        ("E1", "30.00", "12.00"),
        ("E3", "30.00", "12.00"),
    ]
    assert await sound()


async def test_one_who_was_not_let_in_where_the_other_was_is_charged_her_own_times_and_flagged(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await under()
    await both_planned(office)
    await office.attend("TWO", "2026-11-04T09:00", "2026-11-04T09:30")
    await office.record("check_in", "TWO", "2026-11-04T09:00", "C2")
    await office.record("refused_entry", "TWO", "2026-11-04T09:02", "C2")
    await office.record("check_out", "TWO", "2026-11-04T09:05", "C2")
    await office.hand_in("C2")
    await office.run(FIRST_WEEK_DUE, "invoices")
    told = await lines(superuser)
    assert [line[:3] for line in told] == [("E1", "30.00", "12.00"), ("E2", "5.00", "2.00")]
    [document] = await documents(superuser)
    assert ["one_refused" in line["flags"] for line in document["snapshot"]["lines"]] == [True, True]
    content = await superuser.fetchval("SELECT content FROM document_file WHERE format = 'csv'")
    assert content.count(b"one_refused") == 2
    assert await sound()
