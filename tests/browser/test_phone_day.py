"""A carer's morning on her phone: set up, arrive and leave, with a network and without."""

from dataclasses import replace

import pytest
from playwright.async_api import Browser

from backend import settings
from tests.browser.handset import Street, moments
from tests.mobile_api.test_visits import one
from tests.mobile_api.world import hour, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_from_the_managers_link_to_a_verified_visit(street: Street, browser: Browser) -> None:
    phone = await street.phone(browser)
    await phone.open(f"/app/#enrol={await street.code()}")
    await phone.photograph("enrol")
    await phone.set_up()
    await phone.photograph("today")
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.sent()
    await phone.photograph("today-arrived")
    await phone.at(hour(7, 31))
    await phone.leave()
    await phone.sent()
    assert await street.kinds() == ["check_in", "check_out"]
    assert moments(await street.events("check_in", "check_out")) == [hour(7, 4), hour(7, 31)]
    row = await one("V1")
    assert row["status"] == "completed"
    assert phone.complaints == []


async def test_a_morning_without_signal_with_the_phone_started_again_loses_nothing(
    street: Street, browser: Browser
) -> None:
    phone = await street.arrived_without_signal(browser)
    await phone.page.reload()
    await phone.ready()
    await phone.photograph("unlock")
    await phone.unlock()
    await phone.at(hour(7, 31))
    await phone.leave()
    await phone.at(hour(8, 1))
    await phone.arrive()
    await phone.photograph("today-offline")
    await phone.page.close()
    phone.page = await phone.context.new_page()
    await phone.open()
    await phone.at(hour(8, 29))
    await phone.leave()  # without opening the rota
    assert await street.events() == []
    await phone.connect()
    await phone.sent()
    found = await street.events("check_in", "check_out")
    assert [row["outcome"] for row in found] == ["accepted"] * 4
    assert moments(found) == [hour(7, 4), hour(7, 31), hour(8, 1), hour(8, 29)]
    assert [str(row["visit_id"]) for row in found] == [visit("V1"), visit("V1"), visit("V2"), visit("V2")]
    assert phone.complaints == []


async def test_a_link_to_the_office_leads_a_phone_to_its_own_name_and_keeps_the_code(
    street: Street, browser: Browser
) -> None:
    phones = street.address.replace("127.0.0.1", "localhost")
    settings.use(replace(settings.current(), base_url=street.address, phones_url=phones))
    phone = await street.phone(browser)
    await phone.open(f"/app/#enrol={await street.code()}")
    assert phone.page.url.startswith(f"{phones}/app/")
    await phone.set_up()
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.sent()
    assert await street.kinds() == ["check_in"]
    assert phone.complaints == []
