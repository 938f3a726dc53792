"""Cards, fobs and tags in the home, read on the phone with a network and without."""

import pytest
from playwright.async_api import Browser

from backend.domain.canonical import base64url
from backend.domain.tokens import fob_code
from backend.use_cases.add_tag import NewTag, add_tag
from backend.use_cases.read_tags import read_card
from tests.browser.handset import Street
from tests.mobile_api.test_tokens import FILE_KEY, SEED, UID, tap
from tests.mobile_api.test_visits import one
from tests.mobile_api.world import PROVIDER, hour, person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEEPS_TAGS = (
    "navigator.serviceWorker.getRegistration('/at').then((one) => one?.active?.state === 'activated')"
)
TOKENS = "SELECT t.verdict, e.method FROM event_token t JOIN event e ON e.row_id = t.event_row"


async def test_a_card_that_the_phones_camera_opens_without_signal_proves_the_arrival(
    street: Street, browser: Browser
) -> None:
    tag = await add_tag(PROVIDER, person("S1"), NewTag("qr_static", "By the door"))
    text = (await read_card(PROVIDER, tag)).text
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.page.evaluate("navigator.serviceWorker.getRegistration('/at').then((one) => one.update())")
    await phone.until(lambda: phone.page.evaluate(KEEPS_TAGS))
    await phone.at(hour(7, 4))
    await phone.connect(False)
    await phone.open(text[text.index("/at#") :])
    await phone.page.get_by_text("it goes with your next tap").wait_for()
    await phone.photograph("card-read")
    await phone.arrive()  # the rota is locked: nothing is asked for
    assert await phone.page.get_by_text("it goes with your next tap").count() == 0
    await phone.connect()
    await phone.sent()
    [row] = await street.superuser.fetch(TOKENS)
    assert (row["verdict"], row["method"]) == ("verified", "qr")
    await phone.until(lambda: _proved("card"))


async def test_a_tag_opened_as_an_address_proves_each_end_by_a_reading_of_its_own(
    street: Street, browser: Browser
) -> None:
    await add_tag(PROVIDER, person("S1"), NewTag("nfc", "Hall", UID, FILE_KEY))
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(7, 4))
    await phone.open(path_of(tap(5)))
    await phone.page.get_by_text("it goes with your next tap").wait_for()
    await phone.arrive()
    await phone.at(hour(7, 31))
    await phone.open(path_of(tap(6)))
    await phone.page.get_by_text("it goes with your next tap").wait_for()
    await phone.leave()
    await phone.sent()
    rows = await street.superuser.fetch(TOKENS)
    assert {(row["verdict"], row["method"]) for row in rows} == {("verified", "nfc")}
    await phone.until(lambda: _proved("tag"))


async def test_the_code_that_a_fob_shows_is_taken_with_a_position(street: Street, browser: Browser) -> None:
    tag = await add_tag(PROVIDER, person("S1"), NewTag("qr_rotating", "Fob", key=SEED, step_s=30))
    phone = await street.phone(browser)
    await phone.enrol()
    for at, tapped in ((hour(7, 4), phone.arrive), (hour(7, 31), phone.leave)):
        await phone.at(at)
        code = fob_code(SEED, int(at.timestamp()) // 30, 6)
        await phone.open(f"/at#{base64url(tag.bytes)}.{code}")
        await phone.page.get_by_text("it goes with your next tap").wait_for()
        await tapped()
    await phone.sent()
    rows = await street.superuser.fetch(TOKENS)
    assert [(row["verdict"], row["method"]) for row in rows] == [("verified", "qr")] * 2
    await phone.until(lambda: _proved("card"))


def path_of(address: str) -> str:
    return address[address.index("/at") :]


async def _proved(level: str) -> bool:
    return bool((await one("V1"))["evidence_level"] == level)


@pytest.mark.thorough
async def test_the_code_of_a_fob_is_typed_and_must_be_one(street: Street, browser: Browser) -> None:
    await add_tag(PROVIDER, person("S1"), NewTag("qr_static", "By the door"))
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.page.get_by_role("link", name="Read the card or tag").click()
    await phone.page.get_by_label("Code that the fob shows").fill("12")
    await phone.page.get_by_role("button", name="Take this code").click()
    await phone.page.get_by_text("A code has 6 to 8 digits.").wait_for()
    await phone.page.get_by_label("Code that the fob shows").fill("123456")
    await phone.page.get_by_role("button", name="Take this code").click()
    await phone.page.get_by_text("it goes with your next tap").wait_for()
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.sent()
    [row] = await street.superuser.fetch(TOKENS)
    assert (row["verdict"], row["method"]) == ("token_unknown_tag", "qr")
    assert [event["outcome"] for event in await street.events("check_in")] == ["accepted"]
