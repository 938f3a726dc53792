"""The remediation schedule: from the wage reports and the payslip lines that put shortfalls right."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from python_calamine import CalamineWorkbook

from backend import clock, db
from backend.documents.remediation import remediation_csv, remediation_pdf, remediation_xlsx
from backend.documents.remediation_page import left_out
from backend.tables.ids import organisation_id
from backend.use_cases.loading import SourceFile, load_payroll
from backend.use_cases.remediation import named, read_remediation, remediation
from backend.use_cases.viewer import Viewer
from schemas.remediation import Remediation
from tests.documents import pdf
from tests.jobs.office import PROVIDER, Office, opened_office
from tests.jobs.weeks import FIRST as WEEK
from tests.jobs.weeks import REPORT_DUE, short_week, short_work
from tests.use_cases.loading.samples import CARERS, load_rows

__all__ = ["opened_office", "short_week"]

DAY = date(2026, 12, 18)


@pytest.fixture
def office(short_week: Office) -> Office:
    return short_week


async def arrears(office: Office, reference: str, amount: str, on: str, kind: str = "award") -> None:
    office.set(office.clock + timedelta(minutes=5))
    line = {"provider": "hearth", "employment": "E1", "section": "pay", "kind": kind, "reference": reference}
    worth = {"amount": amount} if kind == "award" else {"minutes": "20", "amount": amount}
    await load_rows("pay", [{**line, **worth, "earned_start": WEEK[0], "earned_end": WEEK[1], "paid_on": on}])


async def schedule(as_of: date = DAY) -> Remediation:
    async with db.as_provider(PROVIDER) as connection:
        return await remediation(connection, PROVIDER, as_of, clock.now(), named)


async def test_a_shortfall_stands_with_its_period_report_and_due(office: Office) -> None:
    found = await schedule()
    [row] = found.periods
    assert (row.worker, row.period.start, row.edition) == ("Ann Carer (E1)", date(2026, 11, 2), "provisional")
    assert (row.underpayment, row.due, row.outstanding) == (Decimal("4.24"),) * 3
    assert (row.rate_then, row.rate_now) == (Decimal("12.71"), Decimal("12.71"))
    assert found.totals.outstanding == found.totals.outstanding_provisional == Decimal("4.24")
    assert found.totals.penalty_exposure == Decimal("100.00")


async def test_an_arrears_payment_settles_the_period_it_is_for(office: Office) -> None:
    await arrears(office, "back-1", "3.00", "2026-12-04")
    [row] = (await schedule()).periods
    assert (row.paid_since, row.outstanding, row.settled_on) == (Decimal("3.00"), Decimal("1.24"), None)
    await arrears(office, "back-2", "2.00", "2026-12-11")
    found = await schedule()
    [row] = found.periods
    assert (row.outstanding, row.settled_on) == (Decimal("0.00"), date(2026, 12, 11))
    assert [(part.reference, part.amount) for part in row.paid] == [
        ("back-1", Decimal("3.00")),
        ("back-2", Decimal("1.24")),
    ]
    [spare] = found.unplaced
    assert (spare.reference, spare.amount) == ("back-2", Decimal("0.76"))
    assert spare.reason == "more than wage reports find owed for the days it is for"
    assert (found.totals.periods_outstanding, found.totals.penalty_exposure) == (0, Decimal("0.00"))
    [before] = (await schedule(date(2026, 12, 5))).periods
    assert before.outstanding == Decimal("1.24"), "to the day asked for"


async def test_arrears_never_count_as_pay_of_the_period_they_are_paid_in(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await office.plan("C", "2026-11-23T09:00")
    await office.attend("C", "2026-11-23T09:00", "2026-11-23T09:30")
    await arrears(office, "back", "50.00", "2026-11-27")
    await office.run(datetime(2026, 12, 6, 6, 5, tzinfo=UTC), "wage_reports")
    await office.run(datetime(2026, 12, 6, 6, 6, tzinfo=UTC), "wage_reports")
    await office.run(datetime(2026, 12, 6, 6, 7, tzinfo=UTC), "wage_reports")
    summary = await superuser.fetchval(
        "SELECT summary::text FROM document WHERE kind = 'wage_report' AND period_start = '2026-11-23'"
    )
    assert '"workers_tested": 0' in summary and '"not_tested": 1' in summary, (
        "no pay is loaded, arrears are none"
    )


async def undated(office: Office, employment: str, amount: str) -> None:
    office.set(office.clock + timedelta(minutes=5))
    line = {
        "provider": "hearth",
        "employment": employment,
        "section": "pay",
        "kind": "award",
        "reference": "bare",
    }
    await load_rows("pay", [{**line, "amount": amount, "paid_on": "2026-12-04"}])


async def test_arrears_that_do_not_say_their_days_settle_nothing_and_are_listed(office: Office) -> None:
    await undated(office, "E1", "4.24")
    found = await schedule()
    assert found.periods[0].outstanding == Decimal("4.24")
    [spare] = found.unplaced
    assert (spare.worker, spare.amount, spare.paid_on) == (
        "Ann Carer (E1)",
        Decimal("4.24"),
        date(2026, 12, 4),
    )
    assert "earned_start" in spare.reason
    assert (await schedule(date(2026, 12, 3))).unplaced == [], "not paid yet on the day asked for"
    await undated(office, "E1", "0.00")
    assert (await schedule()).unplaced == [], "a line taken back is none"


async def test_arrears_of_somebody_who_was_never_short_are_listed_too(office: Office) -> None:
    await undated(office, "E2", "5.00")
    assert [(spare.worker, spare.amount) for spare in (await schedule()).unplaced] == [
        ("E2", Decimal("5.00"))
    ]


async def test_undated_arrears_in_an_export_are_listed_once_mapped(office: Office) -> None:
    office.set(office.clock + timedelta(minutes=5))
    header = "employee,code,description,units,rate,amount,paid_on,earned_start,earned_end,run,reference"
    export = f"{header}\nE1,Back  Pay,Arrears,,,4.24,2026-12-04,,,,\n"
    await load_payroll([SourceFile("run.csv", export.encode())], provider="hearth", template="generic")
    assert (await schedule()).unplaced == []
    element = {"provider": "hearth", "element": "back pay", "section": "pay", "kind": "award"}
    await load_rows("pay-mapping", [{**element, "from": "2026-01-01"}])
    assert [spare.amount for spare in (await schedule()).unplaced] == [Decimal("4.24")]


async def test_undated_pay_under_an_element_that_meant_arrears_at_another_time_is_not_late(
    office: Office,
) -> None:
    office.set(office.clock + timedelta(minutes=5))
    header = "employee,code,description,units,rate,amount,paid_on,earned_start,earned_end,run,reference"
    export = f"{header}\nE1,Extra,Extra,1,4.24,4.24,2026-12-04,,,,\n"
    await load_payroll([SourceFile("run.csv", export.encode())], provider="hearth", template="generic")
    element = {"provider": "hearth", "element": "extra", "section": "pay"}
    arrears_once = {**element, "kind": "award", "from": "2026-01-01", "until": "2026-10-31"}
    await load_rows("pay-mapping", [arrears_once, {**element, "kind": "hourly", "from": "2026-11-01"}])
    found = await schedule()
    assert (found.periods[0].paid_late, found.unplaced) == ([], [])


async def test_late_pay_counts_where_it_was_paid_and_is_pointed_out(office: Office) -> None:
    await arrears(office, "late", "4.24", "2026-12-04", kind="hourly")
    [row] = (await schedule()).periods
    assert (row.outstanding, [line.reference for line in row.paid_late]) == (Decimal("4.24"), ["late"])


@pytest.mark.parametrize(
    ("left", "paid_on", "late"),
    [
        ("2026-11-05", "2026-12-05", False),  # the last day of the month after leaving in this period
        ("2026-11-05", "2026-12-06", True),  # the 31st day, and a day too late
        (
            "2026-11-10",
            "2026-12-04",
            True,
        ),  # what is paid in that month counts in the final period, the one after
        ("2026-11-10", "2026-12-11", True),
    ],
)
async def test_pay_after_leaving_is_late_unless_it_counts_in_this_period(
    opened_office: Office, left: str, paid_on: str, late: bool
) -> None:
    carer = {**CARERS[0], "pay_cycle": "weekly:mon", "employment_end": left}
    await load_rows("carers", [carer])
    await arrears(await short_work(opened_office, "2026-11-09"), "late", "4.24", paid_on, kind="hourly")
    [row] = (await schedule()).periods
    assert [line.reference for line in row.paid_late] == (["late"] if late else [])


async def test_an_auditor_follows_it_up_without_a_name(office: Office) -> None:
    await arrears(office, "back", "4.24", "2026-12-04")
    await arrears(office, "late", "4.24", "2026-12-04", kind="hourly")
    viewer = Viewer(UUID(int=1), organisation_id("wyeshire"), False, "auditor")
    [found] = await read_remediation(viewer, DAY)
    [row] = found.periods
    assert (row.settled_on, len(row.paid_late)) == (date(2026, 12, 4), 1)
    assert "Ann" not in row.worker and "E1" not in row.worker and len(row.worker) == 8


async def test_a_line_that_turned_into_something_else_is_no_arrears(office: Office) -> None:
    await arrears(office, "back", "4.24", "2026-12-04")
    await arrears(office, "back", "4.24", "2026-12-04", kind="hourly")
    assert (await schedule()).periods[0].outstanding == Decimal("4.24")


async def test_a_commissioner_without_a_contract_sees_no_schedule(office: Office) -> None:
    viewer = Viewer(UUID(int=1), organisation_id("icb"), False, "auditor")
    assert await read_remediation(viewer, DAY) == []


async def test_arrears_in_an_export_of_the_payroll_count_once_their_element_is_mapped(office: Office) -> None:
    office.set(office.clock + timedelta(minutes=5))
    header = "employee,code,description,units,rate,amount,paid_on,earned_start,earned_end,run,reference"
    export = f"{header}\nE1,ARR,Arrears,,,4.24,2026-12-04,2026-11-02,2026-11-08,,\n"
    await load_payroll([SourceFile("run.csv", export.encode())], provider="hearth", template="generic")
    assert (await schedule()).periods[0].settled_on is None
    mapping = {
        "provider": "hearth",
        "element": "ARR",
        "section": "pay",
        "kind": "award",
        "from": "2026-01-01",
    }
    await load_rows("pay-mapping", [mapping])
    assert (await schedule()).periods[0].settled_on == date(2026, 12, 4)


async def test_no_cell_of_the_spreadsheet_runs(office: Office) -> None:
    await arrears(office, "=1+1", "1.00", "2026-12-04")
    text = remediation_csv([await schedule()]).decode()
    assert text.splitlines()[0].startswith("provider,worker,period_start")
    assert ",'=1+1 2026-12-04 1.00," in text and "Ann Carer (E1),2026-11-02,2026-11-08" in text


async def test_reports_too_late_for_the_day_are_counted_and_not_listed(office: Office) -> None:
    assert (await schedule()).later_reports == 0
    before = await schedule(date(2026, 11, 8))
    assert (before.periods, before.later_reports) == ([], 1), "the week ends on that day"
    assert "Not in this list" in left_out(before) and left_out(before).endswith(": 1 wage report.")
    async with db.as_provider(PROVIDER) as connection:
        earlier = await remediation(connection, PROVIDER, DAY, REPORT_DUE - timedelta(days=1), named)
    assert (earlier.periods, earlier.later_reports) == ([], 1), "it was not made by then"


async def test_page_spreadsheet_and_workbook_say_the_same(office: Office) -> None:
    await arrears(office, "back-1", "3.00", "2026-12-04")
    await arrears(office, "back-2", "2.00", "2026-12-11")
    found = await schedule()
    book = CalamineWorkbook.from_filelike(BytesIO(remediation_xlsx([found])))
    assert remediation_xlsx([found]) == remediation_xlsx([found])
    [row] = rows_of(book, "Periods")
    [line] = csv.DictReader(remediation_csv([found]).decode().splitlines())
    money = ("underpayment", "rate_then", "rate_now", "due", "paid_since", "outstanding")
    assert {name: f"{row[f'{name} £']:.2f}" for name in money} == {name: line[name] for name in money}
    assert (row["worker"], row["settled_on"].isoformat()) == (line["worker"], line["settled_on"])
    paid = [(each["payslip line"], each["amount £"]) for each in rows_of(book, "Payments")]
    assert paid == [("back-1", 3.0), ("back-2", 1.24)]
    assert [each["amount £"] for each in rows_of(book, "Not placed")] == [0.76]
    text = pdf.text(remediation_pdf([found]))
    for said in ("Ann Carer (E1)", "£4.24", "£12.71", "Settled on Fri 11 Dec 2026.", "back-2", "£0.76"):
        assert said in text, said
    name, data = pdf.attachment(remediation_pdf([found]))
    assert (name, msgspec.json.decode(data, type=list[Remediation])) == ("arrears.json", [found])


def rows_of(book: CalamineWorkbook, sheet: str) -> list[dict[str, Any]]:
    header, *rows = book.get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]
