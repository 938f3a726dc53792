"""Blocks of hours on invoices: paid whether used or not, drawn on in order, and told to the minute, late facts too."""

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from backend.documents.delivered import delivered_file
from backend.documents.statement import statement_page
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.calc_price import calc_price
from backend.use_cases.decide_dispute import decide_dispute
from backend.use_cases.loading.report import LoadRefused
from backend.use_cases.person_statement import person_statement
from backend.use_cases.raise_dispute import dispute_visit
from backend.use_cases.read_delivered import delivered_care
from backend.use_cases.reconcile import reconcile
from backend.use_cases.verify_documents import verify_documents
from backend.use_cases.viewer import Viewer
from tests.documents import pdf
from tests.jobs.office import (
    FIRST_WEEK_DUE,
    PROVIDER,
    RATES,
    SECOND_WEEK_DUE,
    Office,
    documents,
    snapshots,
    visit_id,
)
from tests.use_cases.loading.samples import CONTRACT, load_rows

THIRD_WEEK_DUE = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
BLOCK = {"name": "days", "services": ["home_care"], "zones": ["rural"], "hours": "1", "hourly": "20.00"}
WITH_BLOCK: dict[str, Any] = {
    **CONTRACT,
    "pay_basis": "actual",
    "rates": RATES,
    "from": "2026-11-02",
    "until": None,
    "blocks": [BLOCK],
}
BEFORE = {**CONTRACT, "pay_basis": "actual", "rates": RATES, "until": "2026-11-01"}


async def buy(**terms: Any) -> None:
    """From 2 November on, an hour of each week is bought as a block, at £20; beyond it an hour costs £24."""
    await load_rows("contracts", [BEFORE, {**WITH_BLOCK, **terms}])


async def make(office: Office, *days: int, minutes: int = 30) -> None:
    for day in days:
        begins = f"2026-11-{day:02}T09:00"
        await office.plan(f"V{day}", begins, minutes)
        await office.attend(f"V{day}", begins, f"2026-11-{day:02}T{9 + minutes // 60:02}:{minutes % 60:02}")


def told(snapshot: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(line["visit"], line["price"], line["block"]) for line in snapshot["lines"]]


def hours(snapshot: dict[str, Any]) -> list[tuple[str, int, int, int | None]]:
    return [
        (block["period"]["start"], block["seconds"] // 60, block["used_seconds"] // 60, was and was // 60)
        for block in snapshot["blocks"]
        for was in [block["told_unused_seconds"]]
    ]


async def sound() -> bool:
    return [verified.faults async for verified in verify_documents(PROVIDER) if verified.faults] == []


async def test_a_week_draws_on_its_block_and_pays_the_rest_at_the_rate(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await buy()
    await make(office, 2, 3, 4)
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await documents(superuser)
    snapshot = document["snapshot"]
    assert told(snapshot) == [
        ("block days", "20.00", "days"),
        ("V2", "0.00", "days"),
        ("V3", "0.00", "days"),
        ("V4", "12.00", None),
    ]
    assert snapshot["lines"][0]["unit"] == "block"
    assert snapshot["lines"][1]["rules"][-1] == "within-block"
    assert hours(snapshot) == [("2026-11-02", 60, 60, None)]
    assert document["total_pence"] == 3200
    assert await sound()


async def test_a_block_is_billed_in_a_week_without_a_visit_and_says_that_nothing_was_used(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await buy()
    await make(office, 2)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await snapshots(superuser)
    assert (told(first)[0], hours(first)) == (("block days", "20.00", "days"), [("2026-11-02", 60, 30, None)])
    assert (told(second), hours(second)) == (
        [("block days", "20.00", "days")],
        [("2026-11-09", 60, 0, None)],
    )


async def test_a_visit_that_comes_late_and_fits_changes_the_unused_and_no_money(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await buy()
    await make(office, 2)
    await office.plan("LATE", "2026-11-04T09:00")
    await office.attend("LATE", "2026-11-04T09:00", "2026-11-04T09:30", flush=False)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.hand_in()
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await snapshots(superuser)
    assert hours(first) == [("2026-11-02", 60, 30, None)]
    assert told(first)[2] == ("LATE", "0.00", None)  # missed, as far as anybody knew
    assert told(second) == [("block days", "20.00", "days")]
    assert hours(second) == [("2026-11-02", 60, 60, 30), ("2026-11-09", 60, 0, None)]
    assert await sound()


async def test_a_late_visit_before_others_moves_one_of_them_to_its_rate(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await buy()
    await office.plan("LATE", "2026-11-02T07:00")
    await office.attend("LATE", "2026-11-02T07:00", "2026-11-02T07:30", flush=False)
    for day in (3, 4):
        await office.plan(f"V{day}", f"2026-11-{day:02}T09:00", carer="E2")
        await office.attend(f"V{day}", f"2026-11-{day:02}T09:00", f"2026-11-{day:02}T09:30", "C2")
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.hand_in()
    await office.run(SECOND_WEEK_DUE, "invoices")
    _, second = await snapshots(superuser)
    assert told(second) == [("block days", "20.00", "days"), ("V4", "12.00", None)]
    [moved] = [line for line in second["lines"] if line["adjusts"]]
    assert (moved["visit"], moved["reason"]) == ("V4", "was £0.00, is £12.00")
    assert await sound()
    await office.run(THIRD_WEEK_DUE, "invoices")
    assert told((await snapshots(superuser))[2]) == [("block days", "20.00", "days")]


async def test_other_terms_change_the_charge_of_weeks_that_were_billed(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await buy()
    await make(office, 2)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await buy(blocks=[{**BLOCK, "hourly": "22.00"}])
    await office.run(SECOND_WEEK_DUE, "invoices")
    _, second = await snapshots(superuser)
    changed, new = second["lines"]
    assert (changed["price"], changed["reason"], changed["adjusts"]["line"]) == (
        "2.00",
        "was £20.00, is £22.00",
        1,
    )
    assert (new["price"], new["adjusts"]) == ("22.00", None)
    await buy(blocks=[])
    await office.run(THIRD_WEEK_DUE, "invoices")
    third = (await snapshots(superuser))[2]
    assert [(line["visit"], line["price"]) for line in third["lines"]] == [
        ("V2", "12.00"),
        ("block days", "-22.00"),
        ("block days", "-22.00"),
    ]
    assert await sound()


async def test_a_block_that_is_agreed_later_is_billed_for_the_weeks_that_were(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await make(office, 2)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await buy()
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await snapshots(superuser)
    assert (told(first), first["blocks"]) == ([("V2", "12.00", None)], [])
    assert told(second) == [
        ("block days", "20.00", "days"),
        ("block days", "20.00", "days"),
        ("V2", "-12.00", "days"),
    ]
    assert hours(second) == [("2026-11-02", 60, 30, None), ("2026-11-09", 60, 0, None)]
    assert await sound()


@pytest.mark.parametrize("outcome", ["stands", "not_billed"])
async def test_a_visit_billed_within_a_block_uses_it_until_it_is_decided_that_it_was_none(
    office: Office, superuser: asyncpg.Connection, outcome: Any
) -> None:
    await buy()
    await make(office, 2)
    await office.run(FIRST_WEEK_DUE, "invoices")
    council = Viewer(uuid4(), organisation_id("wyeshire"), False, "commissioner")
    said = await dispute_visit(council, PROVIDER, UUID(visit_id("V2")), "Nobody came.")
    await office.run(SECOND_WEEK_DUE, "invoices")
    await decide_dispute(PROVIDER, said, uuid4(), outcome, None, "As the phone says.")
    await office.run(THIRD_WEEK_DUE, "invoices")
    made = await snapshots(superuser)
    assert [told(each) for each in made[1:]] == [[("block days", "20.00", "days")]] * 2
    assert hours(made[1]) == [("2026-11-09", 60, 0, None)]
    changed = [] if outcome == "stands" else [("2026-11-02", 60, 0, 30)]
    assert hours(made[2]) == [*changed, ("2026-11-16", 60, 0, None)]
    parked = [[each["reason"] for each in one["parked"]] for one in made]
    assert parked == [[], [], [] if outcome == "stands" else ["not_billed"]]
    assert await sound()
    assert [each async for period in reconcile(PROVIDER) for each in period.discrepancies] == []


async def test_two_payers_share_a_block_by_the_contract_and_never_a_person(
    office: Office, superuser: asyncpg.Connection
) -> None:
    shares = [{"payer": "wyeshire", "percent": "70"}, {"payer": "icb", "percent": "30"}]
    await buy(funding=shares)
    await make(office, 2)
    await office.run(FIRST_WEEK_DUE, "invoices")
    council, nhs = await snapshots(superuser)
    assert [line["amount"] for line in council["lines"]] == ["14.00", "0.00"]
    assert [line["amount"] for line in nhs["lines"]] == ["6.00", "0.00"]
    assert hours(council) == hours(nhs) == [("2026-11-02", 60, 30, None)]
    assert await superuser.fetchval("SELECT count(*) FROM block_use") == 1
    with pytest.raises(LoadRefused, match="fault") as refused:
        await buy(funding=[{"payer": "wyeshire", "percent": "70"}, {"payer": "person", "percent": "30"}])
    assert "nobody in particular" in str(refused.value.faults[0])


async def test_the_invoice_is_what_calc_price_says_of_the_same_case(
    office: Office, superuser: asyncpg.Connection
) -> None:
    blocks = [{**BLOCK, "hours": "1.5"}, {**BLOCK, "name": "more", "hours": "0.75", "hourly": "21.35"}]
    await buy(blocks=blocks, uplifts=[{"name": "weekend", "days": ["sat", "sun"], "per_hour": "1.20"}])
    lengths = {2: 50, 3: 45, 4: 30, 5: 20, 7: 35}
    for day, minutes in lengths.items():
        await make(office, day, minutes=minutes)
    await office.plan("TWO", "2026-11-06T09:00", package="P2", second_carer="E2")
    await office.attend("TWO", "2026-11-06T09:00", "2026-11-06T09:20")
    await office.attend("TWO", "2026-11-06T09:05", "2026-11-06T09:30", "C2")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await documents(superuser)
    snapshot = document["snapshot"]
    visits: dict[str, dict[str, Any]] = {}
    for line in snapshot["lines"][2:]:
        visit = visits.setdefault(
            line["visit"],
            {
                "id": line["visit"],
                "service": line["service"],
                "zone": line["zone"],
                "status": line["status"],
                "planned": line["planned"],
            },
        )
        if line["carer"]:
            visit["carers"] = 2
            visit.setdefault("attendances", []).append({"carer": line["carer"], "actual": line["actual"]})
        else:
            visit["actual"] = line["actual"]
    row = await superuser.fetchrow("SELECT terms FROM contract_version WHERE starts_on = '2026-11-02'")
    case = {"contract": json.loads(row["terms"]), "visits": list(visits.values())}
    answer: Any = calc_price(msgspec.json.encode(case))
    assert answer["total"] == str(Decimal(document["total_pence"]).scaleb(-2))
    assert [(each["visit"], each["amount"], each.get("block")) for each in answer["lines"]] == told(
        {"lines": snapshot["lines"][2:]}
    )
    assert [
        (each["name"], each["amount"], Decimal(each["unused_minutes"]) * 60) for each in answer["blocks"]
    ] == [
        (each["name"], each["price"], each["seconds"] - each["used_seconds"]) for each in snapshot["blocks"]
    ]


async def test_a_charge_is_told_apart_from_visits_when_invoices_are_held_against_them(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await buy()
    await make(office, 2, 3, 4)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = [period async for period in reconcile(PROVIDER)]
    assert (first.visits, first.lines, first.charges, first.discrepancies) == (3, 4, 1, [])
    assert [(block.name, block.used_seconds, block.pence) for block in first.blocks] == [("days", 3600, 2000)]
    assert [block.unused_seconds for block in second.blocks] == [3600]
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("DELETE FROM document_line WHERE block IS NOT NULL")
    await superuser.execute("SET session_replication_role = DEFAULT")
    found = [each async for period in reconcile(PROVIDER) for each in period.discrepancies]
    assert ("line_missing", "block days") in {(each.code, each.about) for each in found}


async def test_a_statement_prices_what_is_not_billed_by_what_others_left_of_the_block(
    office: Office,
) -> None:
    await buy()
    await office.plan("OTHERS", "2026-11-02T09:00", 40, package="P2")
    await office.attend("OTHERS", "2026-11-02T09:00", "2026-11-02T09:40")
    await make(office, 3, 4, minutes=20)
    person = thing_id(PROVIDER, "service_user", "S1")
    office.set(FIRST_WEEK_DUE)
    drawn = await person_statement(PROVIDER, person, date(2026, 11, 3), date(2026, 11, 4))
    # Of the hour 40 minutes went to somebody else's visit, so one of these fits and one does not.
    assert [visit.price for visit in drawn.visits] == [Decimal("0.00"), Decimal("8.00")]
    said = [visit["cost"] for day in statement_page(drawn)["days"] for visit in day["visits"]]
    assert "within hours that are paid for in any case" in said[0] and "£8.00" in said[1]


async def test_care_delivered_tells_what_was_not_used(office: Office) -> None:
    await buy()
    await make(office, 2)
    await office.run(FIRST_WEEK_DUE, "invoices")
    for commissioner, told in ((None, 1), (organisation_id("wyeshire"), 1), (organisation_id("icb"), 0)):
        care = await delivered_care(PROVIDER, date(2026, 11, 2), date(2026, 11, 8), commissioner)
        assert [(block.block, block.unused_hours) for block in care.blocks] == [
            ("days", Decimal("0.50"))
        ] * told
        rows = list(csv.DictReader(delivered_file([care]).decode().splitlines()))
        assert [row["person"] for row in rows] == [week.person for week in care.weeks] + [""] * told
        assert [{name: value for name, value in row.items() if value} for row in rows if row["block"]] == [
            {
                "provider": "hearth",
                "contract": "HC-01",
                "block": "days",
                "block_start": "2026-11-02",
                "block_end": "2026-11-08",
                "bought_hours": "1.00",
                "used_hours": "0.50",
                "unused_hours": "0.50",
            }
        ] * told


async def test_every_file_tells_the_block_and_what_was_not_used(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await buy()
    await make(office, 2)
    await office.run(FIRST_WEEK_DUE, "invoices")
    files = {
        row["format"]: row["content"]
        for row in await superuser.fetch("SELECT format, content FROM document_file")
    }
    rows = list(csv.DictReader(files["csv"].decode().splitlines()))
    assert [(row["visit"], row["unit"], row["block"], row["price"]) for row in rows] == [
        ("block days", "block", "days", "20.00"),
        ("V2", "hourly", "days", "0.00"),
    ]
    assert [row["block_unused_minutes"] for row in rows] == ["30.00", ""]
    paper = " ".join(pdf.text(files["pdf"]).split())
    assert "Blocks of hours" in paper and "1 h 30 min 30 min" in paper  # bought, used and not used
    assert json.loads(files["json"])["blocks"][0]["used_seconds"] == 1800


@pytest.mark.parametrize(
    ("changes", "where", "said"),
    [
        ({"from": "2026-11-04"}, "/1/from", "take 2026-11-02 or 2026-11-09"),
        ({"until": "2026-12-01"}, "/1/until", "take 2026-11-29 or 2026-12-06"),
        ({"blocks": [BLOCK, BLOCK]}, "/1/blocks/1/name", "stands twice"),
        (
            {
                "blocks": [{**BLOCK, "services": ["home_care", "cleaning"]}],
                "vat": [{"services": ["cleaning"], "category": "S", "rate": "20"}],
            },
            "/1/blocks/0/services",
            "taxed in different ways",
        ),
    ],
)
async def test_a_block_that_nobody_could_bill_is_refused_in_words(
    office: Office, changes: dict[str, Any], where: str, said: str
) -> None:
    with pytest.raises(LoadRefused) as refused:
        await load_rows("contracts", [BEFORE, {**WITH_BLOCK, **changes}])
    [fault] = refused.value.faults
    assert fault.pointer == where and said in fault.detail
