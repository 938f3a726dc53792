"""The day's page follows what happens by itself, and loses nothing that somebody is doing on it."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_pages import faults_of, signed_in
from tests.console.desk import Desk
from tests.jobs.office import instant

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START = "2026-11-16T09:30"


async def test_an_arrival_shows_without_a_reload_and_what_was_typed_stays(
    busy: Desk, address: str, browser: Browser
) -> None:
    office = busy.office
    await office.plan("WATCHED", START)
    office.set(instant(START))
    async with signed_in(browser, address, "manager") as (page, complaints):
        await page.goto("/today")
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="WATCHED"))
        await expect(row).to_contain_text("Not started")
        await page.get_by_label("Date").fill("2026-11-20")
        await page.get_by_role("link", name="WATCHED").focus()
        await page.evaluate("window.sameDocument = true")
        await office.record("check_in", "WATCHED", START)
        await office.hand_in()
        await expect(row).to_contain_text("In progress", timeout=20_000)
        assert await page.evaluate("window.sameDocument && document.activeElement.textContent") == "WATCHED"
        await expect(page.get_by_label("Date")).to_have_value("2026-11-20")
        office.set(instant(START) + timedelta(hours=2))
        await expect(row).to_contain_text("No check-out", timeout=20_000)
        await expect(page.locator("#stand")).to_contain_text("11:30")
        assert [*complaints, *await faults_of(page)] == []
