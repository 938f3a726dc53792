"""From a piece of paper to its page: the code that a wage report prints, and an invoice's number."""

import re
from uuid import uuid4

from backend.documents.canonical import read_wage_report
from backend.use_cases.frozen_documents import snapshot_bytes
from tests.console.desk import Desk
from tests.documents import pdf

FIND = re.compile(r"/find, with the code ([0-9a-f]{8}(?:-[0-9a-f]{8})?)")


async def paper(desk: Desk) -> str:
    content = await desk.superuser.fetchval(
        "SELECT f.content FROM document_file f JOIN document d ON d.id = f.document_id "
        "WHERE d.kind = 'wage_report' AND f.format = 'pdf'"
    )
    return " ".join(pdf.text(content).split())


async def test_a_shortfall_on_paper_leads_to_the_signed_events_of_its_day(busy: Desk) -> None:
    report = await busy.id_of("wage_report")
    whole, record = FIND.findall(await paper(busy))
    for who in ("manager", "finance", "auditor"):
        browser = await busy.as_(who)
        found = await browser.ask("/find", ref=f" {whole.upper()} ")
        assert (found.status_code, found.headers["location"]) == (303, f"/wage-reports/{report}")
        found = await browser.ask("/find", ref=record)
        assert found.headers["location"] == f"/wage-reports/{report}/workers/1"
        worker = (await browser.get(found.headers["location"])).text
        assert "£4.24" in worker
        [day] = set(re.findall(rf"/wage-reports/{report}/workers/1/days/[0-9-]+", worker))
        events = (await browser.get(day)).text
        assert "Arrival" in events and re.search(r"[0-9a-f]{64}", events), "what was signed"


async def test_editions_of_the_same_facts_are_offered_by_name(busy: Desk) -> None:
    report, other = await busy.id_of("wage_report"), uuid4()
    await busy.superuser.execute(
        "INSERT INTO document (provider_id, id, kind, scope, payer, period_start, period_end, edition, as_of, summary, "
        "template_version, snapshot, snapshot_digest, facts_digest, created_at) "
        "SELECT provider_id, $1, kind, scope, payer, period_start, period_end, 'final', as_of, summary, "
        "template_version, snapshot, snapshot_digest, facts_digest, created_at + interval '7 days' "
        "FROM document WHERE id = $2",
        other,
        report,
    )
    whole, record = FIND.findall(await paper(busy))
    auditor = await busy.as_("auditor")
    for code, behind in ((whole, ""), (record, "/workers/1")):
        page = await auditor.ask("/find", ref=code)
        assert page.status_code == 200
        assert re.findall(r'href="(/wage-reports/[^"]+)">(\w+) edition', page.text) == [
            (f"/wage-reports/{other}{behind}", "Final"),
            (f"/wage-reports/{report}{behind}", "Provisional"),
        ]


async def test_an_invoice_is_found_by_its_number(busy: Desk) -> None:
    number, invoice = await busy.superuser.fetchrow("SELECT number, id FROM document WHERE kind = 'invoice'")
    for who in ("manager", "commissioner"):
        found = await (await busy.as_(who)).ask("/find", ref=number)
        assert found.headers["location"] == f"/invoices/{invoice}"


async def test_what_is_not_there_or_for_others_is_not_found(busy: Desk) -> None:
    stored = await busy.superuser.fetchval("SELECT snapshot FROM document WHERE kind = 'wage_report'")
    code = read_wage_report(snapshot_bytes(stored)).facts_digest[:8]
    manager = await busy.as_("manager")
    for reference in ("00000000", "INV-999", "%_", "3f9a1c2e-0", f"{code}-1", f"{code}-00000000"):
        answer = await manager.ask("/find", ref=reference)
        assert answer.status_code == 404 and "Nothing that you may see" in answer.text
    for who in ("rival", "other_auditor"):
        assert (await (await busy.as_(who)).ask("/find", ref=code)).status_code == 404
    assert "Code or number" in (await manager.get("/find")).text
