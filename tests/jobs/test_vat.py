"""Invoices of taxed and exempt services: every format says the same, and what is taken back gives back its tax."""

import csv
from decimal import Decimal
from typing import Any

import asyncpg
from lxml import etree

from backend.use_cases.verify_documents import verify_documents
from tests.documents import pdf
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, RATES, SECOND_WEEK_DUE, Office, snapshots
from tests.jobs.test_payers import PACKAGE
from tests.jobs.test_peppol_files import load_identifiers
from tests.use_cases.loading.samples import CONTRACT, load_rows

CLEANING = {"services": ["cleaning"], "category": "S", "rate": "20"}
SHARED = [{"payer": "wyeshire", "percent": "75"}, {"payer": "icb", "percent": "25"}]


async def agree(vat: list[dict[str, Any]], **changes: Any) -> None:
    rates = [{**RATES[0], "service": service} for service in ("home_care", "cleaning")]
    terms = {**CONTRACT, "pay_basis": "actual", "rates": rates, "purchase_order": "PO-1", "vat": vat}
    await load_rows("contracts", [{**terms, **changes}])


async def two_visits(office: Office) -> None:
    """An hour of care and half an hour of cleaning, at £24 an hour."""
    await load_rows("packages", [{**PACKAGE, "reference": "P3", "service": "cleaning"}])
    await office.plan("CARE", "2026-11-02T09:00", 60)
    await office.attend("CARE", "2026-11-02T09:00", "2026-11-02T10:00")
    await office.plan("CLEAN", "2026-11-03T09:00", 30, package="P3")
    await office.attend("CLEAN", "2026-11-03T09:00", "2026-11-03T09:30")


async def files(superuser: asyncpg.Connection, number: int) -> dict[str, bytes]:
    rows = await superuser.fetch(
        "SELECT f.format, f.content FROM document_file f JOIN document d ON d.id = f.document_id"
        " WHERE d.number = $1",
        f"HEARTH-{number:06d}",
    )
    return {row["format"]: row["content"] for row in rows}


async def test_care_is_exempt_and_what_the_contract_taxes_is_taxed_in_every_format(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await load_identifiers(vat_identifier="GB123456789")
    await agree([CLEANING])
    await two_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    [data] = await snapshots(superuser)
    assert [(vat["category"], vat["rate"], vat["net"], vat["amount"]) for vat in data["vat"]] == [
        ("E", "0", "24.00", "0.00"),
        ("S", "20", "12.00", "2.40"),
    ]
    assert (data["total"], data["to_pay"]) == ("36.00", "38.40")
    drawn = await files(superuser, 1)
    paper = " ".join(pdf.text(drawn["pdf"]).split()).replace("\N{NO-BREAK SPACE}", " ")
    assert "VAT at 20 % on £12.00 £2.40 Total to pay £38.40" in paper and "Group 7" in paper
    rows = list(csv.DictReader(drawn["csv"].decode().splitlines()))
    assert {(row["visit"], row["vat_category"], row["vat_rate"], row["amount"]) for row in rows} == {
        ("CARE", "E", "0", "24.00"),
        ("CLEAN", "S", "20", "12.00"),
    }
    xml = etree.fromstring(drawn["ubl"])
    told = {
        each: xml.xpath(f"string(//*[local-name() = '{each}'])") for each in ("TaxAmount", "PayableAmount")
    }
    assert told == {"TaxAmount": "2.40", "PayableAmount": "38.40"}
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [()]


async def test_each_payer_is_asked_the_tax_on_its_own_part(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await agree([CLEANING], funding=SHARED)
    await two_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    asked = [(data["total"], data["vat"][1]["amount"], data["to_pay"]) for data in await snapshots(superuser)]
    assert asked == [("27.00", "1.80", "28.80"), ("9.00", "0.60", "9.60")]
    rows = await superuser.fetch("SELECT total_pence, vat_pence FROM document ORDER BY number")
    assert [tuple(row) for row in rows] == [(2700, 180), (900, 60)]


async def test_a_provider_that_no_body_regulates_taxes_all_it_does(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await agree([{"category": "S", "rate": "20"}])
    await two_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    [data] = await snapshots(superuser)
    assert [vat["category"] for vat in data["vat"]] == ["S"] and data["to_pay"] == "43.20"


async def test_tax_that_should_not_have_been_asked_is_given_back_on_the_next_document(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await agree([CLEANING])
    await two_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await agree([])
    await office.run(SECOND_WEEK_DUE, "invoices")
    _, data = await snapshots(superuser)
    assert (data["kind"], data["total"], data["to_pay"]) == ("credit_note", "0.00", "-2.40")
    lines = [(line["vat_category"], line["amount"], line["reason"]) for line in data["lines"]]
    assert lines == [
        ("S", "-12.00", "the VAT treatment has changed"),
        ("E", "12.00", "the VAT treatment has changed"),
    ]
    assert sum(Decimal(vat["amount"]) for vat in data["vat"]) == Decimal("-2.40")
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [(), ()]
