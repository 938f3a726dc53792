"""The page of privacy: periods, holds, and everything about somebody, for managers who show who they are."""

import io
import zipfile
from datetime import timedelta

import asyncpg

from tests.console.desk import PASSWORD, Desk


async def test_a_manager_keeps_periods_and_holds_and_each_is_shown(busy: Desk) -> None:
    manager = await busy.as_("manager")
    page = (await manager.get("/privacy")).text
    assert "Positions of phones at check-in and check-out" in page and "regulation 59" in page
    kept = {"class": "positions", "days": "90", "from": "2026-11-20", "why": "Enough for us"}
    assert (await manager.post("/privacy/period", **kept)).headers["location"] == "/privacy?done=period"
    for wrong in ({"days": "9"}, {"days": "many"}, {"from": "soon"}, {"from": "2026-11-01"}, {"why": ""}):
        answer = await manager.post("/privacy/period", **{**kept, **wrong})
        assert answer.status_code == 400 and "There is a problem" in answer.text, wrong
    hold = {"subject": "carer", "reference": "C1", "reason": "Claim 17"}
    assert (await manager.post("/privacy/holds", **hold)).status_code == 303
    assert (await manager.post("/privacy/holds", **{**hold, "reference": "C9"})).status_code == 404
    page = (await manager.get("/privacy")).text
    assert "Carer C1" in page and "Claim 17" in page
    [address] = [
        part.partition(chr(34))[0]
        for part in page.split('action="')[1:]
        if part.startswith("/privacy/holds/")
    ]
    assert (await manager.post(address, lifted="")).status_code == 400
    assert (await manager.post(address, lifted="Settled")).headers["location"] == "/privacy?done=lifted"
    assert "Settled" in (await manager.get("/privacy")).text
    rival = await busy.as_("rival")
    await rival.get("/privacy")
    assert (await rival.post(address, lifted="Mine")).status_code == 404
    assert "Claim 17" not in rival.page


async def test_everything_about_somebody_is_taken_for_a_reason_and_logged(
    busy: Desk, superuser: asyncpg.Connection
) -> None:
    manager = await busy.as_("manager")
    await manager.get("/privacy")
    asked = {"about": "carer", "of": "C1", "asked": "Ann, by letter"}
    for wrong in ({"asked": ""}, {"of": "C9"}, {"about": "visit"}):
        assert (await manager.post("/privacy/everything", **{**asked, **wrong})).status_code in (400, 404)
    file = await manager.post("/privacy/everything", **asked)
    assert "records.html" in zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    [look] = await superuser.fetch("SELECT what, reason FROM access_log WHERE what LIKE 'everything%'")
    assert tuple(look) == ("everything about carer", "Ann, by letter")
    person = await busy.as_("person")
    names = zipfile.ZipFile(io.BytesIO((await person.get("/my-care/everything")).content)).namelist()
    assert "csv/visit_version.csv" in names and "csv/user_account.csv" in names
    assert not [name for name in names if "audit" in name or "hold" in name]
    # Some while after signing in, whoever asks shows again who she is.
    busy.office.set(busy.office.clock + timedelta(hours=1))
    asks = await manager.post("/privacy/everything", **asked)
    assert "application/zip" not in asks.headers["content-type"] and PASSWORD not in asks.text
