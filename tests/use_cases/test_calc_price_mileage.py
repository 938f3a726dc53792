"""Mileage under a contract that pays it: apart, on top of the price, of visits made."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.strict import Faulty
from tests.pricing import answer, contract, span, visit

PAYS = {"mileage": {"per_mile": "0.45"}}


def test_the_miles_of_the_journey_stand_apart_and_in_the_amount() -> None:
    told = answer(contract(**PAYS), visit(miles="3.5"))
    [line] = told["lines"]
    assert (line["miles"], line["mileage"], line["amount"], told["total"]) == (
        "3.5",
        "1.58",
        "13.58",
        "13.58",
    )
    assert line["rules"][-1] == "contract-mileage"
    assert told["by_payer"] == {"council": "13.58"}


def test_without_miles_nothing_is_added_and_it_says_so() -> None:
    [line] = answer(contract(**PAYS), visit())["lines"]
    assert (line["miles"], line["mileage"], line["amount"]) == ("0", "0.00", "12.00")
    assert "contract-mileage" not in line["rules"]


def test_the_shortest_journey_has_the_rule_though_it_comes_to_nothing() -> None:
    [line] = answer(contract(**PAYS), visit(miles="0.01"))["lines"]
    assert (line["miles"], line["mileage"], line["rules"][-1]) == ("0.01", "0.00", "contract-mileage")


def test_a_contract_without_mileage_answers_as_if_no_miles_were_given() -> None:
    assert answer(contract(), visit(miles=7)) == answer(contract(), visit())
    assert "mileage" not in answer(contract(), visit(miles=7))["lines"][0]


@pytest.mark.parametrize("status", ["missed", "refused", "cancelled"])
def test_a_visit_that_was_not_made_has_no_mileage(status: str) -> None:
    never = visit(status=status, actual=None, cancelled_at="2026-11-02T08:00:00Z", miles=4)
    told, plain = answer(contract(**PAYS), never), answer(contract(), never)
    assert told["total"] == plain["total"] and "mileage" not in told["lines"][0]


def test_each_carer_has_her_own_miles() -> None:
    both = [
        {"carer": "ann", "actual": span("09:00", "09:30"), "miles": 2},
        {"carer": "bea", "actual": span("09:00", "09:30")},
    ]
    told = answer(contract(**PAYS), visit(carers=2, attendances=both))
    assert [(line["mileage"], line["amount"]) for line in told["lines"]] == [
        ("0.90", "12.90"),
        ("0.00", "12.00"),
    ]


def test_no_uplift_raises_mileage() -> None:
    double = {"name": "monday", "days": ["mon"], "multiplier": "2"}
    [line] = answer(contract(**PAYS, uplifts=[double]), visit(miles=10))["lines"]
    assert (line["mileage"], line["amount"]) == ("4.50", "28.50")


@given(st.integers(0, 100_000), st.integers(0, 200))
def test_mileage_is_within_half_a_penny_of_the_exact_sum(hundredths: int, pence: int) -> None:
    miles, per_mile = Decimal(hundredths).scaleb(-2), Decimal(pence).scaleb(-2)
    [line] = answer(contract(mileage={"per_mile": str(per_mile)}), visit(miles=str(miles)))["lines"]
    assert abs(Decimal(line["mileage"]) - miles * per_mile) <= Decimal("0.005")
    assert Decimal(line["amount"]) == Decimal("12.00") + Decimal(line["mileage"])


@pytest.mark.parametrize("miles", ["-1", "1001", "1.234", True, 1.5, "far"])
def test_miles_that_cannot_be_are_refused(miles: Any) -> None:
    with pytest.raises(Faulty) as refused:
        answer(contract(), visit(miles=miles))
    assert [fault.pointer for fault in refused.value.faults] == ["/visits/0/miles"]
