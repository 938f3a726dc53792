"""Care commissioned beside care delivered: who sees whose weeks, on the page and in the file."""

import csv
import re
from pathlib import Path
from typing import Any

from tests.conftest import Database
from tests.console.desk import Desk
from tests.jobs.test_payers import PACKAGE
from tests.program import doorstep
from tests.use_cases.loading.samples import load_rows

PAGE = "/delivered?from=2026-11-03&until=2026-11-05"


async def commission(**more: Any) -> None:
    await load_rows("packages", [{**PACKAGE, **more}])


async def test_a_commissioner_sees_hours_and_visits_of_its_packages_and_no_name(busy: Desk) -> None:
    await commission(visits_per_week="4", hours_per_week="2")
    page = (await (await busy.as_("commissioner")).get(PAGE)).text
    assert "S1" in page and "Mr One" not in page and "Ann Carer" not in page
    rows = await table(busy, "commissioner")
    told = {name: value for name, value in rows[0].items() if value}
    assert told == {
        "provider": "hearth", "person": "S1", "week": "2026-11-02", "packages": "P1",
        "commissioned_hours": "2.00", "planned_hours": "1.00", "delivered_hours": "1.00", "delivered_percent": "50.00",
        "commissioned_visits": "4.00", "planned_visits": "2", "made": "2", "missed": "0", "refused": "0",
        "called_off": "0", "unsettled": "0", "to_come": "0", "days_away": "0",
    }  # fmt: skip
    looked = "SELECT count(*) FROM access_log WHERE what = 'delivered care'"
    assert await busy.superuser.fetchval(looked) == 2


async def test_the_provider_sees_names_and_what_was_not_said(busy: Desk) -> None:
    page = (await (await busy.as_("manager")).get(PAGE)).text
    assert "Mr One (S1)" in page and "not said" in page


async def test_who_commissioned_nothing_here_sees_nothing_of_it(busy: Desk) -> None:
    for who in ("other_commissioner", "rival"):
        page = (await (await busy.as_(who)).get(PAGE)).text
        page = re.sub(r'name="csrf_token" value="[^"]+"', "", page)  # which may say anything
        assert "S1" not in page and "No package of care was in force" in page
        assert await table(busy, who) == []


async def test_dates_that_cannot_be_are_refused_in_words(busy: Desk) -> None:
    finance = await busy.as_("finance")
    for asked in ("from=2026-11-05&until=2026-11-02", "from=2026-01-01&until=2026-11-02", "from=soon"):
        assert (await finance.get(f"/delivered?{asked}")).status_code == 400
    assert (await finance.get("/delivered/csv?from=soon")).status_code == 400


async def table(desk: Desk, who: str) -> list[dict[str, str]]:
    answer = await (await desk.as_(who)).get(PAGE.replace("?", "/csv?"))
    assert answer.status_code == 200
    return list(csv.DictReader(answer.text.splitlines()))


async def test_the_command_line_writes_the_same_file(busy: Desk, database: Database, tmp_path: Path) -> None:
    days = ("--from", "2026-11-03", "--until", "2026-11-05")
    done = doorstep(database, "export", "delivered", str(tmp_path), "--provider", "hearth", *days)
    assert (done.returncode, done.stdout) == (0, f"1 file written to {tmp_path}.\n"), done.stderr
    written = (tmp_path / "delivered_hearth_2026-11-03_2026-11-05.csv").read_text()
    assert list(csv.DictReader(written.splitlines())) == await table(busy, "finance")
