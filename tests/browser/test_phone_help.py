"""A call for help from a carer's phone: what the office sees, and what she is told of it."""

import pytest
from playwright.async_api import Browser

from backend.use_cases.read_today import Help, Wanted, read_today
from tests.browser.handset import Handset, Street
from tests.mobile_api.world import DOOR, MORNING, PROVIDER, hour, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def calls() -> list[Help]:
    """What stands on the office's board of the day."""
    return (await read_today(PROVIDER, Wanted(MORNING.date()))).helps


async def call_for_help(phone: Handset) -> None:
    await phone.page.get_by_role("link", name="I need help").click()
    await phone.page.get_by_role("heading", name="Do you need help?").wait_for()
    await phone.page.get_by_role("button", name="Alert the office").click()


async def test_a_call_for_help_tells_the_office_who_and_where_and_her_that_it_did(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.sent()
    await call_for_help(phone)
    await phone.page.get_by_role("status").filter(has_text="The office has received your call").wait_for()
    await phone.photograph("help-told")
    [found] = await calls()
    assert (found.carer, str(found.visit_id)) == ("Ann Carer", visit("V1"))
    assert found.place is not None
    assert (found.place.lat, found.place.lon, found.place.accuracy_m) == (*DOOR, 12)


async def test_without_a_network_she_is_told_that_nobody_knows_and_whom_to_call(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(7, 4))
    await phone.connect(False)
    await call_for_help(phone)
    await phone.page.get_by_role("alert").filter(has_text="does not know of your call for help").wait_for()
    assert await phone.page.get_by_role("link", name="Call 999").get_attribute("href") == "tel:999"
    await phone.photograph("help-not-told")
    await phone.go("#/today")
    await phone.page.get_by_role("alert").filter(has_text="does not know of your call for help").wait_for()
    assert await calls() == []
    await phone.connect()
    await phone.page.get_by_text("The office has received your call for help of 07:04.").wait_for()
    assert [found.carer for found in await calls()] == ["Ann Carer"]
    assert (await street.kinds()).count("help") == 1
