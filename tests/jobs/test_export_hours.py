"""Hours and miles for payroll, from what was worked: what the wage report expects, and the same when repeated."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg

from backend.use_cases.export_hours import HoursFile, export_hours
from tests.conftest import Database
from tests.jobs.office import PROVIDER, SECOND_WEEK_DUE, Office
from tests.jobs.test_wage_report_beside import TERMS, a_drive, under_terms
from tests.jobs.test_wage_reports import REPORT_DUE, WEEK, reports
from tests.program import doorstep

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


async def exported(office: Office) -> list[HoursFile]:
    return [one async for one in export_hours(PROVIDER, "hearth", *NOVEMBER, office.clock)]


def rows(one: HoursFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(one.file.content.decode(), newline="")))


async def test_the_export_pays_what_the_wage_report_expects(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await under_terms(TERMS)
    await a_drive(office)
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    await office.run(REPORT_DUE, "wage_reports")
    by_name = {one.file.name: one for one in await exported(office)}
    first = by_name["hours_hearth_weekly-mon_2026-11-02.csv"]
    assert first.unpayable == ()
    found = [row for row in rows(first) if row["employment"] == "E1"]
    assert {row["kind"] for row in found} >= {"hourly", "mileage"}
    paid = sum(Decimal(row["amount"]) for row in found if row["kind"] == "hourly")
    [worker] = [
        one for one in (await reports(superuser))["provisional"]["workers"] if one["employment"] == "E1"
    ]
    assert Decimal(worker["beside"]["pay"]["expected"]) == paid


async def test_the_same_facts_give_the_same_file_whatever_came_later(office: Office) -> None:
    await under_terms(TERMS)
    await a_drive(office)
    office.set(SECOND_WEEK_DUE)
    then, before = office.clock, await exported(office)
    office.set(office.clock.replace(day=25))
    await under_terms({**TERMS, "rates": {"contact": "20.00"}})
    again: list[Any] = [one async for one in export_hours(PROVIDER, "hearth", *NOVEMBER, then)]
    assert again == before
    assert (await exported(office))[0] != before[0]


async def test_the_command_names_who_cannot_be_paid(
    office: Office, database: Database, tmp_path: Path
) -> None:
    await a_drive(office)
    office.set(SECOND_WEEK_DUE)
    asked = ("export", "hours", str(tmp_path), "--provider", "hearth", "--as-of", office.clock.isoformat())
    done = doorstep(database, *asked, "--from", "2026-11-08", "--until", "2026-11-08")
    assert done.returncode == 1 and "E1: No terms of pay are held for this employment." in done.stderr
    assert [path.name for path in tmp_path.glob("*.csv")] == ["hours_hearth_weekly-mon_2026-11-02.csv"]
    none = doorstep(database, *asked, "--from", "2026-11-09", "--until", "2026-11-14")
    assert (none.returncode, none.stderr) == (1, "Nobody worked in a pay period that ended in those days.\n")
