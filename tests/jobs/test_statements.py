"""A person's statement: visits and reasons, costs as billed, the same bytes for the same facts, nothing of another."""

from datetime import timedelta
from typing import Any

import asyncpg

from backend.documents.statement import statement_json, statement_page, statement_pdf
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.person_statement import person_statement
from schemas.scalars import parse_date
from schemas.statements import PersonStatement
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, SECOND_WEEK_DUE, Office, instant, snapshots
from tests.jobs.test_payers import fund
from tests.use_cases.loading.samples import load_rows

FIRST, LAST = parse_date("2026-11-02"), parse_date("2026-11-08")


def person(reference: str = "S1") -> Any:
    return thing_id(PROVIDER, "service_user", reference)


async def statement(reference: str = "S1", **more: Any) -> PersonStatement:
    return await person_statement(PROVIDER, person(reference), FIRST, LAST, **more)


async def a_week(office: Office) -> None:
    """One visit made, one that nobody came to, one called off, one left open, one with a council's absence."""
    for day in ("2", "3", "4", "5", "6"):
        await office.plan(f"V{day}", f"2026-11-0{day}T09:00", 25)
    await office.attend("V2", "2026-11-02T09:00", "2026-11-02T09:25")
    await office.plan(
        "V4",
        "2026-11-04T09:00",
        25,
        status="cancelled",
        cancelled_by="person",
        cancelled_at="2026-11-01T10:00Z",
    )
    await office.record("check_in", "V5", "2026-11-05T09:00")
    await office.hand_in()
    await load_rows(
        "absences",
        [
            {
                "provider": "hearth",
                "service_user": "S1",
                "kind": "hospital",
                "from": "2026-11-06",
                "until": "2026-11-07",
            }
        ],
    )
    office.set(instant("2026-11-09T10:00"))


async def test_each_visit_is_told_with_who_came_and_why_not(office: Office) -> None:
    await a_week(office)
    made = await statement()
    assert [(visit.visit, visit.outcome) for visit in made.visits] == [
        ("V2", "made"),
        ("V3", "missed"),
        ("V4", "cancelled"),
        ("V5", "not_settled"),
        ("V6", "suspended"),
    ]
    assert [came.name for came in made.visits[0].came] == ["Ann"]
    assert made.visits[4].absence == "hospital"
    assert [visit.price is None for visit in made.visits] == [False, False, False, True, False]


async def test_before_it_is_billed_a_visit_costs_what_it_would_be_billed_at(office: Office) -> None:
    await fund("wyeshire=80;person=20")
    await a_week(office)
    made = await statement()
    assert (str(made.total), str(made.own)) == ("10.00", "2.00")
    assert "Not billed yet." in statement_page(made)["days"][0]["visits"][0]["cost"]
    assert [(payer.own, str(payer.amount)) for payer in made.payers] == [(True, "2.00"), (False, "8.00")]


async def test_what_was_billed_is_what_it_costs_to_the_penny(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await fund("wyeshire=66.67;person=33.33")
    await a_week(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    office.set(FIRST_WEEK_DUE + timedelta(hours=1))
    made = await statement()
    [own] = [data for data in await snapshots(superuser) if data["payer"]["reference"] == "S1"]
    assert str(made.own) == own["to_pay"] and str(made.total) == "10.00"
    assert [(sent.number, str(sent.to_pay)) for sent in made.invoices] == [(own["number"], own["to_pay"])]
    assert made.visits[0].billed_on == ["HEARTH-000001", "HEARTH-000002"]


async def test_the_same_instant_gives_the_same_bytes_whatever_came_since(office: Office) -> None:
    await fund("wyeshire=80;person=20")
    await a_week(office)
    then = office.clock
    before = await statement(as_of=then)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await office.plan("LATE", "2026-11-07T09:00", 25)
    await office.run(SECOND_WEEK_DUE, "invoices")
    again = await statement(as_of=then)
    assert statement_json(before) == statement_json(again)
    assert statement_pdf(before) == statement_pdf(again)
    assert statement_json(await statement()) != statement_json(again)


async def test_it_holds_nothing_of_another_person(office: Office) -> None:
    await a_week(office)
    await office.plan("OTHER", "2026-11-02T11:00", 30, package="P2", second_carer="E2")
    await office.attend("OTHER", "2026-11-02T11:00", "2026-11-02T11:30")
    office.set(instant("2026-11-09T12:00"))
    other = await statement("S2")
    assert [visit.visit for visit in other.visits] == ["OTHER"]
    assert b"Mr One" not in statement_json(other) and b"V2" not in statement_json(other)
    assert "OTHER" not in [visit.visit for visit in (await statement()).visits]


async def test_who_commissioned_other_visits_gets_none_of_these(office: Office) -> None:
    await a_week(office)
    assert (await statement(commissioner=organisation_id("icb"))).visits == []
    assert len((await statement(commissioner=organisation_id("wyeshire"))).visits) == 5
