"""Shared lines cut into one bill for each payer."""

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.funding import WHOLE, Funders
from backend.domain.invoicing import Billed, Charge, NextLine, next_lines
from backend.domain.payer_bills import PERSON, PayerBill, payer_bills
from backend.domain.vat import EXEMPT

SEVENTY: Funders = [("council", 70_000_000), ("icb", 30_000_000)]
WITH_PERSON: Funders = [("council", 80_000_000), ("person", 20_000_000)]


def charge(visit: str, pence: int, funders: Funders = SEVENTY, person: str = "Ann") -> Charge:
    return Charge(visit, None, person, pence, funders)


def billed(bills: list[PayerBill], numbers: list[str]) -> list[Billed]:
    """The bills as a later document finds them: a line a payer, each in that payer's document."""
    return [
        Billed(
            number,
            place,
            line.whole.visit,
            line.whole.carer,
            line.whole.person,
            line.pence,
            {bill.payer: line.pence},
            line.whole.charge.funders if line.whole.charge else [],
        )
        for bill, number in zip(bills, numbers, strict=True)
        for place, line in enumerate(bill.lines, 1)
    ]


def told(bills: list[PayerBill]) -> dict[tuple[str, str], list[tuple[str, int, tuple[str, int] | None]]]:
    return {
        (bill.payer, bill.person): [(line.whole.visit, line.pence, line.adjusts) for line in bill.lines]
        for bill in bills
    }


def test_each_payer_gets_its_share_of_every_line() -> None:
    bills = payer_bills(next_lines([charge("v1", 1000), charge("v2", 0)], []))
    assert told(bills) == {
        ("council", ""): [("v1", 700, None), ("v2", 0, None)],
        ("icb", ""): [("v1", 300, None), ("v2", 0, None)],
    }


def test_what_people_pay_themselves_is_a_bill_for_each_person() -> None:
    lines = next_lines(
        [
            charge("v1", 1000, WITH_PERSON),
            charge("v2", 500, WITH_PERSON, "Ben"),
            charge("v3", 500, WITH_PERSON),
        ],
        [],
    )
    bills = told(payer_bills(lines))
    assert bills[PERSON, "Ann"] == [("v1", 200, None), ("v3", 100, None)]
    assert bills[PERSON, "Ben"] == [("v2", 100, None)]
    assert [visit for visit, _, _ in bills["council", ""]] == ["v1", "v2", "v3"]


def test_a_payer_of_nothing_is_not_billed() -> None:
    assert list(
        told(payer_bills(next_lines([charge("v1", 1000, [("council", WHOLE), ("icb", 0)])], [])))
    ) == [("council", "")]


def test_a_change_names_the_line_of_the_payers_own_document() -> None:
    first = payer_bills(next_lines([charge("v0", 100), charge("v1", 1000)], []))
    before = billed(first, ["C-1", "I-2"])
    bills = payer_bills(next_lines([charge("v0", 100), charge("v1", 500)], before), before)
    assert told(bills) == {
        ("council", ""): [("v1", -350, ("C-1", 2))],
        ("icb", ""): [("v1", -150, ("I-2", 2))],
    }


def test_a_payer_who_comes_later_is_asked_and_those_before_are_given_back() -> None:
    before = billed(payer_bills(next_lines([charge("v1", 1000, [("council", WHOLE)])], [])), ["C-1"])
    bills = payer_bills(next_lines([charge("v1", 1000)], before), before)
    assert told(bills) == {
        ("council", ""): [("v1", -300, ("C-1", 1))],
        ("icb", ""): [("v1", 300, ("C-1", 1))],
    }


def test_a_visit_no_longer_charged_is_given_back_to_each_who_paid() -> None:
    before = billed(payer_bills(next_lines([charge("v1", 1001)], [])), ["C-1", "I-2"])
    assert told(payer_bills(next_lines([], before), before)) == {
        ("council", ""): [("v1", -701, ("C-1", 1))],
        ("icb", ""): [("v1", -300, ("I-2", 1))],
    }


def test_a_credit_names_the_line_that_the_dispute_is_about_and_not_the_first() -> None:
    before = billed(payer_bills(next_lines([charge("v1", 1000)], [])), ["C-1", "I-2"])
    credit = NextLine("v1", None, "Ann", -100, {"council": -100}, None, EXEMPT, ("C-7", 3), "credited", "d1")
    assert told(payer_bills([credit], before)) == {("council", ""): [("v1", -100, ("C-7", 3))]}


def test_a_line_that_changes_none_names_none_whatever_was_billed() -> None:
    before = billed(payer_bills(next_lines([charge("v1", 1000)], [])), ["C-1", "I-2"])
    another = NextLine("v1", None, "Ann", 500, {"council": 500}, charge("v1", 500), EXEMPT)
    assert told(payer_bills([another], before)) == {("council", ""): [("v1", 500, None)]}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5000), st.sampled_from([SEVENTY, WITH_PERSON]), st.sampled_from(["Ann", "Ben"])
        ),
        max_size=12,
    ),
    st.lists(st.integers(0, 5000), max_size=12),
)
def test_the_bills_of_all_payers_add_up_to_what_is_due_however_often_it_changes(
    visits: list[tuple[int, Funders, str]], changed: list[int]
) -> None:
    now = [charge(f"v{place}", *visit) for place, visit in enumerate(visits)]
    first = payer_bills(next_lines(now, []))
    assert sum(bill.pence for bill in first) == sum(each.pence for each in now)
    before = billed(first, [f"A-{place}" for place in range(len(first))])
    later = [
        charge(each.visit, pence, each.funders, each.person)
        for each, pence in zip(now, changed, strict=False)
    ]
    second = payer_bills(next_lines(later, before), before)
    assert sum(bill.pence for bill in [*first, *second]) == sum(each.pence for each in later)
