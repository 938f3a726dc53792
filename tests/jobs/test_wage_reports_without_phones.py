"""Wage reports of a provider whose carers use no phone: from what managers enter, or from pay alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.jobs.office import Office
from tests.jobs.test_wage_reports import REPORT_DUE, WEEK
from tests.use_cases.loading.samples import CARERS, load_county, load_rows

WEEKLY = {**CARERS[0], "pay_cycle": "weekly:mon"}


@pytest.fixture
async def office(http: Any, at: Any) -> Office:
    """Carers under weekly pay and nothing else: no rota, no phone."""
    made = Office(http, at)
    made.set(datetime(2026, 11, 10, 9, tzinfo=UTC))
    await load_county("carers")
    await load_rows("carers", [WEEKLY])
    return made


async def trained(reference: str, on: str) -> None:
    line = {
        "provider": "hearth",
        "reference": reference,
        "carer": "C1",
        "kind": "training",
        "reason": "Register",
    }
    await load_rows("activities", [{**line, "start": f"{on} 09:00", "end": f"{on} 10:00"}])


async def made(superuser: asyncpg.Connection) -> list[str]:
    rows = await superuser.fetch(
        "SELECT period_start FROM document WHERE kind = 'wage_report' ORDER BY period_start"
    )
    return [row["period_start"].isoformat() for row in rows]


async def test_time_that_managers_enter_is_tested_on_schedule(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await trained("T1", "2026-11-04")
    await office.pay("E1", "1", 60, "12.00", WEEK, "2026-11-13")
    [ran] = await office.run(REPORT_DUE, "wage_reports")
    assert (ran.failed, ran.detail) == (False, "1 tested, 1 short, 0 not tested")
    await office.pay("E1", "2", 60, "12.71", ("2026-11-09", "2026-11-15"), "2026-11-20")
    later = REPORT_DUE + timedelta(days=7)
    finals = await office.run(later, "wage_reports_final")
    assert [each.detail for each in finals] == ["1 tested, 1 short, 0 not tested"]
    assert await office.run(later, "invoices") == [], "nothing was planned for anybody"


async def test_pay_alone_is_tested_where_the_hours_are_those_of_a_salary(
    office: Office, superuser: asyncpg.Connection
) -> None:
    salaried = {"work_type": "salaried", "basic_hours_per_year": "1040"}
    await load_rows("carers", [{**WEEKLY, **salaried}])
    await office.pay("E1", "1", 1200, "12.00", WEEK, "2026-11-13")
    [ran] = await office.run(REPORT_DUE, "wage_reports")
    assert ran.detail == "1 tested, 1 short, 0 not tested"
    assert await made(superuser) == ["2026-11-02"]


async def test_reports_begin_with_the_first_work_not_with_earlier_pay(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """Of weeks before anybody said what was done there is nothing to test pay by."""
    await trained("T1", "2026-11-04")
    await office.pay("E1", "1", 60, "12.71", ("2026-10-19", "2026-10-25"), "2026-10-30")
    await office.pay("E1", "2", 60, "12.71", WEEK, "2026-11-13")
    while await office.run(REPORT_DUE, "wage_reports"):
        pass
    assert await made(superuser) == ["2026-11-02"]


async def test_a_rota_that_begins_later_leaves_no_work_out(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.open()
    await office.plan("A", "2026-11-10T09:00")
    office.set(datetime(2026, 11, 10, 9, tzinfo=UTC))
    await trained("T1", "2026-11-04")
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE, "wage_reports")
    assert await made(superuser) == ["2026-11-02"]


async def test_without_any_work_or_pay_nothing_is_due(office: Office) -> None:
    assert await office.run(REPORT_DUE) == []
