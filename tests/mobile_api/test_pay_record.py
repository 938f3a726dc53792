"""A carer takes the record of a pay reference period away: her own pages, of the period she asked for."""

import json
from datetime import timedelta

import httpx
import pytest

from tests.documents import pdf
from tests.jobs.office import Office, opened_office
from tests.jobs.weeks import FIRST, REPORT_DUE, SECOND, paid_weeks
from tests.use_cases.loading.samples import CARERS, load_rows

__all__ = ["opened_office", "paid_weeks"]


@pytest.fixture
def office(paid_weeks: Office) -> Office:
    return paid_weeks


async def fetched(office: Office, carer: str, period: str) -> httpx.Response:
    phone = await office.phone(carer)
    await phone.open_session()
    return await phone.call("GET", "/pay-record", params={"period": period}, token=True)


async def test_a_record_is_a_pdf_of_her_own_pages_alone(office: Office) -> None:
    response = await fetched(office, "C1", FIRST[0])
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert "pay-record-2026-11-02.pdf" in response.headers["Content-Disposition"]
    assert response.content.startswith(b"%PDF-")
    text = pdf.text(response.content)
    _, data = pdf.attachment(response.content)
    assert "Ann Carer" in text
    for others in ("Bea", "E2", "12.75"):
        assert others not in text
        assert others.encode() not in data


async def test_each_carer_gets_her_own(office: Office) -> None:
    text = pdf.text((await fetched(office, "C2", FIRST[0])).content)
    assert "Bea Carer" in text
    assert "Ann" not in text


async def test_a_record_is_of_the_period_asked_for(office: Office) -> None:
    first, second = [pdf.text((await fetched(office, "C1", day)).content) for day in (FIRST[0], SECOND[0])]
    for text, period, day in (
        (first, "2 November 2026 to 8 November 2026", "Monday 2 November 2026 · counted 30 min"),
        (second, "9 November 2026 to 15 November 2026", "Tuesday 10 November 2026 · counted 50 min"),
    ):
        assert f"Pay reference period {period}" in text
        assert [line for line in text.splitlines() if "counted" in line and "day" in line] == [day]


async def test_a_day_that_begins_no_period_has_no_record(office: Office) -> None:
    response = await fetched(office, "C1", "2026-11-03")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_a_period_in_which_she_was_not_paid_has_no_record_of_hers(office: Office) -> None:
    response = await fetched(office, "C2", SECOND[0])
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_two_employments_of_one_carer_are_in_one_record(opened_office: Office) -> None:
    second = {**CARERS[0], "employment": "E9", "pay_cycle": "weekly:mon"}
    await load_rows("carers", [second])
    for reference, employment, day in (("A", "E1", "02"), ("B", "E9", "03")):
        await opened_office.plan(reference, f"2026-11-{day}T09:00", carer=employment)
        await opened_office.attend(reference, f"2026-11-{day}T09:00", f"2026-11-{day}T09:30")
        await opened_office.pay(employment, "1", 30, "12.71", FIRST, "2026-11-13")
    await opened_office.run(REPORT_DUE, "wage_reports")
    text = pdf.text((await fetched(opened_office, "C1", FIRST[0])).content)
    assert "Ann Carer (E1)" in text
    assert "Ann Carer (E9)" in text


async def test_periods_of_two_pay_cycles_from_one_day_are_in_one_record(
    opened_office: Office,
) -> None:
    await load_rows("carers", [{**CARERS[0], "employment": "E9", "pay_cycle": "fortnightly:2026-11-02"}])
    for reference, employment, day in (("A", "E1", "02"), ("B", "E9", "03")):
        await opened_office.plan(reference, f"2026-11-{day}T09:00", carer=employment)
        await opened_office.attend(reference, f"2026-11-{day}T09:00", f"2026-11-{day}T09:30")
    await opened_office.pay("E1", "1", 30, "12.71", FIRST, "2026-11-13")
    await opened_office.run(REPORT_DUE, "wage_reports")
    alone = (await fetched(opened_office, "C1", FIRST[0])).content
    assert "Ann Carer (E1)" in pdf.text(alone) and "E9" not in pdf.text(alone)
    assert pdf.attachment(alone)[1].startswith(b"{")
    await opened_office.pay("E9", "1", 30, "12.71", (FIRST[0], SECOND[1]), "2026-11-20")
    await opened_office.run(REPORT_DUE + timedelta(days=7), "wage_reports")
    both = (await fetched(opened_office, "C1", FIRST[0])).content
    text, data = pdf.text(both), json.loads(pdf.attachment(both)[1])
    assert "Ann Carer (E1)" in text and "Ann Carer (E9)" in text
    assert "2 November 2026 to 8 November 2026" in text and "2 November 2026 to 15 November 2026" in text
    cycles = {record["pay_cycle"]: [worker["employment"] for worker in record["workers"]] for record in data}
    assert cycles == {"weekly:mon": ["E1"], "fortnightly:2026-11-02": ["E9"]}
