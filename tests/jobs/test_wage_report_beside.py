"""Beside the wage test: terms, mileage, standards, unclassified lines. None of it moves the verdict."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from backend.tables.ids import organisation_id
from backend.use_cases.loading import LoadRefused, Scope
from backend.use_cases.verify_documents import verify_documents
from tests.jobs.office import PROVIDER, Office, instant
from tests.jobs.test_wage_reports import EXPORT, REPORT_DUE, WEEK, element, reports, take_export
from tests.use_cases.loading.samples import CARERS, load_rows

TERMS: dict[str, Any] = {
    "provider": "hearth",
    "reference": "standard",
    "from": "2026-04-01",
    "rates": {"contact": "13.00", "waiting": "12.71", "travel": "12.00"},
    "paid_gap_limit_minutes": 60,
    "mileage_per_mile": {"car": "0.20"},
}
WAGE: dict[str, Any] = {
    "provider": "hearth", "reference": "rlw", "name": "Real Living Wage", "commissioner": "wyeshire",
    "from": "2026-04-01", "hourly": "13.45", "kinds": ["contact", "waiting"],
}  # fmt: skip
TRAVEL: dict[str, Any] = {
    "provider": "hearth", "reference": "travel", "name": "Travel as contact", "from": "2026-04-01",
    "travel_at_least": "contact",
}  # fmt: skip


async def under_terms(*terms: dict[str, Any]) -> None:
    """The first carer is paid under terms, if any are held."""
    if terms:
        await load_rows("pay-terms", terms)
        carer = {name: cell for name, cell in CARERS[0].items() if name != "employment_end"}
        await load_rows("carers", [{**carer, "pay_cycle": "weekly:mon", "pay_terms": "standard"}])


async def one(office: Office, superuser: asyncpg.Connection) -> dict[str, Any]:
    """The one worker of the report, which recomputes to the same bytes."""
    [ran] = await office.run(REPORT_DUE, "wage_reports")
    assert not ran.failed, ran.detail
    report = (await reports(superuser))["provisional"]
    assert [verified.faults async for verified in verify_documents(PROVIDER) if verified.faults] == []
    [worker] = report["workers"]
    known = {rule["id"] for rule in report["rules"]}
    rows = [*worker["beside"]["pay"]["lines"], *worker["beside"]["mileage"], *worker["beside"]["standards"]]
    assert {row["rule"] for row in rows} <= known
    return {**worker, "report": report}


async def a_drive(office: Office) -> None:
    """A visit in town, another some five kilometres off, an hour of contact and the time between."""
    await office.plan("A", "2026-11-02T09:00")
    await office.plan("B", "2026-11-02T10:00", package="P2", carer="E1", second_carer="E2")
    await office.attend("A", "2026-11-02T09:00", "2026-11-02T09:30")
    await office.attend("B", "2026-11-02T10:00", "2026-11-02T10:30")


async def test_expected_paid_and_lawful_pay_stand_side_by_side(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await under_terms(TERMS)
    await morning.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    worker = await one(morning, superuser)
    pay = worker["beside"]["pay"]
    # an hour of contact at 13.00 and a third of an hour of waiting at 12.71
    assert (pay["expected"], pay["paid"], pay["lawful"]) == ("17.24", "12.71", "16.95")
    assert (pay["paid_less_expected"], pay["paid_counts_less_lawful"]) == ("-4.53", "-4.24")
    assert pay["terms"] == ["standard from 2026-04-01"]
    assert [(line["work"], line["amount"]) for line in pay["lines"]] == [
        ("contact", "13.00"),
        ("waiting", "4.24"),
    ]
    # contact above the lowest rate of the same duties is a premium: eighty minutes at 12.71
    assert (pay["expected_counts"], pay["expected_counts_less_lawful"]) == ("16.95", "0.00")
    assert worker["report"]["beside"]["expected"] == "17.24"


async def test_a_round_of_two_carers_pays_each_her_own_journeys_once(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await under_terms(TERMS)
    for reference, package, start, end in (
        ("A", "P1", "2026-11-02T09:00", "2026-11-02T09:30"),
        ("B", "P2", "2026-11-02T10:00", "2026-11-02T10:30"),
    ):
        await office.plan(reference, start, package=package, carer="E1", second_carer="E2")
        for carer in ("C1", "C2"):
            await office.attend(reference, start, end, carer)
    await office.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    worker = await one(office, superuser)
    tested = {row["kind"]: row["minutes"] for row in worker["result"]["work"]}
    expected = {line["work"]: line["minutes"] for line in worker["beside"]["pay"]["lines"] if line["work"]}
    assert expected == tested and tested["travel"] != "0"
    [mileage] = [line for line in worker["beside"]["pay"]["lines"] if line["kind"] == "mileage"]
    [risk] = worker["beside"]["mileage"]
    assert Decimal(mileage["amount"]) == (Decimal(risk["miles"]) * Decimal("0.20")).quantize(Decimal("0.01"))


async def test_paid_less_required_is_the_shortfall_to_the_penny(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await morning.pay("E1", "1", 61, "12.71", WEEK, "2026-11-13")
    worker = await one(morning, superuser)
    # 16.946666... less 12.921833... is 4.024833...: of the rounded figures it would be 4.03
    assert (worker["result"]["required"]["pay"], worker["result"]["nmw_pay"]) == ("16.95", "12.92")
    assert worker["result"]["shortfall"] == "4.02"
    assert worker["beside"]["pay"]["paid_counts_less_lawful"] == "-4.02"
    assert worker["exact"]["missing"].startswith("4.024833")


@pytest.mark.parametrize("held", [(), ({**TERMS, "from": "2026-11-09"},)])
async def test_without_terms_nothing_is_expected_and_nothing_is_nought(
    morning: Office, superuser: asyncpg.Connection, held: tuple[dict[str, Any], ...]
) -> None:
    await under_terms(*held)
    await morning.pay("E1", "1", 60, "12.71", WEEK, "2026-11-13")
    worker = await one(morning, superuser)
    pay = worker["beside"]["pay"]
    assert (pay["expected"], pay["paid_less_expected"], pay["paid"]) == (None, None, "12.71")
    assert pay["reason"].startswith("No terms of pay are held for")
    assert worker["report"]["beside"]["without_terms"] == 1


async def test_mileage_is_a_risk_until_the_actual_cost_is_entered(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await a_drive(office)
    await office.pay("E1", "1", 300, "13.00", WEEK, "2026-11-13")
    await load_rows("pay", [{
        "provider": "hearth", "employment": "E1", "section": "pay", "kind": "mileage", "amount": "1.00",
        "paid_on": "2026-11-13", "earned_start": WEEK[0], "earned_end": WEEK[1], "reference": "m",
    }])  # fmt: skip
    worker = await one(office, superuser)
    [risk] = worker["beside"]["mileage"]
    assert (risk["mode"], risk["paid"], risk["statute"]) == ("car", "1.00", ["mileage-2026-04-06"])
    miles = Decimal(risk["miles"])
    assert miles > 5
    assert Decimal(risk["approved"]) == (miles * Decimal("0.55")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert Decimal(risk["risk"]) == Decimal(risk["approved"]) - 1
    assert worker["result"]["compliant"] is True
    assert risk["sources"] == ["straight_line"]


async def test_a_night_over_the_end_of_the_period_has_the_miles_of_the_ways_that_begin_in_it(
    office: Office, superuser: asyncpg.Connection
) -> None:
    for name, start, package in (
        ("A", "2026-11-08T22:00", "P1"),
        ("B", "2026-11-08T23:15", "P2"),
        ("C", "2026-11-09T00:30", "P1"),
        ("D", "2026-11-09T01:45", "P2"),
    ):
        end = (instant(start) + timedelta(minutes=30)).isoformat()[:16]
        second = {} if package == "P1" else {"carer": "E1", "second_carer": "E2"}
        await office.plan(name, start, package=package, **second)
        await office.attend(name, start, end)
    await office.pay("E1", "1", 300, "13.00", WEEK, "2026-11-13")
    worker = await one(office, superuser)
    [risk] = worker["beside"]["mileage"]
    gaps = [gap["metres"] for day in worker["days"] for gap in day["gaps"]]
    assert len(gaps) == 2 and min(gaps) > 1000
    assert Decimal(risk["miles"]) == (sum(gaps) / Decimal("1609.344")).quantize(Decimal("0.01"))


async def test_with_the_actual_cost_entered_the_test_uses_it_and_no_risk_is_shown(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await a_drive(office)
    await office.pay("E1", "1", 300, "13.00", WEEK, "2026-11-13")
    await load_rows("pay", [{
        "provider": "hearth", "employment": "E1", "section": "expenditure", "kind": "business_travel",
        "amount": "6.00", "reimbursed": "1.00", "paid_on": "2026-11-02", "reference": "x",
    }])  # fmt: skip
    worker = await one(office, superuser)
    [risk] = worker["beside"]["mileage"]
    assert (risk["risk"], risk["reason"]) == (None, "actual cost entered")
    assert [row["amount"] for row in worker["result"]["adjustments"]] == ["-5.00"]


async def test_unclassified_lines_are_listed_and_shown_both_ways(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await take_export(EXPORT)
    await load_rows("pay-mapping", [element("BASIC", note="From the payroll's handbook")])
    worker = await one(morning, superuser)
    [line] = worker["beside"]["unclassified"]
    assert (line["element"], line["amount"], line["units"]) == ("WAIT", "4.25", "20")
    assert (worker["result"]["shortfall"], worker["beside"]["shortfall_if_counted"]) == ("4.24", "0.00")
    beside = worker["report"]["beside"]
    assert (beside["unclassified_lines"], beside["unclassified_amount"]) == (1, "4.25")
    [mapped] = beside["mapping"]
    assert (mapped["element"], mapped["kind"], mapped["version"]) == ("BASIC", "hourly", 1)


async def test_an_overpayment_taken_back_is_shown_under_its_rule_and_takes_nothing_off(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    back = "E1,BACK,Overpaid in October,-1,12.71,-12.71,2026-11-13,2026-11-02,2026-11-08,,\n"
    await take_export(EXPORT + back)
    taken = element("BACK", takes_back_overpayment=True)
    await load_rows("pay-mapping", [element("BASIC"), element("WAIT"), taken])
    worker = await one(morning, superuser)
    assert worker["result"]["shortfall"] == "0.00"
    assert worker["result"]["adjustments"] == [
        {"section": "deduction", "kind": "overpayment", "amount": "0.00", "rule": "nmw-2015-12-2-c"}
    ]
    assert worker["beside"]["unclassified"] == []
    said = {row["element"]: row["takes_back_overpayment"] for row in worker["report"]["beside"]["mapping"]}
    assert said == {"BACK": True, "BASIC": False, "WAIT": False}


async def test_the_same_money_in_two_layouts_is_listed_with_both_references_and_counts(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    await take_export(EXPORT)
    await load_rows("pay-mapping", [element("BASIC"), element("WAIT")])
    await morning.pay("E1", "slip-1", 60, "12.71", WEEK, "2026-11-13")
    worker = await one(morning, superuser)
    [pair] = worker["beside"]["doubled"]
    assert (pair["reference"], pair["template"], pair["other_template"]) == ("slip-1", None, "generic")
    assert pair["other_reference"].endswith("BASIC 1")
    assert worker["result"]["total_remuneration"] == "29.67", "12.71 twice and 4.25"


async def test_the_open_question_of_duties_is_shown_both_ways(
    morning: Office, superuser: asyncpg.Connection
) -> None:
    export = EXPORT.replace("1,12.71,12.71", "1,16.00,16.00").replace("0:20,12.75,4.25", "0:20,3.00,1.00")
    await take_export(export)
    await load_rows("pay-mapping", [element("BASIC", duties="contact"), element("WAIT", duties="waiting")])
    worker = await one(morning, superuser)
    together = worker["beside"]["together"]
    assert (worker["result"]["compliant"], worker["result"]["nmw_pay"]) == (True, "17.00")
    # all of it at the lowest rate, three pounds an hour, over eighty minutes
    assert (together["nmw_pay"], together["compliant"], together["shortfall"]) == ("4.00", False, "12.95")
    assert worker["report"]["beside"]["duties_matter"] == 1
    assert worker["report"]["beside"]["shortfall_together"] == "12.95"


async def test_every_standard_in_force_has_a_verdict(office: Office, superuser: asyncpg.Connection) -> None:
    await load_rows("standards", [WAGE, TRAVEL, {**WAGE, "reference": "old", "until": "2026-10-31"}])
    await a_drive(office)
    await office.pay("E1", "1", 300, "13.00", WEEK, "2026-11-13")
    worker = await one(office, superuser)
    wage, travel = worker["beside"]["standards"]
    assert (wage["name"], wage["required_by"], wage["met"]) == ("Real Living Wage", "wyeshire", True)
    assert (travel["met"], travel["required_by"]) == (None, None)
    assert "does not say which pay is for contact" in travel["reason"]


async def test_travel_paid_below_contact_misses_a_standard_that_asks_for_it(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await load_rows("standards", [TRAVEL])
    await a_drive(office)
    await take_export(
        EXPORT.replace("1,12.71,12.71", "1,14.00,14.00").replace("0:20,12.75,4.25", "0:01,6.00,0.10")
    )
    await load_rows("pay-mapping", [element("BASIC", duties="contact"), element("WAIT", duties="travel")])
    worker = await one(office, superuser)
    [verdict] = worker["beside"]["standards"]
    [seconds] = [line["seconds"] for line in worker["case"]["work"] if line["kind"] == "travel"]
    owed = Decimal(seconds) * 14 / 3600 - Decimal("0.10")
    assert verdict["met"] is False
    assert abs(Decimal(verdict["shortfall"]) - owed) <= Decimal("0.01")
    assert worker["report"]["beside"]["standards_not_met"] == 1


async def test_a_commissioner_keeps_the_standards_it_requires(office: Office) -> None:
    wyeshire, hearth = (
        Scope(commissioner=organisation_id("wyeshire")),
        Scope(provider=organisation_id("hearth")),
    )
    assert (await load_rows("standards", [WAGE], scope=wyeshire)).new == 1
    for scope, row, column in (
        (hearth, {**WAGE, "hourly": "1.00"}, "reference"),
        (wyeshire, TRAVEL, "commissioner"),
        (wyeshire, {**TRAVEL, "commissioner": "icb"}, "commissioner"),
    ):
        with pytest.raises(LoadRefused) as refused:
            await load_rows("standards", [row], scope=scope)
        assert refused.value.faults[0].pointer == f"/0/{column}"
    assert (await load_rows("standards", [TRAVEL], scope=hearth)).new == 1


async def test_a_standard_says_one_thing(office: Office) -> None:
    with pytest.raises(LoadRefused) as refused:
        await load_rows("standards", [{**WAGE, "travel_at_least": "contact"}, {**WAGE, "kinds": []}])
    assert [fault.pointer for fault in refused.value.faults] == ["/0/hourly", "/1/kinds"]
