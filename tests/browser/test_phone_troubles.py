"""What goes wrong in a carer's day: after each, the server holds what she did, nothing lost and nothing twice."""

from datetime import timedelta
from typing import Any, Final

import pytest
from playwright.async_api import Browser

from tests.browser.handset import PIN, Handset, Street, moments
from tests.mobile_api.test_visits import one
from tests.mobile_api.world import hour, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAULTS: Final = ("refuses", "forgets", "cuts")
SLOW: Final[dict[str, Any]] = {
    "offline": False,
    "latency": 2000,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}

# A finger that goes on tapping, as soon as the button says that she leaves.
TAPS_ON: Final = """() => {
  globalThis.tappedOn = 0;
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".huge.leaving")) return;
    observer.disconnect();
    for (let tap = 0; tap < 5; tap++) {
      const { x, y } = document.querySelector(".huge.leaving").getBoundingClientRect();
      document.elementFromPoint(x + 20, y + 20).click();
      globalThis.tappedOn += 1;
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""

LOSE_KEY: Final = """async () => {
  const answered = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await answered(indexedDB.open("doorstep"));
  const store = db.transaction("carers", "readwrite").objectStore("carers");
  const [carer] = await answered(store.getAll());
  await answered(store.put({ ...carer, key: null }));
  db.close();
}"""


# A phone whose storage is full, until there is room again.
FULL: Final = """() => {
  const add = IDBObjectStore.prototype.add;
  globalThis.full = true;
  IDBObjectStore.prototype.add = function (...given) {
    if (globalThis.full) throw new DOMException("There is no room.", "QuotaExceededError");
    return add.apply(this, given);
  };
}"""


async def tap_arrive(phone: Handset) -> None:
    await phone.settle()
    await phone.page.get_by_role("button", name="I have arrived", exact=True).click()
    await phone.page.get_by_text("Arrived at").first.wait_for()


async def test_a_visit_without_permission_to_tell_the_position_says_why(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser, permissions=[])
    await phone.enrol()
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.at(hour(7, 31))
    await phone.leave()
    await phone.settle()
    await phone.sent()
    assert await street.kinds() == ["check_in", "check_out"]
    await phone.until(lambda: _positions(street, 2))
    row = await one("V1")
    assert (row["status"], row["evidence_level"]) == ("completed", "statement")
    assert set(row["flags"]) == {"no_position", "no_fix_denied"}


async def _positions(street: Street, count: int) -> bool:
    return len(await street.events("fix")) == count


@pytest.mark.thorough
async def test_the_position_proves_both_ends_once_it_is_there(street: Street, browser: Browser) -> None:
    phone = await street.visited(browser)
    await phone.until(lambda: _positions(street, 2))
    row = await one("V1")
    assert (row["evidence_level"], row["flags"]) == ("position", [])


async def test_two_taps_in_a_row_arrive_once_and_never_leave(street: Street, browser: Browser) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(7, 4))
    await phone.page.evaluate(TAPS_ON)
    await phone.page.locator(".huge").dblclick()
    await phone.until(lambda: phone.page.evaluate("globalThis.tappedOn === 5"))
    await phone.settle()
    await phone.sent()
    assert await street.kinds() == ["check_in"]


@pytest.mark.thorough
async def test_two_tabs_record_one_arrival_and_continue_one_chain(street: Street, browser: Browser) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(7, 4))
    other = Handset(street, phone.context, await phone.context.new_page())
    await other.open()
    await other.unlock()
    await other.page.get_by_role("heading", name="Mary S.").wait_for()
    both = "document.querySelector('.huge').click()"
    await phone.page.evaluate(both)
    await other.page.evaluate(both)
    for each in (phone, other):
        await each.page.get_by_text("Arrived at").first.wait_for()
    await phone.go(f"#/visit/{visit('V1')}")
    await other.go(f"#/visit/{visit('V1')}")
    for number in range(4):
        for each in (phone, other):
            await each.page.get_by_label("What should they know?").fill(f"Note {number}")
            await each.page.get_by_role("button", name="Record the note").click()
            await (
                each.page.locator("#note")
                .and_(each.page.locator(":placeholder-shown, :not([value])"))
                .wait_for()
            )
    await phone.page.get_by_text("8 notes recorded.").wait_for()
    await phone.sent()
    assert await street.kinds() == ["check_in", *["note"] * 8]
    rows = await street.events()
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["outcome"] for row in rows} == {"accepted"}


@pytest.mark.variants
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_line_that_fails_at_every_step_loses_nothing_and_sends_nothing_twice(
    street: Street, browser: Browser, fault: str
) -> None:
    phone = await street.phone(browser)
    street.line.fail("/mobile/v1/enrol", fault)
    await phone.open(f"/app/#enrol={await street.code()}")
    await phone.page.get_by_label("PIN", exact=True).fill(PIN)
    await phone.page.get_by_label("The PIN again").fill(PIN)
    await phone.page.get_by_role("button", name="Set up this phone").click()
    await phone.page.get_by_text("There is no connection at the moment.").wait_for()
    street.line.fail("/mobile/v1/rota", fault)
    await phone.page.get_by_role("button", name="Set up this phone").click()
    await phone.page.get_by_role("link", name="Go to my visits").click()
    await phone.page.get_by_role("button", name="Update").click()
    await phone.page.get_by_role("heading", name="Mary S.").wait_for()
    assert await street.superuser.fetchval("SELECT count(*) FROM device") == 1
    await phone.at(hour(7, 4))
    street.line.fail("/mobile/v1/events", fault)
    await tap_arrive(phone)
    await phone.until(lambda: _met(street))
    await phone.sent_now()
    street.line.fail("/mobile/v1/nonce", fault)
    await phone.page.reload()
    await phone.ready()
    await phone.at(hour(7, 31))
    await phone.leave()
    await phone.until(lambda: _met(street))
    await phone.sent_now()
    rows = await street.events("check_in", "check_out")
    assert moments(rows) == [hour(7, 4), hour(7, 31)]
    assert {row["outcome"] for row in rows} == {"accepted"}


async def _met(street: Street) -> bool:
    return street.line.met >= street.line.times


async def test_an_answer_that_never_comes_keeps_nobody_from_recording(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    street.line.fail("/mobile/v1/events", "hangs")
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.until(lambda: _met(street))
    await phone.at(hour(7, 31))
    await phone.leave()
    await phone.page.get_by_role("heading", name="Tom J.").wait_for()
    street.line.released.set()
    await phone.sent()
    assert await street.kinds() == ["check_in", "check_out"]


@pytest.mark.thorough
async def test_a_tap_is_answered_at_once_on_a_slow_phone_and_a_slow_line(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(7, 4))
    session = await phone.context.new_cdp_session(phone.page)
    await session.send("Network.emulateNetworkConditions", SLOW)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    taken = await phone.page.evaluate(
        """() => new Promise((resolve) => {
          const before = performance.now();
          const seen = () => document.querySelector(".here") && resolve(performance.now() - before);
          new MutationObserver(seen).observe(document.getElementById("app"), {childList: true, subtree: true});
          document.querySelector(".huge").click();
        })"""
    )
    assert taken < SLOW["latency"], "an answer of the line was waited for"


@pytest.mark.thorough
@pytest.mark.variants
@pytest.mark.parametrize("wrong_by", [timedelta(hours=-3), timedelta(hours=5)])
async def test_a_clock_that_is_set_wrong_costs_no_minute(
    street: Street, browser: Browser, wrong_by: timedelta
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(9, 4), wrong_by)
    await phone.page.reload()
    await phone.ready()
    await phone.unlock()
    await phone.page.get_by_text("This phone’s clock is wrong.").wait_for()
    await phone.page.get_by_role("heading", name="Mary S.").wait_for()
    await phone.arrive()
    await phone.page.get_by_text("Arrived at 09:04").wait_for()
    await phone.at(hour(9, 31), wrong_by)
    await phone.leave()
    await phone.sent()
    row = await one("V1")
    assert [round_to_minute(row[name]) for name in ("actual_start", "actual_end")] == [
        hour(9, 4),
        hour(9, 31),
    ]
    assert "clock_drift" in row["flags"]


def round_to_minute(at: Any) -> Any:
    return (at + timedelta(seconds=30)).replace(second=0, microsecond=0)


async def test_a_purged_phone_says_so_and_a_new_code_takes_its_place(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.page.evaluate(
        "new Promise((done) => (indexedDB.deleteDatabase('doorstep').onsuccess = done))"
    )
    await phone.page.reload()
    await phone.ready()
    await phone.page.get_by_text("deleted what Doorstep had stored").wait_for()
    old = await street.superuser.fetchval("SELECT id FROM device")
    await phone.page.get_by_label("Code from your manager").fill(await street.code(replaces=old))
    await phone.page.get_by_label("PIN", exact=True).fill(PIN)
    await phone.page.get_by_label("The PIN again").fill(PIN)
    await phone.page.get_by_role("button", name="Set up this phone").click()
    await phone.page.get_by_role("link", name="Go to my visits").click()
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.sent()
    assert await street.kinds() == ["check_in"]
    assert await street.superuser.fetchval("SELECT replaced_by IS NOT NULL FROM device WHERE id = $1", old)


async def test_what_two_carers_recorded_on_one_phone_is_sent_for_both(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.go("#/settings")
    await phone.enrol("C2")
    await phone.connect(False)
    await phone.at(hour(8, 1))
    await phone.arrive()
    await phone.page.locator("#lock").click()
    await phone.page.get_by_role("button", name="Ann Carer").click()
    await phone.page.get_by_role("heading", name="Hello Ann Carer").wait_for()
    await phone.unlock()
    await phone.settle()
    await phone.arrive()
    await phone.connect()
    await phone.sent()
    rows = await street.superuser.fetch(
        "SELECT c.reference, e.visit_id::text FROM event e JOIN carer c ON c.id = e.carer_id "
        "WHERE e.kind = 'check_in' AND e.outcome = 'accepted'"
    )
    assert {tuple(row) for row in rows} == {("C2", visit("V2")), ("C1", visit("V1"))}


async def test_a_phone_that_lost_its_key_keeps_what_was_recorded_for_the_next_one(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.page.evaluate(LOSE_KEY)
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.page.get_by_text("is not sent yet").or_(phone.page.get_by_text("are not sent yet")).wait_for()
    assert "check_in" in {tap["kind"] for tap in await phone.kept("taps")}
    assert await street.events() == []


async def test_a_phone_without_room_says_that_a_tap_is_not_recorded_until_one_is(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(7, 4))
    await phone.page.evaluate(FULL)
    await phone.settle()
    arrived = phone.page.get_by_role("button", name="I have arrived", exact=True)
    await arrived.click()
    told = phone.page.get_by_role("alert").filter(has_text="What you tapped at 07:04 is NOT recorded")
    await told.wait_for()
    await phone.settle()
    assert await arrived.count() == 1 and await phone.kept("taps") == []
    await phone.go("#/hours")
    await told.wait_for()
    await phone.go("#/today")
    await phone.page.evaluate("globalThis.full = false")
    await phone.arrive()
    await told.wait_for(state="detached")
    await phone.sent()
    assert await street.kinds() == ["check_in"]
