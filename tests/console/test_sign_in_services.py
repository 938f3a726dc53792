"""Signing in through the service of one's own organisation: who is let in, and every answer that lets nobody in."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import httpx
import pytest
from joserfc.jwk import RSAKey

from backend import settings
from backend.api.cookies import SERVICE
from backend.use_cases.add_user import add_user
from backend.use_cases.sign_in_services import set_up
from tests.console.desk import Browser, Desk, email
from tests.console.openid_provider import CLIENT, SECRET, Provider, provider
from tests.console.test_proving import kept
from tests.ports import kept_port

START = "/sign-in/with/wyeshire"


@pytest.fixture
def own_machine(desk: Desk) -> None:
    """Services on this machine may be called."""
    settings.use(
        replace(settings.current(), private_addresses=(ip_network("127.0.0.0/8"), ip_network("::1")))
    )


@pytest.fixture
def service(desk: Desk, own_machine: None) -> Iterator[Provider]:
    with provider(desk.office.clock) as made:
        yield made


async def known_by(service: Provider, match: str = "email", enabled: bool = True) -> None:
    await set_up("wyeshire", service.issuer, CLIENT, SECRET, match, enabled)


def local_part(address: str) -> str:
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("http", "127.0.0.1:8000")
    return f"{parts.path}?{parts.query}"


async def through(browser: Browser, service: Provider, start: str = START, **claims: Any) -> httpx.Response:
    """From our page to the service and back again."""
    sent = await browser.get(start)
    assert sent.status_code == 303
    back = service.sign_in(sent.headers["location"], **claims)
    return await browser.get(local_part(back))


ANN = {"sub": "ann-1", "email": email("commissioner"), "email_verified": True}


async def test_a_user_of_the_organisation_is_let_in_and_known_by_her_subject_from_then_on(
    desk: Desk, service: Provider, superuser: asyncpg.Connection
) -> None:
    await known_by(service)
    browser = desk.browser()
    answer = await through(browser, service, f"{START}?next=/disputes", **ANN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/disputes")
    assert SERVICE not in browser.cookies
    assert email("commissioner") in (await browser.get("/disputes")).text
    other = desk.browser()
    again = await through(other, service, sub="ann-1", email="married@example.org")
    assert again.headers["location"] == "/invoices"
    assert await superuser.fetchval("SELECT count(*) FROM user_subject") == 1
    assert await superuser.fetchval("SELECT count(*) FROM user_session WHERE opened_by = 'provider'") == 2
    # Another person at the service cannot take over the account by showing the same address.
    assert (await through(desk.browser(), service, **{**ANN, "sub": "mallory"})).status_code == 401
    secrets = await superuser.fetch("SELECT * FROM sign_in_service_version")
    assert SECRET not in str([dict(row) for row in secrets])


async def test_nobody_is_let_in_by_an_address_of_somebody_elses_or_that_is_not_verified(
    desk: Desk, service: Provider, superuser: asyncpg.Connection
) -> None:
    await known_by(service)
    before = await superuser.fetchval("SELECT count(*) FROM user_account")
    for claims in (
        {**ANN, "email_verified": False},
        {**ANN, "email_verified": None},
        {**ANN, "email_verified": "true"},
        {**ANN, "email": email("manager")},
        {**ANN, "email": email("administrator")},
        {**ANN, "email": "stranger@example.org"},
        {"sub": "x"},
    ):
        answer = await through(desk.browser(), service, **claims)
        assert answer.status_code == 401 and "nobody here does" in answer.text, claims
    await superuser.execute("UPDATE user_account SET disabled_at = created_at WHERE email = $1", ANN["email"])
    assert (await through(desk.browser(), service, **ANN)).status_code == 401
    assert await superuser.fetchval("SELECT count(*) FROM user_account") == before
    assert await superuser.fetchval("SELECT count(*) FROM user_subject") == 0


async def test_an_invitation_binds_whoever_opens_it_once(desk: Desk, service: Provider) -> None:
    await known_by(service, "invitation")
    assert (await through(desk.browser(), service, **ANN)).status_code == 401
    link = await add_user("wyeshire", "auditor", "new@example.org", None)
    assert link is not None
    browser = desk.browser()
    page = (await browser.get(link.split("8000", 1)[1])).text
    found = re.search(r'href="(/sign-in/with/wyeshire\?link=[^"]+)"', page)
    assert found
    answer = await through(browser, service, found[1], sub="new-1", email="elsewhere@example.org")
    assert answer.headers["location"] == "/wage-reports"
    assert "new@example.org" in (await browser.get("/wage-reports")).text
    late = await through(desk.browser(), service, found[1], sub="other")
    assert late.status_code == 404 and "used already" in late.text
    assert (await through(desk.browser(), service, sub="new-1")).headers["location"] == "/wage-reports"


async def test_a_token_that_does_not_hold_lets_nobody_in(
    desk: Desk, service: Provider, superuser: asyncpg.Connection
) -> None:
    await known_by(service)
    at = int(desk.office.clock.timestamp())
    for wrong in (
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["another client", "a third"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://elsewhere.example"},
        {"exp": at - 61},
        {"iat": at + 3600},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"at_hash": "AAAA"},
    ):
        answer = await through(desk.browser(), service, **{**ANN, **wrong})
        assert answer.status_code == 502 and "did not let us in" in answer.text, wrong
    for algorithm in ("none", "HS256"):
        service.algorithm = algorithm
        service.description = {"id_token_signing_alg_values_supported": ["RS256", "none", "HS256"]}
        assert (await through(desk.browser(), service, **ANN)).status_code == 502, algorithm
    # A key that the service does not publish signs nothing, whatever it is called.
    service.algorithm, real = "RS256", service.keys
    false = RSAKey.generate_key(2048, {"kid": str(real[0].kid)})
    service.id_token = lambda query: Provider.id_token(replace(service, keys=[false]), query)  # type: ignore[method-assign]
    assert (await through(desk.browser(), service, **ANN)).status_code == 502
    assert await superuser.fetchval("SELECT count(*) FROM user_session") == 0


async def test_a_key_that_the_service_changed_is_known_at_once(desk: Desk, service: Provider) -> None:
    await known_by(service)
    assert (await through(desk.browser(), service, **ANN)).status_code == 303
    service.keys = [RSAKey.generate_key(2048, auto_kid=True), *service.keys]
    assert (await through(desk.browser(), service, **ANN)).status_code == 303


async def test_an_answer_is_taken_once_in_the_browser_that_asked_and_not_for_ever(
    desk: Desk, service: Provider
) -> None:
    await known_by(service)
    browser, other = desk.browser(), desk.browser()
    back = local_part(service.sign_in((await browser.get(START)).headers["location"], **ANN))
    other.cookies["another"] = "browser"
    stolen = await other.get(back)
    assert stolen.status_code == 403 and "another browser" in stolen.text
    await other.get(START)
    assert (await other.get(back)).status_code == 403
    kept_cookie = dict(browser.cookies)
    assert (await browser.get(back)).status_code == 303
    browser.cookies = kept_cookie
    assert (await browser.get(back)).status_code == 403
    late = desk.browser()
    back = local_part(service.sign_in((await late.get(START)).headers["location"], **ANN))
    desk.office.set(desk.office.clock + timedelta(minutes=10, seconds=1))
    assert (await late.get(back)).status_code == 403


async def test_what_the_service_refuses_is_said_in_words_and_nothing_else_of_it_is_shown(
    desk: Desk, service: Provider
) -> None:
    await known_by(service)
    browser = desk.browser()
    back = local_part(service.sign_in((await browser.get(START)).headers["location"]))
    state = back.partition("state=")[2].partition("&")[0]
    refused = await browser.get(
        f"{START}/back?error=access_denied&error_description=evil+words&state={state}"
    )
    assert refused.status_code == 502 and "access_denied" in refused.text and "evil words" not in refused.text
    service.refuse = "unauthorized_client"
    assert "(unauthorized_client)" in (await through(desk.browser(), service, **ANN)).text
    service.refuse, service.description = None, {"issuer": "https://elsewhere.example"}
    answer = await desk.browser().get(START)
    assert answer.status_code == 502 and "calls itself" in answer.text
    service.description = {"token_endpoint": "http://10.0.0.1/token"}
    assert "does not begin with https://" in (await desk.browser().get(START)).text
    assert (await desk.browser().get("/sign-in/with/nowhere")).status_code == 404
    await known_by(service, enabled=False)
    assert (await desk.browser().get(START)).status_code == 404


async def test_an_answer_in_another_services_name_is_refused(desk: Desk, service: Provider) -> None:
    await known_by(service)
    browser = desk.browser()
    back = local_part(service.sign_in((await browser.get(START)).headers["location"], **ANN))
    mixed = await browser.get(
        back.replace(quote(service.issuer, safe=""), quote("https://elsewhere.example", safe=""))
    )
    assert mixed.status_code == 502 and "somebody else answered" in mixed.text


async def test_who_signed_in_through_a_service_shows_there_that_it_is_she(
    desk: Desk, service: Provider
) -> None:
    await known_by(service)
    browser = desk.browser()
    await through(browser, service, **ANN)
    for _ in range(2):
        desk.office.set(desk.office.clock + timedelta(minutes=30))
        service.now = desk.office.clock
        await browser.get("/authenticator")
        await browser.post("/authenticator/password", password="long enough", again="long enough ")
        found = re.search(r'href="(/prove/with\?[^"]+)"', browser.page)
        assert found
        asks = found[1].replace("&amp;", "&")
        at = int(desk.office.clock.timestamp())
        for stale in ({"auth_time": at - 120}, {}, {"auth_time": at, "sub": "mallory"}):
            refused = await through(browser, service, asks, **{**ANN, **stale})
            assert refused.status_code == 502, stale
        answer = await through(browser, service, asks, **ANN, auth_time=at)
        assert service.asked[-1]["prompt"] == "login" and service.asked[-1]["max_age"] == "0"
        await browser.get(answer.headers["location"])
        fields = re.findall(r'<textarea name="([^"]+)" hidden>\n([^<]*)</textarea>', browser.page)
        assert dict(fields) == {"password": "long enough", "again": "long enough "}
        goes = await browser.post("/authenticator/password", **dict(fields))
        assert goes.status_code == 400 and "not the same" in goes.text
    # What somebody filled in is nobody else's to see.
    stranger = await desk.as_("auditor")
    assert (await stranger.get(answer.headers["location"])).status_code == 404
    assert kept(browser) == {}


async def test_signing_out_offers_to_sign_out_of_the_service_too(desk: Desk, service: Provider) -> None:
    await known_by(service)
    browser = desk.browser()
    await through(browser, service, **ANN)
    await browser.get("/invoices")
    left = await browser.post("/sign-out")
    assert left.headers["location"] == "/sign-in?left=wyeshire"
    assert f"{START}/out" in (await browser.get("/sign-in?left=wyeshire")).text
    gone = (await browser.get(f"{START}/out")).headers["location"]
    assert gone.startswith(f"{service.issuer}/out?client_id=") and "post_logout_redirect_uri=" in gone


async def test_the_administrator_sets_a_service_up_and_hears_what_is_wrong(
    desk: Desk, service: Provider, superuser: asyncpg.Connection
) -> None:
    browser, path = await desk.as_("administrator"), "/organisations/wyeshire/sign-in"
    assert f'href="{path}"' in (await browser.get("/organisations")).text
    assert "http://127.0.0.1:8000/sign-in/with/wyeshire/back" in (await browser.get(path)).text
    fields = {"client_id": CLIENT, "secret": SECRET, "match": "email", "enabled": "1"}
    for issuer, words in (
        ("http://login.example.org", "does not begin with https://"),
        ("https://10.0.0.1", "inside a network"),
        ("not an address", "is not a web address"),
        (f"{service.issuer}/other", "calls itself"),
    ):
        answer = await browser.post(path, issuer=issuer, **fields)
        assert words in answer.text, issuer
        assert answer.status_code in (400, 502) and SECRET not in answer.text
    done = await browser.post(path, issuer=service.issuer, **fields, second_factor="1")
    assert done.headers["location"] == f"{path}?done=kept"
    by_password = await (await desk.as_("auditor")).get("/wage-reports")
    assert by_password.headers["location"] == "/authenticator?done=needed"
    assert (await through(desk.browser(), service, **ANN)).status_code == 303
    page = (await browser.get(path)).text
    assert SECRET not in page and service.issuer in page and "One is kept" in page
    # The secret stays when the field is left empty, and goes to no other address.
    await browser.post(path, issuer=service.issuer, **{**fields, "secret": ""})
    assert (await through(desk.browser(), service, **ANN)).status_code == 303
    await set_up("wyeshire", "https://elsewhere.example", CLIENT, "", "email", False)
    assert await superuser.fetchval(
        "SELECT sealed_secret IS NULL FROM sign_in_service_version ORDER BY version DESC LIMIT 1"
    )


async def test_an_address_inside_the_network_is_not_called(desk: Desk, service: Provider) -> None:
    await known_by(service)
    settings.use(replace(settings.current(), private_addresses=(ip_network("10.0.0.0/8"),)))
    answer = await desk.browser().get(START)
    assert answer.status_code == 502 and "inside a network" in answer.text


@pytest.fixture
def real_service(own_machine: None) -> Iterator[str]:
    """A provider of others, as a process of its own."""
    with kept_port() as port:
        command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-n", "true"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        address = f"http://localhost:{port}"
        try:
            _wait_for(f"{address}/.well-known/openid-configuration", process)
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the provider ended"
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the provider does not answer")


async def test_a_provider_that_others_wrote_signs_somebody_in(desk: Desk, real_service: str) -> None:
    desk.office.set(datetime.now(UTC))
    claims = {"email": email("auditor"), "email_verified": True}
    async with httpx.AsyncClient() as outside:
        assert (await outside.put(f"{real_service}/users/auditor-7", json=claims)).status_code == 204
    await set_up("wyeshire", real_service, CLIENT, SECRET, "email", True)
    browser = desk.browser()
    sent = (await browser.get(START)).headers["location"]
    async with httpx.AsyncClient() as outside:
        answered = await outside.post(sent, data={"sub": "auditor-7"})
    answer = await browser.get(local_part(answered.headers["location"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/wage-reports"), answer.text
