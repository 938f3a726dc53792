"""A phone whose app is killed, renewed or set up again in the middle of a day goes on where it was."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Error, Page

from mobile_api import app_files
from tests.browser.handset import PIN, Street, moments
from tests.browser.test_phone_troubles import LOSE_KEY
from tests.mobile_api.world import hour

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TAGS_KEPT: Final = (
    "navigator.serviceWorker.getRegistration('/at').then((one) => one?.active?.state === 'activated')"
)
NEVER_SIGNS: Final = "void (crypto.subtle.sign = () => new Promise(() => {}))"


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the app's files that a test may change, and then serve in place of this version's."""
    folder = tmp_path / "app"
    shutil.copytree(app_files.FOLDER, folder)
    yield folder
    monkeypatch.undo()
    app_files.app.cache_clear()


async def test_an_app_killed_in_the_middle_of_signing_signs_when_it_is_next_opened(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.page.evaluate(NEVER_SIGNS)
    await phone.at_once(hour(7, 4))
    await phone.arrive()
    assert "check_in" in [tap["kind"] for tap in await phone.kept("taps")]
    await phone.page.close()
    phone.page = await phone.context.new_page()
    await phone.open()
    await phone.sent()
    assert moments(await street.events("check_in")) == [hour(7, 4)]


async def test_a_new_version_in_the_middle_of_a_day_takes_over_and_loses_nothing(
    street: Street, browser: Browser, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    old = app_files.app().version
    await phone.connect(False)
    await phone.at(hour(7, 4))
    await phone.arrive()
    _renew(next_version, monkeypatch)
    street.line.fail("/mobile/v1/events", "refuses", times=1000)
    await phone.connect()
    await phone.page.evaluate("navigator.serviceWorker.getRegistration('/app/').then((one) => one.update())")
    waits = (
        "navigator.serviceWorker.getRegistration('/app/').then((one) => one.waiting?.state === 'installed')"
    )
    await phone.until(lambda: phone.page.evaluate(waits))
    assert await _version(phone.page) == old  # nothing is taken from under her hands
    await phone.page.reload()
    new = app_files.app().version
    await phone.until(lambda: _shows(phone.page, new))
    await phone.ready()
    assert [row["kind"] for row in await phone.kept("outbox")][:1] == ["check_in"]
    await phone.unlock()
    await phone.at_once(hour(7, 31))
    await phone.leave()
    street.line.fail("", "refuses", times=0)
    await phone.sent_now()
    assert new != old
    assert moments(await street.events("check_in", "check_out")) == [hour(7, 4), hour(7, 31)]


async def test_the_app_opens_without_a_network_when_only_the_worker_of_tags_is_renewed(
    street: Street, browser: Browser, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.until(lambda: phone.page.evaluate(TAGS_KEPT))
    _renew(next_version, monkeypatch)
    await phone.page.evaluate("navigator.serviceWorker.getRegistration('/at').then((one) => one.update())")
    await phone.until(
        lambda: phone.page.evaluate(
            f"caches.keys().then((all) => all.length === 1 && all[0].endsWith('{app_files.app().version}'))"
        )
    )
    await phone.connect(False)
    await phone.page.reload()
    await phone.ready()
    assert await _shows(phone.page, app_files.app().version)


def _renew(next_version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve another version of the app from now on."""
    (next_version / "app.css").write_text((next_version / "app.css").read_text() + "\n/* newer */\n")
    monkeypatch.setattr(app_files, "FOLDER", next_version)
    app_files.app.cache_clear()


async def _shows(page: Page, version: str) -> bool:
    try:
        return await _version(page) == version
    except Error:  # between two pages
        return False


async def _version(page: Page) -> str:
    source = await page.evaluate("document.querySelector('script').src")
    return re.findall(r"/app/(\w+)/", source)[0]


@pytest.mark.thorough
async def test_what_a_phone_without_its_key_recorded_is_handed_in_by_the_next_set_up(
    street: Street, browser: Browser
) -> None:
    phone = await street.arrived_without_signal(browser)
    await phone.until(phone.signed)
    await phone.page.evaluate(LOSE_KEY)
    await phone.at(hour(7, 31))
    await phone.leave()
    await phone.connect()
    await phone.go("#/unsent")
    await phone.page.get_by_text("This phone’s key is gone").wait_for()
    await phone.until(lambda: _came(street, 1))  # what it had signed goes without it
    await phone.at_once(hour(9))
    old = await street.superuser.fetchval("SELECT id FROM device")
    await phone.open(f"/app/?again#enrol={await street.code(replaces=old)}")
    await phone.page.get_by_label("PIN", exact=True).fill(PIN)
    await phone.page.get_by_label("The PIN again").fill(PIN)
    await phone.page.get_by_role("button", name="Set up this phone").click()
    await phone.page.get_by_role("link", name="Go to my visits").click()
    await phone.sent()
    found = await street.events("check_in", "check_out")
    assert sorted((row["kind"], row["outcome"], row["code"]) for row in found) == [
        ("check_in", "accepted", None),
        ("check_out", "quarantined", "absurd_time"),  # before the new key: a manager looks at it
    ]
    await phone.go("#/settings")
    assert await phone.page.locator(".items li").count() == 1


async def _came(street: Street, count: int) -> bool:
    return len(await street.events("check_in")) == count
