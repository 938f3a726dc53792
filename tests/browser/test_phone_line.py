"""Each call of the phone app over a line that answers 500, forgets, breaks off or is slow, and then recovers."""

import pytest
from playwright.async_api import Browser

from tests.browser.handset import PIN, Handset, Street, moments
from tests.mobile_api.world import hour, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAULTS = ("refuses", "forgets", "cuts")
NEEDS_NETWORK = "This needs a connection."


async def worked(street: Street, browser: Browser) -> Handset:
    """A phone after one visit."""
    phone = await street.visited(browser)
    await phone.sent()
    return phone


@pytest.mark.variants
@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_read_comes_when_the_line_is_well_again(
    street: Street, browser: Browser, fault: str
) -> None:
    phone = await worked(street, browser)
    wanted = {"days": "27 minutes counted as work.", "corrections": "There are no corrections."}
    screens = {"days": "#/hours", "corrections": "#/corrections"}
    for call, words in wanted.items():
        street.line.fail(f"/mobile/v1/{call}", fault)
        await phone.go(screens[call])
        await phone.page.get_by_text(NEEDS_NETWORK).wait_for()
        await phone.page.get_by_role("button", name="Update").click()
        await phone.page.get_by_text(words).wait_for()
        assert await phone.page.get_by_text(NEEDS_NETWORK).count() == 0
    await phone.at(hour(9, 30))  # the token has expired, and its successor is lost on the way
    street.line.fail("/mobile/v1/session", fault)
    await phone.page.get_by_role("button", name="Update").click()
    await phone.page.get_by_text(NEEDS_NETWORK).wait_for()
    await phone.page.get_by_role("button", name="Update").click()
    await phone.page.get_by_text(NEEDS_NETWORK).wait_for(state="detached")
    await phone.page.get_by_text("There are no corrections.").wait_for()


@pytest.mark.variants
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_correction_reaches_the_office_once_over_a_bad_line(
    street: Street, browser: Browser, fault: str
) -> None:
    phone = await worked(street, browser)
    street.line.fail("/mobile/v1/corrections", fault, times=2)
    await phone.go(f"#/correct/{visit('V1')}/2026-11-02/07:04/07:31")
    await phone.page.get_by_label("From").fill("06:58")
    await phone.page.get_by_role("radio", name="I recorded it late").check()
    await phone.page.get_by_role("button", name="Sign and send").click()
    await phone.page.get_by_text("Waiting to be sent").wait_for()
    await phone.until(lambda: _met(street))
    await phone.connect(False)
    await phone.connect()  # the network is back: that is when the phone tries again
    await phone.page.get_by_text("Waiting to be sent").wait_for(state="detached")
    rows = await street.superuser.fetch("SELECT visit_id::text, proposed_start FROM correction")
    assert [tuple(row) for row in rows] == [(visit("V1"), hour(6, 58))]


@pytest.mark.variants
@pytest.mark.parametrize("fault", FAULTS)
async def test_nothing_is_let_go_while_the_keys_of_receipts_cannot_be_read(
    street: Street, browser: Browser, fault: str
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    street.line.fail("/schema/keys", fault, times=1000)
    await phone.at(hour(7, 4))
    await phone.arrive()
    await phone.page.get_by_text("not sent yet").wait_for()
    await phone.until(lambda: _holds(street))
    assert [row["kind"] for row in await phone.kept("outbox")][:1] == ["check_in"]
    street.line.fail("", fault, times=0)
    await phone.sent_now()
    assert await street.kinds() == ["check_in"]


@pytest.mark.thorough
async def test_a_slow_answer_to_setting_up_sets_the_phone_up_once(street: Street, browser: Browser) -> None:
    phone = await street.phone(browser)
    street.line.fail("/mobile/v1/enrol", "hangs")
    await phone.open(f"/app/#enrol={await street.code()}")
    await phone.page.get_by_label("PIN", exact=True).fill(PIN)
    await phone.page.get_by_label("The PIN again").fill(PIN)
    await phone.page.get_by_role("button", name="Set up this phone").dblclick()
    await phone.until(lambda: _met(street))
    street.line.released.set()
    await phone.page.get_by_role("heading", name="This phone is ready").wait_for()
    assert await street.superuser.fetchval("SELECT count(*) FROM device") == 1
    assert street.line.met == 1


@pytest.mark.thorough
async def test_a_whole_day_over_a_line_that_fails_every_other_call_is_handed_in_once(
    street: Street, browser: Browser
) -> None:
    phone = await street.phone(browser)
    await phone.enrol()
    for number, (start, end) in enumerate(((7, 8), (8, 9), (18, 19))):
        for fault, moment in ((FAULTS[number], hour(start, 2)), (FAULTS[number - 1], hour(end, 1))):
            await phone.at(moment)
            street.line.fail("/mobile/v1", fault, times=2)
            await phone.settle()
            await phone.page.locator(".huge").click()
            await (
                phone.page.locator(".huge[aria-disabled]")
                .or_(phone.page.get_by_text("visits are done"))
                .wait_for()
            )
            await phone.until(lambda: _met(street))
            await phone.sent_now()
    found = await street.events("check_in", "check_out")
    assert moments(found) == [hour(*at) for at in ((7, 2), (8, 1), (8, 2), (9, 1), (18, 2), (19, 1))]
    assert [row["seq"] for row in await street.events()] == list(range(1, len(await street.events()) + 1))
    assert {row["outcome"] for row in await street.events()} == {"accepted"}


async def _holds(street: Street) -> bool:
    return len(await street.events("check_in")) == 1


async def _met(street: Street) -> bool:
    return street.line.met >= street.line.times
