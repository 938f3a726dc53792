"""The coming pay run on a page: by the terms, beside the minimum wage, before payroll is run."""

import csv
import io
import re

from tests.console.desk import Desk
from tests.jobs.office import instant
from tests.use_cases.loading.samples import CARERS, PAY_TERMS, load_rows

WEEK = {"date": "2026-11-05"}
TERMS = {**PAY_TERMS, "rates": {"contact": "13.00", "travel": "12.71"}}


async def under_terms() -> None:
    """The first carer's contact is paid at 13.00, and her waiting at nothing."""
    await load_rows("pay-terms", [TERMS])
    await load_rows("carers", [{**CARERS[0], "pay_cycle": "weekly:mon", "pay_terms": "standard"}])


def told(page: str, heading: str) -> str:
    found = re.search(rf"<dt[^>]*>{heading}</dt><dd[^>]*>(.*?)</dd>", page, re.S)
    assert found, heading
    return re.sub(r"<[^>]+>", "", found[1]).strip()


async def test_a_top_up_is_told_before_payroll_is_run_with_the_days_that_make_the_hours(busy: Desk) -> None:
    await under_terms()
    browser = await busy.as_("finance")
    page = (await browser.ask("/pay-preview", **WEEK)).text
    # an hour of contact at 13.00; the law asks for 12.71 for its eighty minutes, twenty of waiting among them
    assert told(page, "Top-up needed") == "£3.95"
    for words in ("£13.00", "£16.95", "1 h 20 min", "2 November 2026 to 8 November 2026"):
        assert words in page, words
    assert "/carer-day?carer=C1&amp;date=2026-11-02" in page
    assert "Payroll is loaded already" in page and "the period is not over" not in page
    rows = list(csv.DictReader(io.StringIO((await browser.ask("/pay-preview", **WEEK, format="csv")).text)))
    told_of = ("Worker", "Employment", "The terms pay", "Minimum", "Top-up")
    assert [tuple(row[name] for name in told_of) for row in rows] == [
        ("Ann Carer", "E1", "13.00", "16.95", "3.95")
    ]


async def test_what_is_missing_makes_a_preview_provisional_and_says_why(busy: Desk) -> None:
    browser = await busy.as_("manager")
    without = (await browser.ask("/pay-preview", **WEEK)).text
    assert "No terms of pay are held for this employment." in without and "not known" in without
    assert told(without, "Top-up needed") == "£0.00, and of 1 worker it is not known what the terms pay"
    await under_terms()
    office = busy.office
    await office.plan("OPEN", "2026-11-16T09:00", carer="E2")
    await office.record("check_in", "OPEN", "2026-11-16T09:05", "C2")
    await office.hand_in("C2")
    office.set(instant("2026-11-16T10:30"))
    running = (await browser.get("/pay-preview")).text
    assert "Provisional:" in running and "the period is not over" in running
    assert "2 attendances without settled times. 5 min that nobody has explained." in running
    assert "1 attendance of people who are not in this list" in running
    empty = (await browser.ask("/pay-preview", date="2026-10-01")).text
    assert "Nobody has worked in this period" in empty


async def test_a_period_or_a_cycle_that_is_not_known_is_refused_in_words(busy: Desk) -> None:
    browser = await busy.as_("manager")
    for asked, status, words in (
        ({"date": "soon"}, 400, "The date must be a date"),
        ({"cycle": "monthly:1"}, 404, "Nobody is paid monthly:1."),
        ({"date": "1999-01-01"}, 400, "Nothing can be worked out so far back"),
        ({"date": "2026-12-25", "format": "csv"}, 404, "no such table"),
    ):
        answer = await browser.ask("/pay-preview", **asked)
        assert answer.status_code == status and words in answer.text, asked
    rival = await busy.as_("rival")
    assert "Nobody is employed yet." in (await rival.get("/pay-preview")).text


async def test_a_night_over_the_end_of_a_week_is_paid_in_each_week_for_its_own_hours(busy: Desk) -> None:
    await under_terms()
    office = busy.office
    office.set(instant("2026-11-08T20:00"))
    await office.plan("NIGHT", "2026-11-08T22:00", 480)
    await office.attend("NIGHT", "2026-11-08T22:00", "2026-11-09T06:00")
    office.set(instant("2026-11-16T10:30"))
    browser = await busy.as_("finance")
    paid: dict[str, tuple[str, ...]] = {}
    for day in ("2026-11-08", "2026-11-09"):
        answer = await browser.ask("/pay-preview", date=day, format="csv")
        [row] = csv.DictReader(io.StringIO(answer.text))
        paid[day] = (row["The terms pay"], row["Top-up"])
    # Two hours more than the morning's thirteen pounds, then six at thirteen pounds an hour: nothing is owed.
    assert paid["2026-11-09"] == ("78.00", "0.00")
    assert paid["2026-11-08"][0] == "39.00"
