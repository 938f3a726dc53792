"""Opening the rota with a finger or a face, with a network and without."""

from typing import Any, Final

import pytest
from playwright.async_api import Browser, CDPSession

from tests.browser.handset import Handset, Street
from tests.browser.test_pages import faults_of
from tests.browser.test_passkeys import AUTHENTICATOR

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WITH_SECRET: Final = {**AUTHENTICATOR, "ctap2Version": "ctap2_1", "hasPrf": True}


async def phone_with(
    street: Street, browser: Browser, options: dict[str, Any]
) -> tuple[Handset, CDPSession, str]:
    """An enrolled phone whose owner it can know, the way to its authenticator, and that one's name."""
    street.address = street.address.replace(
        "127.0.0.1", "localhost"
    )  # no passkey is for an address of digits
    phone = await street.phone(browser, bypass_csp=True)
    device = await phone.context.new_cdp_session(phone.page)
    await device.send("WebAuthn.enable")
    made = await device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    await phone.enrol()
    await phone.go("#/settings")
    await phone.page.get_by_role("button", name="Use finger or face").click()
    return phone, device, made["authenticatorId"]


async def test_a_finger_opens_the_rota_without_a_network_and_gets_a_token_with_one(
    street: Street, browser: Browser
) -> None:
    phone, _, _ = await phone_with(street, browser, WITH_SECRET)
    await phone.page.locator(".hint", has_text="Your finger or face opens your visits.").wait_for()
    assert await faults_of(phone.page) == []
    await phone.connect(False)
    await phone.go("#/today")
    await phone.page.locator("#lock").click()
    await phone.page.locator("#unlock-passkey").wait_for()
    assert await faults_of(phone.page) == []
    await phone.photograph("locked-passkey")
    await phone.page.get_by_role("button", name="Open with finger or face").click()
    await phone.page.get_by_role("heading", name="Mary S.").wait_for()
    await phone.connect()
    await phone.page.get_by_role("button", name="Update").click()
    await phone.page.get_by_text("Your visits are up to date.").wait_for()
    assert phone.complaints == []


async def test_nobody_elses_finger_opens_it_and_the_pin_still_does(street: Street, browser: Browser) -> None:
    phone, device, authenticator = await phone_with(street, browser, WITH_SECRET)
    await phone.page.locator(".hint", has_text="Your finger or face opens your visits.").wait_for()
    await device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    await phone.go("#/today")
    await phone.page.locator("#lock").click()
    await phone.page.get_by_role("button", name="Open with finger or face").click()
    await phone.page.get_by_text("The phone did not recognise you.").wait_for()
    assert await phone.page.get_by_text("Mary").count() == 0
    await phone.unlock()
    await phone.page.get_by_role("heading", name="Mary S.").wait_for()


@pytest.mark.thorough
async def test_a_phone_whose_passkeys_hold_no_secret_says_so(street: Street, browser: Browser) -> None:
    phone, _, _ = await phone_with(street, browser, AUTHENTICATOR)
    await phone.page.get_by_role("status").filter(has_text="cannot do that yet").wait_for()
    [carer] = await phone.kept("carers")
    assert carer.get("passkey") is None
