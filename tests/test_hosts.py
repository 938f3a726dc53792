"""Phones under a name of their own: which name answers what, and what is written down with which."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from backend import settings
from backend.faults import SetupFault
from backend.settings import Settings
from backend.use_cases.issue_enrol_code import enrol_link, issue_enrol_code
from backend.use_cases.passkey_checks import party, phones_party
from mobile_api.app_files import app as phone_app
from mobile_api.reference_client import Phone
from tests.mobile_api.conftest import world
from tests.mobile_api.world import World, hour

__all__ = ["world"]

OFFICE, PHONES = "https://doorstep.example.org", "https://phones.example.org"


@contextmanager
def apart() -> Iterator[None]:
    """The service has the two names."""
    settings.use(replace(settings.current(), base_url=OFFICE, phones_url=PHONES))
    yield


async def asked(http: httpx.AsyncClient, address: str) -> tuple[int, str]:
    """The status, and where the answer leads or what it says."""
    answer = await http.get(address)
    return answer.status_code, answer.headers.get("location") or answer.text


async def test_the_phone_app_is_served_under_the_phones_name_alone(http: httpx.AsyncClient) -> None:
    with apart():
        assert (await asked(http, f"{PHONES}/app/"))[0] == 200
        assert (await asked(http, f"{PHONES}/app/sw.js"))[0] == 200
        for path in ("/app/sw.js", f"/app/{phone_app().version}/app.css", "/app/manifest.webmanifest"):
            status, words = await asked(http, f"{OFFICE}{path}")
            assert (status, f"{PHONES}/app/" in words) == (404, True), path


@pytest.mark.parametrize("path", ["/app/", "/app", "/at", "/at?e=00&c=11"])
async def test_what_people_open_under_the_office_s_name_leads_to_the_phones(
    http: httpx.AsyncClient, path: str
) -> None:
    with apart():
        assert await asked(http, f"{OFFICE}{path}") == (308, f"{PHONES}{path}")
        assert await asked(http, f"{OFFICE}:443{path}") == (308, f"{PHONES}{path}")


async def test_the_office_is_served_under_its_own_name_alone(http: httpx.AsyncClient) -> None:
    with apart():
        for path in ("/sign-in", "/today", "/my-care", f"/calendar/{'x' * 43}.ics"):
            status, words = await asked(http, f"{PHONES}{path}")
            assert (status, OFFICE in words) == (404, True), path
        assert (await http.post(f"{PHONES}/api/v1/calc/wage", json={})).status_code == 404
        assert (await http.post(f"{OFFICE}/api/v1/calc/wage", json={})).status_code == 400
        assert (await asked(http, f"{OFFICE}/sign-in"))[0] == 200
        assert await asked(http, f"{PHONES}/") == (308, f"{PHONES}/app/")


async def test_what_programs_ask_for_is_answered_under_either_name_and_any_other(
    http: httpx.AsyncClient,
) -> None:
    with apart():
        for base in (OFFICE, PHONES, "http://10.0.0.7:8000"):
            for path in ("/health/live", "/schema/keys", "/mobile/v1/nonce"):
                assert (await asked(http, f"{base}{path}"))[0] == 200, (base, path)
        assert (await asked(http, "http://10.0.0.7:8000/sign-in"))[0] == 200


async def test_with_one_name_everything_is_under_it(http: httpx.AsyncClient) -> None:
    for path in ("/app/", "/at", "/sign-in", "/mobile/v1/nonce"):
        assert (await http.get(path)).status_code == 200, path


async def test_phones_are_set_up_under_their_own_name_and_earlier_ones_go_on(world: World) -> None:
    earlier, _ = await world.phone("C1")
    with apart():
        world.at(hour(6))
        code = await issue_enrol_code("hearth", "C2")
        assert enrol_link(code) == f"{PHONES}/app/#enrol={code}"
        async with httpx.AsyncClient(transport=world.http._transport, base_url=PHONES) as client:
            later = Phone(client)
            await later.enrol(code)
            assert await later.rota("2026-11-02", 1)
        async with httpx.AsyncClient(transport=world.http._transport, base_url=OFFICE) as client:
            earlier.client = client
            await earlier.open_session()
            assert await earlier.rota("2026-11-02", 1)


def test_each_has_passkeys_of_its_own() -> None:
    settings.use(Settings(data=Path(), base_url=OFFICE, phones_url=PHONES))
    assert (party().id, phones_party([]).id) == ("doorstep.example.org", "phones.example.org")
    assert phones_party([]).origins == (PHONES,)


@pytest.mark.parametrize("phones", [OFFICE, f"{OFFICE}:8443", "http://DOORSTEP.example.org/"])
def test_a_name_that_browsers_would_not_keep_apart_is_refused(phones: str) -> None:
    with pytest.raises(SetupFault, match="DOORSTEP_PHONES_URL names the host of DOORSTEP_BASE_URL"):
        settings.load({"DOORSTEP_BASE_URL": OFFICE, "DOORSTEP_PHONES_URL": phones})
