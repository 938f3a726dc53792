"""Audits on the web: who sees which flags, what becomes of them, samples and their findings."""

import re
from datetime import timedelta

import pytest

from backend.use_cases import read_audit, read_samples
from backend.use_cases.pseudonyms import pseudonym
from tests.console.desk import NOW, Browser, Desk, email
from tests.jobs.office import PROVIDER, visit_id
from tests.use_cases.loading.samples import CONTRACT, load_rows

PERIOD = {"provider": str(PROVIDER), "first": "2026-11-02", "last": "2026-11-08"}
SAMPLE = {**PERIOD, "seed": "autumn", "confidence": "80", "tolerable": "60", "expected": "0", "by": "random"}


ALL = {**SAMPLE, "confidence": "99", "tolerable": "1"}


def said_at(page: str) -> dict[str, str]:
    """What each field's error says."""
    return dict(re.findall(r'id="([a-z-]+)-error"><span[^>]+>Error:</span> ([^<]+)</p>', page))


async def ran(desk: Desk, browser: Browser) -> str:
    """The address of an audit of the first week, in which A and B overlap by ten minutes."""
    office = desk.office
    await office.plan("A2", "2026-11-06T09:00")
    await office.plan("B2", "2026-11-06T09:30")
    await office.attend("A2", "2026-11-06T09:00", "2026-11-06T09:30")
    await office.attend("B2", "2026-11-06T09:20", "2026-11-06T10:00")
    office.set(NOW)
    await browser.get("/audits")
    return (await browser.post("/audits/run", **PERIOD)).headers["location"].partition("?")[0]


async def test_a_manager_runs_the_tests_and_explains_a_flag(busy: Desk) -> None:
    manager = await busy.as_("manager")
    run = await ran(busy, manager)
    page = (await manager.get(run)).text
    assert "Two visits at once" in page and f"{run}/tests/audit-overlap" in page
    flags = (await manager.get(f"{run}/tests/audit-overlap")).text
    assert (
        "10 minutes; the limit is 1 minute<" in flags
        and f'href="/visits/{visit_id("B2")}">B2</a>' in flags
        and ">C1<" in flags
        and "Upheld" not in flags
    )
    [address] = re.findall(r'action="([^"]+/decision)"', flags)
    short = await manager.post(address, state="explained", reason="no")
    assert short.status_code == 400 and "at least 10 characters" in short.text
    assert (await manager.post(address, state="upheld", reason="It is as it seems.")).status_code == 403
    done = await manager.post(address, state="explained", reason="The phone of the first was slow.")
    assert done.status_code == 303
    assert "explained" in (await manager.get(done.headers["location"])).text


async def test_an_auditor_sees_the_flags_of_visits_it_commissioned_under_pseudonyms(busy: Desk) -> None:
    run = await ran(busy, await busy.as_("manager"))
    auditor, other = await busy.as_("auditor"), await busy.as_("other_auditor")
    flags = (await auditor.get(f"{run}/tests/audit-overlap")).text
    assert ">B2</a>" in flags and ">C1<" not in flags and "Ann" not in flags and "/visits/" not in flags
    assert "Fri 6 Nov 2026, 09:30 to 10:00" in flags and "Fri 6 Nov 2026, 09:20 to 10:00" in flags
    [address] = re.findall(r'action="([^"]+/decision)"', flags)
    assert (await auditor.post(address, state="upheld", reason="Both cannot be true.")).status_code == 303
    assert "upheld" in (await auditor.get(f"{run}/tests/audit-overlap")).text
    assert (await other.get(f"{run}/tests/audit-overlap")).status_code == 404
    rival = await busy.as_("rival")
    assert (await rival.get(run)).status_code == 404


async def test_an_auditor_goes_from_a_flag_to_the_visit_its_signed_events_and_the_workers_day(
    busy: Desk,
) -> None:
    auditor = await busy.as_("auditor")
    run = await ran(busy, auditor)
    flags = (await auditor.get(f"{run}/tests/audit-overlap")).text
    [address] = set(re.findall(r'href="(/attendances/[0-9a-f-]+\?back=[^"]+)">B2</a>', flags))
    page = (await auditor.get(address)).text
    assert f'class="govuk-back-link" href="{run}/tests/audit-overlap"' in page
    assert "Visit B2 of Hearth" in page and "statement, without a position" in page
    assert "Arrival" in page and re.search(r"[0-9a-f]{64}", page) and "Ann" not in page and "C1" not in page
    noted = await busy.superuser.fetch("SELECT subject FROM access_log WHERE what = 'attendance'")
    assert [str(row["subject"]) for row in noted] == [visit_id("B2")]
    elsewhere = (await auditor.get(f"{address.partition('?')[0]}?back=https://example.org/")).text
    assert 'class="govuk-back-link" href="/audits"' in elsewhere
    for who in ("other_auditor", "manager"):
        assert (await (await busy.as_(who)).get(address)).status_code in (403, 404), who


async def test_a_carer_has_one_pseudonym_in_flags_samples_visits_and_wage_reports(busy: Desk) -> None:
    auditor = await busy.as_("auditor")
    run = await ran(busy, auditor)
    name = pseudonym(PROVIDER, "E1")
    report = await busy.id_of("wage_report")
    assert name in (await auditor.get(f"/wage-reports/{report}")).text
    assert f">{name}<" in (await auditor.get(f"{run}/tests/audit-overlap")).text
    await auditor.get("/audits")
    sample = (await auditor.post("/samples/draw", **ALL)).headers["location"].partition("?")[0]
    page = (await auditor.get(sample)).text
    cards = re.findall(r"<h2[^>]+>(\d+\. .+)</h2>", page)
    assert len(cards) == 4 and all(name in card for card in cards), cards
    [address] = re.findall(r'href="(/attendances/[0-9a-f-]+)\?[^"]+">A</a>', page)
    visit = (await auditor.get(address)).text
    assert f"Carer {name}" in visit
    [day] = re.findall(r'href="(/wage-reports/[^"]+/days/2026-11-02)"', visit)
    shown = await auditor.get(day)
    assert shown.status_code == 200 and f"{name} on Monday 2 November 2026" in shown.text


async def test_a_sample_shows_when_each_attendance_was_planned_and_recorded_and_how_it_is_proved(
    busy: Desk,
) -> None:
    manager = await busy.as_("manager")
    await ran(busy, manager)
    await manager.get("/audits")
    sample = (await manager.post("/samples/draw", **ALL)).headers["location"].partition("?")[0]
    cards = (await manager.get(sample)).text.split("<section")
    [card] = [each for each in cards if f'href="/visits/{visit_id("B2")}"' in each]
    assert "Planned: Fri 6 Nov 2026, 09:30 to 10:00." in card and ", C1" in card
    assert "Recorded: Fri 6 Nov 2026, 09:20 to 10:00." in card
    assert "Evidence: The carer’s statement, without a position." in card


async def commission_for_icb() -> None:
    """A contract of another commissioner with the same provider, and a package under it."""
    await load_rows("contracts", [{**CONTRACT, "reference": "ICB-01", "commissioner": "icb"}])
    package = {"provider": "hearth", "reference": "P-ICB", "service_user": "S1", "contract": "ICB-01"}
    await load_rows("packages", [{**package, "service": "home_care", "zone": "rural", "from": "2026-10-01"}])


async def test_what_one_commissioner_upheld_another_answers_and_cannot_undo(busy: Desk) -> None:
    await commission_for_icb()
    await busy.office.plan("ICB1", "2026-11-05T09:20", package="P-ICB")
    await busy.office.plan("OWN1", "2026-11-05T09:00")
    await busy.office.attend("OWN1", "2026-11-05T09:00", "2026-11-05T09:30")
    await busy.office.attend("ICB1", "2026-11-05T09:20", "2026-11-05T09:50")
    busy.office.set(NOW)
    auditor, other = await busy.as_("auditor"), await busy.as_("other_auditor")
    flags = f"{await ran(busy, auditor)}/tests/audit-overlap"
    page = (await other.get(flags)).text
    [address] = re.findall(r'action="([^"]+/decision)"', page)
    assert ">ICB1</a>" in page and "OWN1" not in page and "1 visit not shown" in page
    assert address in (await auditor.get(flags)).text
    assert (await auditor.post(address, state="upheld", reason="Both cannot be true.")).status_code == 303
    refused = await other.post(address, state="open", reason="It is nothing to us.")
    assert refused.status_code == 403 and "Another commissioner upheld" in refused.text
    await other.get(flags)
    assert (await other.post(address, state="explained", reason="It is nothing to us.")).status_code == 303
    page = (await other.get(flags)).text
    assert re.search(r"Flag \d+,[^<]+: upheld<", page) and "auditor of Wyeshire" in page


async def test_attendances_are_counted_among_those_that_the_reader_may_see(busy: Desk) -> None:
    manager, auditor = await busy.as_("manager"), await busy.as_("auditor")
    await commission_for_icb()
    await busy.office.plan("ICB1", "2026-11-05T09:00", package="P-ICB")
    await busy.office.attend("ICB1", "2026-11-05T09:00", "2026-11-05T09:30")
    run = await ran(busy, manager)
    other = await busy.as_("other_auditor")
    assert "5 attendances" in (await manager.get(run)).text
    assert "4 attendances" in (await auditor.get(run)).text
    assert "1 attendance " in (await other.get(run)).text
    rows = [(await who.get("/audits")).text for who in (manager, auditor, other)]
    assert [re.findall(r'GMT</td><td class="ds-number">(\d+)</td>', row) for row in rows] == [
        ["5"],
        ["4"],
        ["1"],
    ]
    assert (await other.get(f"/attendances/{visit_id('A')}")).status_code == 404


async def test_every_audit_and_every_sample_is_reached_page_by_page(
    busy: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_audit, "RUNS", 2)
    monkeypatch.setattr(read_samples, "MOST", 2)
    auditor = await busy.as_("auditor")
    made: list[str] = []
    for path, sent in [("/audits/run", PERIOD)] * 3 + [
        ("/samples/draw", {**SAMPLE, "seed": seed}) for seed in "abcde"
    ]:
        busy.office.set(NOW + timedelta(minutes=len(made)))
        await auditor.get("/audits")
        made.append((await auditor.post(path, **sent)).headers["location"].partition("?")[0])
    seen: list[list[str]] = []
    page = "/audits"
    while page:
        shown = (await auditor.get(page)).text
        seen.append(re.findall(r'href="(/(?:audits|samples)/[0-9a-f-]{36})"', shown))
        [page, *_] = [*re.findall(r'rel="next" href="([^"]+)"', shown), ""]
    runs, samples = made[:3], made[3:]
    assert seen == [
        [runs[2], runs[1], samples[4], samples[3]],
        [runs[0], samples[2], samples[1]],
        [samples[0]],
    ]
    assert (await auditor.get("/audits?after=nonsense")).status_code == 400


async def test_a_manager_finds_audits_and_the_manual_share(busy: Desk) -> None:
    manager = await busy.as_("manager")
    assert 'href="/audits"' in (await manager.get("/today")).text and 'href="/manual-share"' in manager.page
    assert 'href="/manual-share"' in (await manager.get("/audits")).text
    assert 'href="/manual-share"' not in (await (await busy.as_("auditor")).get("/audits")).text


async def test_what_an_auditor_upheld_stays_upheld_until_the_auditor_opens_it(busy: Desk) -> None:
    manager, auditor = await busy.as_("manager"), await busy.as_("auditor")
    run = await ran(busy, manager)
    flags = (await auditor.get(f"{run}/tests/audit-overlap")).text
    [address] = re.findall(r'action="([^"]+/decision)"', flags)
    assert (await auditor.post(address, state="upheld", reason="Both cannot be true.")).status_code == 303
    page = (await manager.get(f"{run}/tests/audit-overlap")).text
    assert "auditor of Wyeshire" in page and "Both cannot be true." in page and email("auditor") not in page
    answer = await manager.post(address, state="explained", reason="The phone of the first was slow.")
    assert answer.status_code == 303
    page = (await manager.get(answer.headers["location"])).text
    assert re.search(r"Flag 1,[^<]+: upheld<", page) and "Explained; it stays upheld" in page
    assert email("manager") in page and "until the auditor opens it again" in page
    opened = await auditor.post(address, state="open", reason="That explains some of it.")
    page = (await auditor.get(opened.headers["location"])).text
    assert re.search(r"Flag 1,[^<]+: open<", page) and "manager of Hearth" in page
    said = ["Both cannot be true.", "The phone of the first was slow.", "That explains some of it."]
    assert sorted(said, key=page.index) == said


async def test_an_auditor_runs_the_tests_of_its_provider_and_of_no_other(busy: Desk) -> None:
    auditor, other = await busy.as_("auditor"), await busy.as_("other_auditor")
    assert (await auditor.get(await ran(busy, auditor))).status_code == 200
    await other.get("/audits")
    assert (await other.post("/audits/run", **PERIOD)).status_code == 404


async def test_a_sample_is_drawn_looked_at_and_projected(busy: Desk) -> None:
    auditor = await busy.as_("auditor")
    await ran(busy, auditor)
    await auditor.get("/audits")
    sample = (await auditor.post("/samples/draw", **SAMPLE)).headers["location"].partition("?")[0]
    page = (await auditor.get(sample)).text
    finds = re.findall(r'action="([^"]+/finding)"', page)
    assert finds and "not looked at" in page and ", C1" not in page
    assert (await auditor.post(finds[0], deviates="yes", note="")).status_code == 400
    for address in finds:
        assert (await auditor.post(address, deviates="no", note="")).status_code == 303
    page = (await auditor.get(sample)).text
    assert "0.0 % of the sample deviate" in page and "fewer than 60 % deviate" in page
    assert (await (await busy.as_("other_auditor")).get(sample)).status_code == 404


async def test_a_sample_is_of_the_organisation_that_drew_it_and_so_are_its_findings(busy: Desk) -> None:
    manager, auditor = await busy.as_("manager"), await busy.as_("auditor")
    await ran(busy, auditor)
    for drawer, stranger in ((auditor, manager), (manager, auditor)):
        await drawer.get("/audits")
        wanted = {**SAMPLE, "seed": f"secret of {drawer is manager}"}
        sample = (await drawer.post("/samples/draw", **wanted)).headers["location"].partition("?")[0]
        [first, *_] = re.findall(r'action="([^"]+/finding)"', (await drawer.get(sample)).text)
        assert (await drawer.post(first, deviates="yes", note="Nobody was there.")).status_code == 303
        assert (await stranger.get(sample)).status_code == 404
        page = (await stranger.get("/audits")).text
        assert wanted["seed"] not in page and sample not in page
        assert (await stranger.post(first, deviates="no", note="")).status_code == 404
        assert "they deviate: 1." in (await drawer.get(sample)).text


async def test_a_long_sample_is_looked_at_page_by_page(busy: Desk) -> None:
    for day in range(2, 9):
        for hour in (14, 15, 16):
            start = f"2026-11-0{day}T{hour}:00"
            await busy.office.plan(f"N{day}-{hour}", start)
            await busy.office.attend(f"N{day}-{hour}", start, start.replace(":00", ":30"))
    busy.office.set(NOW)
    manager = await busy.as_("manager")
    await manager.get("/audits")
    sample = (await manager.post("/samples/draw", **ALL)).headers["location"].partition("?")[0]
    first = (await manager.get(sample)).text
    assert "23 of 23 attendances" in first and len(re.findall("/finding", first)) == 20
    [following] = re.findall(r'rel="next" href="([^"]+)"', first)
    page = (await manager.get(following)).text
    assert (
        re.findall(r'action="[^"]+/(\d+)/finding"', page) == ["21", "22", "23"] and 'rel="next"' not in page
    )
    wrong = await manager.post(f"{sample}/22/finding", deviates="yes", note="")
    assert wrong.status_code == 400 and 'id="note-22-error"' in wrong.text
    done = await manager.post(f"{sample}/22/finding", deviates="no", note="")
    assert done.headers["location"] == f"{sample}?done=found&after=20#attendance-22"


async def test_every_finding_stays_on_the_page_and_the_newest_counts(busy: Desk) -> None:
    auditor = await busy.as_("auditor")
    await ran(busy, auditor)
    await auditor.get("/audits")
    sample = (await auditor.post("/samples/draw", **SAMPLE)).headers["location"].partition("?")[0]
    [first, *_] = re.findall(r'action="([^"]+/finding)"', (await auditor.get(sample)).text)
    await auditor.post(first, deviates="yes", note="Nobody was there.")
    await auditor.post(first, deviates="no", note="The diary of the home has her.")
    page = (await auditor.get(sample)).text
    card = page.partition('id="attendance-1"')[2].partition("</section>")[0]
    assert ": in order</h2>" in card and card.count(email("auditor")) == 2
    assert card.index("Nobody was there.") < card.index("The diary of the home has her.")


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"first": "x"}, {"first": "The first day must be a date"}),
        ({"last": "9999-12-31"}, {"last": "lies outside the years"}),
        ({"last": "2027-11-08"}, {"last": "At most 92 days"}),
        ({"last": "2026-11-01"}, {"last": "The last day lies before the first."}),
        ({"first": "2099-12-30", "last": "2099-12-31"}, {"first": "still to come"}),
        ({"first": "2014-01-01", "last": "2014-01-02"}, {"first": "so far back"}),
        (
            {"provider": "", "first": "", "last": ""},
            {"provider": "Choose", "first": "must be", "last": "must be"},
        ),
    ],
)
async def test_every_fault_of_days_stands_at_its_own_field(
    desk: Desk, change: dict[str, str], faults: dict[str, str]
) -> None:
    desk.office.set(NOW)
    manager = await desk.as_("manager")
    await manager.get("/audits")
    for address, form, prefix in (("/audits/run", PERIOD, ""), ("/samples/draw", SAMPLE, "sample-")):
        answer = await manager.post(address, **{**form, **change})
        assert answer.status_code == 400
        assert said_at(answer.text).keys() == {prefix + name for name in faults}
        assert all(words in said_at(answer.text)[prefix + name] for name, words in faults.items())


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"confidence": "nan"}, {"confidence": "plain number"}),
        ({"confidence": "100", "tolerable": "0", "expected": "5"}, {"confidence": "0 and 100", "tolerable": "0 and 100",
                                                                    "expected": "below the tolerable"}),
        ({"seed": "", "expected": ""}, {"seed": "a seed", "expected": "plain number"}),
        ({"first": "2026-10-01", "last": "2026-10-02"}, {"sample-provider": "0 attendances"}),
    ],
)  # fmt: skip
async def test_every_fault_of_a_sample_stands_at_its_own_field_and_what_was_given_stays(
    desk: Desk, change: dict[str, str], faults: dict[str, str]
) -> None:
    desk.office.set(NOW)
    manager = await desk.as_("manager")
    await manager.get("/audits")
    answer = await manager.post("/samples/draw", **{**SAMPLE, "by": "risk", **change})
    assert answer.status_code == 400
    assert said_at(answer.text).keys() == faults.keys()
    assert all(words in said_at(answer.text)[name] for name, words in faults.items())
    assert 'value="risk" selected' in answer.text and 'type="date" value="2026-1' in answer.text


async def test_an_audit_that_is_not_there_is_not_found(desk: Desk) -> None:
    manager = await desk.as_("manager")
    assert (await manager.get("/audits/00000000-0000-0000-0000-000000000001")).status_code == 404
