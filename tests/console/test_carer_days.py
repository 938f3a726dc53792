"""A carer's day on the page, and time besides visits: entered, changed, withdrawn, proposed."""

import asyncio
import re
from typing import Any

import pytest

from tests.console.desk import Browser, Desk

DAY = "/carer-day?carer=C1&date=2026-11-02"
MEETING = {
    "carer": "C1",
    "date": "2026-11-02",
    "kind": "meeting",
    "start": "2026-11-02 10:20",
    "end": "2026-11-02 11:00",
    "note": "Team meeting at the office",
}


async def enter(desk: Desk, **changed: str) -> Any:
    browser = await desk.as_("manager")
    await browser.get(DAY)
    return await browser.post("/carer-day/enter", **{**MEETING, **changed})


async def entered(desk: Desk) -> tuple[Browser, str]:
    """The manager's browser at the page of a meeting that was entered, and its address."""
    browser = await desk.as_("manager")
    page = (await browser.get((await enter(desk)).headers["location"])).text
    [address] = re.findall(r'href="(/entered-time/[^"]+)"', page)
    await browser.get(address)
    return browser, address


async def counted(desk: Desk) -> dict[str, int]:
    """Seconds of 2 November by kind, as the carer's phone shows them."""
    phone = await desk.office.phone()
    await phone.open_session()
    asked = {"from": "2026-11-02", "to": "2026-11-02"}
    [day] = (await phone.call("GET", "/days", params=asked, token=True)).json()["days"]
    return dict(day["totals"])


async def test_the_page_shows_each_stretch_with_its_rule(busy: Desk) -> None:
    page = (await (await busy.as_("finance")).get(DAY)).text
    assert "Ann Carer on Monday 2 November 2026" in page
    assert "09:00 to 09:30" in page and "The actual time worked counts, minute by minute." in page
    assert "Enter the time" not in page
    manager = await busy.as_("manager")
    assert (
        'href="/carer-day?carer=C1&amp;date=2026-11-02"'
        in (await manager.get("/today?date=2026-11-02&carer=C1")).text
    )


async def test_the_day_is_drawn_with_what_was_planned_above_what_was_worked(busy: Desk) -> None:
    page = (await (await busy.as_("manager")).get(DAY)).text
    drawn = re.findall(r'<rect class="ds-bar ds-bar--(\w+)"[^>]*><title>([^<]+)</title>', page)
    lanes = [(kind, said.partition(":")[0]) for kind, said in drawn]
    assert ("planned", "Planned") in lanes and ("contact", "Worked") in lanes
    assert "09:00 to 09:30" in next(said for kind, said in drawn if kind == "contact")
    assert "<svg" not in (await (await busy.as_("manager")).get("/carer-day?carer=C1&date=2026-10-02")).text


async def test_what_a_manager_enters_counts_at_once_and_the_carer_sees_it(busy: Desk) -> None:
    before = await counted(busy)
    answer = await enter(busy)
    assert answer.headers["location"] == "/carer-day?carer=C1&date=2026-11-02&done=entered"
    page = (await (await busy.as_("manager")).get(answer.headers["location"])).text
    assert "The time is entered and counts from now on." in page
    assert "10:20 to 11:00" in page and "Entered by a manager" in page
    after = await counted(busy)
    assert (after["other"] - before["other"], after["counted"] - before["counted"]) == (2400, 2400)


async def test_time_that_is_sent_twice_at_once_is_entered_once(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get(DAY)
    answers = await asyncio.gather(*(browser.post("/carer-day/enter", **MEETING) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    held = "SELECT count(*) FROM activity_version"
    assert await busy.superuser.fetchval(held) == 1
    assert (await enter(busy, note="Another meeting")).status_code == 303
    assert await busy.superuser.fetchval(held) == 2


async def test_another_version_takes_its_place_and_all_versions_are_shown(busy: Desk) -> None:
    browser, address = await entered(busy)
    assert 'value="2026-11-02 10:20+00:00"' in browser.page
    changed = {
        "kind": "supervision",
        "start": "2026-11-02 10:30",
        "end": "2026-11-02 10:45",
        "note": "Shorter",
    }
    answer = await browser.post(f"{address}/change", version="1", **changed)
    assert answer.headers["location"] == f"{address}?done=changed"
    page = (await browser.get(answer.headers["location"])).text
    assert "Team meeting at the office" in page and "Shorter" in page and "manager@example.org" in page
    assert (await counted(busy))["other"] == 900
    assert await busy.superuser.fetchval("SELECT count(*) FROM activity_version") == 2


async def test_what_is_withdrawn_counts_no_more_and_is_kept(busy: Desk) -> None:
    browser, address = await entered(busy)
    assert (await browser.post(f"{address}/withdraw", version="1", reason=" ")).status_code == 400
    answer = await browser.post(f"{address}/withdraw", version="1", reason="It was another carer")
    assert answer.headers["location"] == f"{address}?done=withdrawn"
    page = (await browser.get(address)).text
    assert "it is withdrawn and does not count" in page and "It was another carer" in page
    assert (await counted(busy))["other"] == 0


async def test_a_version_that_somebody_changed_meanwhile_is_not_written_over(busy: Desk) -> None:
    browser, address = await entered(busy)
    await browser.post(f"{address}/withdraw", version="1", reason="Wrong carer")
    await browser.get(address)
    for path, fields in (("change", MEETING), ("withdraw", {"reason": "again"})):
        answer = await browser.post(f"{address}/{path}", **{**fields, "version": "1"})
        assert answer.status_code == 409 and "in the meantime" in answer.text


async def test_what_could_make_less_count_is_proposed_instead(busy: Desk) -> None:
    before = await counted(busy)
    for kind in ("break", "home", "travel", "sleep_in"):
        answer = await enter(busy, kind=kind)
        assert answer.headers["location"].endswith("done=proposed")
    assert await counted(busy) == before
    rows = await busy.superuser.fetch("SELECT reason_code FROM correction WHERE proposed_by = 'manager'")
    assert {row["reason_code"] for row in rows} == {"break", "home", "travel", "sleep_in"}
    assert await busy.superuser.fetchval("SELECT count(*) FROM activity_version") == 0


async def test_every_fault_is_named_beside_its_field(busy: Desk) -> None:
    answer = await enter(busy, kind="", start="soon", end="", note=" ")
    assert answer.status_code == 400
    assert set(re.findall(r'<li><a href="#(\w+)"', answer.text)) == {"kind", "start", "end", "note"}
    for changed, words in (
        ({"end": "2026-11-02 10:20"}, "must be after the start"),
        ({"end": "2026-11-04 10:20"}, "is more than 24 hours after the start"),
        ({"start": "2026-11-16 08:00", "end": "2026-11-16 12:00"}, "has not come yet"),
        ({"start": "2025-11-02 10:20", "end": "2025-11-02 11:00"}, "the carer is not employed on 2025-11-02"),
    ):
        answer = await enter(busy, **changed)
        assert answer.status_code == 400 and words in answer.text, changed
    assert (await enter(busy, carer="C9")).status_code == 404
    assert await busy.superuser.fetchval("SELECT count(*) FROM activity_version") == 0


async def test_another_provider_finds_and_changes_nothing(busy: Desk) -> None:
    _, address = await entered(busy)
    rival = await busy.as_("rival")
    assert (await rival.get(address)).status_code == 404
    assert (await rival.get(DAY)).status_code == 404
    for path in (f"{address}/change", f"{address}/withdraw"):
        await rival.get("/today")
        answer = await rival.post(path, **{**MEETING, "version": "1", "reason": "mine"})
        assert answer.status_code == 404
    assert await busy.superuser.fetchval("SELECT count(*) FROM activity_version") == 1


async def test_the_way_to_a_meeting_with_a_place_counts_and_a_new_version_may_put_it_elsewhere(
    busy: Desk,
) -> None:
    before = await counted(busy)
    await enter(busy, start="2026-11-02 11:00", end="2026-11-02 12:00")
    nowhere = await counted(busy)
    assert nowhere["travel"] == before["travel"] and nowhere["other"] == before["other"] + 3600
    browser = await busy.as_("manager")
    page = (await browser.get(DAY)).text
    [address] = re.findall(r'href="(/entered-time/[^"]+)"', page)
    await browser.get(address)
    again = {**MEETING, "start": "2026-11-02 11:00", "end": "2026-11-02 12:00", "version": "1"}
    moved = await browser.post(f"{address}/change", **{**again, "place": "52.08, -2.60"})
    assert moved.status_code == 303
    placed = await counted(busy)
    assert placed["travel"] > before["travel"] and placed["other"] == nowhere["other"]
    shown = (await browser.get(address)).text
    assert 'value="52.08, -2.6"' in shown and "<td>52.08, -2.6</td>" in shown
    # A version without a place takes it away; one with a postcode puts it there.
    assert (await browser.post(f"{address}/change", **{**again, "version": "2"})).status_code == 303
    assert (await counted(busy))["travel"] == before["travel"]
    await browser.get(address)
    listed = await browser.post(f"{address}/change", **{**again, "version": "3", "place": "zx1 1aa"})
    assert listed.status_code == 303


@pytest.mark.parametrize(
    ("place", "more", "words"),
    [
        ("ZX9 9ZZ", {}, "The place is not known: ZX9 9ZZ has none in the postcode list, so give degrees."),
        ("over there", {}, "Place: must be a postcode"),
        ("52.0, 200", {}, "Place: must lie between -180 and 180."),
        ("52.0, east", {}, "Place: must be a number of degrees"),
        ("ZX1 1AA", {"kind": "break"}, "Place: only time that counts once it is entered has one."),
    ],
)
async def test_a_place_that_cannot_be_is_told_beside_its_field(
    busy: Desk, place: str, more: dict[str, str], words: str
) -> None:
    answer = await enter(busy, place=place, **more)
    assert answer.status_code == 400 and words in answer.text
    assert f'value="{place}"' in answer.text
