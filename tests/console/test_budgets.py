"""Budgets on the page: what is spent, not billed yet and forecast, to the penny; and whose they are."""

import re

from tests.console.desk import Desk
from tests.jobs.test_payers import PACKAGE
from tests.use_cases.loading.samples import BUDGETS, load_rows

YEAR = {"from": "2026-04-01", "until": "2027-03-31"}
OURS = {**YEAR, "reference": "HC", "name": "Home care", "amount": "5000"}


def told(page: str, words: str) -> str:
    found = re.search(rf">{words}</dt><dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    assert found, words
    return re.sub(r"<[^>]+>", "", found[1])


async def test_a_commissioner_sets_a_budget_and_sees_it_used(busy: Desk) -> None:
    commissioner = await busy.as_("commissioner")
    assert "There is no budget for this day" in (await commissioner.get("/budgets")).text
    await load_rows("packages", [{**PACKAGE, "hours_per_week": "2", "visits_per_week": "4"}])
    kept = await commissioner.post(
        "/budgets/keep", **OURS, provider="hearth", contract="HC-01", service="home_care"
    )
    assert kept.headers["location"] == "/budgets?done=kept&date=2026-04-01"
    page = (await commissioner.get("/budgets?date=2026-11-16")).text
    # Two half hours at £24; RUNNING was begun and LATER came from nobody's plan: nothing of that is settled.
    assert (told(page, "Budget"), told(page, "Spent")) == ("£5,000.00", "£24.00")
    # 135 days from 17 November to 31 March, at 4 x £12.00 a week: 135 x 48 / 7.
    assert told(page, "Forecast until the year ends") == "£925.71"
    assert told(page, "Left") == "£4,050.29" and "HEARTH-000001" in page
    assert "1 package says no hours" in page and "Home care by month, drawn" in page
    auditor = (await (await busy.as_("auditor")).get("/budgets?date=2026-11-16")).text
    assert told(auditor, "Spent") == "£24.00" and "/invoices/" not in auditor
    assert "There is no budget for this day" in (await commissioner.get("/budgets?date=2025-11-16")).text


async def test_a_budget_is_its_commissioners_alone(busy: Desk) -> None:
    await load_rows("budgets", BUDGETS)
    other = (await (await busy.as_("other_commissioner")).get("/budgets?date=2026-11-16")).text
    assert "Home care" not in other
    mine = (await (await busy.as_("commissioner")).get("/budgets?date=2026-11-16")).text
    assert told(mine, "Spent") == "£24.00"


async def test_every_fault_of_the_form_stands_at_its_field(busy: Desk) -> None:
    commissioner = await busy.as_("commissioner")
    await commissioner.get("/budgets")
    for changes, words in (
        ({"contract": "HC-01"}, "is required with contract"),
        ({"provider": "hearth", "contract": "HC-99"}, "has no contract HC-99 with hearth"),
        ({"provider": "nobody"}, "no provider has the reference nobody"),
        ({"until": "2026-03-01"}, "is before from"),
        ({"until": "2028-03-01"}, "makes more than 400 days"),
        ({"amount": "12.345"}, "must come to whole pennies"),
        ({"amount": ""}, '<a href="#amount">Pounds, before tax: is required.'),
    ):
        answer = await commissioner.post("/budgets/keep", **{**OURS, **changes})
        assert answer.status_code == 400 and words in answer.text, changes
    assert (await commissioner.get("/budgets?date=soon")).status_code == 400
    assert await busy.superuser.fetchval("SELECT count(*) FROM budget_version") == 0
