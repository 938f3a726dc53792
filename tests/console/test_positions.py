"""A home that seems to be elsewhere: suggested with its evidence, and approved by a manager."""

import re
from datetime import timedelta

from backend.tables.ids import thing_id
from tests.console.desk import Desk
from tests.jobs.office import PROVIDER, instant, visit_id
from tests.mobile_api.world import fix

PERSON = f"/people/{thing_id(PROVIDER, 'service_user', 'S1')}"
DOOR = (52.0640, -2.7100)
"""Some 370 metres north of the home as its postcode has it."""


async def visits_at_the_door(desk: Desk, first: int, number: int) -> None:
    """Visits by two carers in turn whose phones were at the real door."""
    office = desk.office
    for day in range(first, first + number):
        carer = "C1" if day % 2 else "C2"
        start = instant("2026-11-16T12:30") + timedelta(minutes=10 * day)
        await office.plan(f"D{day}", start.strftime("%Y-%m-%dT%H:%M"), 5, carer=f"E{carer[1]}")
        office.set(start)
        phone = await office.phone(carer)
        phone.record("check_in", visit_id(f"D{day}"), start, fix=fix(*DOOR, at=start))
        phone.record("check_out", visit_id(f"D{day}"), start + timedelta(minutes=5), fix=fix(*DOOR, at=start))
    for carer in ("C1", "C2"):
        office.set(instant("2026-11-16T14:00"))
        await office.hand_in(carer)


async def test_a_home_on_whose_place_phones_disagree_is_suggested_and_approved_by_a_manager(
    busy: Desk,
) -> None:
    await visits_at_the_door(busy, 0, 5)
    browser = await busy.as_("manager")
    assert "None: phones were at" in (await browser.get("/people/positions")).text
    await visits_at_the_door(busy, 5, 1)
    listed = (await browser.get("/people/positions")).text
    assert f'href="{PERSON}#position"' in listed and "12 of 12" in listed and "0 of 12" in listed
    row = (await browser.get("/people/positions?format=csv")).text.splitlines()[1]
    assert row.startswith("Mr One,S1,") and row.endswith(",6,2,0 m,12 of 12,0 of 12")
    page = (await browser.get(PERSON)).text
    assert "At 6 visits of the last 60 days, the phones of 2 carers agree on 52.064, -2.71" in page
    section = page.partition('id="position"')[2].partition("</section>")[0]
    fields = dict(re.findall(r'name="(place-[\w-]+)"[^>]* value="([^"]*)"', section))
    assert (await browser.post(f"{PERSON}/places", **fields)).status_code == 303
    after = (await browser.get(PERSON)).text
    assert "52.064, -2.71, within" in after and "seems to be elsewhere" not in after
    assert "None: phones were at" in (await browser.get("/people/positions")).text
    judged = await busy.superuser.fetchval(
        "SELECT count(*) FROM event_judgement WHERE number = 2 AND fence = 'inside'"
    )
    assert judged == 12, "what was flagged is judged again"
    assert "S1" not in (await (await busy.as_("rival")).get("/people/positions")).text
