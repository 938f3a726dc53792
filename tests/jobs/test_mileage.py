"""Invoices under a contract that pays mileage: the miles of each carer's journey to the visit, apart in each format."""

import csv
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from backend.use_cases.verify_documents import verify_documents
from tests.documents import pdf
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, RATES, SECOND_WEEK_DUE, Office, documents, instant
from tests.jobs.test_gap_ledger import seen
from tests.jobs.test_payers import PACKAGE
from tests.use_cases.loading.samples import CARERS, CONTRACT, SERVICE_USERS, load_rows

NEAR = (52.07, -2.70)
"""A place much nearer to the first person's home than the second's is."""
PER_MILE = Decimal("0.45")
MILEAGE = {"per_mile": str(PER_MILE)}


async def two_homes(**terms: object) -> None:
    """Packages P1 and P3 of two people who live far apart, under a contract at £24 an hour."""
    await load_rows("contracts", [{**CONTRACT, "pay_basis": "actual", "rates": RATES, **terms}])
    await load_rows("packages", [{**PACKAGE, "reference": "P3", "service_user": "S2"}])


async def a_round(office: Office, **terms: object) -> None:
    """Half an hour at one person's home, half an hour at another's far off, and back."""
    await two_homes(**terms)
    for visit, package, hour in (("FIRST", "P1", 9), ("AWAY", "P3", 11), ("BACK", "P1", 13)):
        await office.plan(visit, f"2026-11-02T{hour:02}:00", package=package)
        await office.attend(visit, f"2026-11-02T{hour:02}:00", f"2026-11-02T{hour:02}:30")
    await office.run(FIRST_WEEK_DUE, "invoices")


async def test_each_line_shows_the_miles_there_and_what_they_add(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await a_round(office, mileage=MILEAGE)
    [document] = await documents(superuser)
    first, away, back = document["snapshot"]["lines"]
    assert (first["miles"], first["mileage"], first["price"]) == ("0.00", "0.00", "12.00")
    for line in (away, back):
        miles, mileage = Decimal(line["miles"]), Decimal(line["mileage"])
        assert miles > 1 and abs(mileage - miles * PER_MILE) <= Decimal("0.005")
        assert Decimal(line["price"]) == 12 + mileage and "contract-mileage" in line["rules"]
    assert away["miles"] == back["miles"]
    files = await superuser.fetch(
        "SELECT format, content FROM document_file WHERE document_id = $1", document["id"]
    )
    drawn = {row["format"]: row["content"] for row in files}
    rows = list(csv.DictReader(drawn["csv"].decode().splitlines()))
    assert [row["mileage"] for row in rows] == ["0.00", away["mileage"], back["mileage"]]
    paper = " ".join(pdf.text(drawn["pdf"]).split())
    assert f"£{away['mileage']} of the price is for" in paper
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [()]


async def test_without_such_a_term_an_invoice_says_nothing_of_miles(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await a_round(office)
    [document] = await documents(superuser)
    assert {(line["mileage"], line["price"]) for line in document["snapshot"]["lines"]} == {(None, "12.00")}
    content = await superuser.fetchval("SELECT content FROM document_file WHERE format = 'csv'")
    assert b"mileage" not in content


async def test_a_carer_who_cycles_brings_no_miles(office: Office, superuser: asyncpg.Connection) -> None:
    await two_homes(mileage=MILEAGE)
    for visit, package, hour in (("FIRST", "P1", 9), ("AWAY", "P3", 11)):
        await office.plan(visit, f"2026-11-02T{hour:02}:00", package=package, carer="E2")
        await office.attend(visit, f"2026-11-02T{hour:02}:00", f"2026-11-02T{hour:02}:30", "C2")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await documents(superuser)
    assert [line["mileage"] for line in document["snapshot"]["lines"]] == ["0.00", "0.00"]


async def test_a_round_over_several_midnights_has_its_miles_in_the_period_of_each_visit(
    office: Office, superuser: asyncpg.Connection
) -> None:
    """A way belongs to the date on which it begins, however many days before that the round began."""
    await two_homes(mileage=MILEAGE)
    begins = [instant("2026-10-31T22:00") + timedelta(hours=3 * number) for number in range(11)]
    for number, at in enumerate(begins):
        await office.plan(f"V{number}", at.isoformat()[:16], package=("P1", "P3")[number % 2])
        ends = (at + timedelta(minutes=30)).isoformat()[:16]
        await office.attend(f"V{number}", at.isoformat()[:16], ends)
    await office.run(FIRST_WEEK_DUE - timedelta(days=7), "invoices")
    await office.run(FIRST_WEEK_DUE, "invoices")
    earlier, later = [one["snapshot"]["lines"] for one in await documents(superuser)]
    assert [line["visit"] for line in later] == ["V9", "V10"]
    assert earlier[0]["miles"] == "0.00"
    assert {Decimal(line["miles"]) for line in (*earlier[1:], *later)} == {Decimal(earlier[1]["miles"])}
    assert Decimal(earlier[1]["miles"]) > 1


async def test_the_way_from_a_visit_of_another_employment_of_hers_is_the_way_there_too(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await two_homes(mileage=MILEAGE)
    await load_rows("carers", [{**CARERS[0], "employment": "E1-SECOND", "pay_cycle": "weekly:mon"}])
    for visit, package, hour, employment in (("FIRST", "P1", 9, "E1"), ("AWAY", "P3", 10, "E1-SECOND")):
        await office.plan(visit, f"2026-11-02T{hour:02}:00", package=package, carer=employment)
        await office.attend(visit, f"2026-11-02T{hour:02}:00", f"2026-11-02T{hour:02}:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await documents(superuser)
    first, away = document["snapshot"]["lines"]
    assert first["miles"] == "0.00" and Decimal(away["miles"]) > 1


async def a_stop_before(office: Office) -> None:
    """Her phone was off: she had been at the second home before AWAY, and went no way to it."""
    await office.hand_in()


async def a_home_that_moved(office: Office) -> None:
    await load_rows("service-users", [{**SERVICE_USERS[1], "lat": "52.07", "lon": "-2.70"}])


async def a_carer_who_cycled(office: Office) -> None:
    row = {name: cell for name, cell in CARERS[0].items() if name != "employment_end"}
    await load_rows("carers", [{**row, "pay_cycle": "weekly:mon", "mode": "bicycle"}])


async def a_place_approved(office: Office) -> None:
    """AWAY was not at her home but nearer by, and somebody says so now."""
    place = {
        "name": "Day centre",
        "lat": str(NEAR[0]),
        "lon": str(NEAR[1]),
        "from": "2026-11-01",
        "radius_m": "500",
    }
    await load_rows("places", [{"provider": "hearth", "service_user": "S2", **place}])


@pytest.mark.parametrize("late", [a_stop_before, a_home_that_moved, a_carer_who_cycled, a_place_approved])
async def test_miles_that_a_late_fact_changes_are_adjusted_by_the_next_document_once(
    office: Office, superuser: asyncpg.Connection, late: Callable[[Office], Awaitable[None]]
) -> None:
    await two_homes(mileage=MILEAGE)
    for visit, package, start in (("FIRST", "P1", "02T09"), ("AWAY", "P3", "02T11"), ("NEXT", "P1", "10T09")):
        await office.plan(visit, f"2026-11-{start}:00", package=package)
    await office.attend("FIRST", "2026-11-02T09:00", "2026-11-02T09:30")
    for kind, moment in (("check_in", "11:00"), ("check_out", "11:30")):
        await seen(office, kind, "AWAY", f"2026-11-02T{moment}", NEAR)
    await office.hand_in()
    await office.plan("BETWEEN", "2026-11-02T10:00", package="P3")
    await office.attend("BETWEEN", "2026-11-02T10:00", "2026-11-02T10:30", flush=False)
    await office.run(FIRST_WEEK_DUE, "invoices")
    office.set(instant("2026-11-11T12:00"))
    await late(office)
    for week in range(2):
        await office.run(SECOND_WEEK_DUE + timedelta(days=7 * week), "invoices")
    first, second, *later = await documents(superuser)
    billed, changed = [
        next(line for line in document["snapshot"]["lines"] if line["visit"] == "AWAY")
        for document in (first, second)
    ]
    assert Decimal(billed["miles"]) > Decimal(changed["miles"])
    assert Decimal(changed["amount"]) == Decimal(changed["mileage"]) - Decimal(billed["mileage"])
    assert changed["adjusts"] == {"number": first["number"], "line": billed["line"]}
    assert all(line["visit"] != "AWAY" for document in later for line in document["snapshot"]["lines"])
    assert not [faults async for one in verify_documents(PROVIDER) for faults in one.faults]
