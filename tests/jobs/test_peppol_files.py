"""E-invoices: made with their document, or once what Peppol asks for is there; kept, and the same ever after."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest
from lxml import etree

from backend.use_cases.make_peppol_files import PeppolMade, make_peppol_files
from backend.use_cases.verify_documents import verify_documents
from tests.conftest import Database
from tests.documents.official import Official, processor
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, RATES, SECOND_WEEK_DUE, Office
from tests.program import doorstep
from tests.use_cases.loading.samples import CONTRACT, ORGANISATIONS, load_rows

ADDRESSES = {"hearth": "0088:2000000000008", "wyeshire": "0088:2000000000107"}


async def load_identifiers(**changes: Any) -> None:
    known = [row for row in ORGANISATIONS if row["reference"] in ADDRESSES]
    await load_rows(
        "organisations",
        [
            {
                **row,
                "tax_identifier": "1234567890",
                "peppol_identifier": ADDRESSES[row["reference"]],
                **changes,
            }
            for row in known
        ],
    )


async def load_order(**changes: Any) -> None:
    terms = {**CONTRACT, "pay_basis": "actual", "rates": RATES, "purchase_order": "PO-1"}
    await load_rows("contracts", [{**terms, **changes}])


async def invoiced(office: Office) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.run(FIRST_WEEK_DUE, "invoices")


async def made() -> list[PeppolMade]:
    return [one async for one in make_peppol_files(PROVIDER)]


async def verified() -> list[tuple[str, ...]]:
    return [one.faults async for one in verify_documents(PROVIDER)]


async def test_an_invoice_with_all_that_peppol_asks_for_is_issued_with_its_e_invoice(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await load_identifiers()
    await load_order()
    await invoiced(office)
    stored = await superuser.fetchval("SELECT content FROM document_file WHERE format = 'ubl'")
    [one] = await made()
    assert one.file is not None and one.file.content == stored and one.faults == ()
    assert one.file.name == "invoice_HEARTH-000001_HC-01_2026-11-02.ubl.xml"
    assert await verified() == [()]


async def test_one_that_lacks_something_is_made_once_it_is_there_and_kept_whatever_comes_later(
    office: Office,
) -> None:
    await invoiced(office)
    [lacking] = await made()
    assert lacking.file is None and len(lacking.faults) == 4
    await load_identifiers()
    [lacking] = await made()
    assert len(lacking.faults) == 1 and "no purchase order" in lacking.faults[0]
    await load_order()
    [first] = await made()
    assert first.file is not None and b"PO-1" in first.file.content
    office.set(SECOND_WEEK_DUE)
    await load_identifiers(name="Another Name", tax_identifier="9")
    await load_order(purchase_order="PO-2")
    assert await made() == [first]
    assert await verified() == [()]


async def test_an_organisation_that_changes_its_name_does_not_change_its_documents(office: Office) -> None:
    await office.plan("A", "2026-11-02T09:00")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.run(SECOND_WEEK_DUE)
    await load_identifiers(name="Another Name", address="Elsewhere")
    found = await verified()
    assert len(found) > 1 and set(found) == {()}


async def test_a_changed_e_invoice_is_named_when_documents_are_recomputed(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await load_identifiers()
    await load_order()
    await invoiced(office)
    await superuser.execute("ALTER TABLE document_file DISABLE TRIGGER ALL")
    await superuser.execute(
        "UPDATE document_file SET content = content || ' ', sha256 = sha256(content || ' ') WHERE format = 'ubl'"
    )
    [faults] = await verified()
    assert faults == ("invoice_HEARTH-000001_HC-01_2026-11-02.ubl.xml comes out otherwise",)


@pytest.mark.peppol
async def test_the_official_rules_find_nothing_in_an_invoice_and_the_credit_note_that_follows(
    office: Office,
) -> None:
    await load_identifiers()
    await load_order()
    await invoiced(office)
    await load_order(rates=[{**RATES[0], "hourly": "20.00"}])
    await office.run(SECOND_WEEK_DUE, "invoices")
    found = [one.file.content for one in await made() if one.file]
    assert [etree.QName(etree.fromstring(one)).localname for one in found] == ["Invoice", "CreditNote"]
    assert b'<cbc:PayableAmount currencyID="GBP">2.00<' in found[1] and b"HEARTH-000001" in found[1]
    with processor() as saxon:
        official = Official(saxon)
        assert [official.findings(one) for one in found] == [[], []]
    assert await verified() == [(), ()]


@pytest.mark.variants
@pytest.mark.parametrize("self_billed", [False, True])
async def test_the_command_writes_what_can_be_and_says_what_cannot(
    office: Office, database: Database, tmp_path: Path, self_billed: bool
) -> None:
    await load_identifiers()
    await load_order(self_billed=self_billed)
    await invoiced(office)
    every = doorstep(database, "export", "peppol", str(tmp_path))
    assert every.returncode == 0
    assert ("Self-billed and not for Peppol: 1." in every.stderr) == self_billed
    assert len(list(tmp_path.glob("*.ubl.xml"))) == (0 if self_billed else 1)
    asked = doorstep(database, "export", "peppol", str(tmp_path), "--number", "HEARTH-000001")
    assert asked.returncode == (1 if self_billed else 0)
    assert ("has no type for that" in asked.stderr) == self_billed
