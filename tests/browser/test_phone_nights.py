"""A visit that goes on past midnight: the phone shows it until she has left, also where the clocks change meanwhile."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser

from tests.browser.handset import Handset, Street, moments
from tests.mobile_api.world import visit
from tests.use_cases.loading.samples import load_rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEAVING = "I am leaving"


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London"))


async def plan(reference: str, start: str, end: str) -> None:
    planned = {"provider": "hearth", "visit": reference, "package": "P1", "carer": "E1"}
    await load_rows("rota", [{**planned, "start": start, "end": end}])


async def opened_again(phone: Handset) -> None:
    """The app started again and opened by her PIN, and what is on the rota now fetched."""
    await phone.page.reload()
    await phone.ready()
    await phone.unlock()
    await phone.page.evaluate("location.hash = '#/today'")
    await phone.page.get_by_role("button", name="Update").click()
    await phone.page.get_by_text("Your visits are up to date.").wait_for()


@pytest.mark.parametrize(
    ("evening", "next_day"), [("2026-11-02", "2026-11-03"), ("2027-03-27", "2027-03-28")], ids=["", "clocks"]
)
async def test_a_night_s_visit_is_left_in_the_morning_by_a_phone_that_fetched_its_rota_meanwhile(
    street: Street, browser: Browser, evening: str, next_day: str
) -> None:
    await plan("NIGHT", f"{evening}T22:00", f"{next_day}T07:00")
    street.clock = london(f"{evening}T21:00")
    street.world.at(street.clock)
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(london(f"{evening}T22:03"))
    await phone.go(f"#/visit/{visit('NIGHT')}")
    await phone.arrive()
    await phone.at(london(f"{next_day}T00:20"))
    await opened_again(phone)
    await phone.page.locator(".card.next").get_by_text("Arrived at 22:03").wait_for()
    await phone.at(london(f"{next_day}T07:11"))
    await phone.leave()
    await phone.sent()
    assert await street.kinds() == ["check_in", "check_out"]
    ends = await street.events("check_in", "check_out")
    assert {str(event["visit_id"]) for event in ends} == {visit("NIGHT")}
    assert moments(ends) == [
        london(f"{evening}T22:03"),
        london(f"{next_day}T07:11"),
    ]


async def test_a_visit_that_ran_on_past_midnight_is_left_without_the_pin(
    street: Street, browser: Browser
) -> None:
    await plan("LATE", "2026-11-02T22:30", "2026-11-02T23:15")
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(london("2026-11-02T22:40"))
    await phone.page.reload()
    await phone.ready()
    await phone.unlock()
    await phone.go(f"#/visit/{visit('LATE')}")
    await phone.arrive()
    await phone.connect(False)
    await phone.at(london("2026-11-03T00:10"))
    await phone.page.reload()
    await phone.ready()
    await phone.page.get_by_role("button", name=LEAVING).click()
    await phone.page.get_by_role("button", name=LEAVING).wait_for(state="detached")
    await phone.connect()
    await phone.sent()
    assert [str(event["visit_id"]) for event in await street.events("check_out")] == [visit("LATE")]


async def test_a_visit_that_nobody_left_in_the_evening_is_not_what_is_left_in_the_morning(
    street: Street, browser: Browser
) -> None:
    await plan("MORNING", "2026-11-03T07:00", "2026-11-03T07:30")
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(london("2026-11-02T18:02"))
    await phone.go(f"#/visit/{visit('V4')}")
    await phone.arrive()
    await phone.at(london("2026-11-03T06:58"))
    await opened_again(phone)
    await phone.page.locator(".card.next").get_by_text("07:00 – 07:30").wait_for()
    assert await phone.page.get_by_role("button", name=LEAVING).count() == 0
