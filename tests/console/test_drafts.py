"""Drafts of invoices on pages."""

from tests.console.desk import PASSWORD, Desk
from tests.jobs.office import instant


async def test_a_draft_shows_its_lines_and_what_is_left_out(busy: Desk) -> None:
    browser = await busy.as_("finance")
    listed = (await browser.get("/invoices/drafts")).text
    assert "HC-01" in listed and "See the draft" in listed
    page = (await browser.ask("/invoices/draft", contract="HC-01", date="2026-11-16")).text
    assert "It counts what was recorded up to" in page and "Documents are issued period by period" in page
    assert "Issue these documents now" not in page and "date=2026-11-09" in page
    assert "This is not an invoice." in page and "Left out, and why" in page and "NOBODY" in page


async def test_an_issued_period_names_its_documents(busy: Desk) -> None:
    browser = await busy.as_("manager")
    assert "Issued: HEARTH-000001" in (await browser.ask("/invoices/drafts", date="2026-11-04")).text
    refused = await browser.ask("/invoices/draft", contract="HC-01", date="2026-11-04")
    assert refused.status_code == 409 and "HEARTH-000001" in refused.text


async def test_a_day_that_cannot_be_read_and_an_unknown_contract_are_said(busy: Desk) -> None:
    browser = await busy.as_("manager")
    assert (await browser.ask("/invoices/drafts", date="tomorrow")).status_code == 400
    assert (await browser.ask("/invoices/draft", contract="XX", date="2026-11-04")).status_code == 404


async def test_a_period_that_has_ended_is_issued_from_its_draft_once(desk: Desk) -> None:
    await desk.office.plan("A", "2026-11-02T09:00")
    await desk.office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    desk.office.set(instant("2026-11-05T09:00"))
    finance = await desk.as_("finance")
    asked = {"contract": "HC-01", "date": "2026-11-02"}
    assert "Issue these documents now" not in (await finance.ask("/invoices/draft", **asked)).text
    early = await finance.post("/invoices/draft/issue", **asked)
    assert early.status_code == 409 and "The period runs until 2026-11-08." in early.text
    desk.office.set(instant("2026-11-09T09:00"))
    desk.signed_in.pop("finance")
    finance = await desk.as_("finance")
    assert "Issue these documents now" in (await finance.ask("/invoices/draft", **asked)).text
    done = await finance.post("/invoices/draft/issue", **asked)
    assert done.status_code == 200 and "HEARTH-000001: 1 line, £12.00" in done.text
    again = await finance.post("/invoices/draft/issue", **asked)
    assert again.status_code == 409 and "HEARTH-000001" in again.text
    assert await desk.superuser.fetchval("SELECT count(*) FROM document WHERE kind = 'invoice'") == 1


async def test_issuing_asks_who_is_there_when_signing_in_was_long_ago_and_then_goes_on(desk: Desk) -> None:
    desk.office.set(instant("2026-11-02T09:00"))
    finance = await desk.as_("finance")
    await finance.ask("/invoices/drafts")
    desk.office.set(instant("2026-11-02T11:00"))
    asked = await finance.post("/invoices/draft/issue", contract="HC-01", date="2026-10-26")
    assert "HC-01</textarea>" in asked.text and "prove_password" in asked.text
    done = await finance.post(
        "/invoices/draft/issue", contract="HC-01", date="2026-10-26", prove_password=PASSWORD
    )
    assert done.status_code == 409 and 'id="issue-error"' in done.text


async def test_days_before_a_contract_began_have_no_draft_and_say_so(desk: Desk) -> None:
    desk.office.set(instant("2026-11-02T09:00"))
    finance = await desk.as_("finance")
    answer = await finance.ask("/invoices/draft", contract="HC-01", date="2020-01-06")
    assert answer.status_code == 409 and "no terms on 2020-01-12 or before" in answer.text


async def test_a_closed_period_offers_nothing_to_issue_and_says_where_late_visits_are_billed(
    desk: Desk,
) -> None:
    await desk.office.plan("A", "2026-11-02T09:00", status="suspended")
    desk.office.set(instant("2026-11-16T09:00"))
    finance = await desk.as_("finance")
    asked = {"contract": "HC-01", "date": "2026-11-02"}
    await finance.ask("/invoices/draft", **asked)
    done = await finance.post("/invoices/draft/issue", **asked)
    assert "nothing to bill" in done.text
    page = (await finance.ask("/invoices/draft", **asked)).text
    assert "This period is closed" in page and "date=2026-11-09" in page
    assert "Issue these documents now" not in page
    again = await finance.post("/invoices/draft/issue", **asked)
    assert again.status_code == 409 and "This period is done already" in again.text
