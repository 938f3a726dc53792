"""A person's page: where her visits may be made, approving another place, ending one."""

import re

import asyncpg
import pytest

from backend.tables.ids import thing_id
from tests.console.desk import Desk
from tests.jobs.office import PROVIDER

PAGE = f"/people/{thing_id(PROVIDER, 'service_user', 'S1')}"
CENTRE = {
    "place-name": "Day centre",
    "place-lat": "52.0571",
    "place-lon": "0.0",
    "place-radius_m": "150",
    "place-from": "2026-11-01",
}


async def test_a_place_is_approved_put_right_and_ended_with_who_did_it(
    busy: Desk, superuser: asyncpg.Connection
) -> None:
    browser = await busy.as_("manager")
    assert "At home" in (await browser.get(PAGE)).text
    assert (await browser.post(f"{PAGE}/places", **CENTRE)).status_code == 303
    shown = (await browser.get(PAGE)).text
    assert "52.0571, 0.0, within 150 m" in shown
    assert "from Sunday 1 November 2026" in shown and "by manager@example.org" in shown
    again = await browser.post(f"{PAGE}/places", **CENTRE)
    assert again.status_code == 409 and "approved already" in again.text
    assert (await browser.post(f"{PAGE}/places", **{**CENTRE, "place-radius_m": "80"})).status_code == 303
    end = re.search(r'action="([^"]+/places/[0-9a-f-]+/end)"', (await browser.get(PAGE)).text)
    assert end is not None
    assert (await browser.post(end[1], last="soon")).status_code == 400
    await browser.get(PAGE)
    assert (await browser.post(end[1], last="2026-10-31")).status_code == 400
    await browser.get(PAGE)
    assert (await browser.post(end[1], last="2026-11-15")).status_code == 303
    shown = (await browser.get(PAGE)).text
    assert "to Sunday 15 November 2026" in shown and "within 80 m" in shown and end[1] not in shown
    versions = "SELECT version, radius_m, ends_on::text FROM approved_place_version ORDER BY version"
    assert [tuple(row) for row in await superuser.fetch(versions)] == [
        (1, 150, None),
        (2, 80, None),
        (3, 80, "2026-11-15"),
    ]


async def test_every_fault_of_a_place_is_said_at_its_field_and_nothing_typed_is_lost(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get(PAGE)
    wrong = {"place-name": "", "place-lat": "52", "place-radius_m": "0", "place-from": "2026-11-31"}
    refused = await browser.post(f"{PAGE}/places", **wrong)
    assert refused.status_code == 400
    for field in ("name", "lon", "radius_m", "from"):
        assert f'href="#place-{field}"' in refused.text
    assert 'value="2026-11-31"' in refused.text


@pytest.mark.parametrize("who", ["finance", "auditor"])
async def test_nobody_but_a_manager_approves_a_place(busy: Desk, who: str) -> None:
    browser = await busy.as_(who)
    await browser.get("/passkeys")
    assert (await browser.post(f"{PAGE}/places", **CENTRE)).status_code == 403
