"""What stays on a phone: nothing about the people visited that could be read; and receipts, which she takes along."""

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser

from backend.use_cases.add_tag import NewTag, add_tag
from backend.use_cases.check_records import server_keys
from backend.use_cases.read_tags import read_card
from backend.use_cases.record_checks.anchors import anchor_found, read_anchor
from tests.browser.handset import Handset, Street
from tests.browser.test_phone_troubles import LOSE_KEY
from tests.mobile_api.world import PROVIDER, hour, person, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Every database, cache, and store of names and values, as the text that somebody could search; bytes as letters.
EVERYTHING: Final = """async () => {
  const answered = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.title, location.href];
  const shown = (_, value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
    ? new TextDecoder("latin1").decode(value) : value;
  for (const { name } of await indexedDB.databases()) {
    const db = await answered(indexedDB.open(name));
    for (const store of db.objectStoreNames)
      found.push(store, JSON.stringify(await answered(db.transaction(store).objectStore(store).getAll()), shown));
    db.close();
  }
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(request.url);
  return found.join("\\n");
}"""
SECRET: Final = ("Mary S", "Tom J", "High Street", "ZX1 1AA", "Key safe", "unwell", "52.061", "-2.71")
"""Names, addresses, ways in, words and places of the people visited; none that a key or a signature may spell."""


async def told(phone: Handset) -> list[str]:
    """Which of the secrets the phone's storage tells."""
    text: str = await phone.page.evaluate(EVERYTHING)
    assert "doorstep" in text  # it was read
    return [word for word in SECRET if word in text]


async def busy(street: Street, browser: Browser) -> Handset:
    """A phone at a visit, offline, with words and places that are not sent yet."""
    phone = await street.arrived_without_signal(browser)
    await phone.go(f"#/visit/{visit('V1')}")
    await phone.page.get_by_label("What should they know?").fill("Mary was unwell")
    await phone.page.get_by_role("button", name="Record the note").click()
    await phone.page.get_by_text("1 note recorded.").wait_for()
    return phone


@pytest.mark.thorough
async def test_nothing_can_be_read_while_the_rota_is_open(street: Street, browser: Browser) -> None:
    phone = await busy(street, browser)
    assert await told(phone) == []


async def test_nothing_can_be_read_after_signing_out_and_what_waits_is_sent(
    street: Street, browser: Browser
) -> None:
    phone = await busy(street, browser)
    await phone.go("#/settings")
    await phone.page.get_by_role("button", name="Sign out of this phone").click()
    await phone.page.locator("#unlock").wait_for()
    assert await told(phone) == []
    [carer] = await phone.kept("carers")
    assert (carer["lock"], carer["sealed"], carer["index"]) == (None, None, [])
    await phone.connect()
    await phone.sent()
    assert await street.kinds() == ["check_in", "note"]


async def test_nothing_can_be_read_when_the_window_was_closed_and_only_her_pin_opens_the_rota(
    street: Street, browser: Browser
) -> None:
    phone = await busy(street, browser)
    await phone.page.close()
    phone.page = await phone.context.new_page()
    await phone.open()
    assert await told(phone) == []
    assert await phone.page.get_by_text("Mary").count() == 0
    await phone.unlock("0000")
    await phone.page.get_by_text("This is not your PIN").wait_for()
    await phone.page.locator("#unlock:not([disabled])").wait_for()
    await phone.unlock()
    await phone.page.get_by_role("heading", name="Mary S.").wait_for()


@pytest.mark.thorough
async def test_words_and_places_cannot_be_read_before_they_are_signed_either(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.page.evaluate(LOSE_KEY)
    await phone.go(f"#/visit/{visit('V1')}")
    await phone.page.get_by_label("What should they know?").fill("Mary was unwell")
    await phone.page.get_by_role("button", name="Record the note").click()
    await phone.page.get_by_text("1 note recorded.").wait_for()
    assert [tap["kind"] for tap in await phone.kept("taps")] == ["note"]
    assert await told(phone) == []


@pytest.mark.thorough
async def test_a_card_that_was_read_opens_nothing_from_the_phones_storage(
    street: Street, browser: Browser
) -> None:
    tag = await add_tag(PROVIDER, person("S1"), NewTag("qr_static", "By the door"))
    text = (await read_card(PROVIDER, tag)).text
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.open(text[text.index("/at#") :])
    await phone.page.get_by_text("it goes with your next tap").wait_for()
    held: str = await phone.page.evaluate(EVERYTHING)
    assert text.partition("#")[2] not in held
    await phone.unlock()
    await phone.go("#/settings")
    await phone.page.get_by_role("button", name="Sign out of this phone").click()
    await phone.page.locator("#unlock").wait_for()
    assert '"method":"qr"' not in await phone.page.evaluate(EVERYTHING)


async def test_the_position_is_asked_for_around_a_tap_and_never_followed(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.context.add_init_script(
        """globalThis.asked = [];
        for (const name of ["getCurrentPosition", "watchPosition"]) {
          const real = navigator.geolocation[name].bind(navigator.geolocation);
          navigator.geolocation[name] = (...given) => (asked.push([name, given[2]]), real(...given));
        }"""
    )
    await phone.enrol()
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.sent()
    exact = ["getCurrentPosition", {"enableHighAccuracy": True, "timeout": 15_000, "maximumAge": 0}]
    assert await phone.page.evaluate("asked") == [exact]
    await phone.go("#/activities")
    await phone.page.get_by_role("button", name="Training").click()
    await phone.page.get_by_role("button", name="End it").click()
    await phone.at(hour(7, 31))
    await phone.go("#/today")
    await phone.leave()
    await phone.sent()
    assert await phone.page.evaluate("asked") == [exact, exact]


async def test_a_carer_takes_a_copy_of_her_own_receipts_which_the_records_must_agree_with(
    street: Street, browser: Browser, tmp_path: Path
) -> None:
    phone = await street.visited(browser)
    await phone.sent()
    await phone.go("#/settings")
    await phone.enrol("C2")
    await phone.go("#/settings")
    await phone.page.get_by_text("the server’s receipt for it appears here").wait_for()
    await phone.page.locator("#lock").click()
    await phone.page.evaluate("location.hash = '#/today'")
    await phone.page.get_by_role("button", name="Ann Carer").click()
    await phone.page.get_by_role("heading", name="Hello Ann Carer").wait_for()
    await phone.unlock()
    await phone.settle()
    await phone.go("#/settings")
    await phone.photograph("receipts")
    async with phone.page.expect_download() as downloading:
        await phone.page.get_by_role("button", name="Keep a copy of my receipts").click()
    download = await downloading.value
    assert download.suggested_filename == "doorstep-receipts_2026-11-02.json"
    await download.save_as(tmp_path / "receipts.json")
    copy = (tmp_path / "receipts.json").read_bytes()
    signed, held = await anchor_found(read_anchor(copy), server_keys())
    assert (signed.state, held.state) == ("proved", "proved")
    assert held.says == f"Held today as the phone’s receipts say: {len(await street.events())} events."
    await street.superuser.execute("SET session_replication_role = replica")
    await street.superuser.execute("UPDATE event SET outcome = 'quarantined' WHERE kind = 'check_out'")
    _, changed = await anchor_found(read_anchor(copy), server_keys())
    assert changed.state == "failed" and "not held as it was received" in changed.details[0]
