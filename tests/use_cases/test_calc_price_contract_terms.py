"""Annual uplifts, retainers for suspended visits, and whose bank holidays hold."""

import json
from typing import Any

import pytest

from backend.use_cases.calc_price import calc_price
from tests.pricing import answer, contract, line, pointers, span, visit

RATE: dict[str, Any] = {"service": "home_care", "zone": "rural", "from": "2026-04-06", "hourly": "24.10"}
HALF_FOR_TWO_DAYS = {"percent": "50", "days": 2}


def made_on(day: str) -> dict[str, Any]:
    return visit(planned=span("09:00", "10:00", day), actual=span("09:00", "10:00", day))


def suspended(**changes: Any) -> dict[str, Any]:
    return visit(status="suspended", actual=None, **changes)


@pytest.mark.parametrize(
    ("day", "amount", "raised"),
    [
        ("2027-01-31", "24.10", False),
        ("2027-02-01", "24.88", True),  # 24.10 x 1.0325 = 24.88325
        ("2028-01-31", "24.88", True),
        ("2028-02-01", "25.38", True),  # 24.88 x 1.02 = 25.3776
    ],
)
def test_annual_uplifts_raise_the_rate_in_force_and_each_begins_from_the_last(
    day: str, amount: str, raised: bool
) -> None:
    uplifts = [{"from": "2028-02-01", "percent": "2"}, {"from": "2027-02-01", "percent": "3.25"}]
    priced = line(contract(rates=[RATE], annual_uplifts=uplifts), made_on(day))
    assert priced["amount"] == amount
    assert ("annual-uplift" in priced["rules"]) is raised


def test_an_annual_uplift_raises_visit_prices_too_and_half_a_penny_goes_up() -> None:
    terms = contract(
        rates=[RATE | {"visit_prices": {"60": "10.10"}}],
        annual_uplifts=[{"from": "2026-11-01", "percent": "5"}],
    )
    assert line(terms, made_on("2026-11-02"))["amount"] == "10.61"  # 10.605


def test_a_rate_that_begins_with_the_uplift_stays_as_written() -> None:
    rates = [RATE | {"until": "2027-03-31"}, RATE | {"from": "2027-04-01", "hourly": "30.00"}]
    terms = contract(rates=rates, annual_uplifts=[{"from": "2027-04-01", "percent": "10"}])
    priced = line(terms, made_on("2027-04-02"))
    assert (priced["amount"], "annual-uplift" in priced["rules"]) == ("30.00", False)


def test_an_uplift_for_the_hour_is_added_to_the_raised_rate() -> None:
    terms = contract(
        rates=[RATE],
        annual_uplifts=[{"from": "2026-05-01", "percent": "10"}],
        uplifts=[{"name": "weekday", "days": ["mon"], "multiplier": "2"}],
    )
    assert line(terms, made_on("2026-11-02"))["amount"] == "53.02"  # 26.51 x 2


@pytest.mark.parametrize(
    ("day", "amount", "rule"),
    [(1, "6.00", "retainer"), (2, "6.00", "retainer"), (3, "0.00", "unpaid")],
)
def test_a_retainer_is_due_for_the_first_days_of_the_absence(day: int, amount: str, rule: str) -> None:
    priced = line(contract(suspended=HALF_FOR_TWO_DAYS), suspended(suspended_day=day))
    assert (priced["amount"], priced["rules"]) == (amount, [f"suspended-{rule}"])


def test_a_retainer_takes_the_planned_time_untouched_by_rounding_and_minimum() -> None:
    terms = contract(suspended=HALF_FOR_TWO_DAYS, rounding={"minutes": 20, "mode": "up"}, minimum_minutes=60)
    priced = line(terms, suspended(suspended_day=1))
    assert (priced["payable_minutes"], priced["rounding_minutes"], priced["amount"]) == ("30", "0", "6.00")


def test_without_a_retainer_a_suspended_visit_costs_nothing_whatever_its_day() -> None:
    for priced in (line(contract(), suspended()), line(contract(), suspended(suspended_day=1))):
        assert (priced["amount"], priced["rules"]) == ("0.00", ["suspended-unpaid"])


def test_a_retainer_without_the_day_of_the_absence_is_a_finding() -> None:
    result = answer(contract(suspended=HALF_FOR_TWO_DAYS), suspended())
    [finding] = result["findings"]
    assert (result["lines"], finding["code"]) == ([], "no_suspended_day")
    assert finding["detail"].endswith("but not on which day of the absence: record it")


def test_both_carers_places_are_kept_by_a_retainer() -> None:
    assert (
        line(contract(suspended=HALF_FOR_TWO_DAYS), suspended(suspended_day=1, carers=2))["amount"] == "12.00"
    )


@pytest.mark.parametrize(
    ("division", "amount"),
    [("england", "24.00"), ("scotland", "48.00"), ("northern-ireland", "24.00"), ("wales", "24.00")],
)
def test_bank_holidays_are_those_of_the_contracts_division(division: str, amount: str) -> None:
    terms = contract(
        division=division, uplifts=[{"name": "holiday", "days": ["bank_holiday"], "multiplier": "2"}]
    )
    case = {"contract": terms, "visits": [made_on("2026-11-30")]}  # Saint Andrew's Day, a Monday
    answered: Any = calc_price(json.dumps(case).encode())
    assert answered["total"] == amount


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"annual_uplifts": [{"from": "2027-04-01", "percent": "1"}] * 2}, "/contract/annual_uplifts/1/from"),
        (
            {"annual_uplifts": [{"from": "2027-04-01", "percent": "101"}]},
            "/contract/annual_uplifts/0/percent",
        ),
        (
            {"annual_uplifts": [{"from": f"20{year}-04-01", "percent": "100"} for year in range(27, 47)]},
            "/contract/annual_uplifts",
        ),
        ({"suspended": {"percent": "50"}}, "/contract/suspended/days"),
        ({"suspended": {"percent": "50", "days": 0}}, "/contract/suspended/days"),
        ({"lots": [{"lot": "North", "zones": []}]}, "/contract/lots/0/zones"),
        ({"lots": [{"lot": "North", "zones": ["rural"]}] * 2}, "/contract/lots/1/lot"),
        ({"lots": [{"lot": "North", "zones": ["rural"], "tier": "copper"}]}, "/contract/lots/0/tier"),
        ({"division": "britain"}, "/contract/division"),
    ],
)
def test_terms_that_cannot_be_are_refused_where_they_stand(terms: dict[str, Any], pointer: str) -> None:
    assert pointers({"contract": contract(**terms), "visits": []}) == [pointer]
