"""A manager starts a correction: on the page, on the carer's phone, in what counts."""

import asyncio
import re
from typing import Any
from uuid import UUID

from tests.console.desk import Desk
from tests.jobs.office import visit_id

SHORTER = {"carer": "C1", "end": "2026-11-02 09:20", "reason": "other", "note": "The family saw you leave."}


async def proposed(desk: Desk, **changed: str) -> Any:
    browser = await desk.as_("manager")
    await browser.get("/corrections/new")
    return await browser.post("/corrections/new", **{**SHORTER, "visit": visit_id("A"), **changed})


async def on_the_phone(desk: Desk) -> dict[str, Any]:
    """The manager's correction as the carer's phone lists it."""
    phone = await desk.office.phone()
    await phone.open_session()
    listed = (await phone.call("GET", "/corrections", token=True)).json()["corrections"]
    [found] = [one for one in listed if one["proposed_by"] == "manager"]
    return dict(found)


async def contact_seconds(desk: Desk) -> int:
    """What the carer's own page of 2 November counts as contact, for two visits of half an hour."""
    phone = await desk.office.phone()
    await phone.open_session()
    asked = {"from": "2026-11-02", "to": "2026-11-02"}
    [day] = (await phone.call("GET", "/days", params=asked, token=True)).json()["days"]
    return int(day["totals"]["contact"])


async def test_what_a_manager_proposes_is_shown_to_the_carer_and_changes_nothing_yet(busy: Desk) -> None:
    browser = await busy.as_("manager")
    page = (await browser.get(f"/visits/{visit_id('A')}")).text
    assert f'href="/corrections/new?visit={visit_id("A")}"' in page
    form = (await browser.get(f"/corrections/new?visit={visit_id('A')}")).text
    assert "Ann Carer: Mon 2 Nov 2026, 09:00 to 09:30" in form and "Bea" not in form
    answer = await proposed(busy)
    assert answer.headers["location"] == f"/visits/{visit_id('A')}?done=proposed"
    page = (await browser.get(answer.headers["location"])).text
    assert "Your proposal is recorded." in page and "until Mon 2 Nov 2026, 09:20 GMT" in page
    assert "You proposed this, so another manager must decide." in page
    shown = await on_the_phone(busy)
    assert (shown["note"], shown["open"]) == ("The family saw you leave.", True)
    assert shown["proposed"] == {"start": None, "end": "2026-11-02T09:20:00Z"}
    assert await contact_seconds(busy) == 3600


async def test_nothing_recorded_is_reduced_while_the_carer_objects(busy: Desk) -> None:
    await proposed(busy)
    shown = await on_the_phone(busy)
    own, other = await busy.as_("manager"), await busy.as_("second")
    path = f"/corrections/{shown['id']}/decision"
    assert (await own.post(path, decision="accepted")).status_code == 403
    await other.get("/corrections")
    assert (await other.post(path, decision="accepted")).status_code == 303
    assert await contact_seconds(busy) == 3000
    phone = await busy.office.phone()
    objection = f"/corrections/{shown['id']}/objection"
    objected = await phone.call("POST", objection, json={"reason": "I stayed"}, token=True)
    assert (objected.status_code, objected.json()["open"]) == (200, True)
    assert await contact_seconds(busy) == 3600
    assert "objected" in (await other.get("/corrections")).text
    assert (await own.post(path, decision="accepted")).status_code == 403
    declined = await other.post(path, decision="declined", reason="The family was mistaken.")
    assert declined.status_code == 303
    assert await contact_seconds(busy) == 3600


async def test_an_objection_before_anybody_decided_waits_for_another_manager(busy: Desk) -> None:
    await proposed(busy)
    shown = await on_the_phone(busy)
    phone = await busy.office.phone()
    objection = f"/corrections/{shown['id']}/objection"
    for _ in range(2):
        objected = (await phone.call("POST", objection, json={}, token=True)).json()
        assert [one["decision"] for one in objected["decisions"]] == ["objected"]
    assert await contact_seconds(busy) == 3600
    assert "2 corrections</a> waiting" in (await (await busy.as_("manager")).get("/today")).text


async def test_the_days_list_goes_by_what_was_accepted_and_each_end_by_the_newest_word_on_it(
    busy: Desk,
) -> None:
    visit = visit_id("MISSED")
    other = await busy.as_("second")

    async def settle(**times: str) -> str:
        assert (await proposed(busy, visit=visit, **times)).status_code == 303
        [waiting] = await busy.superuser.fetch(
            "SELECT id FROM correction c WHERE visit_id = $1 AND NOT EXISTS "
            "(SELECT FROM correction_decision d WHERE d.correction_id = c.id)",
            UUID(visit),
        )
        page = (await other.get("/corrections")).text
        assert "Mon 16 Nov 2026, 07:00 to 07:30" in page and "the manager manager@example.org" in page
        answer = await other.post(f"/corrections/{waiting['id']}/decision", decision="accepted")
        assert answer.status_code == 303
        row = re.search(r"<tr>(?:(?!</tr>).)*MISSED</a>.*?</tr>", (await other.get("/today")).text, re.S)
        assert row is not None
        return " ".join(re.sub(r"<[^>]+>", " ", row[0]).split())

    begun = await settle(start="2026-11-16 07:02", end="")
    assert "No check-out" in begun and "07:02" in begun
    listed = await settle(start="", end="2026-11-16 07:31")
    assert "Done" in listed and "07:02" in listed and "07:31" in listed
    assert "07:02 to 07:31" in (await other.get(f"/visits/{visit}")).text


async def test_a_proposal_that_is_sent_twice_at_once_is_one(busy: Desk) -> None:
    browser = await busy.as_("manager")
    await browser.get("/corrections/new")
    sent = {"carer": "C1", "start": "2026-11-02 11:00", "end": "2026-11-02 12:00", "reason": "training"}
    path = "/corrections/new"
    held = "SELECT count(*) FROM correction WHERE proposed_by = 'manager'"
    answers = await asyncio.gather(*(browser.post(path, **sent, note="Hoists") for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert await busy.superuser.fetchval(held) == 1
    for changed in ({"note": "Slings"}, {"note": "Hoists", "end": "2026-11-02 12:01"}):
        assert (await browser.post(path, **{**sent, **changed})).status_code == 303
    assert await busy.superuser.fetchval(held) == 3
    [first] = await busy.superuser.fetch(
        "SELECT c.id FROM correction c JOIN correction_note n ON n.correction_id = c.id "
        "WHERE convert_from(n.content, 'UTF8') LIKE '%Hoists%' ORDER BY c.received_at, c.proposed_end LIMIT 1"
    )
    other = await busy.as_("second")
    await other.get("/corrections")
    declined = await other.post(f"/corrections/{first['id']}/decision", decision="declined", reason="No")
    assert declined.status_code == 303
    assert (await browser.post(path, **sent, note="Hoists")).status_code == 303
    assert await busy.superuser.fetchval(held) == 4, "what was decided may be proposed again"


async def test_a_time_that_has_not_come_is_not_accepted(busy: Desk) -> None:
    await proposed(busy)
    shown = await on_the_phone(busy)
    await busy.superuser.execute("ALTER TABLE correction DISABLE TRIGGER USER")
    await busy.superuser.execute(
        "UPDATE correction SET proposed_end = '2026-11-16T09:01:00Z' WHERE id = $1", UUID(shown["id"])
    )
    other = await busy.as_("second")
    await other.get("/corrections")
    answer = await other.post(f"/corrections/{shown['id']}/decision", decision="accepted")
    assert answer.status_code == 409 and "not come yet" in answer.text
    assert (
        await other.post(f"/corrections/{shown['id']}/decision", decision="declined", reason="Not yet")
    ).status_code == 303


async def test_a_break_in_a_day_is_proposed_by_its_london_times(busy: Desk) -> None:
    day = {"visit": "", "start": "2026-11-02 09:30", "end": "2026-11-02T09:50+00:00", "reason": "break"}
    answer = await proposed(busy, **day)
    assert answer.headers["location"] == "/corrections?done=proposed"
    shown = await on_the_phone(busy)
    assert (shown["day"], shown["visit_id"], shown["reason_code"]) == ("2026-11-02", None, "break")


async def test_every_fault_of_a_form_is_named_and_what_was_typed_stays(busy: Desk) -> None:
    answer = await proposed(busy, carer="", start="soon", end="2026-10-25 01:30", reason="", note=" ")
    assert answer.status_code == 400
    assert set(re.findall(r'<li><a href="#(\w+)"', answer.text)) == {
        "carer",
        "start",
        "end",
        "reason",
        "note",
    }
    assert 'value="soon"' in answer.text
    assert "2026-10-25 01:30 happens twice in London: say which with +01:00 or +00:00" in answer.text


async def test_proposals_that_make_no_sense_are_refused_in_words(busy: Desk) -> None:
    for changed, words in (
        ({"start": "2026-11-02 09:30"}, "ends before it starts"),
        ({"end": ""}, "needs a start, an end or both"),
        ({"reason": "break"}, "is for a day, not a visit"),
        ({"visit": "", "start": "", "reason": "break"}, "The start is needed for a day"),
        ({"visit": "", "start": "2026-11-02 09:00"}, "is for a visit, not a day"),
        ({"start": "2026-11-16 09:01", "end": ""}, "The start has not come yet"),
        ({"end": "2026-11-03 09:31"}, "The end is more than a day away from the planned visit"),
    ):
        answer = await proposed(busy, **changed)
        assert answer.status_code == 400 and words in answer.text, changed
    assert (await proposed(busy, carer="C2")).status_code == 404
    assert (await proposed(busy, visit="nonsense")).status_code == 404
    assert await busy.superuser.fetchval("SELECT count(*) FROM correction") == 1
