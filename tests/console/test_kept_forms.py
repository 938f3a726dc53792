"""What was filled in before a session ended: kept for whoever sent it, and for nobody else."""

import re
from datetime import timedelta
from html import escape, unescape
from pathlib import Path

import httpx
import pytest

from backend.console import rendering
from backend.console.asking import PROOF
from backend.use_cases.kept_forms import SECRETS
from tests.console.desk import PASSWORD, Browser, Desk, email
from tests.console.test_signing_in import signed_in

WORDS = "She was let in by the neighbour.\n\nI rang the family at 9, & they <agree>."
OFFERED = "What you sent last was not taken yet, but it is kept for 60 minutes."


async def late(busy: Desk, hours: int = 1) -> tuple[Browser, str, httpx.Response]:
    """A manager who sent her decision after her session had ended; where it went, and what she was told."""
    browser, began = await signed_in(busy), busy.office.clock
    await browser.get("/corrections")
    path = f"/corrections/{await busy.superuser.fetchval('SELECT id FROM correction')}/decision?kind=a&date=b"
    busy.office.set(began + timedelta(hours=hours))
    return browser, path, await browser.post(path, decision="declined", reason=WORDS, prove_password=PASSWORD)


async def decisions(busy: Desk) -> list[str]:
    return [row["reason"] for row in await busy.superuser.fetch("SELECT reason FROM correction_decision")]


async def sent_on(busy: Desk, browser: Browser, path: str, shown: httpx.Response) -> None:
    """The page holds the form as it was filled in, and it is acted on once it is sent from there."""
    fields = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', shown.text, re.DOTALL)
    held = {name: unescape(value) for name, value in fields}
    assert held == {"decision": "declined", "reason": WORDS}
    assert (await browser.post(path, **held)).status_code == 303
    assert await decisions(busy) == [WORDS]


@pytest.mark.parametrize("hours", [1, 13, 35])
async def test_what_was_filled_in_before_the_session_ended_waits_until_she_signed_in_again(
    busy: Desk, hours: int
) -> None:
    browser, path, sent = await late(busy, hours)
    address = sent.headers["location"]
    asked = await browser.get(address)
    assert OFFERED in asked.text and "not taken, and nothing changed" not in asked.text
    goes_on = unescape(re.findall(r'name="next" value="([^"]+)"', asked.text)[0])
    answer = await browser.post("/sign-in", email=email("manager"), password=PASSWORD, next=goes_on)
    assert answer.headers["location"] == goes_on and await decisions(busy) == []
    shown = await browser.get(goes_on)
    typed = "She was let in by the neighbour.\n\nI rang the family at 9, &amp; they &lt;agree&gt;."
    assert f'ds-typed">{typed}</dd>' in shown.text
    assert f'action="{escape(path)}"' in shown.text and PASSWORD not in shown.text
    await sent_on(busy, browser, path, shown)


async def test_what_was_filled_in_is_shown_to_nobody_else_and_only_for_an_hour(busy: Desk) -> None:
    _, _, sent = await late(busy)
    goes_on = re.findall("next=(/kept/[^&]+)", sent.headers["location"])[0]
    for who in ("second", "rival", "administrator"):
        refused = await (await busy.as_(who)).get(goes_on)
        assert refused.status_code == 404 and "the neighbour" not in refused.text
        assert "not kept any more, or somebody else filled it in" in refused.text
    kept = await busy.superuser.fetchrow("SELECT * FROM kept_form")
    assert b"neighbour" not in kept["sealed"] and goes_on not in str(dict(kept))
    busy.office.set(busy.office.clock + timedelta(hours=1))
    browser = await signed_in(busy)
    assert (await browser.get(goes_on)).status_code == 404


async def test_a_late_form_is_not_kept_without_the_session_s_own_token_or_after_signing_out(
    busy: Desk,
) -> None:
    browser, path, _ = await late(busy)
    await busy.superuser.execute("TRUNCATE kept_form")
    forged = await browser.post_as_it_is(path, decision="declined", reason=WORDS, csrf_token="guessed")
    assert forged.headers["location"].endswith("&over=1&unsent=1")
    await busy.superuser.execute("UPDATE user_session SET ended_at = $1", busy.office.clock)
    await browser.get("/sign-in")
    ended = await browser.post(path, decision="declined", reason=WORDS)
    assert ended.headers["location"].endswith("&over=1&unsent=1")
    assert await busy.superuser.fetchval("SELECT count(*) FROM kept_form") == 0


async def test_a_late_form_with_a_password_or_a_key_is_not_kept_at_all(busy: Desk) -> None:
    browser = await signed_in(busy)
    page = (await browser.get("/corrections")).text
    busy.office.set(busy.office.clock + timedelta(hours=1))
    for name in SECRETS:
        browser.page = page
        sent = await browser.post("/views/keep", words="kept?", **{name: "a secret"})
        assert "unsent=1" in sent.headers["location"], name
    assert await busy.superuser.fetchval("SELECT count(*) FROM kept_form") == 0


def test_each_field_of_a_page_that_hides_what_is_typed_is_one_that_is_never_kept() -> None:
    templates = Path(rendering.__file__).parent / "templates"
    hiding = r"text\('[^']*', '([^']+)'[^}]*(?:type='password'|'one-time-code')"
    found = {name for page in templates.glob("*.html") for name in re.findall(hiding, page.read_text())}
    assert found and {name for name in found if not name.startswith(PROOF)} == SECRETS


async def test_of_one_person_the_ten_newest_late_forms_are_kept(busy: Desk) -> None:
    browser, path, _ = await late(busy)
    for number in range(12):
        busy.office.set(busy.office.clock + timedelta(seconds=1))
        await browser.post(path, reason=str(number))
    assert await busy.superuser.fetchval("SELECT count(*) FROM kept_form") == 10


async def from_an_old_tab(busy: Desk, who: str) -> tuple[Browser, str, str]:
    """A browser in which this person signed in after a manager had opened a page; its token, and the form's address."""
    browser = await signed_in(busy)
    await browser.get("/corrections")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.page)[0]
    path = f"/corrections/{await busy.superuser.fetchval('SELECT id FROM correction')}/decision"
    await browser.sign_in(email(who))
    return browser, token, path


async def test_a_form_of_a_page_from_before_she_signed_in_again_is_shown_and_sent_on(busy: Desk) -> None:
    browser, token, path = await from_an_old_tab(busy, "manager")
    sent = await browser.post_as_it_is(path, decision="declined", reason=WORDS, csrf_token=token)
    assert sent.headers["location"].startswith("/kept/") and await decisions(busy) == []
    shown = await browser.get(sent.headers["location"])
    assert "The session in which you filled this in had ended" in shown.text
    await sent_on(busy, browser, path, shown)


async def test_a_form_of_somebody_elses_page_or_of_one_long_over_is_not_kept(busy: Desk) -> None:
    browser, token, path = await from_an_old_tab(busy, "second")
    form = {"decision": "declined", "reason": WORDS}
    assert (await browser.post_as_it_is(path, **form, csrf_token=token)).status_code == 403
    browser, token, path = await from_an_old_tab(busy, "manager")
    for wrong in ("guessed", ""):
        assert (await browser.post_as_it_is(path, **form, csrf_token=wrong)).status_code == 403, wrong
    secret = await browser.post_as_it_is("/views/keep", words="x", code="123456", csrf_token=token)
    assert secret.status_code == 403
    busy.office.set(busy.office.clock + timedelta(hours=36))
    await browser.sign_in(email("manager"))
    assert (await browser.post_as_it_is(path, **form, csrf_token=token)).status_code == 403
    assert await busy.superuser.fetchval("SELECT count(*) FROM kept_form") == 0
