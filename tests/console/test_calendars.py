"""A calendar that follows a carer's rota: made once, read by whoever has its address, revoked."""

import re

import asyncpg
from icalendar import Calendar

from tests.console.desk import Browser, Desk
from tests.jobs.office import visit_id


async def made(desk: Desk, carer: str = "C1") -> str:
    """The path of a new calendar."""
    manager = await desk.as_("manager")
    await manager.get("/calendars")
    answer = await manager.post("/calendars", carer=carer)
    found = re.search(r'href="http://127.0.0.1:8000(/calendar/[\w-]{43}\.ics)"', answer.text)
    assert found, answer.text
    assert found[1] not in (await manager.get("/calendars")).text
    return found[1]


async def events(browser: Browser, path: str) -> dict[str, tuple[str, str]]:
    """Summary and state of each event, by its id."""
    answer = await browser.get(path)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["uid"]).partition("@")[0]: (str(event["summary"]), event["status"]) for event in found}


async def test_a_carers_calendar_holds_her_own_visits_and_nobodys_name(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    await desk.office.plan("A", "2026-11-02T09:00")
    await desk.office.plan("B", "2026-11-02T11:00", carer="E2")
    await desk.office.plan("OFF", "2026-11-03T09:00")
    off = {"status": "cancelled", "cancelled_at": "2026-11-01T09:00", "cancelled_by": "person"}
    await desk.office.plan("OFF", "2026-11-03T09:00", **off)
    await desk.office.plan("FAR", "2027-02-02T09:00")
    path, calendar = await made(desk), desk.browser()
    shown = await events(calendar, path)
    district = shown[visit_id("A")][0].removeprefix("Visit, ")
    assert re.fullmatch(r"[A-Z]{1,2}\d{1,2}[A-Z]?", district)
    assert shown == {
        visit_id("A"): (f"Visit, {district}", "CONFIRMED"),
        visit_id("OFF"): (f"Cancelled: Visit, {district}", "CANCELLED"),
    }
    text = (await calendar.get(path)).text
    address = await superuser.fetchrow("SELECT name, address, postcode FROM service_user_version LIMIT 1")
    assert not any(part in text for part in (address["name"], address["address"], address["postcode"]))
    assert path.removeprefix("/calendar/").removesuffix(".ics") not in str(
        [dict(row) for row in await superuser.fetch("SELECT * FROM calendar_feed")]
    )


async def test_a_calendar_that_is_up_to_date_is_not_sent_again(desk: Desk) -> None:
    await desk.office.plan("A", "2026-11-02T09:00")
    path, calendar = await made(desk), desk.browser()
    tag = (await calendar.get(path)).headers["etag"]
    same = await calendar.get(path, **{"If-None-Match": f'"other", W/{tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    await desk.office.plan("A", "2026-11-02T10:00")
    moved = await calendar.get(path, **{"If-None-Match": tag})
    assert moved.status_code == 200 and moved.headers["etag"] != tag
    [event] = Calendar.from_ical(moved.content).walk("VEVENT")
    assert event.decoded("dtstart").hour == 10 and event["sequence"] > 1


async def test_a_calendar_is_revoked_by_hand_or_by_a_newer_one(
    desk: Desk, superuser: asyncpg.Connection
) -> None:
    first, calendar = await made(desk), desk.browser()
    second = await made(desk)
    assert (await calendar.get(first)).status_code == 404
    assert (await calendar.get(second)).status_code == 200
    manager, rival = await desk.as_("manager"), await desk.as_("rival")
    read = (await manager.get("/calendars")).text
    assert desk.office.clock.date().isoformat() in read and "not yet" not in read
    feed = await superuser.fetchval("SELECT id FROM calendar_feed WHERE revoked_at IS NULL")
    await rival.get("/calendars")
    assert (await rival.post(f"/calendars/{feed}/revoke")).status_code == 404
    await rival.get("/calendars")
    assert (await rival.post("/calendars", carer="C1")).status_code == 400
    assert (await manager.post(f"/calendars/{feed}/revoke")).headers["location"] == "/calendars?done=revoked"
    assert (await calendar.get(second)).status_code == 404
    for path in ("/calendar/made-up.ics", "/calendar/.ics"):
        assert (await calendar.get(path)).status_code == 404
    assert (await calendar.get("/calendar/%00.ics")).status_code == 400
    assert (await manager.post("/calendars", carer="nobody")).status_code == 400
