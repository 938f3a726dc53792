"""Passkeys of the people who sign in: set by the link, added, used, removed, and each way in which one is refused."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from backend.api.cookies import FORM
from backend.domain.passkeys import MOST
from backend.use_cases.add_user import add_user
from backend.use_cases.sign_in_limit import MOST_BY_PAIR
from tests.authenticator import PRESENT, SoftAuthenticator
from tests.console.desk import Browser, Desk, email


def options_of(browser: Browser) -> dict[str, Any]:
    """What the page that is open asks of an authenticator."""
    found = re.search(r"data-options='([^']+)'", browser.page)
    assert found
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def created(browser: Browser, passkey: SoftAuthenticator) -> dict[str, str]:
    response = passkey.create(options_of(browser))["response"]
    return {
        "client_data_json": response["clientDataJSON"],
        "attestation_object": response["attestationObject"],
    }


def asserted(browser: Browser, passkey: SoftAuthenticator) -> dict[str, str]:
    made = passkey.get(options_of(browser))
    response = made["response"]
    return {
        "credential_id": made["rawId"],
        "client_data_json": response["clientDataJSON"],
        "authenticator_data": response["authenticatorData"],
        "signature": response["signature"],
    }


async def with_passkey(desk: Desk, who: str = "manager") -> tuple[Browser, SoftAuthenticator]:
    """The signed-in browser of somebody who has just added a passkey."""
    browser, passkey = await desk.as_(who), SoftAuthenticator()
    await browser.get("/passkeys")
    answer = await browser.post("/passkeys", name="my laptop", **created(browser, passkey))
    assert answer.headers["location"] == "/passkeys?done=added", answer.text
    return browser, passkey


async def sign_in(browser: Browser, passkey: SoftAuthenticator, **more: str) -> Any:
    await browser.get("/sign-in")
    return await browser.post("/sign-in/passkey", **asserted(browser, passkey), **more)


async def linked(desk: Desk) -> str:
    link = await add_user("hearth", "manager", "new@example.org", None)
    assert link is not None
    return link.split("8000", 1)[1]


async def test_a_link_sets_a_passkey_once_and_it_signs_in(desk: Desk, superuser: asyncpg.Connection) -> None:
    path, browser, passkey = await linked(desk), desk.browser(), SoftAuthenticator()
    page = (await browser.get(path)).text
    assert "Make a passkey" in page and "Set password" in page
    answer = await browser.post(f"{path}/passkey", name="my laptop", **created(browser, passkey))
    assert answer.headers["location"] == "/sign-in?set=passkey"
    assert (await browser.get(path)).status_code == 404
    answer = await sign_in(browser, passkey)
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    assert "new@example.org" in (await browser.get("/today")).text
    kept = await superuser.fetchrow("SELECT * FROM user_account WHERE email = 'new@example.org'")
    assert kept["password_hash"] is None


async def test_a_passkey_that_is_not_taken_leaves_the_link_good(desk: Desk) -> None:
    path, browser = await linked(desk), desk.browser()
    await browser.get(path)
    evil = SoftAuthenticator(origin="https://evil.example")
    answer = await browser.post(f"{path}/passkey", name="x", **created(browser, evil))
    assert answer.status_code == 403 and "The passkey is not accepted" in answer.text
    nameless = await browser.post(f"{path}/passkey", name=" ", **created(browser, SoftAuthenticator()))
    assert nameless.status_code == 400 and "Give the passkey a name" in nameless.text
    good = await browser.post(f"{path}/passkey", name="x", **created(browser, SoftAuthenticator()))
    assert good.status_code == 303


async def test_a_link_that_is_over_takes_no_passkey(desk: Desk) -> None:
    path, browser = await linked(desk), desk.browser()
    await browser.get(path)
    await browser.post(path, password="long enough", again="long enough")
    answer = await browser.post(f"{path}/passkey", name="x", **created(browser, SoftAuthenticator()))
    assert answer.status_code == 404


async def test_setting_a_passkey_by_a_link_ends_open_sessions(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    path, browser = await linked(desk), desk.browser()
    other = await linked_again(superuser)
    for address in (path, other):
        passkey = SoftAuthenticator()
        await browser.get(address)
        await browser.post(f"{address}/passkey", name="x", **created(browser, passkey))
        open_sessions = await superuser.fetchval("SELECT count(*) FROM user_session WHERE ended_at IS NULL")
        assert open_sessions == 0
        await sign_in(browser, passkey)


async def linked_again(superuser: asyncpg.Connection) -> str:
    """A second link of the same account."""
    await superuser.execute(
        "INSERT INTO user_link (token_hash, user_id, organisation_id, created_at, expires_at) "
        "SELECT sha256('another'), user_id, organisation_id, created_at, expires_at FROM user_link"
    )
    return "/set-password/another"


async def test_signing_in_by_passkey_makes_a_session_as_a_password_does(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    _, passkey = await with_passkey(desk)
    browser = desk.browser()
    answer = await sign_in(browser, passkey, next="/devices")
    assert (answer.status_code, answer.headers["location"]) == (303, "/devices")
    [line] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("doorstep_session=")]
    assert "HttpOnly" in line and "SameSite=lax" in line
    first = browser.cookies["doorstep_session"]
    await sign_in(browser, passkey)
    assert browser.cookies["doorstep_session"] != first
    assert await superuser.fetchval("SELECT count(*) FROM user_session WHERE ended_at IS NOT NULL") == 1
    assert "my laptop" in (await browser.get("/passkeys")).text


async def test_nobody_is_sent_on_to_another_site(desk: Desk) -> None:
    _, passkey = await with_passkey(desk)
    answer = await sign_in(desk.browser(), passkey, next="https://evil.example")
    assert answer.headers["location"] == "/today"


async def test_an_answer_is_taken_once(desk: Desk) -> None:
    browser, synced = await desk.as_("manager"), SoftAuthenticator(step=0)
    await browser.get("/passkeys")
    answer = created(browser, synced)
    await browser.post("/passkeys", name="synced", **answer)
    again = await browser.post("/passkeys", name="again", **answer)
    assert again.status_code == 403 and "sent before" in again.text
    stranger = desk.browser()
    await stranger.get("/sign-in")
    answer = asserted(stranger, synced)
    assert (await stranger.post("/sign-in/passkey", **answer)).status_code == 303
    again = await stranger.post("/sign-in/passkey", **answer)
    assert again.status_code == 403 and "sent before" in again.text


async def test_an_answer_is_for_the_browser_that_was_asked(desk: Desk) -> None:
    _, passkey = await with_passkey(desk)
    asked, other = desk.browser(), desk.browser()
    await asked.get("/sign-in")
    answer = asserted(asked, passkey)
    other.cookies[FORM] = "another browser's"
    await other.get("/sign-in")
    assert (await other.post("/sign-in/passkey", **answer)).status_code == 403


async def test_an_answer_for_one_page_is_not_taken_on_another(desk: Desk) -> None:
    manager = await desk.as_("manager")
    passkey, stranger = SoftAuthenticator(), desk.browser()
    await stranger.get("/sign-in")
    challenge = options_of(stranger)["challenge"]
    await manager.get("/passkeys")
    options = {**options_of(manager), "challenge": challenge}
    response = passkey.create(options)["response"]
    answer = await manager.post(
        "/passkeys",
        name="x",
        client_data_json=response["clientDataJSON"],
        attestation_object=response["attestationObject"],
    )
    assert answer.status_code == 403


async def test_an_old_answer_is_refused(desk: Desk) -> None:
    _, passkey = await with_passkey(desk)
    browser = desk.browser()
    await browser.get("/sign-in")
    answer = asserted(browser, passkey)
    desk.office.set(desk.office.clock + timedelta(seconds=301))
    late = await browser.post("/sign-in/passkey", **answer)
    assert late.status_code == 403 and "open for too long" in late.text
    assert (await browser.post("/sign-in/passkey", **asserted(browser, passkey))).status_code == 303


@pytest.mark.parametrize(
    "wrong", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"flags": PRESENT}]
)
async def test_what_was_answered_for_another_signs_nobody_in(desk: Desk, wrong: dict[str, Any]) -> None:
    _, passkey = await with_passkey(desk)
    for name, value in wrong.items():
        setattr(passkey, name, value)
    browser = desk.browser()
    assert (await sign_in(browser, passkey)).status_code == 403
    assert "doorstep_session" not in browser.cookies


async def test_a_passkey_nobody_registered_signs_nobody_in(desk: Desk) -> None:
    browser = desk.browser()
    answer = await sign_in(browser, SoftAuthenticator())
    assert answer.status_code == 403 and "nobody registered it" in answer.text


async def test_a_disabled_account_is_opened_by_no_passkey(desk: Desk, superuser: asyncpg.Connection) -> None:
    _, passkey = await with_passkey(desk)
    await superuser.execute("UPDATE user_account SET disabled_at = created_at")
    assert (await sign_in(desk.browser(), passkey)).status_code == 403


async def test_a_counter_that_does_not_go_on_is_refused_and_told_to_its_owner(desk: Desk) -> None:
    owner, passkey = await with_passkey(desk)
    assert (await sign_in(desk.browser(), passkey)).status_code == 303
    passkey.count -= 1
    answer = await sign_in(desk.browser(), passkey)
    assert answer.status_code == 403 and "counter did not go on" in answer.text
    assert "May have been copied" in (await owner.get("/passkeys")).text


async def test_failures_are_slowed(desk: Desk) -> None:
    browser, unknown = desk.browser(), SoftAuthenticator()
    for _ in range(MOST_BY_PAIR):
        assert (await sign_in(browser, unknown)).status_code == 403
    slowed = await sign_in(browser, unknown)
    assert slowed.status_code == 429 and int(slowed.headers["retry-after"]) > 0


async def test_success_is_no_failure(desk: Desk) -> None:
    _, passkey = await with_passkey(desk)
    for _ in range(MOST_BY_PAIR + 1):
        assert (await sign_in(desk.browser(), passkey)).status_code == 303


async def test_removing_a_passkey_ends_other_sessions_and_it_opens_nothing(desk: Desk) -> None:
    owner, passkey = await with_passkey(desk)
    elsewhere = desk.browser()
    await sign_in(elsewhere, passkey)
    await owner.get("/passkeys")
    [path] = re.findall(r'action="(/passkeys/[^"]+/remove)"', owner.page)
    assert (await owner.post(path)).headers["location"] == "/passkeys?done=removed"
    assert (await elsewhere.get("/today")).headers["location"].startswith("/sign-in")
    assert "You have no passkey yet." in (await owner.get("/passkeys")).text
    assert (await sign_in(desk.browser(), passkey)).status_code == 403
    assert (await owner.post(path)).status_code in (403, 404)


async def test_the_only_way_in_is_not_removed(desk: Desk, superuser: asyncpg.Connection) -> None:
    owner, passkey = await with_passkey(desk)
    await superuser.execute("UPDATE user_account SET password_hash = NULL WHERE email = $1", email("manager"))
    await owner.get("/passkeys")
    [path] = re.findall(r'action="(/passkeys/[^"]+/remove)"', owner.page)
    kept = await owner.post(path)
    assert kept.status_code == 409 and "all you can sign in with" in kept.text
    assert (await sign_in(desk.browser(), passkey)).status_code == 303


async def test_another_person_s_passkey_is_not_removed(desk: Desk) -> None:
    owner, passkey = await with_passkey(desk)
    await owner.get("/passkeys")
    [path] = re.findall(r'action="(/passkeys/[^"]+/remove)"', owner.page)
    second = await desk.as_("second")
    await second.get("/passkeys")
    assert (await second.post(path)).status_code == 404
    assert (await sign_in(desk.browser(), passkey)).status_code == 303


async def test_a_passkey_is_one_person_s(desk: Desk) -> None:
    _, passkey = await with_passkey(desk)
    second = await desk.as_("second")
    await second.get("/passkeys")
    answer = await second.post("/passkeys", name="x", **created(second, passkey))
    assert answer.status_code == 409 and "registered already" in answer.text


async def test_a_person_has_only_so_many_passkeys(desk: Desk, superuser: asyncpg.Connection) -> None:
    browser, _ = await with_passkey(desk)
    await superuser.execute(
        "INSERT INTO user_passkey (id, user_id, credential_id, public_key, sign_count, name, created_at) "
        "SELECT gen_random_uuid(), user_id, sha256(n::text::bytea), public_key, 0, 'more', created_at "
        "FROM user_passkey, generate_series(2, $1) AS n",
        MOST,
    )
    await browser.get("/passkeys")
    answer = await browser.post("/passkeys", name="x", **created(browser, SoftAuthenticator()))
    assert answer.status_code == 409 and "remove one first" in answer.text


async def test_the_pages_run_one_script_of_ours_and_nothing_inline(desk: Desk) -> None:
    manager = await desk.as_("manager")
    for path in ("/passkeys", await linked(desk), "/sign-in"):
        answer = await manager.get(path)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy and "default-src 'none'" in policy
        [source] = re.findall(r"<script[^>]*>", answer.text)
        found = re.search(r'src="([^"]+)"', source)
        assert found
        script = await manager.get(found[1])
        assert script.headers["content-type"].startswith("text/javascript")
    assert "script-src" not in (await manager.get("/corrections")).headers["content-security-policy"]


async def test_a_form_without_its_own_token_adds_nothing(desk: Desk) -> None:
    owner, passkey = await with_passkey(desk)
    for path in ("/passkeys", "/sign-in/passkey"):
        for token in ("", "made up"):
            answer = await owner.post_as_it_is(path, csrf_token=token)
            assert answer.status_code == 403
    browser = desk.browser()
    await browser.get("/sign-in")
    assert (await browser.post_as_it_is("/sign-in/passkey", **asserted(browser, passkey))).status_code == 403


async def test_the_administrator_sees_what_people_sign_in_with(desk: Desk) -> None:
    await with_passkey(desk)
    await linked(desk)
    page = (await (await desk.as_("administrator")).get("/users")).text
    assert "password and 1 passkey" in page and "nothing set yet" in page


GARBAGE = ["", "AA", "_", "é", "=", "e30", "A" * 9000, "oA", "\t", "W10"]


async def test_no_garbage_in_a_form_is_our_mistake(desk: Desk, superuser: asyncpg.Connection) -> None:
    _, passkey = await with_passkey(desk)
    for name in ("credential_id", "client_data_json", "authenticator_data", "signature"):
        for garbage in GARBAGE:
            browser = desk.browser()
            await browser.get("/sign-in")
            answer = await browser.post("/sign-in/passkey", **{**asserted(browser, passkey), name: garbage})
            assert answer.status_code == 403, (name, garbage)
            await superuser.execute("DELETE FROM sign_in_failure")
    manager = await desk.as_("manager")
    await manager.get("/passkeys")
    for name in ("client_data_json", "attestation_object", "name"):
        for garbage in GARBAGE:
            answer = await manager.post(
                "/passkeys", **{"name": "x", **created(manager, SoftAuthenticator()), name: garbage}
            )
            assert answer.status_code in ((303, 400) if name == "name" else (403,)), (name, garbage)
            await manager.get("/passkeys")
