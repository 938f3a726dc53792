"""How a document stands after payments, disputes and later changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.invoice_state import Standing, standing

pence = st.integers(-5_000, 5_000)
many = st.lists(pence, max_size=6)


def state(net: int, paid: int = 0, changed: int = 0, disputes: int = 0, vat: int = 0) -> str:
    return standing(net, vat, [paid], [changed], disputes).state


def test_a_document_is_issued_until_all_of_it_is_paid() -> None:
    assert [state(1000, paid) for paid in (0, 999, 1000, 1001)] == ["issued", "issued", "paid", "paid"]
    assert [state(1000, paid, vat=200) for paid in (1000, 1199, 1200)] == ["issued", "issued", "paid"]


def test_a_credit_note_is_settled_by_what_is_paid_out() -> None:
    assert [state(-1000, paid) for paid in (1000, 0, -999, -1000)] == ["issued", "issued", "issued", "paid"]


def test_a_document_that_was_taken_back_whole_is_credited_and_one_in_part_is_not() -> None:
    assert [state(1000, changed=changed) for changed in (-999, -1000)] == ["issued", "credited"]
    assert state(1000, changed=-1000, vat=200) == "credited"
    assert state(1000, paid=1000, changed=-1000) == "paid"


def test_a_penny_can_be_taken_back_and_of_nothing_there_is_nothing_to_take_back() -> None:
    assert state(1, changed=-1) == "credited"
    assert state(0, paid=-1, changed=0) == "issued"


def test_what_is_left_to_pay_is_asked_with_its_tax() -> None:
    assert standing(1000, 200, [300, 50], [-100], 0) == Standing("issued", 350, -100, 850)


@pytest.mark.parametrize(
    ("net", "paid", "over"),
    [
        (1000, 999, 0),
        (1000, 1000, 0),
        (1000, 1001, 1),
        (0, 1, 1),
        (0, -1, 0),
        (-500, -500, 0),
        (-500, -501, 1),
        (-500, 20, 0),
    ],
)
def test_what_was_paid_beyond_what_was_asked_is_told_both_ways(net: int, paid: int, over: int) -> None:
    assert standing(net, 0, [paid], [], 0).over == over


def test_an_open_dispute_comes_before_everything() -> None:
    assert [state(1000, paid, disputes=1) for paid in (0, 1000)] == ["disputed", "disputed"]


def test_a_document_of_nothing_asks_nothing() -> None:
    assert standing(0, 0, [], [], 0) == Standing("paid", 0, 0, 0)


@given(pence, st.integers(0, 1000), many, many, st.integers(0, 2), st.randoms())
def test_the_order_of_facts_makes_no_difference(
    net: int, vat: int, payments: list[int], changes: list[int], disputes: int, random: object
) -> None:
    first = standing(net, vat, payments, changes, disputes)
    assert first == standing(net, vat, sorted(payments), sorted(changes, reverse=True), disputes)


@given(pence, many, many, st.integers(0, 2))
def test_what_is_left_and_the_state_agree(
    net: int, payments: list[int], changes: list[int], disputes: int
) -> None:
    stands = standing(net, 0, payments, changes, disputes)
    assert (stands.state == "disputed") == (disputes > 0)
    if stands.state == "paid":
        assert stands.to_pay <= 0 if net >= 0 else stands.to_pay >= 0
    if stands.state == "issued":
        assert stands.to_pay != 0
    assert stands.to_pay + stands.paid == net


@given(pence, many, many)
def test_paying_what_is_left_settles_it(net: int, payments: list[int], changes: list[int]) -> None:
    left = standing(net, 0, payments, changes, 0).to_pay
    settled = standing(net, 0, [*payments, left], changes, 0)
    assert (settled.state, settled.to_pay) == ("paid", 0)
