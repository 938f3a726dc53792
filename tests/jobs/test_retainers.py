"""Visits suspended while a person is away: a retainer where the contract keeps one, counted from the absence."""

from typing import Any

import asyncpg
import pytest

from backend.use_cases.verify_documents import verify_documents
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, RATES, SECOND_WEEK_DUE, Office, snapshots
from tests.use_cases.loading.samples import CONTRACT, load_rows

AWAY = {"provider": "hearth", "service_user": "S1", "kind": "hospital", "from": "2026-11-02"}
RETAINER = {"percent": "50", "days": 2}


async def keep_a_retainer(**more: Any) -> None:
    terms = {**CONTRACT, "pay_basis": "actual", "rates": RATES, "suspended": RETAINER, **more}
    await load_rows("contracts", [terms])


def amounts(document: dict[str, Any]) -> dict[str, str]:
    return {line["visit"]: line["amount"] for line in document["lines"]}


def left_out(document: dict[str, Any]) -> dict[str, str]:
    return {item["visit"]: item["reason"] for item in document["parked"]}


async def test_a_retainer_is_billed_for_the_first_days_and_the_rest_is_listed(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await keep_a_retainer()
    await load_rows("absences", [AWAY])
    for day in (2, 3, 4):
        await office.plan(f"S{day}", f"2026-11-0{day}T09:00", status="suspended")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await snapshots(superuser)
    assert amounts(document) == {"S2": "6.00", "S3": "6.00"}
    assert left_out(document) == {"S4": "suspended"}
    assert document["lines"][0]["rules"] == ["suspended-retainer"]
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [()]


async def test_a_visit_left_on_the_rota_while_the_person_was_away_counts_as_suspended_not_missed(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await keep_a_retainer(missed={"percent": "100"})
    await load_rows("absences", [{**AWAY, "until": "2026-11-03"}])
    await office.plan("IN", "2026-11-03T09:00")
    await office.plan("HOME", "2026-11-04T09:00")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await snapshots(superuser)
    assert amounts(document) == {"IN": "6.00", "HOME": "12.00"}


async def test_a_suspended_visit_waits_until_the_absence_is_loaded(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await keep_a_retainer()
    await office.plan("S", "2026-11-03T09:00", status="suspended")
    await office.plan("A", "2026-11-03T12:00")
    await office.attend("A", "2026-11-03T12:00", "2026-11-03T12:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    await load_rows("absences", [AWAY])
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await snapshots(superuser)
    assert left_out(first) == {"S": "no_absence"}
    assert (amounts(second), left_out(second)) == ({"S": "6.00"}, {})
    assert [verified.faults async for verified in verify_documents(PROVIDER)] == [(), ()]


async def test_an_absence_that_is_told_late_adjusts_what_was_billed(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await keep_a_retainer(missed={"percent": "100"})
    await office.plan("M", "2026-11-03T09:00")
    await office.run(FIRST_WEEK_DUE, "invoices")
    await load_rows("absences", [AWAY])
    await office.run(SECOND_WEEK_DUE, "invoices")
    first, second = await snapshots(superuser)
    assert amounts(first) == {"M": "12.00"}
    assert amounts(second) == {"M": "-6.00"}
    assert second["lines"][0]["adjusts"] == {"number": first["number"], "line": 1}


@pytest.mark.parametrize("kind", ["hospital", "ended"])
async def test_no_place_is_kept_for_somebody_whose_care_has_ended(
    office: Office, superuser: asyncpg.Connection, kind: str
) -> None:
    await keep_a_retainer()
    await load_rows("absences", [{**AWAY, "kind": kind}])
    await office.plan("S", "2026-11-02T09:00", status="suspended")
    await office.plan("A", "2026-11-03T12:00")
    await office.attend("A", "2026-11-03T12:00", "2026-11-03T12:30")
    await office.run(FIRST_WEEK_DUE, "invoices")
    [document] = await snapshots(superuser)
    assert amounts(document).get("S") == ("6.00" if kind == "hospital" else None)
