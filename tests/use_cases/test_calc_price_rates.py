"""Rates, visit prices, uplifts and the single rounding."""

from typing import Any

import pytest

from tests.pricing import answer, contract, line, span, visit

RATE: dict[str, Any] = {
    "service": "home_care",
    "zone": "rural",
    "from": "2026-04-06",
    "until": None,
    "hourly": "24.00",
}
NIGHT = {"name": "night", "from": "22:00", "until": "07:00", "multiplier": "1.25"}


def hour(start: str, end: str, day: str = "2026-11-02", offset: str = "Z", **more: Any) -> dict[str, Any]:
    """A visit planned and made at these times."""
    return visit(planned=span(start, end, day, offset), actual=span(start, end, day, offset), **more)


def codes(result: Any) -> list[tuple[str, str]]:
    return [(finding["visit"], finding["code"]) for finding in result["findings"]]


def test_a_visit_price_is_for_its_payable_minutes_only() -> None:
    terms = contract(rates=[RATE | {"visit_prices": {"30": "13.40", "27.5": "12.50"}}])
    made = line(terms, visit())
    assert (made["unit"], made["amount"]) == ("visit_price", "13.40")
    assert line(terms, visit(actual=span("09:00:00", "09:27:30")))["amount"] == "12.50"
    by_hour = line(terms, visit(actual=span("09:00", "09:29")))
    assert (by_hour["unit"], by_hour["amount"]) == ("hourly", "11.60")


def test_a_missed_visit_takes_its_percentage_of_the_visit_price() -> None:
    terms = contract(rates=[RATE | {"visit_prices": {"30": "13.40"}}], missed={"percent": "50"})
    assert line(terms, visit(status="missed", actual=None))["amount"] == "6.70"


@pytest.mark.parametrize(
    ("day", "found"),
    [("2026-04-05", False), ("2026-04-06", True), ("2026-10-31", True), ("2026-11-01", False)],
)
def test_rate_dates_are_inclusive(day: str, found: bool) -> None:
    terms = contract(rates=[RATE | {"until": "2026-10-31"}])
    result = answer(terms, hour("09:00", "10:00", day, "+00:00"))
    assert result["total"] == ("24.00" if found else "0.00")
    assert codes(result) == ([] if found else [("v1", "no_rate")])


def test_the_rate_goes_by_the_london_date_of_the_planned_start() -> None:
    terms = contract(rates=[RATE | {"until": "2026-06-30"}, RATE | {"from": "2026-07-01", "hourly": "30.00"}])
    late = visit(planned=span("23:30", "23:59", "2026-06-30"), actual=span("22:30", "23:30", "2026-06-30"))
    assert line(terms, late)["amount"] == "30.00"  # 00:30 on 1 July in London, where summer time holds


def test_an_unplanned_visit_goes_by_its_actual_start() -> None:
    terms = contract(rates=[RATE | {"until": "2026-11-01"}, RATE | {"from": "2026-11-02", "hourly": "30.00"}])
    assert line(terms, visit(planned=None, actual=span("00:00", "01:00")))["amount"] == "30.00"


@pytest.mark.parametrize("other", [{"zone": "urban"}, {"service": "night_sitting"}])
def test_a_rate_is_for_one_service_in_one_zone(other: dict[str, str]) -> None:
    result = answer(contract(), visit(**other), visit(id="v2"))
    assert codes(result) == [("v1", "no_rate")]
    assert "2026-11-02" in result["findings"][0]["detail"]
    assert next(iter(other.values())) in result["findings"][0]["detail"]
    assert [row["visit"] for row in result["lines"]] == ["v2"]


def test_two_rates_for_one_day_are_a_finding_not_a_choice() -> None:
    terms = contract(rates=[RATE | {"until": "2026-11-02"}, RATE | {"from": "2026-11-02", "hourly": "30.00"}])
    result = answer(terms, visit(), hour("09:00", "10:00", "2026-11-03", id="v2"))
    assert codes(result) == [("v1", "ambiguous_rate")]
    assert result["total"] == "30.00"


def test_a_visit_at_no_per_cent_is_a_line_even_where_no_rate_is_known() -> None:
    row = line(contract(rates=[]), visit(status="missed", actual=None))
    assert (row["amount"], row["unit"]) == ("0.00", None)
    assert codes(answer(contract(rates=[], missed={"percent": "1"}), visit(status="missed"))) == [
        ("v1", "no_rate")
    ]


def test_a_line_at_no_per_cent_without_a_rate_names_no_uplift() -> None:
    terms = contract(rates=[], uplifts=[{"name": "monday", "days": ["mon"], "multiplier": "2"}])
    row = line(terms, visit(status="missed", actual=None))
    assert (row["uplift"], row["rules"]) == (None, ["missed-at-percent"])


def test_a_visit_of_no_length_that_was_made_still_needs_a_rate() -> None:
    assert codes(answer(contract(rates=[]), hour("09:00", "09:00"))) == [("v1", "no_rate")]


def test_an_uplift_per_hour_adds_for_the_payable_minutes() -> None:
    weekend = {"name": "weekend", "days": ["sat", "sun"], "per_hour": "1.20"}
    terms = contract(uplifts=[weekend], rates=[RATE | {"visit_prices": {"30": "13.40"}}])
    saturday = line(terms, hour("09:00", "09:30", "2026-11-07"))
    assert (saturday["amount"], saturday["uplift"], saturday["unit"]) == ("14.00", "weekend", "visit_price")
    assert saturday["rules"] == ["pay-actual", "highest-uplift"]
    friday = line(terms, hour("09:00", "09:30", "2026-11-06"))
    assert (friday["amount"], friday["uplift"]) == ("13.40", None)


@pytest.mark.parametrize(
    ("start", "inside"),
    [("22:44:59", False), ("22:45:00", True), ("22:45:30", True), ("23:14:59", True), ("23:15:00", False)],
)
def test_a_window_is_half_open_to_the_second(start: str, inside: bool) -> None:
    late = {"name": "late", "from": "22:45", "until": "23:15", "multiplier": "2"}
    one = visit(planned={"start": f"2026-11-02T{start}Z", "end": "2026-11-03T08:00:00Z"})
    assert line(contract(uplifts=[late]), one)["uplift"] == ("late" if inside else None)


@pytest.mark.parametrize(
    ("start", "inside"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("06:59", True), ("07:00", False)],
)
def test_a_window_over_midnight_is_half_open(start: str, inside: bool) -> None:
    one = visit(planned={"start": f"2026-11-02T{start}:00Z", "end": "2026-11-03T08:00:00Z"})
    assert line(contract(uplifts=[NIGHT]), one)["uplift"] == ("night" if inside else None)


@pytest.mark.parametrize(
    ("start", "inside"), [("17:59", False), ("18:00", True), ("23:59", True), ("00:00", False)]
)
def test_a_window_may_run_to_the_end_of_the_day(start: str, inside: bool) -> None:
    evening = {"name": "evening", "from": "18:00", "until": "24:00", "per_hour": "2"}
    one = visit(planned={"start": f"2026-11-02T{start}:00Z", "end": "2026-11-03T08:00:00Z"})
    assert line(contract(uplifts=[evening]), one)["uplift"] == ("evening" if inside else None)


@pytest.mark.parametrize(
    ("start", "inside"),
    [
        ("2026-10-24T21:00:00Z", True),  # 22:00 in summer time
        ("2026-10-25T21:00:00Z", False),  # 21:00 after the clocks went back
        ("2026-10-25T06:30:00Z", True),  # 06:30 that morning
        ("2027-03-28T05:59:00Z", True),  # 06:59 in summer time
        ("2027-03-28T06:00:00Z", False),
    ],
)
def test_windows_go_by_the_clock_in_london(start: str, inside: bool) -> None:
    one = visit(planned={"start": start, "end": start})
    assert line(contract(uplifts=[NIGHT]), one)["uplift"] == ("night" if inside else None)


@pytest.mark.parametrize(
    ("start", "fits"),
    [
        ("2026-11-07T23:00", True),
        ("2026-11-08T03:00", False),
        ("2026-11-07T03:00", True),
        ("2026-11-07T12:00", False),
    ],
)
def test_an_uplift_with_days_and_a_window_needs_both(start: str, fits: bool) -> None:
    saturday_night = NIGHT | {"name": "saturday night", "days": ["sat"]}
    one = visit(planned={"start": f"{start}:00Z", "end": f"{start}:00Z"})
    assert line(contract(uplifts=[saturday_night]), one)["uplift"] == ("saturday night" if fits else None)


def test_a_bank_holiday_goes_by_the_london_date() -> None:
    terms = contract(uplifts=[{"name": "holiday", "days": ["bank_holiday"], "multiplier": "1.5"}])
    eve = hour("22:30", "23:30", "2026-08-30")  # 23:30 on Sunday in London
    morning = hour("23:30", "23:59", "2026-08-30", id="v2")  # 00:30 on the holiday in London
    rows = answer(terms, eve, morning, bank_holidays=["2026-08-31"])["lines"]
    assert [row["uplift"] for row in rows] == [None, "holiday"]


def test_a_bank_holiday_is_also_its_day_of_the_week() -> None:
    monday = {"name": "monday", "days": ["mon"], "multiplier": "1.1"}
    assert line(contract(uplifts=[monday]), visit(), bank_holidays=["2026-11-02"])["uplift"] == "monday"


def test_one_uplift_at_most_and_it_is_the_one_with_the_highest_price() -> None:
    double = {"name": "double", "days": ["mon"], "multiplier": "2"}
    added = {"name": "added", "days": ["mon"], "per_hour": "23.99"}
    row = line(contract(uplifts=[added, double]), hour("09:00", "10:00"))
    assert (row["uplift"], row["amount"]) == ("double", "48.00")
    dearer = added | {"per_hour": "24.01"}
    assert line(contract(uplifts=[dearer, double]), hour("09:00", "10:00"))["amount"] == "48.01"


def test_of_equal_uplifts_the_first_listed_is_named() -> None:
    double = {"name": "double", "days": ["mon"], "multiplier": "2"}
    added = {"name": "added", "days": ["mon"], "per_hour": "24"}
    assert line(contract(uplifts=[double, added]), hour("09:00", "10:00"))["uplift"] == "double"
    assert line(contract(uplifts=[added, double]), hour("09:00", "10:00"))["uplift"] == "added"


def test_an_uplift_below_one_is_a_price_too() -> None:
    half = {"name": "half", "days": ["mon"], "multiplier": "0.5"}
    assert line(contract(uplifts=[half]), hour("09:00", "10:00"))["amount"] == "12.00"


def test_uplift_carers_and_percentage_are_applied_before_the_only_rounding() -> None:
    terms = contract(
        rates=[RATE | {"hourly": "0.03"}],
        uplifts=[{"name": "monday", "days": ["mon"], "multiplier": "1.5"}],
        missed={"percent": "25"},
    )
    # 0.03 x 20 / 60 = 0.01; x 1.5 = 0.015; x 4 = 0.06; x 25 % = 0.015: half up to 0.02
    one = visit(status="missed", carers=4, planned=span("09:00", "09:20"), actual=None)
    assert line(terms, one)["amount"] == "0.02"


@pytest.mark.parametrize(
    ("hourly", "amount"), [("0.009999", "0.00"), ("0.010000", "0.01"), ("0.029999", "0.01")]
)
def test_half_a_penny_goes_up_and_less_goes_down(hourly: str, amount: str) -> None:
    assert line(contract(rates=[RATE | {"hourly": hourly}]), visit())["amount"] == amount


def test_the_largest_prices_stay_exact() -> None:
    terms = contract(
        rates=[RATE | {"hourly": "999999.999999"}],
        uplifts=[{"name": "all", "days": ["mon"], "multiplier": "999.999999"}],
        rounding={"minutes": 44640, "mode": "up"},
        minimum_minutes=44640,
    )
    one = visit(carers=100)
    assert line(terms, one)["amount"] == "74399999925525.60"
