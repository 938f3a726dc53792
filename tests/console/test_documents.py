"""Invoices and wage reports on pages: what each reader sees, under which name, and what is written down about it."""

import re
from typing import Any

import asyncpg

from backend.use_cases.pseudonyms import pseudonym
from tests.console.desk import Browser, Desk
from tests.documents import pdf
from tests.jobs.office import PROVIDER, visit_id


async def looks(superuser: asyncpg.Connection, who: str) -> list[tuple[str, str | None]]:
    rows = await superuser.fetch(
        "SELECT l.what, l.reason FROM access_log l JOIN user_account u ON u.id = l.user_id "
        "WHERE u.email = $1 ORDER BY l.looked_at, l.what",
        f"{who}@example.org",
    )
    return [(row["what"], row["reason"]) for row in rows]


async def test_a_commissioner_reads_its_invoice_down_to_the_rules(busy: Desk) -> None:
    browser, invoice = await busy.as_("commissioner"), await busy.id_of("invoice")
    listed = (await browser.get("/invoices")).text
    assert "HEARTH-000001" in listed and "Hearth Care" in listed and "£24.00" in listed
    page = (await browser.get(f"/invoices/{invoice}")).text
    assert (
        "Paid by actual time" in page
        and "The contract pays the time from actual start to actual end." in page
    )
    assert "Ann Carer" not in page and "Mr One" not in page
    assert await looks(busy.superuser, "commissioner") == [("invoice", None)]


async def test_files_are_handed_out_as_they_were_frozen(busy: Desk) -> None:
    invoice = await busy.id_of("invoice")
    for who in ("commissioner", "finance"):
        browser = await busy.as_(who)
        for kind in ("pdf", "csv", "json"):
            answer = await browser.get(f"/invoices/{invoice}/files/{kind}")
            frozen = await busy.superuser.fetchval(
                "SELECT content FROM document_file WHERE document_id = $1 AND format = $2", invoice, kind
            )
            assert answer.content == frozen
            assert answer.headers["content-disposition"].startswith("attachment;")
        assert (await browser.get(f"/invoices/{invoice}/files/exe")).status_code == 404


async def worker_page(busy: Desk, browser: Browser) -> tuple[str, str]:
    report = await busy.id_of("wage_report")
    path = f"/wage-reports/{report}/workers/1"
    return path, (await browser.get(path)).text


async def test_an_auditor_walks_from_a_shortfall_to_the_signed_events_without_a_name(busy: Desk) -> None:
    browser, mask = await busy.as_("auditor"), pseudonym(PROVIDER, "E1")
    report = await busy.id_of("wage_report")
    pages = [(await browser.get(path)).text for path in ("/wage-reports", f"/wage-reports/{report}")]
    path, page = await worker_page(busy, browser)
    pages += [page, (await browser.get(f"{path}/days/2026-11-02")).text]
    assert not [page for page in pages if re.search(r"Ann|\bE1\b|\bC1\b|Mr One", page)]
    assert "£4.24" in pages[0] and f'{path}">{mask}</a>' in pages[1]
    assert "SI 2015/621" in pages[2] and f"{path}/days/2026-11-02" in pages[2]
    sent = await busy.superuser.fetch(
        "SELECT encode(signed_hash, 'hex') AS hash FROM event WHERE visit_id = ANY ($1::uuid[])",
        [visit_id("A"), visit_id("B")],
    )
    assert set(re.findall(r"[0-9a-f]{64}", pages[3])) == {row["hash"] for row in sent} and len(sent) == 4
    assert [what for what, _ in await looks(busy.superuser, "auditor")] == [
        *["wage report", "worker in a wage report", "worker in a wage report"]
    ]


async def test_a_day_names_its_events_by_the_digits_that_stand_on_paper(busy: Desk) -> None:
    browser = await busy.as_("auditor")
    path, _ = await worker_page(busy, browser)
    shown = set(
        re.findall(r"<code[^>]*>([0-9a-f]{8})</code>", (await browser.get(f"{path}/days/2026-11-02")).text)
    )
    held = await busy.superuser.fetchval(
        "SELECT content FROM document_file WHERE document_id = $1 AND format = 'pdf'",
        await busy.id_of("wage_report"),
    )
    on_paper = re.findall(r"events ((?:[0-9a-f]{8} ?)+)", " ".join(pdf.page_texts(held)))
    assert len(shown) == 4
    assert shown == {number for numbers in on_paper for number in numbers.split()}


async def test_work_for_another_commissioner_shows_time_kind_and_rule_alone(busy: Desk) -> None:
    # As if the second visit had been planned for somebody else.
    other = await busy.superuser.fetchval("SELECT id FROM organisation WHERE reference = 'icb'")
    await busy.superuser.execute("ALTER TABLE visit_version DISABLE TRIGGER append_only")
    await busy.superuser.execute(
        "UPDATE visit_version SET commissioner_id = $1 WHERE visit_id = $2", other, visit_id("B")
    )
    browser = await busy.as_("auditor")
    path, _ = await worker_page(busy, browser)
    page = (await browser.get(f"{path}/days/2026-11-02")).text
    assert "09:50 to 10:20" in page and "for another commissioner" in page
    assert "Visit A" in page and "Visit B" not in page
    [ledger] = re.findall(r'id="gaps".*?</table>', page, re.DOTALL)
    assert "beside work for another commissioner" in ledger and "09:30 to 09:50" in ledger
    assert "20 min waiting" in ledger and "planned" not in ledger and "at one place" not in ledger
    hidden = await busy.superuser.fetch(
        "SELECT encode(signed_hash, 'hex') AS hash FROM event WHERE visit_id = $1", visit_id("B")
    )
    assert not [row for row in hidden if row["hash"] in page]
    own = await (await busy.as_("manager")).get(f"{path}/days/2026-11-02")
    assert "Visit B" in own.text
    [ledger] = re.findall(r'id="gaps".*?</table>', own.text, re.DOTALL)
    assert "A to B" in ledger and "worked 1 &gt; 2" in ledger and "planned 1 &gt; 2" in ledger


async def test_a_name_is_shown_for_a_reason_that_is_written_down(busy: Desk) -> None:
    browser = await busy.as_("auditor")
    path, _ = await worker_page(busy, browser)
    silent = await browser.post(f"{path}/name", reason="why")
    assert silent.status_code == 400 and "Ann Carer" not in silent.text
    shown = await browser.post(f"{path}/name", reason="The worker asked us to look")
    assert "Ann Carer (E1)" in shown.text
    assert ("name of a worker in a wage report", "The worker asked us to look") in await looks(
        busy.superuser, "auditor"
    )
    assert "Ann Carer" not in (await worker_page(busy, browser))[1]


async def test_an_auditor_takes_files_with_names_for_a_reason_only(busy: Desk) -> None:
    browser, report = await busy.as_("auditor"), await busy.id_of("wage_report")
    await browser.get(f"/wage-reports/{report}")
    assert (await browser.post(f"/wage-reports/{report}/files", format="pdf")).status_code == 400
    taken = await browser.post(f"/wage-reports/{report}/files", format="pdf", reason="For the annual audit")
    assert taken.content.startswith(b"%PDF")
    assert ("file pdf", "For the annual audit") in await looks(busy.superuser, "auditor")


async def test_a_provider_sees_names_and_nothing_is_logged(busy: Desk) -> None:
    browser = await busy.as_("finance")
    assert "Ann Carer (E1)" in (await worker_page(busy, browser))[1]
    assert await busy.superuser.fetchval("SELECT count(*) FROM access_log") == 0


async def test_a_document_that_was_tampered_with_is_not_shown(busy: Desk, superuser: Any) -> None:
    await superuser.execute("ALTER TABLE document DISABLE TRIGGER append_only")
    await superuser.execute("UPDATE document SET snapshot_digest = sha256('other')")
    answer = await (await busy.as_("commissioner")).get(f"/invoices/{await busy.id_of('invoice')}")
    assert answer.status_code == 409 and "not as it was frozen" in answer.text


async def test_lists_go_on_behind_the_last_row(busy: Desk) -> None:
    browser, report = await busy.as_("auditor"), await busy.id_of("wage_report")
    row = await busy.superuser.fetchrow("SELECT created_at, scope FROM document WHERE id = $1", report)
    made = row["created_at"].isoformat().replace("+00:00", "Z")
    behind = f"/wage-reports?after=2026-11-08~{made}~{row['scope']}~{report}"
    assert report not in (await browser.get(behind)).text
    before = f"/wage-reports?after=2026-11-09~2026-11-30T00:00:00Z~weekly:mon~{report}"
    assert report in (await browser.get(before)).text


async def test_pages_carry_a_strict_policy_and_styles_are_kept(busy: Desk) -> None:
    browser = await busy.as_("manager")
    page = await browser.get("/corrections")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", page.text)
    [*styles] = re.findall(r'href="(/static/[^"]+)"', page.text)
    for path in styles:
        style = await browser.get(path)
        assert style.status_code == 200 and "immutable" in style.headers["cache-control"]
        assert "url(" not in style.text
    assert (await browser.get("/static/0000000000000000/doorstep.css")).status_code == 404


async def test_a_program_gets_a_problem_object_where_a_browser_gets_a_page(busy: Desk) -> None:
    browser = await busy.as_("manager")
    page, machine = await browser.get("/nowhere"), await browser.get("/nowhere", Accept="application/json")
    assert page.headers["content-type"] == "text/html; charset=utf-8" and "<h1" in page.text
    assert machine.json()["code"] == "not_found"
    assert (await browser.get("/api/v1/nowhere")).json()["code"] == "not_found"


async def test_the_administrator_sees_organisations_and_users_and_nobodys_records(busy: Desk) -> None:
    browser = await busy.as_("administrator")
    organisations, users = (await browser.get("/organisations")).text, (await browser.get("/users")).text
    assert "Hearth Care" in organisations and "NHS body" in organisations
    assert "auditor@example.org" in users and "argon2" not in users
