"""A person's page: where her visits may be made, approving another place, ending one."""

import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.console.words import FLAGS
from backend.tables.ids import thing_id
from tests.console.desk import REPORT_DUE, Desk
from tests.jobs.office import PROVIDER, instant, visit_id

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
    assert '<a href="#place-name">Name of the place: ' in refused.text


async def test_a_character_that_cannot_be_kept_is_said_at_its_field(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get(PAGE)
    for field in CENTRE:
        refused = await browser.post(f"{PAGE}/places", **{**CENTRE, field: "a\x07b"})
        assert refused.status_code == 400, field
        assert f'<a href="#{field}">' in refused.text and "holds a control character" in refused.text


@pytest.mark.parametrize("who", ["finance", "auditor"])
async def test_nobody_but_a_manager_approves_a_place(busy: Desk, who: str) -> None:
    browser = await busy.as_(who)
    await browser.get("/passkeys")
    assert (await browser.post(f"{PAGE}/places", **CENTRE)).status_code == 403


def at(moment: str, place: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A position taken at an instant."""
    known = {"lat": place[0], "lon": place[1], "accuracy_m": 12.0, "mocked": False}
    return {**known, "taken_at": instant(moment).isoformat(), **more}


async def attended(desk: Desk) -> None:
    """A visit at the approved place that the carer left from far away, in no time, by a position that was made up."""
    browser = await desk.as_("manager")
    await browser.get(PAGE)
    await browser.post(f"{PAGE}/places", **CENTRE)
    await desk.office.plan("SEEN", "2026-11-03T09:00")
    phone = await desk.office.phone()
    far = at("2026-11-03T09:30", (53.0, 0.0), mocked=True)
    for kind, moment, fix in (
        ("check_in", "2026-11-03T09:29", at("2026-11-03T09:29", (52.0571, 0.0))),
        ("check_out", "2026-11-03T09:30", far),
        ("check_in", "2026-11-03T09:31", None),
    ):
        desk.office.set(instant(moment))
        given = {} if fix else {"no_fix": "denied"}
        phone.record(kind, visit_id("SEEN"), instant(moment), fix=fix, payload=given)
    assert await desk.office.hand_in() == ["accepted"] * 3


async def test_a_visit_s_page_names_the_place_and_words_what_speaks_against_each_position(desk: Desk) -> None:
    await attended(desk)
    page = (await (await desk.as_("second")).get(f"/visits/{visit_id('SEEN')}")).text
    assert "at the place of the visit<br>" in page
    assert "Matched: Day centre, 0 m away, accurate to 12 m" in page
    assert re.search(r"Nearest: Day centre, 10\d,\d{3} m away, accurate to 12 m", page)
    speed = FLAGS["implied_speed"]
    assert f"{FLAGS['mock_location']}; {speed}" in page and page.count(f">{speed}<") == 1
    assert f">{FLAGS['no_fix_denied']}<" in page


async def test_a_visit_s_page_says_that_a_position_was_judged_again_and_what_was_judged_before(
    desk: Desk,
) -> None:
    await desk.office.plan("SEEN", "2026-11-03T09:00")
    phone = await desk.office.phone()
    desk.office.set(instant("2026-11-03T09:00"))
    there = at("2026-11-03T09:00", (52.0571, 0.0))
    phone.record("check_in", visit_id("SEEN"), instant("2026-11-03T09:00"), fix=there)
    assert await desk.office.hand_in() == ["accepted"]
    desk.office.set(instant("2026-11-04T10:00"))
    browser = await desk.as_("manager")
    page = f"/visits/{visit_id('SEEN')}"
    assert "Judged again" not in (await browser.get(page)).text
    await browser.get(PAGE)
    assert (await browser.post(f"{PAGE}/places", **CENTRE)).status_code == 303
    shown = (await browser.get(page)).text
    assert "Matched: Day centre, 0 m away" in shown
    assert re.search(r"Judged again on [^<]*4 Nov[^<]*, because this place was approved", shown)
    assert "Before: away from every approved place." in shown


async def test_an_auditor_reads_of_a_place_only_whether_it_is_the_home(desk: Desk) -> None:
    await attended(desk)
    await desk.office.plan("HOME", "2026-11-04T09:00")
    phone = await desk.office.phone()
    home = await desk.superuser.fetchrow(
        "SELECT lat, lon FROM service_user_version v JOIN service_user s ON s.id = service_user_id AND reference = 'S1'"
    )
    for kind, moment in (("check_in", "2026-11-04T09:00"), ("check_out", "2026-11-04T09:30")):
        desk.office.set(instant(moment))
        phone.record(kind, visit_id("HOME"), instant(moment), fix=at(moment, (home["lat"], home["lon"])))
    await desk.office.hand_in()
    await desk.office.pay("E1", "1", 60, "12.71", ("2026-11-02", "2026-11-08"), "2026-11-13")
    await desk.office.run(REPORT_DUE)
    path = f"/wage-reports/{await desk.id_of('wage_report')}/workers/1/days"
    auditor = await desk.as_("auditor")
    seen = (await auditor.get(f"{path}/2026-11-03")).text
    assert "Matched: another approved place, 0 m away, accurate to 12 m" in seen
    assert FLAGS["mock_location"] in seen
    assert "Day centre" not in seen and "52.0571" not in seen
    assert "Nearest: another approved place" in seen
    assert "Matched: the home, 0 m away" in (await auditor.get(f"{path}/2026-11-04")).text


async def test_nobody_is_shown_how_far_a_carer_s_own_home_is(desk: Desk) -> None:
    await desk.office.plan("SEEN", "2026-11-03T09:00", carer="E2")
    moment = "2026-11-03T09:00"
    desk.office.set(instant(moment))
    phone = await desk.office.phone("C2")
    phone.record("check_in", visit_id("SEEN"), instant(moment), fix=at(moment, (52.05, 0.0)))
    await desk.office.hand_in("C2")
    page = (await (await desk.as_("manager")).get(f"/visits/{visit_id('SEEN')}")).text
    assert FLAGS["at_own_home"] in page and "Nearest: the home" in page and "m away" not in page


def test_the_pages_word_each_reason_as_the_documentation_does() -> None:
    written = (Path(__file__).parents[2] / "docs" / "visits.md").read_text().replace("'", "’")
    table = re.findall(r"^\| `(\w+[a-z])` \| ([^|;]+?)(?:;[^|]*)? \|", written.split("## Reasons")[1], re.M)
    assert len(table) > 8
    for reason, words in table:
        assert FLAGS[reason].startswith(words), reason
