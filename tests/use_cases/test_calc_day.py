"""Worked cases of calc day, each with its source, and the shape of the answer."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.statute.policy import policy_on
from backend.use_cases.calc_day import calc_day
from schemas.day import DayPolicy
from tests.days import THERE, answer, case, journey, pointers, visit
from tests.worked_cases import holds

CASES = json.loads((Path(__file__).parent / "day_cases.json").read_text())
PUBLISHED: dict[str, Any] = {
    "carer": {"home": {"lat": 52.0565, "lon": -2.7160}, "mode": "car"},
    "date": "2026-11-02",
    "policy": {"waiting_limit_minutes": 60, "long_gap": "unresolved"},
    "visits": [
        {
            "id": "v1",
            "place": {"lat": 52.0610, "lon": -2.7100},
            "status": "completed",
            "planned": {"start": "2026-11-02T07:00:00Z", "end": "2026-11-02T07:30:00Z"},
            "actual": {"start": "2026-11-02T07:04:00Z", "end": "2026-11-02T07:31:00Z"},
        },
        {
            "id": "v2",
            "place": {"lat": 52.1000, "lon": -2.7600},
            "status": "completed",
            "planned": {"start": "2026-11-02T07:50:00Z", "end": "2026-11-02T08:20:00Z"},
            "actual": {"start": "2026-11-02T07:56:00Z", "end": "2026-11-02T08:26:00Z"},
        },
    ],
    "activities": [],
    "journeys": [{"from": "v1", "to": "v2", "estimate_minutes": 12, "source": "osrm"}],
}


def ask(data: Any) -> Any:
    return calc_day(json.dumps(data).encode())


@pytest.mark.parametrize("worked", [one for one in CASES if "refused" not in one], ids=lambda one: one["id"])
def test_the_answer_is_that_of_the_worked_case(worked: dict[str, Any]) -> None:
    result = ask(worked["input"])
    assert holds(worked["expect"], result), result


@pytest.mark.parametrize("worked", [one for one in CASES if "refused" in one], ids=lambda one: one["id"])
def test_the_worked_case_is_refused_with_every_fault_named(worked: dict[str, Any]) -> None:
    assert pointers(worked["input"]) == worked["refused"]


def test_the_published_example_comes_out_field_by_field() -> None:
    result = ask(PUBLISHED)
    assert set(result) == {"date", "segments", "totals", "flags"}
    assert result["segments"][0] == {
        "kind": "contact",
        "start": "2026-11-02T07:04:00Z",
        "end": "2026-11-02T07:31:00Z",
        "seconds": 1620,
        "counted": True,
        "rule": "nmw-2015-30",
        "visit": "v1",
    }
    assert result["segments"][1] == {
        "kind": "travel",
        "start": "2026-11-02T07:31:00Z",
        "end": "2026-11-02T07:43:00Z",
        "seconds": 720,
        "counted": True,
        "rule": "nmw-2015-34",
        "from": "v1",
        "to": "v2",
        "planned_gap_seconds": 1200,
        "observed_gap_seconds": 1500,
        "estimate_seconds": 720,
        "source": "osrm",
    }
    assert result["totals"] == {
        "contact": 3420,
        "travel": 720,
        "waiting": 780,
        "other": 0,
        "counted": 4920,
        "unresolved": 0,
        "uncounted": 0,
    }
    assert result["flags"] == []


def test_an_array_is_answered_with_an_array_in_its_order() -> None:
    second = case([visit("only", "10:00", "10:30")]) | {"date": "2026-11-01"}
    answers = ask([PUBLISHED, second])
    assert [one["date"] for one in answers] == ["2026-11-02", "2026-11-01"]
    assert answers[1]["totals"]["contact"] == 1800
    assert answers[0] == ask(PUBLISHED)


def test_a_day_of_nothing_is_zeros() -> None:
    result = answer([])
    assert result["segments"] == []
    assert set(result["totals"].values()) == {0}


def test_a_journey_nobody_gave_is_estimated_and_its_source_shown() -> None:
    result = answer([visit("a", "09:00", "09:30"), visit("b", "10:20", "10:50", THERE)])
    travel = result["segments"][1]
    assert travel["source"] == "straight_line"
    # 19.03 km as the crow flies x 1.40 at 37.5 km/h, and two minutes at the door.
    assert 2500 < travel["estimate_seconds"] < 2900
    assert travel["seconds"] == travel["estimate_seconds"]


def test_every_fault_of_an_array_is_named_under_its_index() -> None:
    broken = case([visit("a", "09:30", "09:00"), visit("a", "10:00", "10:30", {"lat": 0, "lon": 181})])
    assert pointers([PUBLISHED, broken]) == ["/1/visits/0/actual/end", "/1/visits/1/place/lon"]


@pytest.mark.parametrize("policy", [None, {}, {"long_gap": "unresolved"}])
@pytest.mark.parametrize(("end", "waiting", "unresolved"), [("10:30", 2400, 0), ("10:31", 0, 2460)])
def test_a_waiting_limit_left_out_is_the_packaged_one(
    policy: dict[str, Any] | None, end: str, waiting: int, unresolved: int
) -> None:
    day = case([visit("a", "09:00", "09:30"), visit("b", end, "12:00", THERE)], [], [journey("a", "b", 20)])
    told = {name: value for name, value in (day | {"policy": policy}).items() if value is not None}
    totals = ask(told)["totals"]
    assert (totals["waiting"], totals["unresolved"]) == (waiting, unresolved)
    assert DayPolicy().waiting_limit_minutes == policy_on(date(2026, 11, 2)).waiting_limit_minutes
