"""Disputes, payments and reconciliation on pages: the whole way between a payer and its provider."""

import re

from tests.console.desk import Browser, Desk
from tests.console.test_documents import looks
from tests.jobs.office import SECOND_WEEK_DUE

WORDS = "Nobody came on the 2nd."


async def raised(busy: Desk, who: str = "commissioner", line: int = 1) -> tuple[Browser, str]:
    """Dispute a line of the invoice as a person would; the address of the dispute."""
    browser = await busy.as_(who)
    form = f"/invoices/{await busy.id_of('invoice')}/lines/{line}/dispute"
    assert form in (await browser.get(f"/invoices/{await busy.id_of('invoice')}")).text
    assert "Dispute line" in (await browser.get(form)).text
    answer = await browser.post(form, words=WORDS)
    assert answer.status_code == 303, answer.text
    return browser, answer.headers["location"].partition("?")[0]


async def state(browser: Browser, wanted: str) -> bool:
    return "HEARTH-000001" in (await browser.get(f"/invoices?state={wanted}")).text


async def test_a_commissioner_disputes_a_line_sees_the_answer_and_gets_the_credit(busy: Desk) -> None:
    council, address = await raised(busy)
    finance, manager = await busy.as_("finance"), await busy.as_("manager")
    assert await state(council, "disputed") and not await state(council, "issued")
    assert "D-HEARTH-000001-1" in (await finance.get("/disputes")).text
    page = (await finance.get(address)).text
    assert WORDS in page and "Wyeshire Council" in page and "/visits/" in page
    answered = await finance.post(f"{address}/answer", answer="The phone was there from 9:00.")
    assert answered.status_code == 303
    page = (await council.get(address)).text
    assert "The phone was there from 9:00." in page and "Arrival" in page and "no position" in page
    assert len(set(re.findall(r"class=.ds-hash.>([0-9a-f]{64})</code>", page))) == 2
    assert "finance@example.org" not in page and "/visits/" not in page and "Ann Carer" not in page
    assert "is asked £12.00" in (await manager.get(address)).text
    assert (
        await manager.post(f"{address}/decision", outcome="credit", amount="2.50", reason="Late.")
    ).status_code == 303
    page = (await council.get(address)).text
    assert "£2.50 credited, before VAT" in page and "Late." in page
    assert await state(council, "issued")
    await busy.office.run(SECOND_WEEK_DUE, "invoices")
    busy.signed_in.clear()  # a day has passed
    council = await busy.as_("commissioner")
    listed = (await council.get("/invoices")).text
    assert "Credit note" in listed and "−£2.50" in listed
    first = (await council.get(f"/invoices/{await busy.id_of('invoice')}")).text
    assert "change its lines by −£2.50" in first
    assert {what for what, _ in await looks(busy.superuser, "commissioner")} >= {"dispute", "dispute raised"}


async def test_faults_of_a_dispute_are_said_beside_the_form(busy: Desk) -> None:
    browser, address = await raised(busy)
    form = f"/invoices/{await busy.id_of('invoice')}/lines/1/dispute"
    again = await browser.post(form, words="Again.")
    assert again.status_code == 409 and "open already" in again.text
    empty = await browser.post(form.replace("lines/1", "lines/2"), words="  ")
    assert empty.status_code == 400 and "Say what is wrong" in empty.text
    assert (await browser.get(form.replace("lines/1", "lines/9"))).status_code == 404
    manager = await busy.as_("manager")
    await manager.get(address)
    for given, said in (
        ({"outcome": "credit", "amount": "12.01", "reason": "x"}, "£12.00"),
        ({"outcome": "credit", "amount": "1.005", "reason": "x"}, "whole pence"),
        ({"outcome": "credit", "amount": "much", "reason": "x"}, "must be a number such as 12.71"),
        ({"outcome": "stands", "reason": " "}, "Say why."),
        ({"outcome": "perhaps", "reason": "x"}, "Choose whether"),
    ):
        answer = await manager.post(f"{address}/decision", **given)
        assert answer.status_code == 400 and said in answer.text, given
    assert (await manager.post(f"{address}/decision", outcome="stands", reason="We came.")).status_code == 303
    late = await manager.post(f"{address}/answer", answer="Too late.")
    assert late.status_code == 409 and "<li>This dispute is decided." in late.text  # no field to lead to


async def test_who_raised_a_dispute_for_a_payer_leaves_it_to_a_colleague(busy: Desk) -> None:
    manager, address = await raised(busy, "manager")
    assert "a colleague must decide" in (await manager.get(address)).text
    refused = await manager.post(f"{address}/decision", outcome="stands", reason="Mine.")
    assert refused.status_code == 403
    second = await busy.as_("second")
    await second.get(address)
    assert (await second.post(f"{address}/decision", outcome="stands", reason="We came.")).status_code == 303


async def test_nobody_else_finds_a_dispute(busy: Desk) -> None:
    _, address = await raised(busy)
    for who in ("other_commissioner", "rival"):
        browser = await busy.as_(who)
        assert (await browser.get(address)).status_code == 404
        assert "HEARTH" not in (await browser.get("/disputes?show=all")).text
        form = f"/invoices/{await busy.id_of('invoice')}/lines/2/dispute"
        await browser.get("/invoices")
        assert (await browser.post(form, words=WORDS)).status_code == 404
    rival = await busy.as_("rival")
    await rival.get("/today")
    assert (await rival.post(f"{address}/answer", answer="x")).status_code == 404
    await rival.get("/today")
    assert (await rival.post(f"{address}/decision", outcome="stands", reason="x")).status_code == 404
    assert await busy.superuser.fetchval("SELECT count(*) FROM dispute_decision") == 0


async def test_whoever_records_a_payment_is_told_of_an_open_dispute(busy: Desk) -> None:
    finance, address = await busy.as_("finance"), f"/invoices/{await busy.id_of('invoice')}"
    assert "is disputed. A payment is kept" not in (await finance.get(address)).text
    await raised(busy)
    assert "is disputed. A payment is kept" in (await finance.get(address)).text
    paid = await finance.post(f"{address}/payments", paid_on="2026-11-16", amount="24.00", reference="BACS 1")
    assert paid.status_code == 303 and await state(finance, "disputed")


async def test_payments_are_recorded_by_finance_and_shown(busy: Desk) -> None:
    finance, address = await busy.as_("finance"), f"/invoices/{await busy.id_of('invoice')}"
    await finance.get(address)
    pay = f"{address}/payments"
    for given, said in (
        ({"paid_on": "yesterday", "amount": "1", "reference": "x"}, "The day"),
        ({"paid_on": "2026-11-16", "amount": "one", "reference": "x"}, "The amount"),
        ({"paid_on": "2026-11-16", "amount": "1", "reference": ""}, "reference"),
    ):
        wrong = await finance.post(pay, **given)
        assert wrong.status_code == 400 and said in wrong.text
    assert (
        await finance.post(pay, paid_on="2026-11-16", amount="£20.00", reference="BACS 1")
    ).status_code == 303
    assert "Left: £4.00" in (await finance.get(address)).text and await state(finance, "issued")
    assert (
        await finance.post(pay, paid_on="2026-11-16", amount="4.00", reference="BACS 2")
    ).status_code == 303
    council = await busy.as_("commissioner")
    assert await state(council, "paid") and not await state(council, "issued")
    assert "BACS 2" in (await council.get(address)).text
    assert (await council.get("/invoices?state=lost")).status_code == 400
    assert "more was paid" not in (await finance.get(address)).text
    twice = await finance.post(pay, paid_on="2026-11-16", amount="4.00", reference="BACS 3")
    assert twice.status_code == 303 and "£4.00 more was paid than asked." in (await finance.get(address)).text


async def test_invoices_held_against_visits_are_a_page(busy: Desk) -> None:
    finance = await busy.as_("finance")
    page = (await finance.get("/reconciliation")).text
    assert "Everything reconciles." in page and "HEARTH-000001" in page and "wyeshire £24.00" in page
    await busy.superuser.execute("SET session_replication_role = replica")
    await busy.superuser.execute("DELETE FROM document_line WHERE line = 1")
    assert "3 differences." in (await finance.get("/reconciliation")).text
    assert (
        await finance.ask("/reconciliation", **{"from": "2026-11-02", "until": "2026-11-01"})
    ).status_code == 400
    assert "No document was issued" in (await finance.ask("/reconciliation", **{"from": "2026-11-09"})).text
