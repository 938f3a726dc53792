"""Drafts of invoices on pages."""

from tests.console.desk import Desk


async def test_a_draft_shows_its_lines_and_what_is_left_out(busy: Desk) -> None:
    browser = await busy.as_("finance")
    listed = (await browser.get("/invoices/drafts")).text
    assert "HC-01" in listed and "See the draft" in listed
    page = (await browser.ask("/invoices/draft", contract="HC-01", date="2026-11-16")).text
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
