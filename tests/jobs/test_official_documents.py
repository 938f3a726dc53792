"""The official rules of e-invoices find nothing in documents as they are issued, whatever stands on them."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from lxml import etree

from backend.documents.bill import bill_of
from backend.documents.canonical import read_invoice
from backend.documents.ubl import ubl_xml
from backend.use_cases.decide_dispute import decide_dispute
from backend.use_cases.frozen_documents import snapshot_bytes
from tests.documents.official import Official, processor
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, RATES, SECOND_WEEK_DUE, Office, instant
from tests.jobs.test_blocks import BEFORE, BLOCK, WITH_BLOCK
from tests.jobs.test_disputes import BOSS, disputed
from tests.jobs.test_payers import PACKAGE
from tests.use_cases.loading.samples import ORGANISATIONS, load_rows

pytestmark = pytest.mark.peppol

ADDRESSES = {"hearth": "0088:2000000000008", "wyeshire": "0088:2000000000107", "icb": "0088:2000000000206"}
CLEANING = {"service": "cleaning", "zone": "rural", "from": "2026-04-01", "hourly": "18.00"}
TERMS: dict[str, Any] = {
    "purchase_order": "PO-1",
    "rates": [*RATES, CLEANING],
    "blocks": [BLOCK],
    "mileage": {"per_mile": "0.45"},
    "vat": [{"services": ["cleaning"], "category": "S", "rate": "20"}],
    "funding": [
        {"payer": "wyeshire", "percent": "70"},
        {"payer": "icb", "percent": "30", "purchase_order": "CHC-7"},
    ],
}


@pytest.fixture(scope="module")
def official() -> Iterator[Official]:
    with processor() as saxon:
        yield Official(saxon)


async def a_full_week(office: Office, **terms: Any) -> None:
    """Blocks of hours, mileage, taxed and exempt lines, two carers, one who did not come, and two payers."""
    known = [row for row in ORGANISATIONS if row["reference"] in ADDRESSES]
    addressed = [
        {**row, "vat_identifier": "GB123456789", "peppol_identifier": ADDRESSES[row["reference"]]}
        for row in known
    ]
    await load_rows("organisations", addressed)
    await load_rows("contracts", [BEFORE, {**WITH_BLOCK, **TERMS, **terms}])
    await load_rows("packages", [{**PACKAGE, "reference": "P3", "service_user": "S2", "service": "cleaning"}])
    for name, package, hour in (
        ("CARE", "P1", 9),
        ("CLEAN", "P3", 11),
        ("AGAIN", "P1", 13),
        ("MORE", "P1", 15),
    ):
        await office.plan(name, f"2026-11-02T{hour:02}:00", package=package)
        await office.attend(name, f"2026-11-02T{hour:02}:00", f"2026-11-02T{hour:02}:30")
    await office.plan("TWO", "2026-11-04T09:00", package="P2", second_carer="E2")
    await office.attend("TWO", "2026-11-04T09:00", "2026-11-04T09:30")
    await office.run(FIRST_WEEK_DUE, "invoices")


async def e_invoices(superuser: asyncpg.Connection) -> dict[str, bytes]:
    """The e-invoice of every document, by number."""
    rows = await superuser.fetch(
        "SELECT d.number, f.content FROM document d LEFT JOIN document_file f"
        " ON f.document_id = d.id AND f.format = 'ubl' ORDER BY d.number"
    )
    return {row["number"]: row["content"] for row in rows}


async def test_blocks_mileage_two_taxes_and_two_payers(
    office: Office, superuser: asyncpg.Connection, official: Official
) -> None:
    await a_full_week(office)
    made = await e_invoices(superuser)
    assert len(made) == 2
    assert [found for content in made.values() for found in official.findings(content)] == []
    text = made["HEARTH-000001"].decode()
    for said in ("Block days", "1 h bought", "miles there", ">S<", ">E<"):
        assert said in text, said


async def test_credit_notes_after_a_dispute_and_after_a_late_fact(
    office: Office, superuser: asyncpg.Connection, official: Official
) -> None:
    await a_full_week(office, blocks=[])
    office.set(instant("2026-11-11T09:00"))
    await decide_dispute(PROVIDER, await disputed(superuser, 1), BOSS, "credit", None, "Nobody came.")
    await load_rows("packages", [{**PACKAGE, "funding": "wyeshire=100"}])
    await office.run(SECOND_WEEK_DUE, "invoices")
    made = await e_invoices(superuser)
    kinds = {number: etree.QName(etree.fromstring(content)).localname for number, content in made.items()}
    assert "CreditNote" in kinds.values() and len(kinds) == 4
    assert [found for content in made.values() for found in official.findings(content)] == []


async def test_a_self_billed_document_is_sound_but_for_its_type(
    office: Office, superuser: asyncpg.Connection, official: Official
) -> None:
    await a_full_week(office, self_billed=True)
    made = await e_invoices(superuser)
    assert [number for number, content in made.items() if content is None] == ["HEARTH-000001"]
    assert official.findings(made["HEARTH-000002"]) == []
    row = await superuser.fetchval("SELECT snapshot FROM document WHERE number = 'HEARTH-000001'")
    bill = bill_of(read_invoice(snapshot_bytes(row)))
    assert official.findings(ubl_xml(bill, [])) == []
