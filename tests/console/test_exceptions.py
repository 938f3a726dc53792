"""The list of what waits for somebody, and decisions about several at once."""

import re
from uuid import UUID

from backend.domain.queue import Item
from backend.tables.ids import organisation_id
from backend.use_cases.decide_correction import decide_correction
from tests.console.desk import Desk
from tests.console.test_access import PROPOSAL
from tests.jobs.office import instant, visit_id

REASON = "Looked at with the carer."


def kinds(page: str) -> list[str]:
    """The kinds of the rows of the page, in their order."""
    return re.findall(r'<th scope="row"><strong class="govuk-tag[^>]*>([^<]+)</strong>', page)


def ticks(page: str) -> list[str]:
    return re.findall(r'name="pick\.([^"]+)"', page)


def checked(page: str) -> list[str]:
    return re.findall(r'name="pick\.([^"]+)"[^>]* checked', page)


async def test_everything_that_waits_stands_in_one_list_the_most_urgent_first(busy: Desk) -> None:
    browser = await busy.as_("manager")
    page = (await browser.get("/exceptions")).text
    assert kinds(page) == [
        "Nobody assigned",
        "Nothing recorded",
        "Pay below the minimum",
        "Correction",
        "Event in quarantine",
        "Event in quarantine",
    ]
    for words in (
        "Nobody is to make this visit.",
        "The visit should be over, and nothing of it is recorded.",
        "A wage report found 1 worker paid below what was required.",
        "The visit was never planned for this carer.",
        "Recorded: Mon 2 Nov 2026, 09:00 to 09:30",
        "“The lock was stiff”",
        "2 hours",
        f'href="/visits/{visit_id("MISSED")}"',
    ):
        assert words in page, words
    await busy.office.run(instant("2026-11-16T10:00"))
    busy.office.set(instant("2026-11-16T10:00"))
    later = (await browser.get("/exceptions")).text
    assert kinds(later)[0] == "No departure", "RUNNING should have ended at 9:15"
    assert "An arrival was recorded and no departure" in later


async def test_the_list_is_narrowed_down_by_its_address_and_goes_on_behind_a_row(busy: Desk) -> None:
    browser = await busy.as_("manager")
    only = (await browser.get("/exceptions?kind=quarantine")).text
    assert set(kinds(only)) == {"Event in quarantine"} and " Nothing recorded</a>" in only
    by_carer = (await browser.get("/exceptions?carer=C1")).text
    assert kinds(by_carer) == ["Nothing recorded", "Correction", "Event in quarantine", "Event in quarantine"]
    assert kinds((await browser.get("/exceptions?person=S2")).text) == []
    assert "Nobody assigned" in kinds((await browser.get("/exceptions?person=S1")).text)
    since = "2026-11-16T07:00:00+00:00"
    rest = await browser.ask("/exceptions", after=f"4~{since}~{visit_id('MISSED')}")
    assert kinds(rest.text)[0] == "Pay below the minimum"
    element = Item("payroll", "Basic ~ Pay", instant("2026-11-16T07:00"), "unmapped")
    assert (await browser.ask("/exceptions", after=element.key)).status_code == 200
    assert "Nothing recorded" not in kinds((await browser.ask("/exceptions", **{"from": "2026-11-17"})).text)
    for wrong in ({"kind": "nonsense"}, {"from": "yesterday"}, {"after": "1~2"}, {"after": "x~y~z"}):
        assert (await browser.ask("/exceptions", **wrong)).status_code == 400, wrong


async def test_several_are_acknowledged_with_one_reason_that_is_kept(busy: Desk) -> None:
    browser = await busy.as_("manager")
    page = (await browser.get("/exceptions")).text
    picked = [tick for tick in ticks(page) if tick.startswith(("missed", "shortfall"))]
    assert len(picked) == 2
    fields = {f"pick.{tick}": "yes" for tick in picked}
    empty = await browser.post("/exceptions/decide?carer=C1", **fields, decision="acknowledged", reason=" ")
    assert empty.status_code == 400 and "Say why" in empty.text
    assert checked(empty.text) == [tick for tick in picked if tick.startswith("missed")]
    done = await browser.post("/exceptions/decide", **fields, decision="acknowledged", reason=REASON)
    assert done.status_code == 200 and done.text.count("decided.</li>") == 2
    assert "Nothing recorded" not in kinds(done.text) and "Pay below the minimum" not in kinds(done.text)
    told = (await browser.get("/exceptions?show=acknowledged")).text
    assert told.count(REASON) == 2 and "manager@example.org" in told
    rival = await busy.as_("rival")
    assert REASON not in (await rival.get("/exceptions?show=acknowledged")).text
    assert kinds((await rival.get("/exceptions")).text) == []


async def test_corrections_are_decided_together_but_never_by_who_proposed_them(busy: Desk) -> None:
    manager, second = await busy.as_("manager"), await busy.as_("second")
    await manager.get("/today")
    proposal = {**PROPOSAL, "visit": visit_id("MISSED"), "reason": "recorded_late"}
    proposal |= {"start": "2026-11-16 07:00", "end": "2026-11-16 07:30"}
    assert (await manager.post("/corrections/new", **proposal)).status_code == 303
    own = ticks((await manager.get("/exceptions?kind=correction")).text)
    both = ticks((await second.get("/exceptions?kind=correction")).text)
    assert len(own) == 1 and len(both) == 2, "her own cannot be ticked"
    fields = {f"pick.{tick}": "yes" for tick in both}
    forced = await manager.post("/exceptions/decide", **fields, decision="accepted", reason=REASON)
    assert forced.status_code == 409 and "Nobody accepts what they proposed" in forced.text
    assert forced.text.count("decided.</li>") == 1 and "1 of 2 could not be decided." in forced.text
    assert f'value="{REASON}"' in forced.text
    done = await second.post("/exceptions/decide", **fields, decision="accepted", reason=REASON)
    assert done.status_code == 200 and "Correction" not in kinds(done.text)
    assert (
        await busy.superuser.fetchval("SELECT count(*) FROM correction_decision WHERE reason = $1", REASON)
        == 2
    )
    assert "Nothing recorded" not in kinds(done.text), "the accepted times settle the visit"


async def test_a_visit_of_which_only_the_arrival_was_corrected_waits_for_its_end(busy: Desk) -> None:
    manager, second = await busy.as_("manager"), await busy.as_("second")
    missed = {**PROPOSAL, "visit": visit_id("MISSED"), "reason": "recorded_late"}
    for start, end, open_ends in (("2026-11-16 07:00", "", 1), ("", "2026-11-16 07:30", 0)):
        hers = ticks((await manager.get("/exceptions?kind=correction")).text)
        assert (
            await manager.post("/corrections/new", **(missed | {"start": start, "end": end}))
        ).status_code == 303
        [tick] = set(ticks((await second.get("/exceptions?kind=correction")).text)) - set(hers)
        decided = {f"pick.{tick}": "yes", "decision": "accepted", "reason": REASON}
        assert (await second.post("/exceptions/decide", **decided)).status_code == 200
        found = kinds((await manager.get("/exceptions?carer=C1")).text)
        assert "Nothing recorded" not in found and found.count("No departure") == open_ends


async def test_corrections_for_different_reasons_are_not_decided_with_one(busy: Desk) -> None:
    second, manager = await busy.as_("second"), await busy.as_("manager")
    await manager.get("/today")
    proposal = {
        **PROPOSAL,
        "visit": visit_id("MISSED"),
        "end": "2026-11-16 07:30",
        "start": "2026-11-16 07:00",
    }
    assert (await manager.post("/corrections/new", **proposal)).status_code == 303
    fields = {f"pick.{tick}": "yes" for tick in ticks((await second.get("/exceptions")).text)}
    mixed = await second.post("/exceptions/decide", **fields, decision="accepted", reason=REASON)
    assert mixed.status_code == 400 and "tick those of one kind" in mixed.text
    only = {name: "yes" for name in fields if name.startswith("pick.correction")}
    refused = await second.post("/exceptions/decide", **only, decision="accepted", reason=REASON)
    assert refused.status_code == 400 and "for different reasons" in refused.text
    assert len(checked(refused.text)) == 2
    for decision in ("nonsense", ""):
        answer = await second.post("/exceptions/decide", **only, decision=decision, reason=REASON)
        assert answer.status_code == 400 and "Choose what to decide" in answer.text
    assert (
        "Tick at least one" in (await second.post("/exceptions/decide", decision="accepted", reason="a")).text
    )
    assert await busy.superuser.fetchval("SELECT count(*) FROM correction_decision") == 0


async def test_what_somebody_else_decided_in_the_meantime_is_told_and_the_rest_is_done(busy: Desk) -> None:
    second = await busy.as_("second")
    [tick] = ticks((await second.get("/exceptions?kind=correction")).text)
    events = ticks((await second.get("/exceptions?kind=quarantine")).text)
    manager = await busy.superuser.fetchval("SELECT id FROM user_account WHERE email = 'manager@example.org'")
    await decide_correction(
        organisation_id("hearth"), UUID(tick.removeprefix("correction.")), manager, "accepted", None
    )
    gone = await second.post(
        "/exceptions/decide", **{f"pick.{tick}": "yes"}, decision="declined", reason=REASON
    )
    assert gone.status_code == 400 and "Tick at least one that still waits" in gone.text
    assert len(events) == 2
    released = await second.post(
        "/exceptions/decide", **{f"pick.{events[0]}": "yes"}, decision="released", reason=REASON
    )
    assert released.status_code == 200 and kinds(released.text).count("Event in quarantine") == 1
    left = await second.post(
        "/exceptions/decide", **{f"pick.{events[1]}": "yes"}, decision="left_out", reason=REASON
    )
    assert left.status_code == 200 and "Event in quarantine" not in kinds(left.text)
    assert "in quarantine" not in (await second.get("/today")).text
    assert f"A manager left it out: {REASON}" in (await second.get("/quarantine")).text


async def test_parts_of_two_carers_phones_payroll_and_disputes_wait_too(busy: Desk) -> None:
    office = busy.office
    await office.plan("BOTH", "2026-11-16T09:00", package="P2", second_carer="E2")
    await office.attend("BOTH", "2026-11-16T09:00", "2026-11-16T09:20")
    await office.plan("SILENT", "2026-11-16T09:00", carer="E2")
    await busy.superuser.execute(
        "UPDATE device SET locked_at = now() WHERE carer_id = (SELECT id FROM carer "
        "WHERE reference = 'C1' AND provider_id = $1)",
        organisation_id("hearth"),
    )
    office.set(instant("2026-11-16T10:30"))
    council = await busy.as_("commissioner")
    form = f"/invoices/{await busy.id_of('invoice')}/lines/1/dispute"
    await council.get(form)
    assert (await council.post(form, words="Nobody came.")).status_code == 303
    page = (await (await busy.as_("manager")).get("/exceptions")).text
    found = kinds(page)
    assert "One of two carers" in found and "Dispute" in found
    assert found.count("Phone") == 2
    assert "It is locked by wrong PINs." in page and "It was not heard of since a visit" in page
    assert "It waits for an answer. Nobody came." in page
