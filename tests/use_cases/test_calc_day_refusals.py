"""What calc day refuses, and where it says the fault lies."""

from typing import Any

import pytest

from backend.use_cases.calc_day import calc_day
from schemas.strict import Faulty
from tests.days import HERE, THERE, activity, answer, at, case, journey, pointers, span, visit

TWO = [visit("a", "09:00", "09:30"), visit("b", "10:00", "10:30", THERE)]


def test_a_completed_visit_without_actual_times_is_refused() -> None:
    assert pointers(case([visit("a", None, None, actual=None)])) == ["/visits/0/actual"]


def test_actual_times_that_are_both_missing_are_refused() -> None:
    assert pointers(case([visit("a", None, None)])) == ["/visits/0/actual"]


def test_a_visit_that_did_not_happen_needs_no_actual_times() -> None:
    assert pointers(case([visit("a", None, None, actual=None, status="missed")])) == []


def test_an_end_before_its_start_is_refused_and_an_equal_one_is_not() -> None:
    backwards = case(
        [visit("a", "09:30", "09:00", planned=span("09:30", "09:29"))], [activity("break", "10:00", "09:59")]
    )
    assert pointers(backwards) == ["/visits/0/planned/end", "/visits/0/actual/end", "/activities/0/end"]
    assert pointers(case([visit("a", "09:30", "09:30")], [activity("break", "10:00", "10:00")])) == []


def test_a_visit_id_that_stands_twice_is_refused() -> None:
    assert pointers(case([visit("a", "09:00", "09:30"), visit("a", "10:00", "10:30")])) == ["/visits/1/id"]


def test_a_journey_of_a_visit_that_is_not_there_is_refused() -> None:
    assert pointers(case(TWO, [], [journey("x", "y", 5)])) == ["/journeys/0/from", "/journeys/0/to"]


def test_a_journey_estimated_twice_is_refused() -> None:
    assert pointers(case(TWO, [], [journey("a", "b", 5), journey("a", "b", 6)])) == ["/journeys/1"]


def test_a_journey_needs_one_estimate() -> None:
    both = journey("a", "b", 5) | {"estimate_seconds": 300}
    neither = {"from": "a", "to": "b"}
    assert pointers(case(TWO, [], [both])) == ["/journeys/0/estimate_minutes"]
    assert pointers(case(TWO, [], [neither])) == ["/journeys/0/estimate_minutes"]


@pytest.mark.parametrize("estimate", [-1, "-1", "x", None, True, 1.5])
def test_an_estimate_that_is_no_number_of_minutes_is_refused(estimate: Any) -> None:
    faulty = {"from": "a", "to": "b", "estimate_minutes": estimate, "source": "given"}
    assert pointers(case(TWO, [], [faulty])) == ["/journeys/0/estimate_minutes"]


def test_an_estimate_may_stand_in_seconds() -> None:
    given = {"from": "a", "to": "b", "estimate_seconds": 90, "source": "given"}
    assert answer(TWO, [], [given])["totals"]["travel"] == 90


def test_waking_outside_every_sleep_in_is_refused() -> None:
    nights = [activity("sleep_in", "22:00", "23:00"), activity("awake", "23:30", "23:40")]
    assert pointers(case([], nights)) == ["/activities/1"]


def test_unknown_kinds_statuses_modes_and_fields_are_refused_all_at_once() -> None:
    data = case(
        [visit("a", "09:00", "09:30", status="done")], [activity("lunch", "10:00", "10:30")], long_gap="paid"
    )
    data["carer"]["mode"] = "helicopter"
    data["colour"] = "blue"
    assert sorted(pointers(data)) == [
        "/activities/0/kind",
        "/carer/mode",
        "/colour",
        "/policy/long_gap",
        "/visits/0/status",
    ]


@pytest.mark.parametrize("field", ["carer", "date", "visits"])
def test_what_a_day_cannot_do_without_is_required(field: str) -> None:
    data = case([])
    del data[field]
    assert pointers(data) == [f"/{field}"]


@pytest.mark.parametrize(
    ("place", "pointer"),
    [
        ({"lat": 90.1, "lon": 0}, "/visits/0/place/lat"),
        ({"lat": 0, "lon": -180.1}, "/visits/0/place/lon"),
        ({"lat": "52", "lon": 0}, "/visits/0/place/lat"),
        ({"lat": 52}, "/visits/0/place/lon"),
    ],
)
def test_a_place_off_the_earth_is_refused(place: Any, pointer: str) -> None:
    assert pointers(case([visit("a", "09:00", "09:30", place)])) == [pointer]


def test_greenwich_is_a_real_place() -> None:
    assert pointers(case([visit("a", "09:00", "09:30", {"lat": 51.48, "lon": 0.0})])) == []


def test_an_instant_without_an_offset_is_refused() -> None:
    bare = visit("a", None, None, HERE, actual={"start": "2026-11-02T09:00:00", "end": at("09:30")})
    assert pointers(case([bare])) == ["/visits/0/actual/start"]


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(Faulty, match="not valid JSON"):
        calc_day(b"{")
