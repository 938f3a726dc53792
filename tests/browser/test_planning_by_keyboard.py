"""A visit is planned although something speaks against it, given away and cancelled, with the keyboard alone."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_pages import faults_of, signed_in
from tests.console.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_WHERE = "[document.activeElement.id, document.activeElement.textContent.replace(/\\s+/g, ' ').trim()]"


async def reach(page: Page, wanted: str) -> None:
    """Press Tab until the field with this id, or whatever has these words, has the keyboard."""
    for _ in range(150):
        if wanted in await page.evaluate(_WHERE):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with the keyboard")


async def write(page: Page, field: str, text: str) -> None:
    """Put words into a field, or choose what begins with them."""
    await reach(page, field)
    if await page.evaluate("document.activeElement.tagName") == "INPUT":
        await page.keyboard.press("Control+a")
    await page.keyboard.type(text)


async def press(page: Page, words: str) -> None:
    """Follow a link or press a button."""
    await reach(page, words)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def open_visit(page: Page, who: str, visit: str) -> None:
    """From the roster to the form that changes a visit of this carer's."""
    await reach(page, f"The same in words: {who}")
    await page.keyboard.press("Enter")
    await press(page, f"change {visit}")


async def all_the_same(page: Page, why: str, button: str) -> None:
    """Send a plan, read what speaks against it, and send it again with a reason."""
    await press(page, button)
    await expect(page.get_by_role("heading", name="What speaks against it")).to_be_visible()
    assert await faults_of(page) == []
    await reach(page, "anyway")
    await page.keyboard.press("Space")
    await write(page, "why", why)
    await press(page, button)


async def test_a_visit_is_planned_given_away_and_cancelled_with_the_keyboard_alone(
    busy: Desk, address: str, browser: Browser
) -> None:
    await busy.office.plan("CLASH", "2026-11-17T09:20")
    async with signed_in(browser, address, "manager") as (page, complaints):
        await page.goto("/roster?date=2026-11-17")
        await press(page, "Plan a visit")
        visit = await page.locator("input[name=visit]").input_value()
        await write(page, "package", "Mr One")
        await write(page, "start", "2026-11-17 09:00")
        await write(page, "carer", "Ann")
        await all_the_same(page, "CLASH moves", "Plan it")
        await expect(page.get_by_role("status")).to_contain_text("The visit is planned.")
        await open_visit(page, "Ann Carer", visit)
        await write(page, "carer", "Bea")
        await all_the_same(page, "CLASH still moves", "Keep the new plan")
        await open_visit(page, "Bea Carer", visit)
        faults = await faults_of(page)
        await write(page, "status", "Cancelled")
        await write(page, "by", "by the person")
        await write(page, "off-why", "Gone to her sister's")
        await press(page, "Take it off")
        await expect(page.get_by_role("status")).to_contain_text("The visit is cancelled.")
        refused = "Failed to load resource: the server responded with a status of 40"
        assert [*faults, *(said for said in complaints if not said.startswith(refused))] == []
    rows = await busy.superuser.fetch(
        "SELECT e.reference AS carer, v.status, v.cancelled_by FROM visit_version v"
        " JOIN visit t ON t.id = v.visit_id JOIN employment e ON e.id = v.carer WHERE t.reference = $1"
        " ORDER BY version",
        visit,
    )
    assert [tuple(row) for row in rows] == [
        ("E1", "planned", None),
        ("E2", "planned", None),
        ("E2", "cancelled", "person"),
    ]
