"""Drafts of a running period, and a finished one issued when somebody asks."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.faults import DomainError
from backend.jobs.on_demand import draft_period, issue_period
from backend.use_cases.correction_reasons import Reason
from backend.use_cases.decide_correction import decide_correction
from backend.use_cases.draft_invoice import Draft
from backend.use_cases.frozen_documents import SETTLED
from backend.use_cases.propose_for_carer import propose_for_carer
from schemas.mobile import ProposedTimes, ReasonCode
from tests.conftest import Database
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, SECOND_WEEK_DUE, Office, instant, visit_id
from tests.program import doorstep

FIRST, SECOND = date(2026, 11, 4), date(2026, 11, 11)
TOLD = """Draft  HC-01  2026-11-02 to 2026-11-08
    Invoice to Wyeshire Council: 2 lines, £12.00
    left out: none
"""
"""By the computer's own clock, by which the second visit was missed."""


async def a_running_week(office: Office) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("LATER", "2026-11-05T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    office.set(instant("2026-11-03T12:00"))


async def drafted(office: Office, day: date = FIRST) -> Draft:
    return await draft_period(PROVIDER, "HC-01", day, office.clock)


async def refused(office: Office, day: date) -> str:
    with pytest.raises(DomainError) as error:
        await issue_period(PROVIDER, "HC-01", day, office.clock)
    return error.value.detail


async def test_a_draft_is_what_would_be_issued_now_and_keeps_nothing(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await a_running_week(office)
    draft = await drafted(office)
    [snapshot] = draft.snapshots
    assert [(line.visit, str(line.amount)) for line in snapshot.lines] == [("A", "12.00")]
    assert [(item.visit, item.reason) for item in draft.left_out] == [("LATER", "not_over")]
    assert await superuser.fetchval("SELECT count(*) FROM document") == 0
    assert await superuser.fetchval("SELECT count(*) FROM invoice_sequence") == 0


async def test_the_command_prints_the_draft(office: Office, database: Database) -> None:
    await a_running_week(office)
    call = ("--provider", "hearth", "--contract", "HC-01", "--period", "2026-11-04")
    printed = doorstep(database, "invoice", "draft", *call)
    assert (printed.returncode, printed.stdout) == (0, TOLD)
    unknown = doorstep(database, "invoice", "draft", *call, "--contract", "HC-99")
    assert unknown.returncode == 1 and "There is no contract HC-99." in unknown.stderr


async def test_the_command_records_a_payment(
    office: Office, database: Database, superuser: asyncpg.Connection
) -> None:
    await a_running_week(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    call = ("invoice", "paid", "--provider", "hearth", "--number", "HEARTH-000001", "--on", "2026-11-11")
    done = doorstep(database, *call, "--amount", "12.00", "--reference", "BACS 1")
    assert (done.returncode, done.stdout) == (0, "Recorded for HEARTH-000001: 12.00 on 2026-11-11, BACS 1.\n")
    assert await superuser.fetchval("SELECT pence FROM payment") == 1200
    twice = doorstep(database, *call, "--amount", "12.00", "--reference", "BACS 1")
    assert twice.returncode == 1 and "recorded already" in twice.stderr
    assert doorstep(database, *call, "--amount", "twelve", "--reference", "x").returncode == 2


async def test_a_period_is_issued_on_demand_once_and_the_schedule_finds_it_done(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await a_running_week(office)
    assert "runs until 2026-11-08" in await refused(office, FIRST)
    office.set(instant("2026-11-09T00:30"))
    draft = await drafted(office)
    ran = await issue_period(PROVIDER, "HC-01", FIRST, office.clock)
    assert ran.detail == "HEARTH-000001: 2 lines, £12.00, 0 left out"
    assert await refused(office, FIRST) == "This period is done already: HEARTH-000001."
    assert await office.run(FIRST_WEEK_DUE, "invoices") == []
    assert await superuser.fetchval("SELECT total_pence FROM document") == int(draft.snapshots[0].total * 100)
    with pytest.raises(DomainError, match="HEARTH-000001"):
        await drafted(office)


async def test_periods_are_issued_in_order(office: Office) -> None:
    await a_running_week(office)
    office.set(SECOND_WEEK_DUE)
    assert await refused(office, SECOND) == "The period from 2026-11-02 to 2026-11-08 comes first."
    await issue_period(PROVIDER, "HC-01", FIRST, office.clock)
    ran = await issue_period(PROVIDER, "HC-01", SECOND, office.clock)
    assert ran.detail == "nothing to bill, 0 left out"
    assert "nothing was to be billed" in await refused(office, SECOND)


async def test_half_a_load_is_never_issued(office: Office) -> None:
    office.set(FIRST_WEEK_DUE)
    await office.plan("A", "2026-11-02T09:00")
    assert "within the last minute" in await refused(office, FIRST)


async def test_a_draft_leaves_to_the_period_before_it_what_is_billed_there(
    office: Office, database: Database, superuser: asyncpg.Connection
) -> None:
    await a_running_week(office)
    await office.plan("B", "2026-11-10T09:00")
    await office.attend("B", "2026-11-10T09:00", "2026-11-10T09:30")
    office.set(SECOND_WEEK_DUE)
    first, second = await drafted(office, FIRST), await drafted(office, SECOND)
    assert [[line.visit for line in each.snapshots[0].lines] for each in (first, second)] == [
        ["A", "LATER"],
        ["B"],
    ]
    assert second.snapshots[0].total == 12 and second.left_out == []
    assert (second.earlier_lines, second.earlier_pence) == (2, 1200)
    assert second.comes_first == first.contract.period and first.comes_first is None
    assert second.as_of == office.clock - SETTLED
    await issue_period(PROVIDER, "HC-01", FIRST, office.clock)
    again = await drafted(office, SECOND)
    assert (again.comes_first, again.earlier_lines, again.snapshots[0].total) == (None, 0, 12)
    ran = await issue_period(PROVIDER, "HC-01", SECOND, office.clock)
    assert ran.detail == "HEARTH-000002: 1 line, £12.00, 0 left out"


async def test_a_period_closed_without_a_document_leaves_its_late_visits_to_the_next(office: Office) -> None:
    await office.plan("A", "2026-11-02T09:00", status="suspended")
    await office.plan("B", "2026-11-10T09:00")
    office.set(SECOND_WEEK_DUE)
    await issue_period(PROVIDER, "HC-01", FIRST, office.clock)
    await office.plan("LATE", "2026-11-05T09:00")
    office.set(SECOND_WEEK_DUE + timedelta(hours=1))
    closed, following = await drafted(office, FIRST), await drafted(office, SECOND)
    assert closed.closed and closed.snapshots == [] and closed.following == following.contract.period
    assert following.earlier_lines == 1 and following.comes_first is None


async def test_what_was_decided_within_the_last_minute_is_waited_for(office: Office) -> None:
    await a_running_week(office)
    times = ProposedTimes(instant("2026-11-05T09:00"), instant("2026-11-05T09:30"))
    who = (PROVIDER, uuid4(), "C1", UUID(visit_id("LATER")))
    office.set(FIRST_WEEK_DUE)
    proposed = await propose_for_carer(*who, times, Reason(ReasonCode.OTHER), "She was there.")
    await decide_correction(PROVIDER, proposed, uuid4(), "accepted")
    assert "decided within the last minute" in await refused(office, FIRST)
    office.set(FIRST_WEEK_DUE + 2 * SETTLED)
    assert "2 lines, £24.00" in (await issue_period(PROVIDER, "HC-01", FIRST, office.clock)).detail
