"""Shared funding: a document for each payer, pennies that add up, changes given back, and who may see what."""

from typing import cast
from urllib.parse import unquote
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.console.paging import key_of
from backend.tables.ids import organisation_id
from backend.use_cases.read_documents import INVOICES, After, read_documents
from backend.use_cases.verify_documents import verify_documents
from backend.use_cases.viewer import Viewer
from schemas.scalars import parse_date, parse_instant
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, RATES, SECOND_WEEK_DUE, Office, snapshots
from tests.use_cases.loading.samples import CONTRACT, load_rows

PACKAGE = {
    "provider": "hearth",
    "reference": "P1",
    "service_user": "S1",
    "contract": "HC-01",
    "service": "home_care",
    "zone": "rural",
    "from": "2026-10-01",
}


async def fund(funding: str) -> None:
    await load_rows("packages", [{**PACKAGE, "funding": funding}])


async def bills(superuser: asyncpg.Connection) -> list[tuple[str, str, str, int]]:
    rows = await superuser.fetch(
        "SELECT number, kind, payer, total_pence FROM document WHERE kind <> 'wage_report' ORDER BY number"
    )
    return [tuple(row) for row in rows]


async def three_visits(office: Office) -> None:
    """At £24 an hour: £10.00 each."""
    for day in (2, 3, 4):
        await office.plan(f"V{day}", f"2026-11-0{day}T09:00", 25)
        await office.attend(f"V{day}", f"2026-11-0{day}T09:00", f"2026-11-0{day}T09:25")


async def test_each_payer_gets_a_document_and_the_odd_penny_goes_round(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await fund("wyeshire=33.33;icb=66.67")
    await three_visits(office)
    [ran] = await office.run(FIRST_WEEK_DUE, "invoices")
    assert ran.detail == "HEARTH-000001: 3 lines, £10.00; HEARTH-000002: 3 lines, £20.00, 0 left out"
    council, icb = await snapshots(superuser)
    assert [line["amount"] for line in council["lines"]] == ["3.33", "3.34", "3.33"]
    assert {line["price"] for line in icb["lines"]} == {"10.00"}
    assert (council["payer"]["reference"], icb["payer"]["reference"]) == ("wyeshire", "icb")
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [(), ()]


async def test_a_late_correction_is_given_back_to_each_payer_by_its_own_line(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await fund("wyeshire=70;icb=30")
    await three_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await fund("wyeshire=100")
    await office.run(SECOND_WEEK_DUE, "invoices")
    assert await bills(superuser) == [
        ("HEARTH-000001", "invoice", "wyeshire", 2100),
        ("HEARTH-000002", "invoice", "icb", 900),
        ("HEARTH-000003", "invoice", "wyeshire", 900),
        ("HEARTH-000004", "credit_note", "icb", -900),
    ]
    *_, credit = await snapshots(superuser)
    assert [line["adjusts"] for line in credit["lines"]] == [
        {"number": "HEARTH-000002", "line": place} for place in (1, 2, 3)
    ]
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [(), (), (), ()]


async def test_what_a_person_pays_is_asked_of_the_person_at_home(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await fund("wyeshire=80;person=20")
    await three_visits(office)
    await office.plan("HALF", "2026-11-05T09:00")
    await office.record("check_in", "HALF", "2026-11-05T09:00")
    await office.hand_in()
    await office.run(FIRST_WEEK_DUE, "invoices")
    assert [(payer, pence) for _, _, payer, pence in await bills(superuser)] == [
        ("wyeshire", 2400),
        ("person S1", 600),
    ]
    council, own = await snapshots(superuser)
    assert own["payer"]["reference"] == "S1" and own["payer"]["address"]
    assert [item["visit"] for item in council["parked"]] == ["HALF"]
    assert own["parked"] == []


async def test_an_order_number_and_self_billing_are_the_commissioners_alone(
    office: Office, superuser: asyncpg.Connection
) -> None:
    funding = [
        {"payer": "wyeshire", "percent": "70"},
        {"payer": "icb", "percent": "20", "purchase_order": "ICB-7"},
        {"payer": "person", "percent": "10"},
    ]
    terms = {"pay_basis": "actual", "rates": RATES, "purchase_order": "PO-1", "self_billed": True}
    await load_rows("contracts", [{**CONTRACT, **terms, "funding": funding}])
    await three_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    council, icb, own = await snapshots(superuser)
    assert [(one.get("purchase_order"), one["self_billed"]) for one in (council, icb, own)] == [
        ("PO-1", True),
        ("ICB-7", False),
        (None, False),
    ]
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [(), (), ()]


async def test_a_payer_sees_what_it_is_asked_and_a_commissioner_all_of_its_contract(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await fund("wyeshire=70;icb=30")
    await three_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")

    async def seen(organisation: str) -> list[str | None]:
        viewer = Viewer(uuid4(), organisation_id(organisation), False, "commissioner")
        shown, _ = await read_documents(viewer, INVOICES)
        return sorted(str(document.number) for document in shown)

    assert await seen("icb") == ["HEARTH-000002"]
    assert await seen("wyeshire") == ["HEARTH-000001", "HEARTH-000002"]


async def test_documents_made_together_are_listed_by_their_numbers_the_last_first_page_by_page(
    office: Office, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fund("wyeshire=40;icb=30;person=30")
    await three_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    viewer = Viewer(uuid4(), PROVIDER, True, "finance")
    monkeypatch.setattr("backend.use_cases.read_documents.PAGE", 1)
    found: list[str | None] = []
    after: After | None = None
    more = True
    while more:
        [shown], more = await read_documents(viewer, INVOICES, after)
        after = cast(After, key_of(shown.key, parse_date, parse_instant, unquote, UUID))
        found.append(shown.number)
    assert found == ["HEARTH-000003", "HEARTH-000002", "HEARTH-000001"]


async def test_a_person_who_pays_alone_is_told_of_no_visit_of_anybody_else(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await load_rows(
        "packages",
        [
            {**PACKAGE, "funding": "person=100"},
            {**PACKAGE, "reference": "P2", "service_user": "S2", "funding": "person=100"},
        ],
    )
    await three_visits(office)
    for visit, package in (("HALF", "P1"), ("OTHER", "P2")):
        await office.plan(visit, "2026-11-05T09:00", package=package)
        await office.record("check_in", visit, "2026-11-05T09:00")
    await office.hand_in()
    await office.run(FIRST_WEEK_DUE, "invoices")
    [own] = await snapshots(superuser)
    assert [item["visit"] for item in own["parked"]] == ["HALF"]
    assert await superuser.fetchval("SELECT count(*) FROM parked_visit") == 2
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [()]
