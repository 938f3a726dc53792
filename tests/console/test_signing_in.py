"""Signing in by password: what a session is, what forgery meets, how guessing is slowed."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from html import unescape

import asyncpg
import pytest
from argon2 import PasswordHasher

from backend import db, settings
from backend.use_cases.add_user import add_user
from backend.use_cases.sign_in_limit import (
    MOST_BY_ACCOUNT,
    MOST_BY_ADDRESS,
    MOST_BY_PAIR,
    attempt_of,
    count_attempt,
)
from backend.use_cases.watch_day import day_changes
from tests.console.desk import HTML, NOW, PASSWORD, Browser, Desk, email

FIRST_PAGES = {
    "manager": "/today",
    "finance": "/invoices",
    "commissioner": "/invoices",
    "auditor": "/wage-reports",
    "administrator": "/organisations",
}


async def signed_in(desk: Desk) -> Browser:
    """A manager's browser, in which she has just signed in."""
    browser = desk.browser()
    await browser.sign_in(email("manager"))
    return browser


async def test_each_role_starts_at_its_own_page(desk: Desk) -> None:
    for who, first in FIRST_PAGES.items():
        browser = desk.browser()
        answer = await browser.sign_in(email(who).upper())
        assert (answer.status_code, answer.headers["location"]) == (303, first)
        assert (await browser.get("/")).headers["location"] == first
        assert (await browser.get(first)).status_code == 200


async def test_a_session_is_a_new_random_cookie_that_only_its_hash_is_kept_of(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    browser = desk.browser()
    browser.cookies["doorstep_session"] = "chosen by somebody else"
    answer = await browser.sign_in(email("manager"))
    [line] = [line for line in answer.headers.get_list("set-cookie") if line.startswith("doorstep_session=")]
    assert "HttpOnly" in line and "SameSite=lax" in line and "Path=/" in line
    token = browser.cookies["doorstep_session"]
    assert token != "chosen by somebody else" and len(token) >= 43
    kept = await superuser.fetch("SELECT * FROM user_session")
    assert token not in str([dict(row) for row in kept])
    await browser.sign_in(email("manager"))
    assert browser.cookies["doorstep_session"] != token
    assert await superuser.fetchval("SELECT count(*) FROM user_session WHERE ended_at IS NULL") == 1


async def test_signing_out_ends_the_session_on_the_server(desk: Desk) -> None:
    browser = await desk.as_("manager")
    kept = dict(browser.cookies)
    await browser.get("/today")
    assert (await browser.post("/sign-out")).headers["location"] == "/sign-in"
    browser.cookies = kept
    assert (await browser.get("/today")).headers["location"] == "/sign-in?next=/today&over=1"


async def test_a_session_ends_by_itself(desk: Desk) -> None:
    browser = await desk.as_("manager")
    desk.office.set(desk.office.clock + timedelta(hours=12))
    assert (await browser.get("/today")).status_code == 303


async def test_a_session_that_nobody_uses_ends_and_signing_in_leads_back_with_a_word_of_why(
    desk: Desk,
) -> None:
    browser, began = await signed_in(desk), desk.office.clock
    desk.office.set(began + timedelta(minutes=59))
    assert (await browser.get("/today")).status_code == 200
    desk.office.set(began + timedelta(minutes=59 + 59))
    assert (await browser.get("/today")).status_code == 200
    desk.office.set(began + timedelta(minutes=59 + 59 + 60))
    gone = (await browser.get("/roster?by=carer&date=2026-11-02")).headers["location"]
    assert gone == "/sign-in?next=/roster%3Fby%3Dcarer%26date%3D2026-11-02&over=1"
    page = (await browser.get(gone)).text
    assert "a session ends after 60 minutes without use, 12 hours after it began" in page
    token = re.findall(r'name="next" value="([^"]+)"', page)[0]
    answer = await browser.post("/sign-in", email=email("manager"), password=PASSWORD, next=unescape(token))
    assert answer.headers["location"] == "/roster?by=carer&date=2026-11-02"
    assert "without use" not in (await desk.browser().get("/sign-in?next=/today")).text


async def test_a_form_that_was_sent_too_late_leads_back_to_its_page(desk: Desk) -> None:
    browser = await signed_in(desk)
    await browser.get("/devices")
    desk.office.set(desk.office.clock + timedelta(hours=1))
    for referer, page in {
        "http://127.0.0.1:8000/devices?after=x": "/devices%3Fafter%3Dx",
        "https://evil.example//evil.example/": "/",
        "": "/",
    }.items():
        sent = await browser.client.post(
            "/devices/codes",
            headers={
                **HTML,
                "Referer": referer,
                "Cookie": "doorstep_session=" + browser.cookies["doorstep_session"],
            },
        )
        assert sent.headers["location"] == f"/sign-in?next={page}&over=1&unsent=1"
    asked = (await browser.get(sent.headers["location"])).text
    assert "What you sent last was not taken, and nothing changed." in asked
    assert "not taken" not in (await browser.get("/sign-in?next=/&over=1")).text


async def test_a_session_in_use_ends_twelve_hours_after_it_began_all_the_same(desk: Desk) -> None:
    browser, began = await signed_in(desk), desk.office.clock
    for half_hours in range(1, 24):
        desk.office.set(began + timedelta(minutes=30 * half_hours))
        assert (await browser.get("/sessions")).status_code == 200
    desk.office.set(began + timedelta(hours=12))
    assert (await browser.get("/sessions")).status_code == 303


async def test_that_a_session_is_used_is_written_once_a_minute_at_most(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    browser, began = await signed_in(desk), desk.office.clock
    noted = []
    for seconds in (0, 30, 59, 60, 90, 119, 120):
        desk.office.set(began + timedelta(seconds=seconds))
        await browser.get("/sessions")
        noted.append(await superuser.fetchval("SELECT last_used_at FROM user_session"))
    first, second = began + timedelta(minutes=1), began + timedelta(minutes=2)
    assert noted == [None, None, None, first, first, first, second]


async def test_how_long_a_session_may_be_idle_is_a_setting(desk: Desk) -> None:
    browser, was = await signed_in(desk), settings.current()
    settings.use(replace(was, idle_minutes=5))
    try:
        desk.office.set(desk.office.clock + timedelta(minutes=4))
        assert "ends after 5 minutes without use" in (await browser.get("/sessions")).text
        desk.office.set(desk.office.clock + timedelta(minutes=5))
        assert (await browser.get("/sessions")).status_code == 303
    finally:
        settings.use(was)


async def test_a_board_that_stays_open_is_in_use(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.console.office.day_changes", partial(day_changes, looks=1))
    browser = await signed_in(desk)
    mark = re.search(r"mark=([0-9a-f]+)", (await browser.get("/today")).text)
    assert mark is not None
    for _ in range(3):
        desk.office.set(desk.office.clock + timedelta(minutes=45))
        assert (await browser.get(f"/today/live?mark={mark[1]}")).status_code == 200
    assert (await browser.get("/today")).status_code == 200


async def test_a_board_whose_session_ended_is_told_to_sign_in_and_does_not_stand_still(desk: Desk) -> None:
    browser = await signed_in(desk)
    desk.office.set(desk.office.clock + timedelta(hours=1))
    cookie = "doorstep_session=" + browser.cookies["doorstep_session"]
    told = await browser.client.get(
        "/today/live?mark=0", headers={"Accept": "text/event-stream", "Cookie": cookie}
    )
    assert (told.status_code, told.text) == (200, "event: changed\ndata:\n\n")
    asked = await browser.client.get("/today?state=late", headers={"HX-Request": "true", "Cookie": cookie})
    assert asked.status_code == 401
    assert asked.headers["HX-Redirect"] == "/sign-in?next=/today%3Fstate%3Dlate&over=1"
    program = await browser.client.get("/api/v1/providers", headers={"Accept": "text/event-stream"})
    assert program.status_code in (401, 404) and "changed" not in program.text


async def test_an_unknown_account_and_a_wrong_password_are_told_apart_by_nobody(desk: Desk) -> None:
    unknown, wrong = desk.browser(), desk.browser()
    answers = [
        await unknown.sign_in("nobody@example.org", "x" * 12),
        await wrong.sign_in(email("manager"), "x" * 12),
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("The email address or the password is wrong." in answer.text for answer in answers)


async def test_guessing_is_slowed_and_the_right_password_works_again_after_a_while(desk: Desk) -> None:
    guesser, owner = desk.browser(), desk.browser()
    for _ in range(MOST_BY_PAIR):
        assert (await guesser.sign_in(email("manager"), "a wrong guess")).status_code == 401
    slowed = await guesser.sign_in(email("manager"))
    assert slowed.status_code == 429
    assert 0 < int(slowed.headers["retry-after"]) <= 900
    assert "Too many failed sign-ins" in slowed.text
    # Others at the same address sign in meanwhile.
    assert (await owner.sign_in(email("second"))).status_code == 303
    desk.office.set(desk.office.clock + timedelta(minutes=15))
    assert (await owner.sign_in(email("manager"))).status_code == 303


async def test_a_server_clock_that_was_put_back_does_not_prolong_the_wait(desk: Desk) -> None:
    guesser, now = desk.browser(), desk.office.clock
    desk.office.set(now + timedelta(days=1))
    for _ in range(MOST_BY_PAIR):
        await guesser.sign_in(email("manager"), "a wrong guess")
    desk.office.set(now)
    assert (await guesser.sign_in(email("manager"))).status_code == 303


async def test_guesses_after_the_clock_was_put_back_are_limited_too(desk: Desk) -> None:
    guesser, now = desk.browser(), desk.office.clock
    desk.office.set(now + timedelta(days=1))
    await guesser.sign_in(email("manager"), "a wrong guess")
    desk.office.set(now)
    for _ in range(MOST_BY_PAIR):
        assert (await guesser.sign_in(email("manager"), "a wrong guess")).status_code == 401
    slowed = await guesser.sign_in(email("manager"))
    assert slowed.status_code == 429 and 0 < int(slowed.headers["retry-after"]) <= 900


async def test_success_forgives_what_failed_before(desk: Desk) -> None:
    browser = desk.browser()
    for _ in range(3):
        for _ in range(MOST_BY_PAIR - 1):
            await browser.sign_in(email("manager"), "a wrong guess")
        assert (await browser.sign_in(email("manager"))).status_code == 303


async def test_guesses_from_many_addresses_do_not_keep_out_a_browser_that_is_known(desk: Desk) -> None:
    known, stranger = desk.browser(), desk.browser()
    await known.sign_in(email("manager"))
    async with db.as_system() as connection:
        for number in range(MOST_BY_ACCOUNT):
            await count_attempt(
                connection, attempt_of(email("manager"), f"10.0.0.{number}", None, desk.office.clock)
            )
    assert (await stranger.sign_in(email("manager"))).status_code == 429
    assert (await known.sign_in(email("manager"))).status_code == 303


async def test_one_address_may_not_try_many_accounts(desk: Desk) -> None:
    async with db.as_system() as connection:
        for number in range(MOST_BY_ADDRESS):
            attempt = attempt_of(f"person{number}@example.org", "127.0.0.1", None, desk.office.clock)
            await count_attempt(connection, attempt)
    assert (await desk.browser().sign_in(email("manager"))).status_code == 429


async def test_a_form_without_its_own_token_changes_nothing(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    browser = desk.browser()
    await browser.get("/sign-in")
    for fields in ({}, {"csrf_token": ""}, {"csrf_token": "made up"}):
        answer = await browser.post_as_it_is("/sign-in", email=email("manager"), password=PASSWORD, **fields)
        assert answer.status_code == 403
    manager = await desk.as_("manager")
    for path in ("/sign-out", "/devices/codes", "/quarantine/00000000-0000-4000-8000-000000000000/release"):
        assert (await manager.post_as_it_is(path, carer="C1", csrf_token="made up")).status_code == 403
    assert await superuser.fetchval("SELECT count(*) FROM enrol_code WHERE used_at IS NULL") == 0
    assert (await manager.get("/today")).status_code == 200


async def test_nobody_is_sent_on_to_another_site(desk: Desk) -> None:
    for path in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = await desk.browser().sign_in(email("manager"), next=path)
        assert answer.headers["location"] == "/today"
    assert (await desk.browser().sign_in(email("manager"), next="/devices")).headers["location"] == "/devices"


async def test_a_link_sets_a_password_once(desk: Desk, superuser: asyncpg.Connection) -> None:
    desk.office.set(NOW)
    link = await add_user("hearth", "manager", "new@example.org", None)
    assert link is not None
    path, browser = link.split("8000", 1)[1], desk.browser()
    assert "For new@example.org" in (await browser.get(path)).text
    assert (await browser.post(path, password="short", again="short")).status_code == 400
    differing = await browser.post(path, password="long enough one", again="long enough two")
    assert "not the same" in differing.text
    await browser.get(path)
    assert (await browser.post(path, password="long enough", again="long enough")).headers[
        "location"
    ] == "/sign-in?set=password"
    assert (await browser.get(path)).status_code == 404
    assert (await browser.sign_in("new@example.org", "long enough")).status_code == 303
    kept = await superuser.fetchval("SELECT password_hash FROM user_account WHERE email = 'new@example.org'")
    assert kept.startswith("$argon2id$")


async def test_a_link_is_good_for_a_week(desk: Desk) -> None:
    link = await add_user("hearth", "manager", "new@example.org", None)
    assert link is not None
    desk.office.set(desk.office.clock + timedelta(days=7))
    assert (await desk.browser().get(link.split("8000", 1)[1])).status_code == 404


async def test_a_weak_hash_is_made_again_when_its_owner_signs_in(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await superuser.execute(
        "UPDATE user_account SET password_hash = $1 WHERE email = $2", weak, email("manager")
    )
    assert (await desk.browser().sign_in(email("manager"))).status_code == 303
    kept = await superuser.fetchval(
        "SELECT password_hash FROM user_account WHERE email = $1", email("manager")
    )
    assert kept != weak
    assert PasswordHasher().verify(kept, PASSWORD)
