"""People's homes: adding, printing and retiring what proves a visit, and what a visit's page says about it."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.domain.sun import tap_code
from backend.tables.ids import thing_id
from backend.use_cases.read_tags import read_card
from tests.console.desk import Desk
from tests.jobs.office import PROVIDER, instant, visit_id

HOME = thing_id(PROVIDER, "service_user", "S1")
PAGE = f"/people/{HOME}"
UID, FILE_KEY = "04:DE:5F:1E:AC:C0:40", "000102030405060708090a0b0c0d0e0f"


async def test_people_are_listed_with_what_hangs_in_their_homes(busy: Desk) -> None:
    browser = await busy.as_("manager")
    listed = (await browser.get("/people")).text
    assert f'href="{PAGE}">' in listed
    behind = (await browser.get(f"/people?after={HOME}")).text
    assert f'href="{PAGE}">' not in behind
    assert (await browser.get("/people?after=x")).status_code == 400


async def test_a_card_is_added_printed_and_retired(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get(PAGE)
    added = await browser.post(f"{PAGE}/tags", kind="qr_static", label="By the door")
    assert added.status_code == 303
    card = await browser.get(added.headers["location"])
    assert "<svg" in card.text and 'style="' not in card.text
    tag = UUID(added.headers["location"].rpartition("/")[2])
    secret = (await read_card(PROVIDER, tag)).text
    assert secret.startswith("http://127.0.0.1:8000/at#")
    shown = (await browser.get(PAGE)).text
    assert "By the door" in shown and "In use" in shown and secret.rpartition(".")[2] not in shown
    assert (await browser.post(f"{PAGE}/tags/{tag}/retire", reason=" ")).status_code == 400
    await browser.get(PAGE)
    assert (await browser.post(f"{PAGE}/tags/{tag}/retire", reason="lost")).status_code == 303
    assert ": lost</td>" in (await browser.get(PAGE)).text
    assert (await browser.get(added.headers["location"])).status_code == 404
    assert (await browser.get("/people")).text.count('<td class="ds-number">1</td>') == 0


async def test_an_nfc_tag_is_added_by_uid_and_key_and_its_keys_are_never_shown(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get(PAGE)
    fields = {"kind": "nfc", "label": "Hall", "uid": UID, "key": FILE_KEY, "first_day": "2026-11-01"}
    assert (await browser.post(f"{PAGE}/tags", **fields)).status_code == 303
    shown = (await browser.get(PAGE)).text
    assert "UID 04DE5F1EACC040" in shown and FILE_KEY not in shown
    assert "Sun 1 Nov 2026, 00:00 GMT" in shown
    again = await browser.post(f"{PAGE}/tags", **fields)
    assert again.status_code == 409 and "in use for S1" in again.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "nfc", "label": "Hall", "uid": "xyz", "key": FILE_KEY}, "uid"),
        ({"kind": "nfc", "label": "Hall", "uid": UID, "key": "0" * 32}, "key"),
        ({"kind": "nfc", "label": "Hall", "uid": UID, "key": FILE_KEY, "meta_key": "00"}, "meta_key"),
        ({"kind": "qr_rotating", "label": "Fob", "key": "31" * 20, "step_s": "7"}, "step_s"),
        ({"kind": "qr_static", "label": "", "first_day": ""}, "label"),
        ({"kind": "qr_static", "label": "Hall", "first_day": "tomorrow"}, "first_day"),
        ({"kind": "door", "label": "Hall"}, "kind"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(desk: Desk, fields: dict[str, str], field: str) -> None:
    await desk.office.plan("A", "2026-11-02T09:00")
    browser = await desk.as_("manager")
    await browser.get(PAGE)
    refused = await browser.post(f"{PAGE}/tags", **fields)
    assert refused.status_code == 400
    assert f'href="#{field}"' in refused.text


async def test_a_fob_is_added_by_its_seed(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get(PAGE)
    fields = {"kind": "qr_rotating", "label": "Fob 7", "key": "31" * 20, "step_s": "60"}
    assert (await browser.post(f"{PAGE}/tags", **fields)).status_code == 303
    assert "a new code every 60 s" in (await browser.get(PAGE)).text


FORM = {"label": "Hall", "first_day": "", "uid": "", "key": "", "meta_key": "", "step_s": "30", "number": ""}
"""What a browser sends of the form, whatever is to be added."""


@pytest.mark.parametrize(
    "of_kind",
    [
        {"kind": "qr_static"},
        {"kind": "qr_rotating", "key": "31" * 20},
        {"kind": "nfc", "uid": UID, "key": FILE_KEY},
        {"kind": "line", "number": "01432 000000"},
    ],
)
async def test_every_kind_is_added_by_the_form_as_browsers_send_it(
    desk: Desk, of_kind: dict[str, str]
) -> None:
    await desk.office.plan("A", "2026-11-02T09:00")
    browser = await desk.as_("manager")
    page = (await browser.get(PAGE)).text
    assert all(f'name="{name}"' in page for name in FORM)
    assert (await browser.post(f"{PAGE}/tags", **{**FORM, **of_kind})).status_code == 303


async def test_what_was_typed_about_a_tag_that_cannot_be_stays_but_for_its_keys(desk: Desk) -> None:
    await desk.office.plan("A", "2026-11-02T09:00")
    browser = await desk.as_("manager")
    await browser.get(PAGE)
    typed = {
        "kind": "nfc",
        "label": "By the door",
        "uid": UID[:-1],
        "key": FILE_KEY,
        "first_day": "2026-11-01",
    }
    page = (await browser.post(f"{PAGE}/tags", **{**FORM, **typed})).text
    assert '<option value="nfc" selected>' in page and FILE_KEY not in page
    assert all(f'value="{typed[name]}"' in page for name in ("label", "uid", "first_day"))


async def test_another_provider_can_neither_see_nor_change_a_home(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get(PAGE)
    added = await browser.post(f"{PAGE}/tags", kind="qr_static", label="By the door")
    tag = added.headers["location"].rpartition("/")[2]
    rival = await busy.as_("rival")
    assert f'href="{PAGE}">' not in (await rival.get("/people")).text
    for path in (PAGE, f"{PAGE}/cards/{tag}"):
        assert (await rival.get(path)).status_code == 404
    for path in (f"{PAGE}/tags", f"{PAGE}/tags/{tag}/retire"):
        await rival.get("/devices")
        assert (await rival.post(path, kind="qr_static", label="x", reason="x")).status_code == 404
    assert (await browser.get(f"{PAGE}/cards/{tag}")).status_code == 200
    assert (await browser.get(f"{PAGE}/cards/{uuid4()}")).status_code == 404


async def test_a_visit_s_page_says_what_its_tokens_proved(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get(PAGE)
    fields = {"kind": "nfc", "label": "Hall", "uid": UID, "key": FILE_KEY}
    await browser.post(f"{PAGE}/tags", **fields)
    uid = bytes.fromhex(UID.replace(":", ""))
    code = tap_code(bytes.fromhex(FILE_KEY), uid, 3).hex()
    token = f"https://d.example/at?uid={uid.hex()}&ctr=000003&cmac={code}"
    await busy.office.plan("TAPPED", "2026-11-16T09:30")
    phone = await busy.office.phone()
    start = instant("2026-11-16T09:30")
    busy.office.set(start + timedelta(hours=1))
    for minutes, kind in ((0, "check_in"), (30, "check_out")):
        at = start + timedelta(minutes=minutes)
        phone.record(kind, visit_id("TAPPED"), at, payload={"token": token}, method="nfc")
    assert await busy.office.hand_in() == ["accepted", "accepted"]
    shown = (await browser.get(f"/visits/{visit_id('TAPPED')}")).text
    assert "Code or tag verified (Hall)" in shown
    assert "The same reading of the tag proves another event already (Hall)" in shown
    assert re.search("To look at.*the same reading of the tag proves another event already", shown)
    assert code not in shown


async def test_whoever_scans_a_card_with_a_camera_is_told_what_it_is(desk: Desk) -> None:
    found = await desk.browser().get("/at?uid=00000000000000&ctr=000001&cmac=0000000000000000")
    assert found.status_code == 200
    assert "Nothing has been recorded" in found.text
