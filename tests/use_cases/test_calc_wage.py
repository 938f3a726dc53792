"""Worked cases of the minimum wage test, each with its source, and the shape of the answer."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backend.use_cases.calc_wage import calc_wage, exact_results, wage_results
from schemas.strict import Faulty, decode
from schemas.wage import WageCase
from tests.wage import TODAY, answer, case, pointers
from tests.worked_cases import holds

CASES = json.loads((Path(__file__).parent / "wage_cases.json").read_text(encoding="utf-8"))


ANSWERED = [worked for worked in CASES if "refused" not in worked]


@cache
def answers_to_all() -> dict[str, Any]:
    """The answers on all worked cases, asked together, by the name of each."""
    found = calc_wage(json.dumps([worked["input"] for worked in ANSWERED]), TODAY)
    return dict(zip((worked["id"] for worked in ANSWERED), found, strict=True))


@pytest.mark.parametrize("worked", ANSWERED, ids=lambda c: c["id"])
def test_a_worked_case_comes_out_as_published(worked: dict[str, Any]) -> None:
    result = answers_to_all()[worked["id"]]
    assert holds(worked["expect"], result), result


@pytest.mark.parametrize("worked", [c for c in CASES if "refused" in c], ids=lambda c: c["id"])
def test_a_refused_case_names_every_fault(worked: dict[str, Any]) -> None:
    assert set(worked["refused"]) <= pointers(worked["input"])


PUBLISHED: dict[str, Any] = {
    "counted_minutes": "6900",
    "excluded_minutes": "0",
    "unresolved_minutes": "0",
    "work": [
        {"kind": "contact", "minutes": "6000", "counted": True, "rule": "nmw-2015-30"},
        {"kind": "travel", "minutes": "900", "counted": True, "rule": "nmw-2015-34"},
    ],
    "total_remuneration": "1271.00",
    "pay": [
        {
            "kind": "hourly",
            "amount": "1271.00",
            "placed": "1271.00",
            "counted": "1271.00",
            "premium": "0.00",
            "rule": "nmw-2015-9",
        }
    ],
    "premium_excluded": "0.00",
    "adjustments": [{"section": "deduction", "kind": "uniform", "amount": "-10.00", "rule": "nmw-2015-12"}],
    "accommodation_adjustment": "0.00",
    "nmw_pay": "1261.00",
    "hourly_equivalent": "10.97",
    "required": {
        "band": "21_and_over",
        "hourly": "12.71",
        "pay": "1461.65",
        "statute": "nmw-rate-2026-04-01",
    },
    "compliant": False,
    "shortfall": "200.65",
    "shortfall_with_unresolved": "200.65",
    "arrears": {
        "underpayment": "200.65",
        "rate_then": "12.71",
        "rate_now": "12.71",
        "due": "200.65",
        "rule": "nmw-act-17",
    },
    "standards": [
        {"name": "Real Living Wage", "met": False, "shortfall": "285.75", "rule": "contract-standard"}
    ],
    "warnings": [],
}
"""The answer that docs and contract show, to the case below."""


def test_the_answer_has_the_published_shape() -> None:
    result = answer(
        worker={"date_of_birth": "1999-05-03"},
        work=[
            {"kind": "contact", "minutes": 6000, "duties": "care"},
            {"kind": "travel", "minutes": 900, "duties": "care"},
        ],
        pay=[{"kind": "hourly", "minutes": 6000, "rate": "12.71", "duties": "care"}],
        contract_rates=[{"duties": "care", "rate": "12.71"}],
        deductions=[{"kind": "uniform", "amount": "10.00"}],
        standards=[
            {"name": "Real Living Wage", "hourly": "13.45", "kinds": ["contact", "travel", "waiting"]}
        ],
        as_of="2026-11-21",
    )
    assert result == PUBLISHED


def test_an_array_gives_an_array_in_its_order() -> None:
    cases = [case(), case(work=[{"kind": "contact", "minutes": 660}])]
    results = calc_wage(json.dumps(cases), TODAY)
    assert [result["shortfall"] for result in results] == ["0.00", "12.71"]
    assert calc_wage("[]", TODAY) == []


def test_cases_in_one_array_do_not_touch_each_other() -> None:
    cheap = case(pay=[{"kind": "hourly", "minutes": 600, "rate": "9.00", "duties": "care"}])
    dear = case(pay=[{"kind": "hourly", "minutes": 600, "rate": "15.00", "duties": "care"}])
    together = calc_wage(json.dumps([cheap, dear]), TODAY)
    assert together == [calc_wage(json.dumps(cheap), TODAY), calc_wage(json.dumps(dear), TODAY)]


def test_cases_held_in_memory_get_the_same_answer() -> None:
    decoded = decode(WageCase, case()).value
    assert decoded is not None
    (result,) = wage_results([decoded], TODAY)
    assert str(result.nmw_pay) == answer()["nmw_pay"]
    assert wage_results([], TODAY) == []


def test_a_case_held_in_memory_with_no_known_rate_is_refused_by_its_number() -> None:
    known = decode(WageCase, case()).value
    unknown = decode(WageCase, case(period={"start": "2028-01-01", "end": "2028-01-31"})).value
    assert known is not None
    assert unknown is not None
    with pytest.raises(Faulty) as caught:
        wage_results([known, unknown], TODAY)
    assert [fault.pointer for fault in caught.value.faults] == ["/1/period/start"]


def test_arrears_are_of_the_day_given_when_the_case_names_none() -> None:
    short = json.dumps(case(period={"start": "2025-05-01", "end": "2025-05-31"}, pay=[]))
    before = calc_wage(short, date(2026, 3, 31))
    after = calc_wage(short, date(2026, 4, 1))
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (before["arrears"]["due"], after["arrears"]["due"]) == ("122.10", "127.10")


def test_money_is_printed_with_two_decimals_half_up() -> None:
    result = answer(pay=[{"kind": "hourly", "minutes": 600, "rate": "13.0005"}])
    assert result["total_remuneration"] == "130.01"
    assert answer(pay=[{"kind": "salary", "amount": "130.0049"}])["nmw_pay"] == "130.00"


def test_minutes_are_printed_with_at_most_two_places() -> None:
    work = [{"kind": "contact", "seconds": 61}, {"kind": "travel", "minutes": "0.5"}]
    result = answer(work=work)
    assert [line["minutes"] for line in result["work"]] == ["1.02", "0.5"]
    assert result["counted_minutes"] == "1.52"


def test_seconds_may_stand_in_place_of_minutes() -> None:
    assert answer(work=[{"kind": "contact", "seconds": 36000}]) == answer()
    by_seconds = answer(pay=[{"kind": "hourly", "seconds": 36000, "rate": "12.71"}])
    assert by_seconds == answer(pay=[{"kind": "hourly", "minutes": 600, "rate": "12.71"}])


def test_a_verdict_compares_exact_values_and_a_shortfall_below_half_a_penny_prints_a_penny() -> None:
    result = answer(pay=[{"kind": "salary", "amount": "127.099999"}])
    assert result["compliant"] is False
    assert result["nmw_pay"] == "127.10"
    assert result["shortfall"] == "0.01"
    assert result["arrears"]["due"] == "0.01"


def test_a_penny_above_the_minimum_is_enough_and_one_below_is_not() -> None:
    assert answer(pay=[{"kind": "salary", "amount": "127.11"}])["compliant"] is True
    assert answer(pay=[{"kind": "salary", "amount": "127.09"}])["shortfall"] == "0.01"


def test_the_largest_and_smallest_figures_still_come_out_exactly() -> None:
    most = [{"kind": "salary", "amount": "9999999.99"}] * 2000
    brief = answer(pay=most, work=[{"kind": "contact", "minutes": "0.000001"}])
    assert brief["nmw_pay"] == "19999999980.00"
    assert Decimal(brief["hourly_equivalent"]) == Decimal("19999999980.00") * 60_000_000
    owed = answer(
        pay=[],
        deductions=[{"kind": "uniform", "amount": "9999999.99"}] * 2000,
        rates={"hourly": "0.01", "hourly_now": "10000"},
    )
    assert owed["shortfall"] == "19999999980.10"
    assert Decimal(owed["arrears"]["due"]) == Decimal("19999999980.10") * 1_000_000
    piece = {"kind": "piece", "units": "999999999999", "rate": "0.000001", "normal_rate": "10000"}
    assert answer(pay=[piece])["nmw_pay"] == "1000000.00"


@pytest.mark.parametrize(
    ("paid", "exact", "shortfall"),
    [
        # 61 minutes at 12.71 are 12.921833..., and 80 minutes of work ask for 16.946666...
        (61, ("16.9466666666666666666667", "12.9218333333333333333333", "4.0248333333333333333333"), "4.02"),
        (80, ("16.9466666666666666666667", "16.9466666666666666666667", "0"), "0.00"),
        (120, ("16.9466666666666666666667", "25.42", "0"), "0.00"),
    ],
)
def test_the_figures_before_rounding_stand_beside_an_answer(
    paid: int, exact: tuple[str, str, str], shortfall: str
) -> None:
    pay = [{"kind": "hourly", "minutes": paid, "rate": "12.71", "duties": "care"}]
    decoded = decode(WageCase, case(work=[{"kind": "contact", "minutes": 80}], pay=pay)).value
    assert decoded is not None
    [(result, figures)] = exact_results([decoded], TODAY)
    assert (str(figures.required), str(figures.counts), str(figures.missing)) == exact
    assert str(result.shortfall) == shortfall
    assert "exact" not in calc_wage(json.dumps(case()), TODAY)
