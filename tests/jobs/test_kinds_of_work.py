"""Salaried carers, starters, leavers and several employments of one person, from the file to the report."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from backend import db
from backend.use_cases.export_evidence import export_evidence
from backend.use_cases.issue_wage_report import issue_wage_report
from backend.use_cases.loading import LoadRefused
from backend.use_cases.verify_bundle import verify_bundle
from backend.use_cases.verify_documents import verify_documents
from tests.documents import pdf
from tests.evidence.reported import told
from tests.jobs.office import PROVIDER, Office
from tests.jobs.test_wage_reports import REPORT_DUE, WEEK, reports
from tests.use_cases.loading.samples import CARERS, load_rows

SALARIED = {"work_type": "salaried", "basic_hours_per_year": "1040", "calculation_year_start": "2026-04-01"}


async def employed(**changes: Any) -> Any:
    """The first carer's first employment with changes."""
    return await load_rows("carers", [{**CARERS[0], "pay_cycle": "weekly:mon", **changes}])


async def salary(amount: str, employment: str = "E1", **more: str) -> None:
    line = {
        "provider": "hearth",
        "employment": employment,
        "section": "pay",
        "kind": "salary",
        "reference": "s",
    }
    await load_rows(
        "pay",
        [
            {
                **line,
                "amount": amount,
                "earned_start": WEEK[0],
                "earned_end": WEEK[1],
                "paid_on": "2026-11-07",
                **more,
            }
        ],
    )


async def workers(office: Office, superuser: asyncpg.Connection) -> dict[str, Any]:
    """The workers of the provisional report by employment; it recomputes to the same bytes."""
    [ran] = await office.run(REPORT_DUE, "wage_reports")
    assert not ran.failed, ran.detail
    assert [verified.faults async for verified in verify_documents(PROVIDER) if verified.faults] == []
    return {row["employment"]: row for row in (await reports(superuser))["provisional"]["workers"]}


async def test_a_salaried_carer_is_tested_by_basic_hours(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await employed(**SALARIED)
    await salary("254.19")
    worker = (await workers(morning, superuser))["E1"]
    result = worker["result"]
    # 1040 hours in 52 equal parts are 20 hours a week, and 20 hours at 12.71 are 254.20
    assert (result["counted_minutes"], result["required"]["pay"], result["shortfall"]) == (
        "1200",
        "254.20",
        "0.01",
    )
    assert {row["kind"]: row["counted"] for row in result["work"]} == {"contact": False, "waiting": False}
    assert (worker["case"]["work_type"], worker["calculation_year_start"]) == ("salaried", "2026-04-01")


async def test_a_phone_says_nothing_of_a_salary_that_is_not_loaded(morning: Office) -> None:
    await employed(**SALARIED)
    phone = await morning.phone()
    await phone.open_session()
    [period] = (await phone.days("2026-11-02", "2026-11-02"))["pay_periods"]
    assert (period["tested"], period["reason"]) == (
        False,
        "the work is salaried, and what the salary paid is known once payroll is loaded",
    )


async def test_work_is_salaried_from_the_day_that_is_said(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await employed(**SALARIED, work_from="2026-11-09")
    await salary("16.95")
    worker = (await workers(morning, superuser))["E1"]
    assert (worker["case"].get("work_type", "time"), worker["result"]["counted_minutes"]) == ("time", "80")


async def test_time_work_may_follow_salaried_work(morning: Office, superuser: asyncpg.Connection) -> None:
    await employed(**SALARIED)
    await employed(work_type="time", work_from="2026-10-05")
    await salary("16.95")
    assert (await workers(morning, superuser))["E1"]["result"]["counted_minutes"] == "80"


async def test_a_salaried_leaver_has_the_days_of_365_to_the_last(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await employed(**SALARIED, employment_end="2026-11-05")
    await salary("144.85")
    worker = (await workers(morning, superuser))["E1"]
    assert worker["case"]["salaried"]["employed_days"] == 4
    # 1040 x 4 / 365 hours, of 12.71 each: 144.8591...
    assert (worker["result"]["required"]["pay"], worker["result"]["compliant"]) == ("144.86", False)


async def test_a_starters_first_period_begins_with_the_employment(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await employed(employment_start="2026-11-04", date_of_birth="2005-11-03")
    await office.plan("A", "2026-11-04T09:00")
    await office.attend("A", "2026-11-04T09:00", "2026-11-04T09:30")
    await office.pay("E1", "1", 30, "12.71", WEEK, "2026-11-07")
    worker = (await workers(office, superuser))["E1"]
    # 20 on the Monday of the week, 21 on the first day of the employment
    assert worker["result"]["required"]["band"] == "21_and_over"
    assert worker["case"]["employment_started_on"] == "2026-11-04"
    assert worker["case"]["period"] == {"start": WEEK[0], "end": WEEK[1]}
    assert worker["result"]["compliant"] is True


async def test_what_is_deducted_in_the_month_after_leaving_reduces_the_final_period(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await employed(employment_end="2026-11-05")
    await morning.pay("E1", "1", 80, "12.71", WEEK, "2026-11-13")
    line = {
        "provider": "hearth",
        "employment": "E1",
        "section": "deduction",
        "kind": "uniform",
        "amount": "5.00",
    }
    await load_rows(
        "pay",
        [
            {**line, "reference": "in", "paid_on": "2026-11-13"},
            {**line, "reference": "out", "paid_on": "2026-12-06"},  # the month ends on 5 December
        ],
    )
    result = (await workers(morning, superuser))["E1"]["result"]
    assert ([row["amount"] for row in result["adjustments"]], result["shortfall"]) == (["-5.00"], "5.00")


async def test_a_deduction_without_days_reduces_the_period_it_is_made_in(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await morning.pay("E1", "1", 80, "12.71", WEEK, "2026-11-13")
    line = {"provider": "hearth", "employment": "E1", "section": "deduction", "kind": "uniform"}
    of_week = {"earned_start": WEEK[0], "earned_end": WEEK[1]}
    await load_rows(
        "pay",
        [
            {**line, "amount": "1.00", "reference": "next", "paid_on": "2026-11-13"},
            {**line, "amount": "2.00", "reference": "here", "paid_on": "2026-11-06"},
            {**line, "amount": "4.00", "reference": "with", "paid_on": "2026-11-13", **of_week},
        ],
    )
    result = (await workers(morning, superuser))["E1"]["result"]
    assert [row["amount"] for row in result["adjustments"]] == ["-2.00", "-4.00"]


async def test_employments_of_one_person_are_tested_each_by_itself(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    other = {name: cell for name, cell in CARERS[0].items() if name != "national_insurance_number"}
    await load_rows("carers", [{**other, "employment": "E3", "pay_cycle": "weekly:mon"}])
    await morning.plan("C", "2026-11-03T09:00", carer="E3")
    await morning.attend("C", "2026-11-03T09:00", "2026-11-03T09:30")
    await morning.pay("E1", "1", 80, "20.00", WEEK, "2026-11-07")
    await morning.pay("E3", "1", 30, "10.00", WEEK, "2026-11-07")
    found = await workers(morning, superuser)
    assert {name: row["person"] for name, row in found.items()} == {"E1": "C1", "E3": "C1"}
    assert {name: row["result"]["counted_minutes"] for name, row in found.items()} == {"E1": "80", "E3": "30"}
    # what one contract pays above the minimum makes up for nothing in the other: 30 minutes at 12.71 less 5.00
    assert {name: row["result"]["shortfall"] for name, row in found.items()} == {"E1": "0.00", "E3": "1.36"}


async def test_loading_says_that_the_kind_of_work_changed_and_the_same_again_does_not(office: Office) -> None:
    counts = [await employed(**changes) for changes in ({}, {}, SALARIED, SALARIED, {})]
    assert [(each.new, each.changed, each.unchanged) for each in counts[1:]] == [
        (0, 0, 1),
        (0, 1, 0),
        (0, 0, 1),
        (0, 0, 1),
    ]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"work_type": "salaried"}, "basic_hours_per_year"),
        ({"work_type": "salaried", "basic_hours_per_year": "9000"}, "basic_hours_per_year"),
        ({"work_type": "time", "basic_hours_per_year": "1040"}, "basic_hours_per_year"),
        ({"calculation_year_start": "2026-04-01"}, "calculation_year_start"),
        ({"work_from": "2026-04-01"}, "work_from"),
        ({"work_type": "output"}, "work_type"),
    ],
)
async def test_a_kind_of_work_that_does_not_fit_is_refused(
    office: Office, changes: dict[str, str], column: str
) -> None:
    with pytest.raises(LoadRefused) as refused:
        await employed(**changes)
    assert [fault.pointer for fault in refused.value.faults] == [f"/0/{column}"]


async def trained(day: str, hours: int) -> None:
    line = {
        "provider": "hearth",
        "carer": "C1",
        "kind": "training",
        "reason": "Register",
        "reference": f"T{day}",
    }
    await load_rows("activities", [{**line, "start": f"{day} 06:00", "end": f"{day} {6 + hours:02d}:00"}])


async def on_leave(first: str, last: str, **said: str) -> None:
    line = {"provider": "hearth", "employment": "E1", "kind": "holiday", "from": first, "until": last}
    await load_rows("leave", [{**line, **said}])


YEAR = {"work_type": "salaried", "basic_hours_per_year": "52", "calculation_year_start": "2026-10-01"}
"""An hour a week, so that few hours pass a year's."""


@pytest.fixture
async def salaried(office: Office) -> Office:
    """36 hours of training in the year before the week, 9 before the year, 9 in the week; £100 of salary for it."""
    office.set(office.clock.replace(month=11, day=10))
    await employed(**YEAR)
    await trained("2026-09-30", 9)
    for day in ("2026-10-20", "2026-10-21", "2026-10-22"):
        await trained(day, 12)
    await trained("2026-11-03", 9)
    await salary("100.00")
    return office


async def proved(office: Office, superuser: asyncpg.Connection) -> dict[str, Any]:
    """The first carer's test of the week; it recomputes to the same bytes, and its bundle proves it."""
    office.set(REPORT_DUE)
    async with db.as_provider(PROVIDER) as connection:
        first, last = (date.fromisoformat(day) for day in WEEK)
        await issue_wage_report(connection, PROVIDER, "weekly:mon", first, last, "provisional", REPORT_DUE)
    assert [verified.faults async for verified in verify_documents(PROVIDER) if verified.faults] == []
    document = await superuser.fetchval("SELECT id::text FROM document WHERE kind = 'wage_report'")
    await office.run(REPORT_DUE, "checkpoints")
    for worker in (None, "E1"):
        assert told(verify_bundle((await export_evidence(PROVIDER, document, worker)).content)) == {}
    [found] = (await reports(superuser))["provisional"]["workers"]
    return dict(found)


async def test_hours_within_those_of_the_year_are_shown_and_not_added(
    salaried: Office, superuser: asyncpg.Connection
) -> None:
    await on_leave("2026-10-26", "2026-10-27", hours="6", pay="full")
    worker = await proved(salaried, superuser)
    year = worker["beside"]["salaried"]
    # 36 hours of work and 6 of leave before, 9 in the week: 51 of 52
    assert (year["since"], year["before"], year["here"], year["excess"]) == ("2026-10-01", "2520", "540", "0")
    assert (worker["result"]["counted_minutes"], year["shortfall_if_paid"]) == ("60", None)


async def test_hours_beyond_those_of_the_year_are_found_from_the_records(
    salaried: Office, superuser: asyncpg.Connection
) -> None:
    await on_leave("2026-10-26", "2026-10-27", hours="6", pay="none")
    await trained("2026-11-05", 3)
    worker = await proved(salaried, superuser)
    assert worker["beside"]["salaried"]["excess"] == "120"
    # 52 x 7 / 365 hours of the week and two beyond the year's
    assert worker["result"]["counted_minutes"] == "179.84"
    [excess] = [row for row in worker["result"]["work"] if row["kind"] == "excess"]
    assert (excess["minutes"], excess["rule"]) == ("120", "nmw-2015-28")


async def test_an_absence_on_less_pay_takes_its_hours_off(
    salaried: Office, superuser: asyncpg.Connection
) -> None:
    await on_leave("2026-11-06", "2026-11-09", hours="1", pay="reduced")
    worker = await proved(salaried, superuser)
    # three of the four days lie in the week: three quarters of an hour less than one
    assert worker["result"]["counted_minutes"] == "15"
    assert worker["beside"]["salaried"]["unsaid_days"] == 0


async def test_leave_of_which_nobody_said_the_hours_is_an_open_question_shown_both_ways(
    salaried: Office, superuser: asyncpg.Connection
) -> None:
    await on_leave("2026-11-04", "2026-11-05")
    await salary("10.00")
    worker = await proved(salaried, superuser)
    year, result = worker["beside"]["salaried"], worker["result"]
    assert (year["unsaid_days"], result["counted_minutes"], result["shortfall"]) == (2, "60", "2.71")
    # unpaid, two days of 365 come off: 60 - 52 x 2 / 365 x 60 minutes
    assert (year["shortfall_if_paid"], year["shortfall_if_unpaid"]) == ("2.71", "0.00")


async def test_without_a_first_day_of_the_year_the_report_says_so(
    salaried: Office, superuser: asyncpg.Connection
) -> None:
    await employed(work_type="salaried", basic_hours_per_year="52")
    worker = await proved(salaried, superuser)
    assert (worker["beside"]["salaried"]["since"], worker["result"]["counted_minutes"]) == (None, "60")
    text = pdf.text(await file_of(superuser, "pdf"))
    assert "Nobody has said when the calculation year begins" in text


async def file_of(superuser: asyncpg.Connection, kind: str) -> bytes:
    content: bytes = await superuser.fetchval("SELECT content FROM document_file WHERE format = $1", kind)
    return content


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"hours": "8"}, "pay"),
        ({"pay": "full"}, "hours"),
        ({"hours": "9000", "pay": "full"}, "hours"),
        ({"hours": "8", "pay": "half"}, "pay"),
        ({"hours": "8", "pay": "none", "until": ""}, "until"),
    ],
)
async def test_leave_that_does_not_fit_is_refused(office: Office, said: dict[str, str], column: str) -> None:
    with pytest.raises(LoadRefused) as refused:
        await on_leave("2026-11-04", said.pop("until", "2026-11-05"), **said)
    assert [fault.pointer for fault in refused.value.faults] == [f"/0/{column}"]
