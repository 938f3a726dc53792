"""Lines of pay that the hour does not make: premiums, sleep-ins and mileage, row by row."""

import json
from typing import Any

import polars as pl
import pytest

from backend.domain.pay_terms.lines import sleep_in_lines
from backend.domain.pay_terms.mileage import hundredths, mileage_lines, miles_of
from backend.domain.pay_terms.span import placed, share_of
from backend.domain.pay_terms.terms import pay_sheet
from backend.use_cases.calc_pay import calc_pay
from schemas.pay import PayTerms
from schemas.strict import decode
from tests.days import THERE, activity, case, journey, visit

NIGHT = {"contact": "12.00", "awake": "12.71", "sleep_in_flat": "60.00"}


def paid(day: dict[str, Any], **terms: Any) -> Any:
    return calc_pay(json.dumps({"terms": {"rates": NIGHT} | terms, "days": [day]}).encode())


def sleep_ins(*spans: tuple[str, str], kind: str = "sleep_in") -> list[tuple[Any, Any]]:
    """Units and minutes asleep of nights said as spans."""
    result = paid(case([], [activity(kind, *ends) for ends in spans]))
    found = [row for row in result["lines"] if row["kind"] == "sleep_in_allowance"]
    return [(row["units"], row["minutes"]) for row in found]


def test_a_premium_is_a_line_of_its_own_with_its_rule_and_the_rounding_of_its_time() -> None:
    offered = [{"name": "monday", "days": ["mon"], "per_hour": "2.00"}]
    up = {"minutes": 15, "mode": "up"}
    result = paid(case([visit("a", "09:00", "09:20")]), enhancements=offered, rounding=up)
    assert result["lines"][1] == {
        "kind": "premium", "work": "contact", "enhancement": "monday", "minutes": "30", "rounding_minutes": "10",
        "rate": "2.00", "amount": "1.00", "rule": "pay-enhancement",
    }  # fmt: skip


def test_a_visit_of_no_length_has_no_premium_either() -> None:
    offered = [{"name": "monday", "days": ["mon"], "per_hour": "2.00"}]
    assert paid(case([visit("a", "09:00", "09:00")]), enhancements=offered)["lines"] == []


def test_time_that_is_not_paid_or_rounds_to_none_has_no_premium() -> None:
    offered = [{"name": "monday", "days": ["mon"], "per_hour": "2.00"}]
    day = case(
        [visit("a", "09:00", "09:10"), visit("b", "10:00", "10:30", THERE)], [], [journey("a", "b", 20)]
    )
    told = {
        "enhancements": offered,
        "paid_gap_limit_minutes": 30,
        "rounding": {"minutes": 15, "mode": "down"},
    }
    premiums = [
        row
        for row in paid(day, rates=NIGHT | {"travel": "6.00"}, **told)["lines"]
        if row["kind"] == "premium"
    ]
    assert [(row["work"], row["minutes"]) for row in premiums] == [("contact", "30")]
    assert "premium" not in {
        row["kind"] for row in paid(case([visit("a", "09:00", "09:10")]), **told)["lines"]
    }


def test_premiums_stand_in_the_order_of_the_work_and_what_is_unpaid_by_its_name() -> None:
    names = ["seven", "eight", "nine", "ten", "eleven", "twelve"]
    hours = [f"{7 + index:02}:00" for index in range(7)]
    offered = [
        {"name": name, "from": hours[index], "until": hours[index + 1], "per_hour": "1.00"}
        for index, name in enumerate(names)
    ]
    kinds = ["training", "handover", "supervision", "waiting", "meeting", "travel"]
    day = case(
        [visit(name, hours[index], f"{hours[index][:3]}10") for index, name in enumerate(names)],
        [activity(kind, f"{hours[index][:3]}10", hours[index + 1]) for index, kind in enumerate(kinds)],
    )
    result = paid(day, rates={"contact": "12.00"}, enhancements=offered)
    assert [row["enhancement"] for row in result["lines"][1:]] == names
    assert [row["work"] for row in result["unpaid"]] == sorted(kinds)


def test_travel_that_an_activity_parts_in_two_goes_by_its_first_second() -> None:
    day = case(
        [visit("a", "09:00", "09:10"), visit("b", "10:00", "10:30", THERE)],
        [activity("training", "09:20", "09:30")],
        [journey("a", "b", 20)],
    )
    offered = [{"name": "early", "from": "09:10", "until": "09:20", "per_hour": "3.00"}]
    found = paid(day, rates=NIGHT | {"travel": "6.00"}, enhancements=offered)["lines"]
    premiums = [(row["work"], row["minutes"], row["amount"]) for row in found if row["kind"] == "premium"]
    assert premiums == [("travel", "20", "1.00")]


def test_a_visit_whose_end_nobody_knows_is_no_unpaid_time_of_no_minutes() -> None:
    assert paid(case([visit("a", "09:00", None)]))["unpaid"] == []


def test_a_sleep_in_is_a_line_with_its_rule_and_no_rounding() -> None:
    result = paid(case([], [activity("sleep_in", "22:00", "+07:00")]))
    assert result["lines"] == [
        {
            "kind": "sleep_in_allowance", "work": "sleep_in", "minutes": "540", "rounding_minutes": "0", "units": 1,
            "rate": "60.00", "amount": "60.00", "rule": "pay-sleep-in",
        }
    ]  # fmt: skip


def test_a_night_without_any_sleep_is_a_sleep_in_of_no_minutes() -> None:
    night = [activity("sleep_in", "22:00", "+07:00"), activity("awake", "22:00", "+07:00")]
    found = [row for row in paid(case([], night))["lines"] if row["kind"] == "sleep_in_allowance"]
    assert [(row["units"], row["minutes"], row["amount"]) for row in found] == [(1, "0", "60.00")]


@pytest.mark.parametrize(
    ("spans", "units"),
    [
        ([("22:00", "22:00")], []),
        ([("20:00", "22:00"), ("22:00", "23:00")], [(1, "180")]),
        ([("20:00", "22:00"), ("22:00:01", "23:00")], [(2, "179.98")]),
        ([("20:00", "23:50"), ("20:10", "20:20"), ("21:00", "21:10")], [(1, "230")]),
        ([("22:30", "23:00"), ("20:00", "22:00")], [(2, "150")]),
    ],
)
def test_nights_that_touch_or_lie_inside_another_are_one(
    spans: list[tuple[str, str]], units: list[tuple[int, str]]
) -> None:
    assert sleep_ins(*spans) == units


@pytest.mark.parametrize(
    ("metres", "miles"),
    # 25,146 metres are 15.625 miles and 8,046,720 are 5,000
    [(0, 0), (16, 1), (8, 0), (9, 1), (25_145, 1562), (25_146, 1563), (8_046_720, 500_000), (8_046_712, 500_000)],
)  # fmt: skip
def test_metres_are_hundredths_of_a_mile_half_up(metres: int, miles: int) -> None:
    assert pl.DataFrame({"metres": [metres]}).select(hundredths()).item() == miles


def test_miles_are_added_up_by_way_of_travelling_in_its_order_and_rounded_once() -> None:
    """Two journeys of 0.4 hundredths of a mile each come to one; by themselves they would be none."""
    modes = ["walk", "car", "bus", "bicycle"]
    days = pl.DataFrame({"day": range(8), "case": [1] * 4 + [0] * 4, "mode": modes * 2})
    gaps = pl.DataFrame({"day": [*range(8)] * 2, "metres": [6] * 16, "at_home": False})
    found = miles_of(gaps, days)
    assert found.rows() == [(case, mode, 1) for case in (0, 1) for mode in sorted(modes)]


def test_mileage_is_a_line_for_each_way_of_travelling_that_is_paid_and_was_gone() -> None:
    terms = decode(PayTerms, {"rates": {}, "mileage_per_mile": {"car": "0.50", "bicycle": "1.00"}}).value
    assert terms is not None
    miles = pl.DataFrame(
        {"case": [0, 0, 0], "mode": ["car", "bicycle", "foot"], "miles": [0, 1, 500]},
        {"case": pl.Int64, "mode": pl.String, "miles": pl.Int64},
    )
    sheet = pay_sheet([(terms, [])])
    assert mileage_lines(miles, sheet).to_dicts() == [
        {
            "case": 0, "kind": "mileage", "seconds": 0, "rounding_seconds": 0, "miles": 1, "mode": "bicycle",
            "rate": 1_000_000, "amount": 1, "rule": "pay-mileage",
        }
    ]  # fmt: skip
    driven = mileage_lines(miles.with_columns(pl.lit(1001, pl.Int64).alias("miles")), sheet)
    assert driven.filter(mode="car")["amount"].to_list() == [501], "£5.005, half up"


@pytest.mark.parametrize(
    ("filled", "begins", "start", "early", "inside"),
    [
        (True, 99, 110, 30, 0),
        (True, 100, 90, 0, 30),
        (True, 199, 190, 0, 30),
        (True, 200, 190, 0, 0),
        (True, None, 90, 10, 20),
        (False, 99, 110, 0, 30),
        (False, None, 90, 10, 20),
        (False, None, 190, 0, 10),
    ],
)
def test_unrecorded_time_of_a_gap_lies_whole_where_the_gap_begins_and_all_else_by_the_second(
    filled: bool, begins: int | None, start: int, early: int, inside: int
) -> None:
    half_a_minute = {"filled": filled, "gap_start": begins, "start": start, "end": start + 30, "seconds": 30}
    found = placed(pl.DataFrame([half_a_minute]), (100, 200))
    assert found.select("early", "inside").row(0) == (early, inside)


def test_without_a_span_all_time_lies_inside() -> None:
    found = placed(pl.DataFrame({"seconds": [30]}), None)
    assert found.select("early", "inside").row(0) == (0, 30)


@pytest.mark.parametrize(
    ("worked", "early", "inside", "start", "share"),
    [(3, 1, 1, 150, 3), (1, 1, 0, 150, 0), (0, 0, 0, 150, 10), (0, 0, 0, 100, 10), (0, 0, 0, 200, 0)],
)
def test_a_span_has_its_share_by_what_was_worked_and_of_what_was_not_where_it_starts(
    worked: int, early: int, inside: int, start: int, share: int
) -> None:
    item = {"seconds": 10, "worked": worked, "early": early, "inside": inside, "start": start}
    assert pl.DataFrame([item]).select(share_of("seconds", (100, 200))).item() == share


def test_a_sleep_in_is_paid_in_the_span_where_it_begins() -> None:
    sheet = pay_sheet([(decode(PayTerms, {"rates": NIGHT}).value, [])])
    segments = pl.DataFrame({"day": [0], "kind": ["sleep_in"], "inside": [30]})
    days, night = (
        pl.DataFrame({"day": [0], "case": [0]}),
        pl.DataFrame({"day": [0], "start": [90], "end": [150]}),
    )
    paid_in = [
        sleep_in_lines(segments, night, days, sheet, span).height for span in ((0, 90), (90, 180), (100, 200))
    ]
    assert paid_in == [0, 1, 0]
