"""Every page in a real browser: signed in to by its form, without accessibility faults, readable when enlarged."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page

from tests.browser.pages import pages_of
from tests.browser.pictures import keep_page
from tests.console.desk import PASSWORD, Desk, email

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE: Final = (Path(__file__).parent / "vendored" / "axe.min.js").read_text(encoding="utf-8")
SHOTS: Final = os.environ.get("DOORSTEP_SCREENSHOTS")
"""A folder to keep pictures of every page in, to look at."""


@asynccontextmanager
async def signed_in(
    browser: Browser, address: str, who: str, **options: Any
) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page of somebody signed in through the form, and what the browser complained of."""
    context = await browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, **options)
    page, complaints = await context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto("/sign-in")
    await page.get_by_label("Email address").fill(email(who))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Sign out").wait_for()
    yield page, complaints
    await context.close()


async def faults_of(page: Page) -> list[str]:
    """What axe-core finds wrong with the page for people who cannot see it, or see or move little."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found = await page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{page.url} {fault['id']}: {node['html'][:150]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


async def photograph(page: Page, who: str) -> None:
    if SHOTS:
        name = page.url.split("/", 3)[3].replace("/", "_").replace("?", "_")[:60]
        await page.screenshot(path=Path(SHOTS) / f"{who}-{name}.png", full_page=True)


@pytest.mark.parametrize("who", ["manager", "commissioner", "auditor", "administrator", "person"])
async def test_every_page_is_free_of_accessibility_faults(
    busy: Desk, address: str, browser: Browser, who: str
) -> None:
    faults: list[str] = []
    async with signed_in(browser, address, who) as (page, complaints):
        await page.add_init_script(AXE)
        for path in await pages_of(busy, who):
            await page.goto(path)
            assert await page.locator("h1").count() == 1, path
            faults += await faults_of(page)
            await photograph(page, who)
            await keep_page(page, who, path)
    assert faults == []
    refused = "Failed to load resource: the server responded with a status of 40"
    assert [said for said in complaints if not said.startswith(refused)] == []


async def test_pages_for_nobody_in_particular_are_free_of_accessibility_faults(
    address: str, browser: Browser
) -> None:
    page = await browser.new_page(base_url=address)
    faults = []
    for path in ("/sign-in", "/nowhere", "/at"):
        await page.goto(path)
        faults += await faults_of(page)
        await photograph(page, "nobody")
    await page.goto("/sign-in")
    await page.get_by_role("button", name="Sign in").click()
    faults += await faults_of(page)
    await photograph(page, "nobody-wrong")
    assert faults == []


@pytest.mark.thorough
async def test_nothing_is_cut_off_at_twice_the_size_and_the_styles_are_really_used(
    busy: Desk, address: str, browser: Browser
) -> None:
    async with signed_in(browser, address, "manager") as (page, _):
        await page.set_viewport_size({"width": 640, "height": 450})
        for path in await pages_of(busy, "manager"):
            await page.goto(path)
            wide = await page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, path
            await photograph(page, "manager-large")
        colour = await page.locator(".ds-header").evaluate(
            "element => getComputedStyle(element).backgroundColor"
        )
        assert colour == "rgb(20, 56, 79)"


async def test_what_is_read_aloud_in_a_wide_table_does_not_widen_the_page(
    busy: Desk, address: str, browser: Browser
) -> None:
    async with signed_in(browser, address, "auditor") as (page, _):
        await page.set_viewport_size({"width": 320, "height": 600})
        await page.goto("/providers?from=2026-11&until=2026-11")
        hidden = page.locator(".ds-scroll .govuk-visually-hidden")
        assert await hidden.last.evaluate("element => element.getBoundingClientRect().right") > 320
        wide = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0


async def test_no_address_within_the_service_is_printed_behind_its_link(
    busy: Desk, address: str, browser: Browser
) -> None:
    async with signed_in(browser, address, "manager") as (page, _):
        await page.goto("/roster?date=2026-11-02")
        await page.emulate_media(media="print")
        behind = "links => links.map(link => getComputedStyle(link, '::after').content)"
        assert set(await page.eval_on_selector_all("main .govuk-link", behind)) == {"none"}


async def test_a_long_address_as_a_heading_does_not_widen_a_phone(
    busy: Desk, address: str, browser: Browser
) -> None:
    long = f"{'averylongname' * 4}@example.org"
    await busy.superuser.execute(
        "UPDATE user_account SET email = $1 WHERE email = 'finance@example.org'", long
    )
    user = await busy.superuser.fetchval("SELECT id FROM user_account WHERE email = $1", long)
    async with signed_in(browser, address, "administrator") as (page, _):
        await page.set_viewport_size({"width": 360, "height": 780})
        await page.goto(f"/users/{user}")
        assert await page.get_by_role("heading", name=long).count() == 1
        assert await page.evaluate("document.scrollingElement.scrollWidth") == 360


async def test_the_first_key_leads_past_the_menu(address: str, browser: Browser) -> None:
    async with signed_in(browser, address, "manager") as (page, _):
        await page.goto("/today")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "Skip to the main content"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"


async def test_an_auditor_walks_from_a_shortfall_to_the_signed_events(
    busy: Desk, address: str, browser: Browser
) -> None:
    async with signed_in(browser, address, "auditor") as (page, _):
        await page.get_by_role("link", name="Mon 2 Nov 2026 to Sun 8 Nov 2026").click()
        row = page.get_by_role("row").filter(has_text="£4.24")
        await row.get_by_role("link").click()
        await page.get_by_role("link", name="Monday 2 November 2026").click()
        hashes = await page.locator("code.ds-hash").all_text_contents()
    sent = await busy.superuser.fetch(
        "SELECT encode(signed_hash, 'hex') AS hash FROM event WHERE outcome = 'accepted' AND paid_at < '2026-11-03'"
    )
    assert sorted(hashes) == sorted(row["hash"] for row in sent)


async def test_a_manager_accepts_a_correction(busy: Desk, address: str, browser: Browser) -> None:
    async with signed_in(browser, address, "manager") as (page, _):
        await page.get_by_role("link", name="1 correction").click()
        await page.get_by_role("button", name="Accept").click()
        await page.get_by_text("Your decision is recorded.").wait_for()
    assert await busy.superuser.fetchval("SELECT decision FROM correction_decision") == "accepted"
