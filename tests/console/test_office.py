"""The office's pages: the day, a visit, corrections, quarantine, phones."""

import html
import re
from datetime import timedelta
from uuid import UUID

import pytest

from backend.use_cases.issue_enrol_code import issue_enrol_code
from mobile_api.reference_client import Phone
from tests.console.desk import Desk
from tests.jobs.office import instant, visit_id
from tests.mobile_api.world import fix


def order(page: str, *names: str) -> list[str]:
    """The names in the order in which the page shows them as links."""
    return sorted(names, key=lambda name: page.index(f">{name}</a>"))


async def test_a_day_shows_first_what_needs_somebody(busy: Desk) -> None:
    page = (await (await busy.as_("manager")).get("/today")).text
    names = ("MISSED", "NOBODY", "RUNNING", "LATER")
    assert order(page, *names) == list(names)
    states = [
        re.search(rf"govuk-tag[^>]*>([^<]+)</strong>(?:(?!</tr>).)*>{name}</a>", page, re.S) for name in names
    ]
    assert [found and found[1] for found in states] == [
        "Missed",
        "Nobody assigned",
        "In progress",
        "Not started",
    ]
    assert "1 correction</a> waiting" in page
    assert "2 events</a> in quarantine" in page
    assert "Simulated time: 16 November 2026 09:00 UTC" in page


async def test_a_late_visit_says_whether_the_phone_is_silent_or_was_not_heard_of(busy: Desk) -> None:
    browser = await busy.as_("manager")
    office = busy.office
    await office.plan("AWAITED", "2026-11-16T09:30")
    phone = await office.phone()
    office.set(instant("2026-11-16T09:10"))
    await phone.open_session()
    await phone.call("GET", "/rota", params={"from": "2026-11-16", "days": "1"}, token=True)
    office.set(instant("2026-11-16T09:50"))
    page = (await browser.get("/today?date=2026-11-16")).text
    assert "Perhaps without signal: the phone was last heard of Mon 16 Nov 2026, 09:10" in page
    await phone.open_session()
    await phone.call("GET", "/rota", params={"from": "2026-11-16", "days": "1"}, token=True)
    page = (await browser.get("/today?date=2026-11-16")).text
    assert "Silent: the phone was heard of Mon 16 Nov 2026, 09:50 GMT and said nothing of this." in page


async def test_the_next_hour_stands_before_the_rest_of_the_day(busy: Desk) -> None:
    office = busy.office
    for name, start in (("SOON", "09:30"), ("MUCH_LATER", "16:00")):
        await office.plan(name, f"2026-11-16T{start}")
    office.set(instant("2026-11-16T08:45"))
    page = (await (await busy.as_("manager")).get("/today")).text
    soon, rest = page.index("Visits of the next hour"), page.index("All other visits, by time")
    assert soon < page.index(">SOON</a>") < rest < page.index(">MUCH_LATER</a>")


async def test_only_the_page_of_the_present_day_follows_what_happens(busy: Desk) -> None:
    busy.office.set(instant("2026-11-16T08:45"))
    browser = await busy.as_("manager")
    today = await browser.get("/today")
    assert "sse-connect=" in today.text and "connect-src 'self'" in today.headers["Content-Security-Policy"]
    assert "sse-connect=" not in (await browser.get("/today?date=2026-11-02")).text
    assert (await browser.get("/today/live")).status_code == 400


async def test_a_day_can_be_narrowed_down_by_its_address(busy: Desk) -> None:
    browser = await busy.as_("manager")
    missed = (await browser.get("/today?state=missed")).text
    assert ">MISSED</a>" in missed and ">LATER</a>" not in missed
    by_carer = (await browser.get("/today?carer=C2")).text
    assert ">LATER</a>" in by_carer and ">MISSED</a>" not in by_carer
    past = (await browser.get("/today?date=2026-11-02")).text
    assert ">A</a>" in past and "Done" in past and ">MISSED</a>" not in past


async def test_a_day_without_visits_leads_to_the_nearest_that_have_some(busy: Desk) -> None:
    browser = await busy.as_("manager")
    empty = (await browser.get("/today?date=2026-11-08")).text
    assert '<p class="govuk-body">No visit is planned on this day.' in empty and "ds-counts" not in empty
    assert re.findall(r'date=([0-9-]+)">(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)', empty) == [
        "2026-11-02",
        "2026-11-16",
    ]
    beyond = (await browser.get("/today?date=2027-01-01")).text
    assert re.findall(r'date=([0-9-]+)">(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)', beyond) == ["2026-11-16"]
    assert "nearest" not in (await browser.get("/today")).text


async def test_a_long_day_goes_on_behind_the_last_row(busy: Desk) -> None:
    browser = await busy.as_("manager")
    whole = (await browser.get("/today")).text
    [last] = re.findall(r'/visits/([0-9a-f-]{36})">RUNNING', whole)
    rest = (await browser.get(f"/today?after=2~2026-11-16T08:45:00Z~{last}")).text
    assert ">LATER</a>" in rest
    assert all(f">{name}</a>" not in rest for name in ("MISSED", "NOBODY", "RUNNING"))


async def test_an_address_that_makes_no_sense_is_refused_in_words(busy: Desk) -> None:
    browser = await busy.as_("manager")
    wrong = await browser.get("/today?date=31.12.2026")
    assert wrong.status_code == 400
    assert 'href="#date">The date must be a date, such as 2026-11-02' in wrong.text
    for path in ("/today?state=asleep", "/today?after=x", "/corrections?after=1~2", "/invoices?after=a~b~c"):
        assert (await browser.get(path)).status_code == 400, path
    for path in ("/visits/nonsense", "/wage-reports/1/workers/x", "/nowhere"):
        answer = await browser.get(path)
        assert answer.status_code in (400, 404) and "<h1" in answer.text, path


async def test_a_visit_shows_plan_events_and_corrections(busy: Desk) -> None:
    page = (await (await busy.as_("manager")).get(f"/visits/{visit_id('A')}")).text
    assert "Mon 2 Nov 2026, 09:00 to 09:30" in page
    assert "Arrival" in page and "Departure" in page and "Accepted" in page
    assert "Proposed: Mon 2 Nov 2026, 08:55 to 09:30." in page
    assert "The lock was stiff" in page
    later = (await (await busy.as_("manager")).get(f"/visits/{visit_id('LATER')}")).text
    assert "Does not count. The visit was never planned for this carer." in later


async def test_a_visit_is_drawn_with_its_fence_and_where_the_phone_was(busy: Desk) -> None:
    browser = await busy.as_("manager")
    assert "Where the phones were" not in (await browser.get(f"/visits/{visit_id('A')}")).text
    await busy.office.plan("DRAWN", "2026-11-16T09:30")
    phone = await busy.office.phone()
    start = instant("2026-11-16T09:30")
    busy.office.set(start + timedelta(hours=1))
    phone.record("check_in", visit_id("DRAWN"), start, fix=fix(at=start))
    phone.record("check_out", visit_id("DRAWN"), start + timedelta(minutes=30), fix=fix(lat=53.5, at=start))
    await busy.office.hand_in()
    page = (await browser.get(f"/visits/{visit_id('DRAWN')}")).text
    assert page.count('class="ds-fence"') == 1 and page.count('class="ds-doubt"') == 1
    assert "Departure, Mon 16 Nov 2026, 10:00 GMT, Ann Carer, accurate to 10 m: beyond the picture" in page
    assert "53.5" not in page, "the picture holds no coordinates"


async def test_a_visit_without_departure_stands_on_its_page_as_it_does_in_the_day(busy: Desk) -> None:
    browser = await busy.as_("manager")
    for hours, state in ((0, "In progress"), (6, "No check-out")):
        busy.office.set(busy.office.clock + timedelta(hours=hours))
        page = (await browser.get(f"/visits/{visit_id('RUNNING')}")).text
        assert f'<dd class="govuk-summary-list__value">{state}</dd>' in page
        assert ">completed</dd>" not in page.lower()
        day = (await browser.get("/today?date=2026-11-16")).text
        assert re.search(rf"{state}</strong>(?:(?!</tr>).)*>RUNNING</a>", day, re.S)


async def test_an_accepted_correction_counts_and_both_times_stay(busy: Desk) -> None:
    browser, correction = (
        await busy.as_("manager"),
        await busy.superuser.fetchval("SELECT id FROM correction"),
    )
    await browser.get("/corrections")
    silent = await browser.post(f"/corrections/{correction}/decision", decision="declined")
    assert silent.status_code == 400 and "Say why, so that the carer can read it." in silent.text
    answer = await browser.post(
        f"/corrections/{correction}/decision", decision="accepted", back=f"/visits/{visit_id('A')}"
    )
    assert answer.headers["location"] == f"/visits/{visit_id('A')}?done=decided"
    page = (await browser.get(answer.headers["location"])).text
    assert "Your decision is recorded." in page
    assert "Mon 2 Nov 2026, 08:55 to 09:30" in page and "Recorded at the door" in page
    await browser.get("/corrections?show=all")
    again = await browser.post(f"/corrections/{correction}/decision", decision="declined", reason="no")
    assert again.status_code == 409


async def _proposed_by_manager(busy: Desk) -> str:
    manager = await busy.superuser.fetchval("SELECT id FROM user_account WHERE email = 'manager@example.org'")
    return str(
        await busy.superuser.fetchval(
            "INSERT INTO correction SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), "
            "'proposed_by', 'manager', 'user_id', $1::uuid))).* FROM correction c RETURNING id",
            manager,
        )
    )


async def test_nobody_accepts_what_they_proposed(busy: Desk) -> None:
    correction = await _proposed_by_manager(busy)
    own, other = await busy.as_("manager"), await busy.as_("second")
    assert "You proposed this, so another manager must decide." in (await own.get("/corrections")).text
    refused = await own.post(f"/corrections/{correction}/decision", decision="accepted")
    assert refused.status_code == 403
    await other.get("/corrections")
    assert (await other.post(f"/corrections/{correction}/decision", decision="accepted")).status_code == 303


async def test_who_proposed_a_correction_takes_it_back_and_says_why(busy: Desk) -> None:
    correction = await _proposed_by_manager(busy)
    own = await busy.as_("manager")
    page = (await own.get("/corrections")).text
    assert page.count("Take it back") == 1
    silent = await own.post(f"/corrections/{correction}/decision", decision="declined")
    assert silent.status_code == 400 and "Say why, so that the carer can read it." in silent.text
    done = await own.post(
        f"/corrections/{correction}/decision", decision="declined", reason="The wrong visit"
    )
    assert done.status_code == 303
    assert "Take it back" not in (await own.get("/corrections")).text
    kept = (await own.get("/corrections?show=all")).text
    assert "declined" in kept and "by manager@example.org: The wrong visit" in kept


async def test_a_released_event_counts_and_the_reason_is_kept(busy: Desk) -> None:
    browser = await busy.as_("manager")
    event = await busy.superuser.fetchval(
        "SELECT row_id FROM event WHERE code = 'not_your_visit' AND kind = 'check_in'"
    )
    await browser.get("/quarantine")
    assert (await browser.post(f"/quarantine/{event}/release", reason=" ")).status_code == 400
    assert (
        await browser.post(f"/quarantine/{event}/release", reason="She stood in for Bea.")
    ).status_code == 303
    assert "1 event</a> in quarantine" in (await browser.get("/today")).text
    assert "She stood in for Bea." in (await browser.get(f"/visits/{visit_id('LATER')}")).text
    await browser.get("/quarantine")
    assert (await browser.post(f"/quarantine/{event}/release", reason="Again")).status_code == 409


async def test_what_proves_nothing_cannot_be_released(busy: Desk) -> None:
    phone = await busy.office.phone()
    event = phone.record("note", visit_id("A"))
    phone.outbox.clear()
    forged = {**event, "signature": "A" * 86}
    await phone.send(phone.batch([forged]), proved=False)
    row = await busy.superuser.fetchval("SELECT row_id FROM event WHERE code = 'bad_signature'")
    browser = await busy.as_("manager")
    assert "It cannot be released." in (await browser.get("/quarantine")).text
    refused = await browser.post(f"/quarantine/{row}/release", reason="I am sure")
    assert refused.status_code == 403


async def test_a_phone_is_revoked_and_a_code_is_shown_once(busy: Desk) -> None:
    browser = await busy.as_("manager")
    device = await busy.superuser.fetchval(
        "SELECT id FROM device WHERE id::text = $1", (await busy.office.phone()).device_id
    )
    await browser.get("/devices")
    made = await browser.post("/devices/codes", carer="C1", replaces=str(device))
    [code] = re.findall(r"<code>([A-Z2-9-]{19})</code>", made.text)
    assert made.headers["cache-control"] == "no-store"
    assert code not in (await browser.get("/devices")).text
    assert (await browser.post("/devices/codes", carer="C9")).status_code == 404
    assert "Choose a carer." in (await browser.post("/devices/codes", carer="")).text
    assert (await browser.post(f"/devices/{device}/revoke")).headers["location"] == "/devices?done=revoked"
    assert "Revoked" in (await browser.get("/devices?done=revoked")).text


async def test_phones_are_shown_a_page_at_a_time_and_any_of_them_can_be_replaced(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await busy.office.phone("C1"), await busy.office.phone("C2")
    monkeypatch.setattr("backend.use_cases.devices.PAGE", 1)
    browser = await busy.as_("manager")
    page = (await browser.get("/devices?state=active")).text
    [following] = re.findall(r'rel="next" href="([^"]+)"', page)
    assert f"/devices/{first.device_id}/revoke" in page and f"/devices/{second.device_id}/revoke" not in page
    assert f'<option value="{second.device_id}">' in page
    after = (await browser.get(html.unescape(following))).text
    assert (
        f"/devices/{second.device_id}/revoke" in after and f"/devices/{first.device_id}/revoke" not in after
    )
    assert "Next page" not in after
    assert len((await browser.get("/devices?state=active&format=csv")).text.splitlines()) == 3
    assert (await browser.get("/devices?after=nonsense")).status_code == 400


async def test_a_locked_phone_is_unlocked(busy: Desk) -> None:
    browser = await busy.as_("manager")
    device = await busy.superuser.fetchval(
        "UPDATE device SET locked_at = $1, pin_failures = 5 WHERE id::text = $2 RETURNING id",
        busy.office.clock - timedelta(minutes=1),
        (await busy.office.phone()).device_id,
    )
    assert "Locked" in (await browser.get("/devices")).text
    await browser.post(f"/devices/{device}/unlock")
    assert await busy.superuser.fetchval("SELECT locked_at FROM device WHERE id = $1", device) is None


async def test_a_replaced_phone_shows_what_may_be_lost_and_when(busy: Desk) -> None:
    browser, old = await busy.as_("manager"), await busy.office.phone()
    del busy.office.phones["C1"]
    new = Phone(busy.office.http, now=lambda: busy.office.clock, monotonic_ms=lambda: 0)
    await new.enrol(await issue_enrol_code("hearth", "C1", UUID(old.device_id)))
    last = await busy.superuser.fetchval("SELECT closed_seq FROM device WHERE id::text = $1", old.device_id)
    words = f"The last event it had sent was number {last}: later ones may be lost."
    assert words in (await browser.get("/devices")).text
    page = (await browser.get("/today")).text
    assert "Phones replaced on this day" in page and f"Ann Carer at 09:00. {words}" in page
    await browser.get("/devices")
    await browser.post(f"/devices/{old.device_id}/revoke")
    assert f"Replaced Mon 16 Nov 2026, 09:00 GMT. {words}" in (await browser.get("/devices")).text
    assert "Phones replaced on this day" not in (await browser.get("/today?date=2026-11-02")).text


async def test_a_phone_replaced_before_it_sent_anything_may_have_lost_all(desk: Desk) -> None:
    browser, old = await desk.as_("manager"), await desk.office.phone()
    await Phone(desk.office.http).enrol(await issue_enrol_code("hearth", "C1", UUID(old.device_id)))
    assert (
        "Nothing had come from it: whatever it recorded may be lost." in (await browser.get("/devices")).text
    )


async def test_an_office_without_any_visit_is_led_to_what_is_still_missing(desk: Desk) -> None:
    page = (await (await desk.as_("manager")).get("/today")).text
    assert "Nothing is planned yet" in page and 'href="/load"' in page and "like that" not in page
