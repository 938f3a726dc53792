"""An authenticator app: turned on, asked for, each code once, lost and forgotten, and asked for by an organisation."""

import asyncio
import re
from base64 import b32decode
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from click.testing import CliRunner

from backend.api.cookies import FORM
from backend.cli import cli
from backend.domain.one_time_codes import STEP_S
from backend.domain.tokens import fob_code
from backend.faults import DomainError
from backend.use_cases.authenticators import spend_code
from backend.use_cases.sign_in_limit import MOST_BY_PAIR, MOST_CODES
from backend.use_cases.sign_in_rules import forget_authenticator, require_second_factor
from tests.console.desk import PASSWORD, Browser, Desk, email


def app_of(browser: Browser) -> bytes:
    """The secret that an app takes from the page that is open."""
    found = re.search(r"type in: <code>([A-Z2-7 ]+)</code>", browser.page)
    assert found
    return b32decode(found[1].replace(" ", ""))


def code_now(desk: Desk, secret: bytes) -> str:
    return fob_code(secret, int(desk.office.clock.timestamp()) // STEP_S, 6)


async def with_app(desk: Desk, who: str = "manager") -> tuple[Browser, bytes, list[str]]:
    """The browser of somebody who has just turned an app on, its secret and the recovery codes."""
    browser = await desk.as_(who)
    await browser.get("/authenticator")
    secret = app_of(browser)
    sealed = re.search(r'name="sealed" value="([^"]+)"', browser.page)
    assert sealed
    answer = await browser.post("/authenticator", sealed=sealed[1], code=code_now(desk, secret))
    assert answer.status_code == 200, answer.text
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code>", answer.text)
    assert len(set(codes)) == 10
    return browser, secret, codes


def pending_of(browser: Browser) -> str:
    found = re.search(r'name="pending" value="([^"]+)"', browser.page)
    assert found
    return found[1]


async def test_with_an_app_the_password_needs_a_code_that_is_good_once(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    _, secret, _ = await with_app(desk)
    browser = desk.browser()
    asked = await browser.sign_in(email("manager"), next="/devices")
    assert asked.status_code == 200 and "Code of your authenticator app" in asked.text
    assert (await browser.get("/today")).status_code == 303
    await browser.sign_in(email("manager"), next="/devices")
    pending = pending_of(browser)
    used = await browser.post("/sign-in/code", pending=pending, code=code_now(desk, secret))
    assert used.status_code == 401 and "used before" in used.text
    desk.office.set(desk.office.clock + timedelta(seconds=STEP_S))
    code = code_now(desk, secret)
    right = await browser.post("/sign-in/code", pending=pending, code=code, next="/devices")
    assert (right.status_code, right.headers["location"]) == (303, "/devices")
    assert (await browser.get("/devices")).status_code == 200
    other = desk.browser()
    await other.sign_in(email("manager"))
    assert (await other.post("/sign-in/code", pending=pending_of(other), code=code)).status_code == 401
    kept = str([dict(row) for row in await superuser.fetch("SELECT * FROM user_authenticator")])
    assert secret.hex() not in kept and repr(secret)[2:-1] not in kept


async def test_of_two_processes_with_one_code_one_is_refused(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    _, secret, _ = await with_app(desk)
    desk.office.set(desk.office.clock + timedelta(seconds=STEP_S))
    user, code = await user_id(superuser), code_now(desk, secret)
    tried = [
        spend_code(user, email("manager"), code, f"10.0.0.{n}", None, desk.office.clock) for n in range(4)
    ]
    answers = await asyncio.gather(*tried, return_exceptions=True)
    assert sum(answer is None for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} == {"unauthorised"}


async def user_id(superuser: asyncpg.Connection) -> UUID:
    found: UUID = await superuser.fetchval("SELECT id FROM user_account WHERE email = $1", email("manager"))
    return found


async def test_a_recovery_code_opens_the_account_once_and_is_kept_as_a_hash(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    owner, _, codes = await with_app(desk)
    for code, status in ((codes[0].upper(), 303), (codes[0], 401), (codes[1].replace("-", " "), 303)):
        browser = desk.browser()
        await browser.sign_in(email("manager"))
        assert (
            await browser.post("/sign-in/code", pending=pending_of(browser), code=code)
        ).status_code == status
    assert "8 recovery codes left" in (await owner.get("/authenticator")).text
    assert codes[2] not in str(
        [dict(row) for row in await superuser.fetch("SELECT * FROM user_recovery_code")]
    )
    renewed = await owner.post("/authenticator/codes")
    assert codes[2] not in renewed.text and "10 recovery codes left" in renewed.text
    browser = desk.browser()
    await browser.sign_in(email("manager"))
    old = await browser.post("/sign-in/code", pending=pending_of(browser), code=codes[2])
    assert old.status_code == 401


async def test_guessing_codes_is_slowed(desk: Desk) -> None:
    await with_app(desk)
    browser = desk.browser()
    await browser.sign_in(email("manager"))
    pending = pending_of(browser)
    for _ in range(MOST_BY_PAIR):
        assert (await browser.post("/sign-in/code", pending=pending, code="000000")).status_code == 401
    slowed = await browser.post("/sign-in/code", pending=pending, code="000000")
    assert slowed.status_code == 429 and 0 < int(slowed.headers["retry-after"]) <= 900


async def test_strangers_who_have_the_password_do_not_keep_out_a_browser_that_is_known(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    _, _, codes = await with_app(desk)
    known, stranger, user = desk.browser(), desk.browser(), await user_id(superuser)
    stranger.cookies["another"] = "browser"
    await known.sign_in(email("manager"))
    await known.post("/sign-in/code", pending=pending_of(known), code=codes[0])
    for number in range(MOST_CODES):
        with pytest.raises(DomainError):
            await spend_code(user, email("manager"), "000000", f"10.0.0.{number}", None, desk.office.clock)
    for browser, code, status in ((stranger, codes[1], 429), (known, codes[1], 303)):
        await browser.sign_in(email("manager"))
        answer = await browser.post("/sign-in/code", pending=pending_of(browser), code=code)
        assert answer.status_code == status


async def test_a_right_password_waits_ten_minutes_in_its_own_browser(desk: Desk) -> None:
    _, secret, _ = await with_app(desk)
    browser, other = desk.browser(), desk.browser()
    await browser.sign_in(email("manager"))
    pending = pending_of(browser)
    other.cookies[FORM] = "its own"
    await other.get("/sign-in")
    desk.office.set(desk.office.clock + timedelta(minutes=1))
    for asker, sent in ((other, pending), (browser, "made up"), (browser, "")):
        answer = await asker.post("/sign-in/code", pending=sent, code=code_now(desk, secret))
        assert answer.status_code == 403, (sent, answer.headers)
        assert "Give your password again" in answer.text
    desk.office.set(desk.office.clock + timedelta(minutes=10))
    late = await browser.post("/sign-in/code", pending=pending, code=code_now(desk, secret))
    assert late.status_code == 403


async def test_a_wrong_code_turns_nothing_on_and_the_secret_stays_the_same(desk: Desk) -> None:
    browser = await desk.as_("manager")
    await browser.get("/authenticator")
    secret, sealed = app_of(browser), re.search(r'name="sealed" value="([^"]+)"', browser.page)
    assert sealed
    answer = await browser.post("/authenticator", sealed=sealed[1], code="000000")
    assert answer.status_code == 400 and app_of(browser) == secret
    other = await desk.as_("second")
    await other.get("/authenticator")
    answer = await other.post("/authenticator", sealed=sealed[1], code=code_now(desk, secret))
    assert answer.status_code == 400
    assert (await desk.browser().sign_in(email("manager"))).status_code == 303


async def test_turning_it_off_ends_other_sessions_and_the_password_is_enough_again(desk: Desk) -> None:
    browser, _, codes = await with_app(desk)
    other = desk.browser()
    await other.sign_in(email("manager"))
    await other.post("/sign-in/code", pending=pending_of(other), code=codes[0])
    await browser.get("/authenticator")
    assert (await browser.post("/authenticator/off")).headers["location"] == "/authenticator?done=off"
    assert (await other.get("/today")).status_code == 303
    assert (await browser.get("/today")).status_code == 200
    assert (await desk.browser().sign_in(email("manager"))).status_code == 303


async def test_an_app_that_is_lost_with_its_codes_is_forgotten_by_whoever_runs_the_service(
    desk: Desk,
) -> None:
    browser, _, _ = await with_app(desk)
    await forget_authenticator(email("manager").upper())
    assert (await browser.get("/today")).status_code == 303
    assert (await desk.browser().sign_in(email("manager"))).status_code == 303


async def test_an_organisation_may_ask_for_more_than_a_password(desk: Desk) -> None:
    browser, rival = await desk.as_("manager"), await desk.as_("rival")
    await require_second_factor("hearth", True)
    assert (await browser.get("/today")).headers["location"] == "/authenticator?done=needed"
    assert "Your organisation asks for more" in (await browser.get("/authenticator?done=needed")).text
    assert (await rival.get("/today")).status_code == 200
    await with_app(desk)
    assert (await browser.get("/today")).status_code == 200
    await require_second_factor("hearth", False)
    assert (await (await desk.as_("second")).get("/today")).status_code == 200


async def test_the_password_is_changed_and_other_sessions_end(desk: Desk) -> None:
    browser, other = await desk.as_("manager"), desk.browser()
    await other.sign_in(email("manager"))
    await browser.get("/authenticator")
    for new, again in (("short", "short"), ("long enough one", "long enough two")):
        assert (await browser.post("/authenticator/password", password=new, again=again)).status_code == 400
    answer = await browser.post("/authenticator/password", password="long enough", again="long enough")
    assert answer.headers["location"] == "/authenticator?done=password"
    assert (await other.get("/today")).status_code == 303
    assert (await desk.browser().sign_in(email("manager"), PASSWORD)).status_code == 401
    assert (await desk.browser().sign_in(email("manager"), "long enough")).status_code == 303


def test_the_commands_say_what_they_take() -> None:
    for name in ("second-factor", "forget-authenticator"):
        assert CliRunner().invoke(cli, ["user", name, "--help"]).exit_code == 0
