"""A person supported signs in: their own visits, statement and invoices, and nothing of anybody else."""

import re
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend import db
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.raise_dispute import raise_dispute
from backend.use_cases.viewer import Viewer
from tests.conftest import Database
from tests.console.desk import Desk
from tests.documents import pdf
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, instant, visit_id
from tests.jobs.test_payers import fund
from tests.program import doorstep

DAYS = "from=2026-11-02&until=2026-11-08"


def person(reference: str) -> UUID:
    return thing_id(PROVIDER, "service_user", reference)


@pytest.fixture
async def billed(desk: Desk) -> Desk:
    """A visit of each of two people, of which both pay a part; invoices of that week; a visit of each still to come."""
    office = desk.office
    await fund("wyeshire=80;person=20")
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.plan("B", "2026-11-03T09:00", package="P2", second_carer="E2")
    for carer in ("C1", "C2"):
        await office.attend("B", "2026-11-03T09:00", "2026-11-03T09:30", carer)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.plan("NEXT", "2026-11-11T09:00")
    await office.plan("OTHER", "2026-11-11T11:00", package="P2", carer="E2")
    office.set(instant("2026-11-10T12:00"))
    return desk


async def test_who_comes_next_is_told_by_first_name(billed: Desk) -> None:
    page = (await (await billed.as_("person")).get("/my-care")).text
    assert "09:00 to 09:30" in page and "Ann will come." in page
    assert "11:00" not in page and "Bea" not in page and "Carer" not in page
    other = (await (await billed.as_("other_person")).get("/my-care")).text
    assert "11:00 to 11:30" in other and "Bea will come." in other and "Ann" not in other


async def test_a_visit_that_moved_to_another_person_is_no_longer_shown_to_the_first(billed: Desk) -> None:
    await billed.office.plan("NEXT", "2026-11-11T09:00", package="P2")
    page = (await (await billed.as_("person")).get("/my-care")).text
    assert "No visits are planned" in page


async def test_the_statement_and_the_invoices_are_the_persons_own(billed: Desk) -> None:
    browser = await billed.as_("person")
    page = (await browser.get(f"/my-care/statement?{DAYS}")).text
    assert "For Mr One" in page and "Your part is £2.40." in page and "Ms Two" not in page
    printed = pdf.text((await browser.get(f"/my-care/statement/pdf?{DAYS}")).content)
    assert "For Mr One" in printed and "Ms Two" not in printed
    listed = (await browser.get("/my-care/invoices")).text
    [address] = re.findall(r'href="(/my-care/invoices/[^"]+)"', listed)
    assert "Mr One" in pdf.text((await browser.get(address)).content)
    assert (await (await billed.as_("other_person")).get(address)).status_code == 404
    others = await billed.superuser.fetch("SELECT id FROM document WHERE payer NOT LIKE 'person%'")
    for row in others:
        assert (await browser.get(f"/my-care/invoices/{row['id']}")).status_code == 404


async def test_nobody_came_becomes_a_dispute_that_the_provider_decides(billed: Desk) -> None:
    browser, page = await billed.as_("person"), f"/my-care/statement?{DAYS}"
    await browser.get(page)
    told = {"visit": visit_id("A"), "words": "Nobody came."}
    assert (await browser.post("/my-care/statement/wrong", **told)).headers[
        "location"
    ] == "/my-care?done=told"
    assert "We are looking into it." in (await browser.get("/my-care")).text
    assert (await browser.post("/my-care/statement/wrong", **told)).status_code == 409
    row = await billed.superuser.fetchrow(
        "SELECT d.payer, p.words, u.email FROM dispute p JOIN document d ON d.id = p.document_id"
        " JOIN user_account u ON u.id = p.raised_by"
    )
    assert tuple(row) == ("person S1", "Nobody came.", "person@example.org")
    other = (await (await billed.as_("other_person")).get("/my-care")).text
    assert "Nobody came" not in other


async def test_what_a_commissioner_said_of_a_visit_is_not_what_the_person_told_us(billed: Desk) -> None:
    invoice = await billed.superuser.fetchval(
        "SELECT l.document_id FROM document_line l JOIN document d ON d.id = l.document_id"
        " WHERE d.payer = 'wyeshire' AND l.visit_id = $1",
        UUID(visit_id("A")),
    )
    council = Viewer(uuid4(), organisation_id("wyeshire"), False, "commissioner")
    await raise_dispute(council, invoice, 1, "The phone was elsewhere.")
    assert "elsewhere" not in (await (await billed.as_("person")).get("/my-care")).text


async def test_nobody_says_anything_about_anothers_visit_or_one_to_come(billed: Desk) -> None:
    browser = await billed.as_("person")
    await browser.get(f"/my-care/statement?{DAYS}")
    for visit, status in (("B", 404), ("NEXT", 409)):
        answer = await browser.post("/my-care/statement/wrong", visit=visit_id(visit), words="Nobody came.")
        assert answer.status_code == status
    for fields in ({"visit": "x", "words": "w"}, {"visit": visit_id("A"), "words": " "}):
        assert (await browser.post("/my-care/statement/wrong", **fields)).status_code == 400
    assert await billed.superuser.fetchval("SELECT count(*) FROM dispute") == 0


async def test_a_visit_not_billed_yet_waits_until_what_was_said_is_decided(billed: Desk) -> None:
    office = billed.office
    await office.attend("NEXT", "2026-11-11T09:00", "2026-11-11T09:30")
    office.set(instant("2026-11-12T12:00"))
    browser, days = await billed.as_("person"), "from=2026-11-09&until=2026-11-15"
    page = (await browser.get(f"/my-care/statement?{days}")).text
    assert "Not billed yet" in page and "Something is wrong with this visit" in page
    told = {"visit": visit_id("NEXT"), "words": "She left after ten minutes."}
    assert (await browser.post("/my-care/statement/wrong", **told)).headers[
        "location"
    ] == "/my-care?done=told"
    assert (await browser.post("/my-care/statement/wrong", **told)).status_code == 409
    assert "We are looking into it." in (await browser.get("/my-care")).text
    office.set(instant("2026-11-12T12:05"))
    page = (await browser.get(f"/my-care/statement?{days}")).text
    assert "We are looking into it" in page and "Something is wrong with this visit" not in page
    council = await billed.as_("commissioner")
    listed = (await council.get("/disputes")).text
    [address] = re.findall(r'href="(/disputes/[^"]+)"[^>]*>D-NEXT<', listed)
    assert "ten minutes" in (await council.get(address)).text
    assert "D-NEXT" not in (await (await billed.as_("other_commissioner")).get("/disputes")).text
    assert "D-NEXT" not in (await (await billed.as_("other_person")).get("/my-care")).text
    boss = await billed.as_("manager")
    assert "No document bills this visit until you decide" in (await boss.get(address)).text
    draft = (await boss.get("/invoices/draft?contract=HC-01&day=2026-11-11")).text
    assert "dispute D-NEXT" in draft
    assert (await boss.post(f"{address}/answer", answer="We ask the carer.")).status_code == 303
    for wrong in ("credit", "nothing"):
        refused = await boss.post(f"{address}/decision", outcome=wrong, reason="x", amount="")
        assert refused.status_code == 400
    done = await boss.post(f"{address}/decision", outcome="not_billed", reason="She did.", amount="")
    assert done.status_code == 303
    assert "never billed" in (await council.get(address)).text
    assert "Nobody is asked to pay" in (await browser.get("/my-care")).text
    assert (await browser.post("/my-care/statement/wrong", **told)).status_code == 409


@pytest.fixture
async def as_first(billed: Desk) -> AsyncIterator[asyncpg.Connection]:
    """A transaction that sees what is the first person's own."""
    async with db.as_person(PROVIDER, person("S1")) as connection:
        yield connection


async def test_row_security_shows_one_person_nothing_of_another(
    billed: Desk, as_first: asyncpg.Connection
) -> None:
    tables = await billed.superuser.fetch(
        "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND c.relrowsecurity AND NOT c.relispartition"
    )
    seen = {row["name"]: await as_first.fetchval(f"SELECT count(*) FROM {row['name']}") for row in tables}
    assert {name for name, count in seen.items() if count} == {
        "service_user",
        "document",
        "document_file",
        "document_line",
    }
    assert await as_first.fetchval("SELECT array_agg(reference) FROM service_user") == ["S1"]
    assert {row["service_user_id"] for row in await as_first.fetch("SELECT * FROM document_line")} == {
        person("S1")
    }
    assert {row["payer"] for row in await as_first.fetch("SELECT payer FROM document")} == {"person S1"}
    visits = await as_first.fetch(
        "SELECT visit_id FROM own_visits($1, $2)", instant("2026-01-01T00:00"), instant("2027-01-01T00:00")
    )
    assert {str(row["visit_id"]) for row in visits} == {visit_id("A"), visit_id("NEXT")}


async def test_row_security_refuses_a_dispute_about_anothers_line(
    billed: Desk, as_first: asyncpg.Connection
) -> None:
    line = await billed.superuser.fetchrow(
        "SELECT document_id, line FROM document_line WHERE service_user_id = $1", person("S2")
    )
    user = await billed.superuser.fetchval("SELECT id FROM user_account WHERE email = 'person@example.org'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await as_first.execute(
            "INSERT INTO dispute VALUES ($1, gen_random_uuid(), $2, $3, 1, 'w', $4, $1, now())",
            PROVIDER,
            line["document_id"],
            line["line"],
            user,
        )


async def test_row_security_refuses_a_dispute_about_anothers_visit(
    billed: Desk, as_first: asyncpg.Connection
) -> None:
    user = await billed.superuser.fetchval("SELECT id FROM user_account WHERE email = 'person@example.org'")
    said = "INSERT INTO dispute VALUES ($1, gen_random_uuid(), NULL, NULL, 1, 'w', $3, $1, now(), $2) RETURNING 1"
    assert await as_first.fetchval(said, PROVIDER, UUID(visit_id("A")), user) == 1
    assert await as_first.fetchval("SELECT count(*) FROM dispute") == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await as_first.fetchval(said, PROVIDER, UUID(visit_id("B")), user)


async def test_a_person_of_another_provider_with_the_same_id_sees_nothing(billed: Desk) -> None:
    lantern = await billed.superuser.fetchval("SELECT id FROM organisation WHERE reference = 'lantern'")
    async with db.as_person(lantern, person("S1")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM document_line") == 0


async def test_the_command_line_binds_a_user_to_one_person(desk: Desk, database: Database) -> None:
    asked = ("user", "add", "--organisation", "hearth", "--email", "jo@example.org", "--role")
    for wrong, words in (
        (("person", "--person", "nobody"), "No person of hearth has the reference nobody"),
        (("person",), "Name a person for the role person"),
        (("manager", "--person", "S1"), "Name a person for the role person"),
    ):
        refused = doorstep(database, *asked, *wrong)
        assert refused.returncode == 1 and words in refused.stderr
    done = doorstep(database, *asked, "person", "--person", "S1")
    assert done.returncode == 0 and "/set-password/" in done.stdout, done.stderr
    bound = await desk.superuser.fetchval("SELECT person_id FROM user_account WHERE email = 'jo@example.org'")
    assert bound == person("S1")
