"""What cannot be undone asks again who is there, by password, code or passkey, and loses nothing that was filled in."""

import html
import re
from datetime import timedelta

from backend.use_cases.sign_in_limit import MOST_BY_PAIR
from tests.authenticator import SoftAuthenticator
from tests.console.desk import PASSWORD, Browser, Desk
from tests.console.test_access import filled
from tests.console.test_authenticators import code_now, with_app
from tests.console.test_passkeys import asserted, with_passkey

LATER = timedelta(minutes=30)
NOTE = "He said: “yes”\n\n & <no>"


def kept(browser: Browser) -> dict[str, str]:
    """The fields that the page that is open sends on with a password."""
    form = browser.page.rpartition('<form class="ds-narrow" method="post"')[2]
    found = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', form, re.DOTALL)
    return {name: html.unescape(value) for name, value in found}


def prefixed(fields: dict[str, str]) -> dict[str, str]:
    return {f"prove_{name}": value for name, value in fields.items()}


async def decision(busy: Desk) -> tuple[Browser, str]:
    """A manager, some while after signing in, and where the decision about the correction that waits goes."""
    browser = await busy.as_("second")
    busy.office.set(busy.office.clock + LATER)
    await browser.get("/corrections")
    correction = await busy.superuser.fetchval("SELECT id FROM correction")
    return browser, f"/corrections/{correction}/decision"


async def decided(busy: Desk) -> int:
    return int(await busy.superuser.fetchval("SELECT count(*) FROM correction_decision"))


async def test_a_decision_some_while_after_signing_in_asks_and_then_goes_on_with_what_was_sent(
    busy: Desk,
) -> None:
    browser, path = await decision(busy)
    sent = {"decision": "declined", "reason": NOTE, "back": "/corrections"}
    asked = await browser.post(path, **sent)
    assert asked.status_code == 200 and "Show that it is you" in asked.text
    assert kept(browser) == sent and await decided(busy) == 0
    filtered = await browser.post(f"{path}?kind=a&from=b", **sent)
    assert f'action="{path}?kind=a&amp;from=b"' in filtered.text
    wrong = await browser.post(path, **kept(browser), prove_password="not this")
    assert wrong.status_code == 401 and "The password is wrong." in wrong.text
    assert kept(browser) == sent and await decided(busy) == 0
    assert (await browser.post(path, **kept(browser), prove_password=PASSWORD)).status_code == 303
    assert await busy.superuser.fetchval("SELECT reason FROM correction_decision") == NOTE
    # For a while nobody is asked again.
    await browser.get("/passkeys")
    assert "Show that it is you" not in (await browser.post("/passkeys", name="x")).text


async def test_a_session_that_is_fresh_is_not_asked(busy: Desk) -> None:
    browser = await busy.as_("second")
    busy.office.set(busy.office.clock + LATER - timedelta(seconds=1))
    await browser.get("/corrections")
    correction = await busy.superuser.fetchval("SELECT id FROM correction")
    answer = await browser.post(
        f"/corrections/{correction}/decision", decision="accepted", prove_password="x"
    )
    assert answer.status_code == 303 and await decided(busy) == 1


async def test_guesses_at_the_password_are_slowed_here_too(busy: Desk) -> None:
    browser, path = await decision(busy)
    for _ in range(MOST_BY_PAIR):
        assert (await browser.post(path, decision="accepted", prove_password="guess")).status_code == 401
    slowed = await browser.post(path, decision="accepted", prove_password=PASSWORD)
    assert slowed.status_code == 429 and int(slowed.headers["retry-after"]) > 0
    assert kept(browser) == {"decision": "accepted"} and await decided(busy) == 0


async def test_whoever_has_an_app_gives_a_code_besides(desk: Desk) -> None:
    browser, secret, _ = await with_app(desk)
    desk.office.set(desk.office.clock + LATER)
    await browser.get("/authenticator")
    assert "Code of your authenticator app" in (await browser.post("/authenticator/off")).text
    without = await browser.post("/authenticator/off", prove_password=PASSWORD)
    assert without.status_code == 401 and "That code is wrong" in without.text
    code = code_now(desk, secret)
    answer = await browser.post("/authenticator/off", prove_password=PASSWORD, prove_code=code)
    assert answer.headers["location"] == "/authenticator?done=off"


async def test_a_passkey_of_ones_own_proves_it_and_nobody_elses(desk: Desk) -> None:
    browser, passkey = await with_passkey(desk)
    _, strange = await with_passkey(desk, "second")
    desk.office.set(desk.office.clock + LATER)
    await browser.get("/authenticator")
    fields = {"password": "long enough", "again": "long enough"}
    await browser.post("/authenticator/password", **fields)
    assert 'data-prefix="prove_"' in browser.page
    refused = await browser.post("/authenticator/password", **fields, **prefixed(asserted(browser, strange)))
    assert refused.status_code == 403 and "somebody else" in refused.text
    unknown = await browser.post(
        "/authenticator/password", **fields, **prefixed(asserted(browser, SoftAuthenticator()))
    )
    assert unknown.status_code == 403
    answer = await browser.post("/authenticator/password", **fields, **prefixed(asserted(browser, passkey)))
    assert answer.headers["location"] == "/authenticator?done=password"


async def test_a_file_that_matters_is_handed_out_after_asking(busy: Desk) -> None:
    browser = await busy.as_("second")
    busy.office.set(busy.office.clock + LATER)
    path = f"/wage-reports/{await busy.id_of('wage_report')}/evidence"
    asked = await browser.get(path)
    assert asked.headers["location"] == f"/prove?next={path}"
    await browser.get(asked.headers["location"])
    assert kept(browser) == {"next": path}
    assert (await browser.post("/prove", **kept(browser), prove_password=PASSWORD)).headers[
        "location"
    ] == path
    assert (await browser.get(path)).status_code == 200
    assert (await browser.post("/prove", next="https://evil.example")).headers["location"] == "/"


ASKED = {
    "manager": (
        "/corrections/{correction_id:uuid}/decision",
        "/exceptions/decide",
        "/quarantine/{event_row:uuid}/release",
        "/people/{person_id:uuid}/places",
        "/people/{person_id:uuid}/places/{place_id:uuid}/end",
        "/disputes/{dispute_id:uuid}/decision",
        "/invoices/{document_id:uuid}/peppol",
        "/passkeys",
        "/passkeys/{passkey_id:uuid}/remove",
        "/authenticator",
        "/authenticator/off",
        "/authenticator/codes",
        "/authenticator/password",
        "/webhooks",
    ),
    "finance": ("/invoices/{document_id:uuid}/payments",),
    "administrator": ("/organisations/{reference:str}/sign-in", "/users"),
}


async def test_what_cannot_be_undone_or_opens_the_account_asks(desk: Desk) -> None:
    browsers = {who: await desk.as_(who) for who in ASKED}
    desk.office.set(desk.office.clock + LATER)
    for who, paths in ASKED.items():
        await browsers[who].get("/sessions")
        for path in paths:
            assert "Show that it is you" in (await browsers[who].post(filled(path))).text, path
