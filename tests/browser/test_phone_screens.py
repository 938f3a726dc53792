"""Every screen of the phone app: usable by everybody, in both languages, and doing what it says."""

from itertools import pairwise
from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.browser.handset import PIN, Handset, Street, moments
from tests.browser.measuring import small_targets, unreadable
from tests.browser.test_pages import faults_of
from tests.mobile_api.world import hour, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS: Final = (
    "#/today",
    f"#/visit/{visit('V2')}",
    f"#/visit/{visit('V3')}",
    f"#/scan/{visit('V2')}",
    "#/activities",
    "#/hours",
    "#/corrections",
    f"#/correct/{visit('V1')}/2026-11-02/07:04/07:31",
    "#/correct/day/2026-11-02/10:00/11:00",
    "#/help",
    "#/unsent",
    "#/settings",
    "#/enrol",
    "#/welcome",
)


async def busy_phone(street: Street, browser: Browser, **options: object) -> Handset:
    """A phone after the first visit of the day, at the second."""
    phone = await street.phone(browser, **options)
    await phone.enrol()
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.at(hour(7, 31))
    await phone.leave()
    await phone.at(hour(8, 1))
    await phone.arrive()
    await phone.sent()
    return phone


@pytest.mark.variants
@pytest.mark.parametrize(
    ("language", "scheme", "contrast"),
    [
        ("English", "light", "normal"),
        ("Cymraeg", "light", "high"),
        ("Cymraeg", "dark", "normal"),
        ("English", "dark", "high"),
    ],
)
async def test_every_screen_is_free_of_accessibility_faults(
    street: Street, browser: Browser, language: str, scheme: str, contrast: str
) -> None:
    phone = await busy_phone(street, browser, color_scheme=scheme, bypass_csp=True)
    await phone.go("#/settings")
    await phone.page.locator("#contrast").select_option(contrast)
    await phone.page.locator("#language").select_option(label=language)
    faults, small = [], []
    for path in SCREENS:
        await phone.go(path)
        assert await phone.page.locator("h1").count() == 1, path
        faults += await faults_of(phone.page)
        small += await small_targets(phone.page)
        await phone.photograph(f"{language}-{scheme}-{contrast}-{path[2:].replace('/', '-')[:20]}")
    await phone.page.locator("#lock").click()
    await phone.page.locator("#unlock").wait_for()
    faults += await faults_of(phone.page)
    small += await small_targets(phone.page)
    await phone.photograph(f"{language}-{scheme}-{contrast}-locked")
    assert (faults, small) == ([], [])
    assert phone.complaints == []


@pytest.mark.thorough
@pytest.mark.variants
@pytest.mark.parametrize("language", ["English", "Cymraeg"])
async def test_every_word_can_be_read_with_the_text_at_twice_its_size_and_on_narrow_screens(
    street: Street, browser: Browser, language: str
) -> None:
    phone = await busy_phone(street, browser)
    await phone.go("#/settings")
    await phone.page.locator("#language").select_option(label=language)
    faults = []
    sizes = (("normal", 360, 740), ("largest", 360, 740), ("normal", 180, 370), ("normal", 320, 568))
    for size, width, height in sizes:
        await phone.go("#/settings")
        await phone.page.locator("#size").select_option(size)
        await phone.page.set_viewport_size({"width": width, "height": height})
        for path in SCREENS:
            await phone.go(path)
            found = [*await unreadable(phone.page), *await small_targets(phone.page)]
            faults += [(path, size, width, fault) for fault in found]
            await phone.photograph(f"{language}-{size}-{width}-{path[2:].replace('/', '-')[:20]}")
    assert faults == []


async def test_a_phone_is_set_up_and_a_whole_visit_recorded_with_the_keyboard_alone(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser, has_touch=False)
    keyboard = phone.page.keyboard
    await phone.open(f"/app/#enrol={await street.code()}")
    for field in ("pin", "pin-again"):
        await phone.tab_into(field)
        await keyboard.type(PIN)
    await phone.tab_to("Set up this phone")
    await keyboard.press("Enter")
    await phone.page.get_by_role("heading", name="This phone is ready").wait_for()
    await phone.tab_to("Go to my visits")
    await keyboard.press("Enter")
    await phone.settle()
    await phone.tab_to("I have arrived")
    await keyboard.press("Enter")
    await phone.page.get_by_text("Arrived at").first.wait_for()
    assert await phone.focused() == "I am leaving"
    await phone.settle()
    await keyboard.press("Space")
    await phone.page.get_by_role("heading", name="Tom J.").wait_for()
    await phone.sent()
    assert await street.kinds() == ["check_in", "check_out"]


async def test_a_screen_reader_is_led_to_each_new_screen_and_told_what_was_recorded(
    street: Street, browser: Browser
) -> None:
    phone = await busy_phone(street, browser)
    for path in (*SCREENS[1:], SCREENS[0]):
        await phone.go(path)
        await phone.page.locator("h1:focus").wait_for()
        levels = await phone.page.locator("h1, h2, h3").evaluate_all("all => all.map(one => +one.tagName[1])")
        assert levels[0] == 1, path
        assert all(later - before <= 1 for before, later in pairwise(levels)), (path, levels)
        title = await phone.page.title()
        assert title.endswith(" – Doorstep"), path
        assert "Tom" not in title, path
    await phone.at(hour(8, 30))
    await phone.leave()
    await phone.page.get_by_role("status").filter(has_text="Your leaving is recorded.").wait_for()


async def test_tasks_notes_and_a_refusal_at_the_door_reach_the_office(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.go(f"#/visit/{visit('V4')}")
    await phone.page.get_by_label("What should they know?").fill("The lock was stiff – oil it.")
    await phone.page.get_by_role("button", name="Record the note").click()
    await phone.page.get_by_text("1 note recorded.").wait_for()
    await phone.page.get_by_text("Nobody lets me in").click()
    await phone.page.get_by_label("What happened at the door?").fill("Her daughter said no.")
    await phone.page.get_by_role("button", name="Record that I could not get in").click()
    await phone.page.get_by_text("Could not be done").wait_for()
    await phone.sent()
    assert await street.kinds() == ["note", "refused_entry"]


async def test_a_visit_nobody_planned_counts_from_its_own_words(street: Street, browser: Browser) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    await phone.at(hour(9))
    await phone.page.get_by_text("A visit that is not on my list").click()
    await phone.page.get_by_label("Who are you visiting?").fill("Mary S., she fell")
    await phone.page.get_by_role("button", name="I have arrived there").click()
    leaving = phone.page.locator("#unplanned-leave:not([aria-disabled])")
    await leaving.wait_for()
    await phone.at(hour(9, 20))
    await leaving.click()
    await phone.page.locator("#unplanned-leave").wait_for(state="detached")
    await phone.sent()
    rows = await street.events("check_in", "check_out")
    assert moments(rows) == [hour(9), hour(9, 20)]
    assert [(row["visit_id"], row["outcome"]) for row in rows] == [(None, "accepted")] * 2


@pytest.mark.thorough
async def test_activities_begin_and_end_and_stand_in_the_days_ledger(
    street: Street, browser: Browser
) -> None:
    phone = await busy_phone(street, browser)
    await phone.at(hour(8, 30))
    await phone.leave()
    await phone.go("#/activities")
    await phone.at(hour(9))
    await phone.page.get_by_role("button", name="Training").click()
    await phone.page.get_by_text("Since 09:00").wait_for()
    await phone.at(hour(10))
    await phone.page.get_by_role("button", name="End it").click()
    await phone.page.get_by_role("button", name="Training").wait_for()
    await phone.sent()
    await phone.go("#/hours")
    training = phone.page.get_by_role("listitem").filter(has_text="Training")
    await training.get_by_text("paid").or_(training.get_by_text("counts as work")).wait_for()
    await phone.page.get_by_role("listitem").filter(has_text="Visit to Mary S., 27 minutes: paid").wait_for()
    await phone.page.get_by_text("an hour so far; the minimum wage is £12.71.").wait_for()
    await phone.photograph("hours-of-a-day")


async def test_a_correction_made_offline_is_signed_then_and_sent_later(
    street: Street, browser: Browser
) -> None:
    phone = await busy_phone(street, browser)
    await phone.connect(False)
    await phone.go(f"#/correct/{visit('V1')}/2026-11-02/07:04/07:31")
    await phone.page.get_by_label("From").fill("06:58")
    await phone.page.get_by_role("radio", name="I recorded it late").check()
    await phone.page.get_by_label("Anything else").fill("The lift was stuck")
    await phone.page.get_by_role("button", name="Sign and send").click()
    await phone.page.get_by_text("Waiting to be sent").wait_for()
    await phone.connect()
    await phone.page.get_by_text("Waiting to be sent").wait_for(state="detached")
    row = await street.superuser.fetchrow(
        "SELECT visit_id::text, reason_code, proposed_start FROM correction"
    )
    assert row is not None
    assert (row["visit_id"], row["reason_code"], row["proposed_start"]) == (
        visit("V1"),
        "recorded_late",
        hour(6, 58),
    )
    await phone.page.locator("#corrections-again").click()
    await phone.page.get_by_role("button", name="Take it back").click()
    await phone.page.get_by_text("Taken back.").wait_for()
    assert await phone.page.get_by_role("button", name="Take it back").count() == 0
    assert await street.superuser.fetchval("SELECT decision FROM correction_decision") == "withdrawn"


async def test_five_wrong_pins_wipe_the_rota_and_never_what_is_not_sent(
    street: Street, browser: Browser
) -> None:
    phone = await street.arrived_without_signal(browser)
    await phone.page.locator("#lock").click()
    for _ in range(4):
        await phone.unlock("0000")
        await phone.page.get_by_text("This is not your PIN").wait_for()
        await expect(phone.page.locator("#unlock-pin")).to_have_value("")
        await phone.page.locator("#unlock:not([disabled])").wait_for()
    await phone.unlock("0000")
    await phone.page.get_by_text("Five wrong PINs").wait_for()
    assert await phone.kept("carers") != []
    [carer] = await phone.kept("carers")
    assert (carer["lock"], carer["sealed"], carer["index"]) == (None, None, [])
    await phone.connect()
    await phone.unlock(PIN)
    await phone.page.get_by_text("Arrived at 07:04").wait_for()
    await phone.sent()
    assert await street.kinds() == ["check_in"]


async def test_signing_out_leaves_nothing_about_anybody_and_sends_the_rest(
    street: Street, browser: Browser
) -> None:
    phone = await busy_phone(street, browser)
    await phone.connect(False)
    await phone.go(f"#/visit/{visit('V2')}")
    await phone.page.get_by_label("What should they know?").fill("Tom was unwell")
    await phone.page.get_by_role("button", name="Record the note").click()
    await phone.page.get_by_text("1 note recorded.").wait_for()
    await phone.go("#/settings")
    await phone.page.get_by_role("button", name="Sign out of this phone").click()
    await phone.page.locator("#unlock").wait_for()
    everything = str(
        [await phone.kept(name) for name in ("carers", "taps", "outbox", "marks", "meta", "outcomes")]
    )
    for word in ("Tom", "Mary", "High Street", "Key safe", "unwell"):
        assert word not in everything
    await phone.connect()
    await phone.sent()
    assert (await street.kinds())[-1] == "note"
