"""Audits on the web: who sees which flags, what becomes of them, samples and their findings."""

import re

from tests.console.desk import NOW, Browser, Desk, email
from tests.jobs.office import PROVIDER

PERIOD = {"provider": str(PROVIDER), "first": "2026-11-02", "last": "2026-11-08"}
SAMPLE = {**PERIOD, "seed": "autumn", "confidence": "80", "tolerable": "60", "expected": "0", "by": "random"}


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
    assert "10.0 minutes" in flags and ">B2</a>" in flags and ">C1<" in flags and "Upheld" not in flags
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
    assert "B2" in flags and ">C1<" not in flags and "Ann" not in flags and "/visits/" not in flags
    [address] = re.findall(r'action="([^"]+/decision)"', flags)
    assert (await auditor.post(address, state="upheld", reason="Both cannot be true.")).status_code == 303
    assert "upheld" in (await auditor.get(f"{run}/tests/audit-overlap")).text
    assert (await other.get(f"{run}/tests/audit-overlap")).status_code == 404
    rival = await busy.as_("rival")
    assert (await rival.get(run)).status_code == 404


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


async def test_what_a_form_gets_wrong_is_said_on_the_page(busy: Desk) -> None:
    manager = await busy.as_("manager")
    await manager.get("/audits")
    for change, words in (
        ({"first": "x"}, "first or the last day"),
        ({"last": "9999-12-31"}, "lies outside the years"),
        ({"last": "2027-11-08"}, "a first and a last day"),
        ({"first": "2099-12-30", "last": "2099-12-31"}, "still to come"),
        ({"first": "2014-01-01", "last": "2014-01-02"}, "so far back"),
        ({"provider": ""}, "Choose a provider"),
    ):
        answer = await manager.post("/audits/run", **{**PERIOD, **change})
        assert answer.status_code == 400 and words in answer.text, change
    for change, words in (({"confidence": "nan"}, "plain number"), ({"tolerable": "0"}, "No such sample")):
        answer = await manager.post("/samples/draw", **{**SAMPLE, **change})
        assert answer.status_code == 400 and words in answer.text, change
    assert (await manager.get("/audits/00000000-0000-0000-0000-000000000001")).status_code == 404
