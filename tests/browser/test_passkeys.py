"""Passkeys in a real browser, with the authenticator that it keeps for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import pytest
from playwright.async_api import Browser, CDPSession, Page

from backend.use_cases.add_user import add_user
from tests.browser.test_pages import faults_of
from tests.console.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUTHENTICATOR: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@asynccontextmanager
async def with_authenticator(
    browser: Browser, address: str
) -> AsyncIterator[tuple[Page, CDPSession, str, list[str]]]:
    """A page whose device verifies its user at once, the way to that device, and what the browser complained of."""
    context = await browser.new_context(base_url=address)
    page, complaints = await context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    device = await context.new_cdp_session(page)
    await device.send("WebAuthn.enable")
    made = await device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield page, device, made["authenticatorId"], complaints
    await context.close()


async def path_of_link() -> str:
    link = await add_user("hearth", "manager", "new@example.org", None)
    assert link is not None
    return link.split("8000", 1)[1]


async def test_a_passkey_is_set_by_the_link_and_signs_in_again(
    busy: Desk, address: str, browser: Browser
) -> None:
    here = address.replace("127.0.0.1", "localhost")
    async with with_authenticator(browser, here) as (page, device, authenticator, complaints):
        await page.goto(await path_of_link())
        assert await faults_of(page) == []
        await page.get_by_label("Name of the passkey").fill("my laptop")
        await page.get_by_role("button", name="Make a passkey").click()
        await page.get_by_role("button", name="Sign in with a passkey").wait_for()
        assert await faults_of(page) == []
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.get_by_role("button", name="Sign out").wait_for()
        assert page.url == f"{here}/today"
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.get_by_role("link", name="Passkeys").click()
        await page.get_by_role("rowheader", name="my laptop").wait_for()
        assert await faults_of(page) == []
        [held] = (await device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator}))[
            "credentials"
        ]
        assert (held["rpId"], held["isResidentCredential"]) == ("localhost", True)
        # Half an hour later what matters asks again, and goes on with what was filled in.
        busy.office.set(busy.office.clock + timedelta(minutes=30))
        await page.get_by_role("link", name="Password").click()
        await page.get_by_label("New password").fill("three random words")
        await page.get_by_label("The same password again").fill("three random words")
        await page.get_by_role("button", name="Change password").click()
        assert await faults_of(page) == []
        await page.get_by_role("button", name="Go on with a passkey").click()
        await page.get_by_text("The password is changed.").wait_for()
    assert complaints == []


@pytest.mark.thorough
async def test_what_the_device_refuses_is_said_on_the_page(
    busy: Desk, address: str, browser: Browser
) -> None:
    here = address.replace("127.0.0.1", "localhost")
    async with with_authenticator(browser, here) as (page, device, authenticator, _):
        refuses = {"authenticatorId": authenticator, "isUserVerified": False}
        await device.send("WebAuthn.setUserVerified", refuses)
        await page.goto(await path_of_link())
        await page.get_by_label("Name of the passkey").fill("my laptop")
        await page.get_by_role("button", name="Make a passkey").click()
        await page.get_by_role("alert").filter(has_text="No passkey was given.").wait_for()
        assert await page.get_by_role("button", name="Make a passkey").is_enabled()
        assert await faults_of(page) == []


async def test_at_an_address_of_digits_the_page_says_where_passkeys_work(
    busy: Desk, address: str, browser: Browser
) -> None:
    async with with_authenticator(browser, address) as (page, _, _, complaints):
        await page.goto("/sign-in")
        await page.get_by_text("Passkeys do not work at this address.").wait_for()
        assert await page.get_by_role("button", name="Sign in with a passkey").count() == 0
        assert await faults_of(page) == []
    assert complaints == []
