"""The day's page follows what happens by itself, and loses nothing that somebody is doing on it."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_pages import faults_of, signed_in
from tests.console.desk import PASSWORD, Desk, email
from tests.jobs.office import instant

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START = "2026-11-16T09:30"


async def test_an_arrival_shows_without_a_reload_and_what_was_typed_stays(
    busy: Desk, address: str, browser: Browser
) -> None:
    office = busy.office
    await office.plan("WATCHED", START, minutes=15)
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
        await expect(row).to_contain_text("In progress", timeout=60_000)
        assert await page.evaluate("window.sameDocument && document.activeElement.textContent") == "WATCHED"
        await expect(page.get_by_label("Date")).to_have_value("2026-11-20")
        office.set(instant(START) + timedelta(minutes=50))
        await expect(row).to_contain_text("No check-out", timeout=60_000)
        await expect(page.locator("#stand")).to_contain_text("10:20")
        assert [*complaints, *await faults_of(page)] == []


async def test_a_board_on_a_computer_that_slept_asks_to_sign_in_and_comes_back(
    busy: Desk, address: str, browser: Browser
) -> None:
    office = busy.office
    office.set(instant(START))
    async with signed_in(browser, address, "manager") as (page, _):
        await page.goto("/today?state=missed")
        office.set(instant(START) + timedelta(hours=2))
        await expect(page.get_by_text("a session ends after 60 minutes without use")).to_be_visible(
            timeout=70_000
        )
        await page.get_by_label("Email address").fill(email("manager"))
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page).to_have_url(f"{address}/today?state=missed&date=2026-11-16")
