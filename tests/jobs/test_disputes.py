"""A line disputed, answered and decided; the credit in the payer's next document; what was paid."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.domain.invoice_state import State
from backend.faults import DomainError
from backend.tables.ids import organisation_id
from backend.use_cases.answer_dispute import answer_dispute
from backend.use_cases.decide_dispute import decide_dispute, still_asked
from backend.use_cases.raise_dispute import dispute_visit, raise_dispute
from backend.use_cases.read_disputes import read_dispute
from backend.use_cases.read_invoice import read_invoice
from backend.use_cases.read_invoices import read_invoices
from backend.use_cases.reconcile import reconcile
from backend.use_cases.record_payment import record_payment
from backend.use_cases.verify_documents import verify_documents
from backend.use_cases.viewer import Viewer
from tests.jobs.office import FIRST_WEEK_DUE, PROVIDER, RATES, SECOND_WEEK_DUE, Office, instant, visit_id
from tests.jobs.test_payers import bills, fund, snapshots, three_visits
from tests.use_cases.loading.samples import CONTRACT, load_rows

THIRD_WEEK_DUE = SECOND_WEEK_DUE + timedelta(days=7)
BOSS, COLLEAGUE = uuid4(), uuid4()


def of(organisation: str, provider: bool = False) -> Viewer:
    return Viewer(uuid4(), organisation_id(organisation), provider, "commissioner")


async def document(superuser: asyncpg.Connection, number: int) -> UUID:
    name = f"HEARTH-{number:06d}"
    return UUID(str(await superuser.fetchval("SELECT id FROM document WHERE number = $1", name)))


async def shared_week(office: Office) -> None:
    """Three visits of £10.00, paid for by a council (70 %) and an NHS body (30 %)."""
    await fund("wyeshire=70;icb=30")
    await three_visits(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    office.set(instant("2026-11-11T09:00"))


async def disputed(
    superuser: asyncpg.Connection, line: int = 2, who: str = "wyeshire", number: int = 1
) -> UUID:
    return await raise_dispute(of(who), await document(superuser, number), line, "Nobody came on the 3rd.")


async def refused(call: Any) -> tuple[str, str]:
    with pytest.raises(DomainError) as error:
        await call
    return error.value.code, error.value.detail


async def no_faults() -> bool:
    verified = [one.faults async for one in verify_documents(PROVIDER)]
    reconciled = [one.discrepancies async for one in reconcile(PROVIDER)]
    return not any(verified) and not any(reconciled)


async def test_a_credit_comes_with_the_payers_next_document_and_names_line_and_dispute(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await shared_week(office)
    dispute = await disputed(superuser)
    await answer_dispute(PROVIDER, dispute, BOSS, "The phone was at the door from 9:00 to 9:25.")
    await decide_dispute(PROVIDER, dispute, BOSS, "credit", 300, "The carer left early.")
    await office.plan("NEXT", "2026-11-10T09:00", 25)
    await office.attend("NEXT", "2026-11-12T09:00", "2026-11-12T09:25")
    await office.run(SECOND_WEEK_DUE, "invoices")
    assert (await bills(superuser))[2:] == [
        ("HEARTH-000003", "invoice", "wyeshire", 400),
        ("HEARTH-000004", "invoice", "icb", 300),
    ]
    line = (await snapshots(superuser))[2]["lines"][1]
    assert (line["amount"], line["price"]) == ("-3.00", "-3.00")
    assert line["adjusts"] == {"number": "HEARTH-000001", "line": 2}
    assert line["reason"] == "credited after dispute D-HEARTH-000001-2"
    await office.run(THIRD_WEEK_DUE, "invoices")
    assert len(await bills(superuser)) == 4
    assert await no_faults()


async def test_a_credit_alone_is_a_credit_note(office: Office, superuser: asyncpg.Connection) -> None:
    await shared_week(office)
    await decide_dispute(PROVIDER, await disputed(superuser), BOSS, "credit", None, "You are right.")
    [ran] = await office.run(SECOND_WEEK_DUE, "invoices")
    assert ran.detail == "HEARTH-000003: 1 line, £-7.00, 0 left out"
    assert (await bills(superuser))[2:] == [("HEARTH-000003", "credit_note", "wyeshire", -700)]
    assert await no_faults()


async def test_a_later_change_of_the_facts_counts_the_credit_and_nothing_is_given_back_twice(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await shared_week(office)
    await decide_dispute(PROVIDER, await disputed(superuser), BOSS, "credit", 300, "The carer left early.")
    await office.run(SECOND_WEEK_DUE, "invoices")
    office.set(SECOND_WEEK_DUE + timedelta(days=1))
    half = [{**rate, "hourly": "12.00"} for rate in RATES]
    await load_rows("contracts", [{**CONTRACT, "pay_basis": "actual", "rates": half}])
    await office.run(THIRD_WEEK_DUE, "invoices")
    assert (await bills(superuser))[2:] == [
        ("HEARTH-000003", "credit_note", "wyeshire", -300),
        ("HEARTH-000004", "credit_note", "wyeshire", -750),
        ("HEARTH-000005", "credit_note", "icb", -450),
    ]
    assert [(line["amount"], line["reason"]) for line in (await snapshots(superuser))[3]["lines"]] == [
        *[("-3.50", "was £10.00, is £5.00")] * 3,
        ("3.00", "credited after dispute D-HEARTH-000001-2: was £3.00, is £0.00"),
    ]
    assert await no_faults()


async def test_what_is_decided_within_the_last_minute_comes_with_the_document_after(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await shared_week(office)
    dispute = await disputed(superuser)
    office.set(SECOND_WEEK_DUE - timedelta(seconds=30))
    await decide_dispute(PROVIDER, dispute, BOSS, "credit", 300, "The carer left early.")
    assert [ran.detail for ran in await office.run(SECOND_WEEK_DUE, "invoices")] == [
        "nothing to bill, 0 left out"
    ]
    [ran] = await office.run(THIRD_WEEK_DUE, "invoices")
    assert ran.detail == "HEARTH-000003: 1 line, £-3.00, 0 left out"
    assert await no_faults()


async def test_no_more_is_credited_than_is_asked_and_nothing_twice(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await shared_week(office)
    first = await disputed(superuser)
    assert await still_asked(PROVIDER, first) == 700
    code, said = await refused(decide_dispute(PROVIDER, first, BOSS, "credit", 701, "x"))
    assert code == "bad_request" and "£7.00" in said
    await decide_dispute(PROVIDER, first, BOSS, "credit", 500, "Half of it.")
    assert (await refused(decide_dispute(PROVIDER, first, BOSS, "credit", 100, "x")))[0] == "conflict"
    again = await disputed(superuser)
    assert await still_asked(PROVIDER, again) == 200
    await decide_dispute(PROVIDER, again, BOSS, "credit", None, "All of it.")
    third = await disputed(superuser)
    code, said = await refused(decide_dispute(PROVIDER, third, BOSS, "credit", 1, "x"))
    assert code == "bad_request" and "Nothing is asked" in said
    await office.run(SECOND_WEEK_DUE, "invoices")
    credit = (await snapshots(superuser))[2]
    assert [(line["amount"], line["reason"][-2:]) for line in credit["lines"]] == [
        ("-5.00", "-2"),
        ("-2.00", ".2"),
    ]


async def test_nobody_settles_what_they_raised(office: Office, superuser: asyncpg.Connection) -> None:
    """The provider's people raise a dispute for somebody who rang; a colleague decides it."""
    await shared_week(office)
    clerk = of("hearth", provider=True)
    dispute = await raise_dispute(clerk, await document(superuser, 1), 1, "Her son rang: nobody came.")
    own = decide_dispute(PROVIDER, dispute, clerk.user_id, "stands", None, "We did come.")
    assert (await refused(own))[0] == "forbidden"
    await decide_dispute(PROVIDER, dispute, COLLEAGUE, "stands", None, "The phone was there.")
    kept = await superuser.fetchrow("SELECT outcome, credit_pence, decided_by FROM dispute_decision")
    assert tuple(kept) == ("stands", 0, COLLEAGUE)


async def test_one_dispute_of_a_line_is_open_at_a_time(office: Office, superuser: asyncpg.Connection) -> None:
    await shared_week(office)
    invoice = await document(superuser, 1)
    calls = [raise_dispute(of("wyeshire"), invoice, 2, "Nobody came.") for _ in range(4)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    [first] = [made for made in results if isinstance(made, UUID)]
    assert {getattr(made, "code", "") for made in results if made != first} == {"conflict"}
    await decide_dispute(PROVIDER, first, BOSS, "stands", None, "We came.")
    assert isinstance(await disputed(superuser), UUID)


async def test_a_payer_disputes_its_own_lines_alone(office: Office, superuser: asyncpg.Connection) -> None:
    await shared_week(office)
    assert (await refused(disputed(superuser, 1, "icb")))[0] == "not_found"
    assert isinstance(await disputed(superuser, 1, "icb", number=2), UUID)
    assert (await refused(disputed(superuser, 9)))[0] == "not_found"
    assert (await refused(raise_dispute(of("wyeshire"), await document(superuser, 1), 1, " ")))[
        0
    ] == "bad_request"


async def test_a_payer_who_does_not_commission_opens_its_invoice_and_the_look_is_noted(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await shared_week(office)
    reader, invoice = of("icb"), await document(superuser, 2)
    assert (await read_invoice(reader, invoice)).snapshot.number == "HEARTH-000002"
    assert (await refused(read_invoice(reader, await document(superuser, 1))))[0] == "not_found"
    dispute = await raise_dispute(reader, invoice, 1, "Nobody came.")
    await answer_dispute(PROVIDER, dispute, BOSS, "We came.")
    [answer] = (await read_dispute(reader, dispute)).answers
    assert (answer.held, answer.events) == (2, [])
    looks = await superuser.fetch("SELECT what FROM access_log WHERE user_id = $1", reader.user_id)
    assert {row["what"] for row in looks} == {"invoice", "dispute raised", "dispute"}


async def test_an_answer_keeps_the_events_of_the_visit_as_they_were(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await shared_week(office)
    dispute = await disputed(superuser)
    await answer_dispute(PROVIDER, dispute, BOSS, "See the events.")
    kept = await superuser.fetchval("SELECT event_rows FROM dispute_answer")
    kinds = await superuser.fetch("SELECT kind FROM event WHERE row_id = ANY ($1) ORDER BY paid_at", kept)
    assert [row["kind"] for row in kinds] == ["check_in", "check_out"]


async def test_payments_are_recorded_once_and_in_whole_pence(
    office: Office, superuser: asyncpg.Connection
) -> None:
    await shared_week(office)
    on = date(2026, 11, 11)
    await record_payment(PROVIDER, "HEARTH-000001", on, Decimal("21.00"), "BACS 1")
    again = record_payment(PROVIDER, await document(superuser, 1), on, Decimal("21.00"), "BACS 1")
    assert (await refused(again))[0] == "conflict"
    for amount, day, reference, code in (
        ("0", on, "x", "bad_request"),
        ("1.005", on, "x", "bad_request"),
        ("1", date(2026, 11, 12), "x", "bad_request"),
        ("1", on, "", "bad_request"),
    ):
        assert (await refused(record_payment(PROVIDER, "HEARTH-000001", day, Decimal(amount), reference)))[
            0
        ] == code
    much = record_payment(PROVIDER, "HEARTH-000001", on, Decimal("-10000000001"), "x")
    assert "no more than £10,000,000,000" in (await refused(much))[1]
    assert (await refused(record_payment(PROVIDER, "HEARTH-9", on, Decimal(1), "x")))[0] == "not_found"
    await record_payment(PROVIDER, "HEARTH-000001", on, Decimal("-21.00"), "BACS 1")
    assert await superuser.fetchval("SELECT sum(pence) FROM payment") == 0


async def test_the_list_of_one_state_goes_on_over_pages_of_other_states(
    office: Office, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shared_week(office)
    await record_payment(PROVIDER, "HEARTH-000002", date(2026, 11, 11), Decimal("9.00"), "BACS 1")
    monkeypatch.setattr("backend.use_cases.read_documents.PAGE", 1)
    monkeypatch.setattr("backend.use_cases.read_invoices.PAGE", 1)
    reader = of("hearth", provider=True)
    wanted: list[tuple[State, str]] = [("issued", "HEARTH-000001"), ("paid", "HEARTH-000002")]
    for state, number in wanted:
        found, more = await read_invoices(reader, state)
        assert ([each.document.number for each in found], more) == ([number], False)
    assert (await read_invoices(reader, "disputed")) == ([], False)
    found, more = await read_invoices(reader)
    assert (len(found), more) == (1, True)


async def disputed_visit(office: Office, who: Viewer | None = None) -> UUID:
    """A visit of the first week, and before its documents somebody says that nobody came."""
    for name, day in (("SAID", 4), ("CALM", 5)):
        await office.plan(name, f"2026-11-{day:02}T09:00")
        await office.attend(name, f"2026-11-{day:02}T09:00", f"2026-11-{day:02}T09:30")
    office.set(instant("2026-11-06T09:00"))
    return await dispute_visit(who or of("hearth", True), PROVIDER, UUID(visit_id("SAID")), "Nobody came.")


async def left_out(superuser: asyncpg.Connection) -> list[list[tuple[str, str]]]:
    found = [snapshot["parked"] for snapshot in await snapshots(superuser)]
    return [[(each["visit"], each["reason"]) for each in parked] for parked in found]


async def test_a_visit_disputed_before_it_is_billed_waits_and_is_billed_if_it_stands(
    office: Office, superuser: asyncpg.Connection
) -> None:
    dispute = await disputed_visit(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    assert await left_out(superuser) == [[("SAID", "disputed")]]
    assert "D-SAID" in (await snapshots(superuser))[0]["parked"][0]["detail"]
    await answer_dispute(PROVIDER, dispute, BOSS, "The phone was at the door.")
    await decide_dispute(PROVIDER, dispute, BOSS, "stands", None, "The phone was at the door.")
    await office.run(SECOND_WEEK_DUE, "invoices")
    [line] = (await snapshots(superuser))[1]["lines"]
    assert (line["visit"], line["amount"], line["adjusts"]) == ("SAID", "12.00", None)
    shown = await read_dispute(of("wyeshire"), dispute)
    assert (shown.dispute.reference, shown.dispute.state, shown.line) == ("D-SAID", "stands", None)
    assert [answer.held for answer in shown.answers] == [2]
    assert await no_faults()


async def test_a_visit_that_is_never_billed_is_told_once_with_the_reason_and_stays_so(
    office: Office, superuser: asyncpg.Connection
) -> None:
    dispute = await disputed_visit(office)
    await office.run(FIRST_WEEK_DUE, "invoices")
    await decide_dispute(PROVIDER, dispute, BOSS, "not_billed", None, "Nobody came.")
    for name, day in (("LATER", 11), ("LAST", 18)):
        await office.plan(name, f"2026-11-{day:02}T09:00")
        await office.attend(name, f"2026-11-{day:02}T09:00", f"2026-11-{day:02}T09:30")
    await office.run(SECOND_WEEK_DUE, "invoices")
    await office.run(THIRD_WEEK_DUE, "invoices")
    assert await left_out(superuser) == [[("SAID", "disputed")], [("SAID", "not_billed")], []]
    assert "SAID" not in {line["visit"] for made in await snapshots(superuser) for line in made["lines"]}
    assert await no_faults()
    again = dispute_visit(of("hearth", True), PROVIDER, UUID(visit_id("SAID")), "Still.")
    assert (await refused(again))[0] == "conflict"


async def test_one_decided_before_the_period_is_issued_is_left_out_with_the_reason(
    office: Office, superuser: asyncpg.Connection
) -> None:
    dispute = await disputed_visit(office)
    assert (await refused(decide_dispute(PROVIDER, dispute, BOSS, "credit", 100, "x")))[0] == "bad_request"
    await decide_dispute(PROVIDER, dispute, BOSS, "not_billed", None, "Nobody came.")
    await office.run(FIRST_WEEK_DUE, "invoices")
    assert await left_out(superuser) == [[("SAID", "not_billed")]]
    assert await superuser.fetchval("SELECT reason FROM parked_visit") == "not_billed"
    assert await no_faults()


async def test_what_was_billed_in_the_same_minute_is_taken_back_if_it_is_never_to_be_billed(
    office: Office, superuser: asyncpg.Connection
) -> None:
    dispute = await disputed_visit(office)
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE dispute SET raised_at = $1", FIRST_WEEK_DUE - timedelta(seconds=20))
    await superuser.execute("SET session_replication_role = DEFAULT")
    await office.run(FIRST_WEEK_DUE, "invoices")
    assert await left_out(superuser) == [[]]
    office.set(FIRST_WEEK_DUE + timedelta(hours=1))
    await decide_dispute(PROVIDER, dispute, BOSS, "not_billed", None, "Nobody came.")
    await office.run(SECOND_WEEK_DUE, "invoices")
    [line] = (await snapshots(superuser))[1]["lines"]
    assert (line["visit"], line["amount"], line["reason"]) == ("SAID", "-12.00", "no longer charged")
    assert await no_faults()


async def test_a_commissioner_disputes_a_visit_that_it_commissioned_and_no_other(office: Office) -> None:
    with pytest.raises(DomainError, match="no such visit"):
        await disputed_visit(office, of("icb"))
    dispute = await dispute_visit(of("wyeshire"), PROVIDER, UUID(visit_id("SAID")), "Nobody came.")
    assert (await read_dispute(of("wyeshire"), dispute)).dispute.raised_by
