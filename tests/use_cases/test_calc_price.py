"""Worked cases of calc price, each with its source, and the shape of the answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.use_cases.calc_price import calc_price
from tests.pricing import answer, contract, pointers, span, visit
from tests.worked_cases import holds

CASES = json.loads((Path(__file__).parent / "price_cases.json").read_text())


@pytest.mark.parametrize(
    "case", [case for case in CASES if "refused" not in case], ids=lambda case: case["id"]
)
def test_the_answer_is_that_of_the_worked_case(case: dict[str, Any]) -> None:
    result: Any = calc_price(json.dumps(case["input"]).encode())
    assert holds(case["expect"], result), result
    assert len(result["findings"]) == len(case["expect"].get("findings", []))


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case], ids=lambda case: case["id"])
def test_the_worked_case_is_refused_with_every_fault_named(case: dict[str, Any]) -> None:
    assert pointers(case["input"]) == case["refused"]


def test_the_published_example_comes_out_field_by_field() -> None:
    terms = contract(
        pay_basis="planned_within_tolerance",
        tolerance_minutes=7,
        cap_at_planned=True,
        rounding={"minutes": 15, "mode": "nearest"},
        rates=[
            {"service": "home_care", "zone": "rural", "from": "2026-04-06", "until": None, "hourly": "25.20",
             "visit_prices": {"30": "13.40"}},
        ],
        uplifts=[
            {"name": "bank_holiday", "days": ["bank_holiday"], "multiplier": "1.5"},
            {"name": "weekend", "days": ["sat", "sun"], "per_hour": "1.20"},
            {"name": "night", "from": "22:00", "until": "07:00", "multiplier": "1.25"},
        ],
        funding=[{"payer": "council", "percent": "70"}, {"payer": "nhs", "percent": "30"}],
    )  # fmt: skip
    one = visit(carers=2, planned=span("07:00", "07:30"), actual=span("07:04", "07:31"))
    assert answer(terms, one, bank_holidays=["2026-12-25"]) == {
        "lines": [
            {
                "visit": "v1",
                "carer": None,
                "planned_minutes": "30",
                "actual_minutes": "27",
                "payable_minutes": "30",
                "rounding_minutes": "0",
                "difference_minutes": "3",
                "unit": "visit_price",
                "amount": "26.80",
                "uplift": None,
                "rules": ["pay-planned-within-tolerance", "round-nearest-15"],
                "funding": [{"payer": "council", "amount": "18.76"}, {"payer": "nhs", "amount": "8.04"}],
            }
        ],
        "total": "26.80",
        "by_payer": {"council": "18.76", "nhs": "8.04"},
        "findings": [],
    }


def test_an_array_is_answered_by_an_array_in_its_order() -> None:
    first = {"contract": contract(), "bank_holidays": [], "visits": [visit()]}
    second = {
        "contract": contract(missed={"percent": "50"}),
        "bank_holidays": [],
        "visits": [visit(status="missed")],
    }
    results: Any = calc_price(json.dumps([first, second, first]).encode())
    assert [result["total"] for result in results] == ["12.00", "6.00", "12.00"]
    assert calc_price(b"[]") == []


def test_lines_stand_in_the_order_of_the_visits() -> None:
    visits = [visit(id=name) for name in ("z", "a", "m")]
    assert [row["visit"] for row in answer(contract(), *visits)["lines"]] == ["z", "a", "m"]


def test_no_visits_make_an_empty_answer_that_still_names_the_payers() -> None:
    assert answer(contract()) == {
        "lines": [],
        "total": "0.00",
        "by_payer": {"council": "0.00"},
        "findings": [],
    }


def test_without_a_list_of_bank_holidays_those_of_england_are_taken() -> None:
    terms = contract(uplifts=[{"name": "holiday", "days": ["bank_holiday"], "multiplier": "2"}])
    christmas = visit(
        planned=span("09:00", "09:30", "2026-12-25"), actual=span("09:00", "09:30", "2026-12-25")
    )
    case = {"contract": terms, "visits": [christmas]}
    result: Any = calc_price(json.dumps(case).encode())
    assert result["total"] == "24.00"
    assert answer(terms, christmas)["total"] == "12.00"
