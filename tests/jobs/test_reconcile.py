"""Issued invoices held against visits, through the database."""

import asyncpg

from backend.use_cases.reconcile import Reconciled, reconcile
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, SECOND_WEEK_DUE, Office
from tests.jobs.test_payers import fund


async def reconciled() -> list[Reconciled]:
    return [period async for period in reconcile(PROVIDER)]


async def an_eventful_fortnight(office: Office) -> None:
    """Shared funding, a double-handed visit, one incomplete, one suspended, one missed."""
    await fund("wyeshire=70;icb=30")
    await office.plan("A", "2026-11-02T09:00", 25)
    await office.plan("HALF", "2026-11-03T09:00")
    await office.plan("AWAY", "2026-11-04T09:00", status="suspended")
    await office.plan("MISSED", "2026-11-05T09:00")
    await office.plan("BOTH", "2026-11-06T09:00", package="P2", second_carer="E2")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:25")
    await office.record("check_in", "HALF", "2026-11-03T09:00")
    await office.attend("BOTH", "2026-11-06T09:00", "2026-11-06T09:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.plan("NEXT", "2026-11-10T09:00")
    await office.record("check_out", "HALF", "2026-11-03T09:30")
    await office.attend("NEXT", "2026-11-10T09:00", "2026-11-10T09:30")
    await office.run(SECOND_WEEK_DUE, "invoices")


async def test_an_eventful_fortnight_reconciles_both_ways(office: Office) -> None:
    await an_eventful_fortnight(office)
    first, second = await reconciled()
    assert [period.discrepancies for period in (first, second)] == [[], []]
    assert (first.visits, first.left_out) == (5, {"incomplete": 1, "suspended": 1})
    assert sum(first.by_payer.values()) == 1000 + 1200
    assert (second.visits, second.lines, second.left_out) == (1, 4, {})


async def test_a_line_that_goes_missing_is_found_and_named(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await an_eventful_fortnight(office)
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute(
        "DELETE FROM document_line WHERE line = 1 AND payer = 'icb' AND amount_pence = 300"
    )
    await superuser.execute("SET session_replication_role = DEFAULT")
    first, _ = await reconciled()
    assert [(each.code, each.about) for each in first.discrepancies] == [
        ("wrong_amount", "A"),
        ("wrong_total", "HEARTH-000002"),
    ]
