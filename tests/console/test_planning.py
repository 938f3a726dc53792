"""Visits planned on pages: with the checks of a file, with what speaks against them, and seen by the phones."""

import asyncio
import re
from typing import Any
from uuid import UUID

import asyncpg

from tests.console.desk import Desk
from tests.jobs.office import visit_id
from tests.use_cases.loading.samples import CARERS, load_rows

PLAN = {
    "visit": "WEB1",
    "package": "P1",
    "start": "2026-11-17 09:00",
    "minutes": "30",
    "carer": "E1",
}


async def plan(desk: Desk, who: str = "manager", **changed: str) -> Any:
    browser = await desk.as_(who)
    await browser.get("/roster/plan")
    return await browser.post("/roster/plan", **{**PLAN, **changed})


async def change(desk: Desk, reference: str, version: int, path: str = "", **changed: str) -> Any:
    browser = await desk.as_("manager")
    address = f"/roster/visits/{visit_id(reference)}"
    await browser.get(address)
    return await browser.post(f"{address}{path}", version=str(version), **changed)


async def stored(superuser: asyncpg.Connection, reference: str) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await superuser.fetch(
        "SELECT v.*, p.reason, p.against, p.planned_by FROM visit_version v LEFT JOIN visit_planning p"
        " USING (provider_id, visit_id, version) WHERE visit_id = $1 ORDER BY version",
        UUID(visit_id(reference)),
    )
    return rows


async def phone_sees(desk: Desk, carer: str = "C1") -> dict[str, str]:
    phone = await desk.office.phone(carer)
    await phone.open_session()
    return {one["id"]: one["status"] for one in await phone.rota("2026-11-17", 7)}


async def test_a_visit_is_planned_changed_given_away_and_cancelled_and_the_phones_see_it(busy: Desk) -> None:
    answer = await plan(busy)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/roster?date=2026-11-17&done=planned"
    page = (await (await busy.as_("manager")).get(answer.headers["location"])).text
    assert "The visit is planned." in page and f"/roster/visits/{visit_id('WEB1')}" in page
    assert await phone_sees(busy) == {visit_id("WEB1"): "planned"}
    moved = {**PLAN, "start": "2026-11-17 10:00", "minutes": "45", "tasks": "washing:10"}
    assert (await change(busy, "WEB1", 1, **moved)).status_code == 303
    assert (await change(busy, "WEB1", 2, **{**moved, "carer": "E2"})).status_code == 303
    assert await phone_sees(busy) == {}
    assert await phone_sees(busy, "C2") == {visit_id("WEB1"): "planned"}
    off = {"status": "cancelled", "by": "person", "notice": "2026-11-16 08:30", "off-why": "In hospital"}
    assert (await change(busy, "WEB1", 3, "/off", **off)).status_code == 303
    assert await phone_sees(busy, "C2") == {visit_id("WEB1"): "cancelled"}
    versions = await stored(busy.superuser, "WEB1")
    assert [row["status"] for row in versions] == ["planned"] * 3 + ["cancelled"]
    assert versions[2]["tasks"] == '[{"id": "washing", "minutes": 10}]'
    assert (versions[3]["cancelled_by"], versions[3]["cancelled_at"].isoformat()) == (
        "person",
        "2026-11-16T08:30:00+00:00",
    )
    assert versions[3]["reason"] == "In hospital" and all(row["planned_by"] for row in versions)
    shown = (await (await busy.as_("manager")).get(f"/roster/visits/{visit_id('WEB1')}")).text
    assert "cancelled" in shown and "In hospital" in shown and "manager@example.org" in shown


async def test_every_fault_is_named_at_once_and_nothing_typed_is_lost(busy: Desk) -> None:
    answer = await plan(busy, carer="E9", second_carer="E8", tasks="a lot", minutes="0")
    assert answer.status_code == 400
    for words in ("Minutes: must be a whole number",):
        assert words in answer.text
    answer = await plan(busy, carer="E9", second_carer="E8", tasks="washing")
    assert "no employment has the reference E9" in answer.text, "though the tasks cannot be read"
    assert 'value="washing"' in answer.text and 'value="2026-11-17 09:00"' in answer.text
    answer = await plan(busy, carer="E9", second_carer="E8", package="P9")
    for words in ("reference E9", "reference E8", "no package has the reference P9"):
        assert words in answer.text, words
    answer = await plan(busy, start="2026-10-25 01:30", minutes="")
    assert "happens twice in London" in answer.text and "Minutes: is required" in answer.text
    assert "would be over" in (await plan(busy, start="2026-11-16 08:00")).text
    assert await stored(busy.superuser, "WEB1") == []


async def test_who_is_not_employed_on_the_day_is_refused(busy: Desk) -> None:
    leaver = {"provider": "hearth", "employment_end": "2026-11-16", "pay_cycle": "weekly:mon"}
    await load_rows("carers", [{**CARERS[1], **leaver}])
    answer = await plan(busy, carer="E2")
    assert answer.status_code == 400 and "E2 is not employed on 2026-11-17" in answer.text


async def test_what_speaks_against_a_plan_is_told_and_kept_with_the_reason(busy: Desk) -> None:
    await busy.office.plan("FIRST", "2026-11-17T09:20")
    await busy.office.plan("FAR", "2026-11-17T08:30", package="P2")
    await load_rows(
        "needs", [{"provider": "hearth", "service_user": "S1", "skill": "Hoist", "from": "2026-11-01"}]
    )
    leave = {
        "provider": "hearth",
        "employment": "E1",
        "kind": "sickness",
        "from": "2026-11-17",
        "until": "2026-11-17",
    }
    await load_rows("leave", [{**leave, "from_time": "09:15"}])
    hours = {"provider": "hearth", "employment": "E1", "from": "2026-01-01", "most_hours_per_week": "1"}
    await load_rows("working-hours", [{**hours, "available": "tue 10:00-15:00"}])
    await load_rows(
        "absences", [{"provider": "hearth", "service_user": "S1", "kind": "away", "from": "2026-11-17"}]
    )
    answer = await plan(busy)
    assert answer.status_code == 409
    for words in (
        "WEB1: Ann Carer is planned for FIRST at the same time, for 10 min.",
        "WEB1: Ann Carer has 0 min between it and FAR, and the journey takes about",
        "Ann Carer is away then (sickness)",
        "Ann Carer does not work at that time",
        "Ann Carer would have 2 h 30 min planned in that week, and the most is 1 h",
        "does not have a skill that is needed there (hoist)",
        "the person is away then (away)",
        "the person has FIRST planned at the same time",
    ):
        assert words in answer.text, words
    assert 'value="2026-11-17 09:00"' in answer.text
    assert await stored(busy.superuser, "WEB1") == []
    answer = await plan(busy, anyway="yes")
    assert answer.status_code == 400 and "Say why it is planned all the same" in answer.text
    assert (await plan(busy, anyway="yes", why="She offered to")).status_code == 303
    [row] = await stored(busy.superuser, "WEB1")
    assert row["reason"] == "She offered to" and "overlap FIRST" in row["against"]
    page = (await (await busy.as_("manager")).get(f"/roster/visits/{visit_id('WEB1')}")).text
    assert "at the same time as: FIRST" in page


async def test_two_managers_who_edit_one_visit_do_not_overwrite_each_other(busy: Desk) -> None:
    assert (await plan(busy)).status_code == 303
    assert (await plan(busy, start="2026-11-17 12:00")).status_code == 409, "a form sent twice plans once"
    assert (await change(busy, "WEB1", 1, **{**PLAN, "minutes": "40"})).status_code == 303
    stale = await change(busy, "WEB1", 1, **{**PLAN, "minutes": "50"})
    assert stale.status_code == 409 and "Somebody has changed this visit in the meantime" in stale.text
    assert 'value="50"' in stale.text and 'name="version" value="2"' in stale.text
    off = {"status": "suspended", "notice": "2026-11-16 08:30", "off-why": "Away"}
    assert (await change(busy, "WEB1", 1, "/off", **off)).status_code == 409
    assert (await change(busy, "WEB1", 2, "/off", **off)).status_code == 303
    assert [row["status"] for row in await stored(busy.superuser, "WEB1")] == [
        "planned",
        "planned",
        "suspended",
    ]


async def test_of_two_managers_who_send_at_the_same_moment_one_is_kept(busy: Desk) -> None:
    await plan(busy)
    address = f"/roster/visits/{visit_id('WEB1')}"
    both = [await busy.as_(who) for who in ("manager", "second")]
    for browser in both:
        await browser.get(address)
    sent = [
        browser.post(address, version="1", **{**PLAN, "minutes": minutes})
        for browser, minutes in zip(both, ("40", "50"), strict=True)
    ]
    assert sorted(answer.status_code for answer in await asyncio.gather(*sent)) == [303, 409]
    assert len(await stored(busy.superuser, "WEB1")) == 2


async def test_the_rota_on_a_phone_is_another_once_a_visit_is_planned_and_a_cancelled_one_comes_back(
    busy: Desk,
) -> None:
    phone = await busy.office.phone()
    await phone.open_session()
    asked: dict[str, Any] = {"params": {"from": "2026-11-17", "days": "1"}, "token": True}
    tag = (await phone.call("GET", "/rota", **asked)).headers["ETag"]
    assert (await phone.call("GET", "/rota", headers={"If-None-Match": tag}, **asked)).status_code == 304
    await plan(busy)
    answer = await phone.call("GET", "/rota", headers={"If-None-Match": tag}, **asked)
    assert [one["id"] for one in answer.json()["visits"]] == [visit_id("WEB1")]
    off = {"status": "suspended", "notice": "2026-11-16 08:30", "off-why": "Away"}
    await change(busy, "WEB1", 1, "/off", **off)
    assert (await change(busy, "WEB1", 2, **PLAN)).status_code == 303
    assert (await phone_sees(busy))[visit_id("WEB1")] == "planned"


async def test_taking_a_visit_off_needs_to_be_said_whole(busy: Desk) -> None:
    await plan(busy)
    empty = await change(busy, "WEB1", 1, "/off", notice="soon")
    for words in ("Choose what becomes of the visit.", "Say why.", "Notice: must be a date and time"):
        assert words in empty.text, words
    later = {"status": "cancelled", "by": "", "notice": "2026-11-18 08:30", "off-why": "x"}
    assert "Choose who cancelled it." in (await change(busy, "WEB1", 1, "/off", **later)).text
    answer = await change(busy, "WEB1", 1, "/off", **{**later, "by": "person"})
    assert answer.status_code == 400 and "has not come yet" in answer.text


async def test_a_visit_keeps_the_seconds_of_its_start_when_something_else_of_it_is_changed(
    busy: Desk,
) -> None:
    assert (await plan(busy, start="2026-11-17 09:00:30")).status_code == 303
    page = (await (await busy.as_("manager")).get(f"/roster/visits/{visit_id('WEB1')}")).text
    [start] = re.findall(r'name="start"[^>]* value="([^"]+)"', page)
    assert (await change(busy, "WEB1", 1, **{**PLAN, "start": start, "carer": "E2"})).status_code == 303
    first, second = await stored(busy.superuser, "WEB1")
    assert first["starts_at"] == second["starts_at"] and first["starts_at"].second == 30


async def test_what_has_begun_or_is_over_is_corrected_instead(busy: Desk) -> None:
    manager = await busy.as_("manager")
    for reference, words in (("RUNNING", "This visit has begun."), ("MISSED", "This visit is over.")):
        page = (await manager.get(f"/roster/visits/{visit_id(reference)}")).text
        assert words in page and f"/corrections/new?visit={visit_id(reference)}" in page
        assert "Keep the new plan" not in page
        again = {**PLAN, "start": "2026-11-16 11:00"}
        answer = await change(busy, reference, 1, **again)
        assert answer.status_code == 409 and words in answer.text


async def test_another_provider_plans_nothing_of_ours(busy: Desk) -> None:
    rival = await busy.as_("rival")
    address = f"/roster/visits/{visit_id('LATER')}"
    assert (await rival.get(address)).status_code == 404
    page = (await rival.get("/roster/plan")).text
    assert "Ann Carer" not in page and "Mr One" not in page
    answer = await rival.post("/roster/plan", **PLAN)
    assert answer.status_code == 400 and "no package has the reference P1" in answer.text
    await rival.get("/roster/plan")
    assert (await rival.post(address, version="1", **PLAN)).status_code == 404
    await rival.get("/roster/plan")
    assert (await rival.post(f"{address}/off", version="1")).status_code == 404


async def test_a_visit_that_nobody_is_to_make_is_given_a_second_carer_too(busy: Desk) -> None:
    page = (await (await busy.as_("manager")).get(f"/roster/visits/{visit_id('NOBODY')}")).text
    assert "nobody makes it" in page and re.search(r'name="version" value="1"', page)
    double = {**PLAN, "package": "P2", "start": "2026-11-16 11:00", "carer": "E1", "second_carer": "E1"}
    alone = await change(busy, "NOBODY", 1, **{**double, "second_carer": ""})
    assert alone.status_code == 409 and "the package asks for 2 carers, and 1 comes" in alone.text
    assert "is the same as carer" in (await change(busy, "NOBODY", 1, **double)).text
    answer = await change(
        busy, "NOBODY", 1, **{**double, "second_carer": "E2", "anyway": "yes", "why": "Far"}
    )
    assert answer.status_code == 303, answer.text
    rows = await stored(busy.superuser, "NOBODY")
    assert rows[-1]["carer"] is not None and rows[-1]["second_carer"] is not None
