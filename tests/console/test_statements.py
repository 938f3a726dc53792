"""A person's statement on the web: who may read whose, and the same in print."""

import json
from pathlib import Path

from tests.conftest import Database
from tests.console.desk import Desk
from tests.documents import pdf
from tests.jobs.office import instant, visit_id
from tests.program import doorstep

ABOUT = "provider=hearth&person=S1&from=2026-11-02&until=2026-11-08"


async def test_provider_and_commissioner_read_it_and_print_it(busy: Desk) -> None:
    for who in ("manager", "finance", "commissioner"):
        browser = await busy.as_(who)
        page = (await browser.get(f"/statement?{ABOUT}")).text
        assert "For Mr One, from Hearth Care" in page and "Ann came at 09:00 and left at 09:30." in page, who
        printed = await browser.get(f"/statement/pdf?{ABOUT}")
        assert "attachment" in printed.headers["content-disposition"]
        assert "Ann came at 09:00" in pdf.text(printed.content)
    looked = "SELECT count(*) FROM access_log WHERE what = 'statement'"
    assert await busy.superuser.fetchval(looked) == 2


async def test_nobody_else_does(busy: Desk) -> None:
    for who in ("rival", "other_commissioner"):
        for path in ("/statement", "/statement/pdf"):
            assert (await (await busy.as_(who)).get(f"{path}?{ABOUT}")).status_code == 404, who
    manager = await busy.as_("manager")
    assert "For Mr One" in (await manager.get(f"/statement?person=S1&{ABOUT.split('&', 2)[2]}")).text
    for asked in ("provider=hearth&person=nobody", "provider=lantern&person=S1", ""):
        assert (await manager.get(f"/statement?{asked}")).status_code == 404
    assert (await manager.get(f"/statement?{ABOUT.replace('2026-11-02', '2026-12-02')}")).status_code == 400


async def test_provider_and_commissioner_dispute_a_visit_before_it_is_billed(desk: Desk) -> None:
    office = desk.office
    for name, day in (("RANG", 2), ("WROTE", 3)):
        await office.plan(name, f"2026-11-{day:02}T09:00")
        await office.attend(name, f"2026-11-{day:02}T09:00", f"2026-11-{day:02}T09:30")
    office.set(instant("2026-11-05T12:00"))
    for who, visit in (("finance", "RANG"), ("commissioner", "WROTE")):
        browser = await desk.as_(who)
        page = (await browser.get(f"/statement?{ABOUT}")).text
        assert "Dispute it before it is billed" in page
        said = {"provider": "hearth", "visit": visit_id(visit), "words": "Nobody came, she says."}
        done = await browser.post("/statement/wrong", **said)
        assert done.headers["location"].startswith("/disputes/") and done.status_code == 303
        assert "Nobody came, she says." in (await browser.get(done.headers["location"])).text
        assert (await browser.post("/statement/wrong", **said)).status_code == 409
        await browser.get(f"/statement?{ABOUT}")
        assert (await browser.post("/statement/wrong", **{**said, "visit": "x"})).status_code == 400
    rival = await desk.as_("rival")
    await rival.get("/disputes")
    assert (await rival.post("/statement/wrong", **said)).status_code == 404


async def test_the_weeks_delivered_lead_to_it(busy: Desk) -> None:
    commissioner = await busy.as_("commissioner")
    page = (await commissioner.get("/delivered?from=2026-11-02&until=2026-11-08")).text
    assert f'href="/statement?{ABOUT}"'.replace("&", "&amp;") in page


async def test_the_command_line_says_it_and_writes_it(busy: Desk, database: Database, tmp_path: Path) -> None:
    asked = ("--provider", "hearth", "--person", "S1", "--period", "2026-11")
    done = doorstep(database, "statement", *asked, "--out", str(tmp_path / "out"))
    assert done.returncode == 0 and "Ann came at 09:00 and left at 09:30." in done.stdout, done.stderr
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["statement_S1_2026-11-01_2026-11-30.json", "statement_S1_2026-11-01_2026-11-30.pdf"]
    told = json.loads(doorstep(database, "statement", *asked, "--json").stdout)
    assert told["person"]["reference"] == "S1"
    refused = doorstep(database, "statement", *asked[:-1], "soon")
    assert refused.returncode == 2 and "no month such as 2026-11" in refused.stderr
