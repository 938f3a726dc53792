"""How long visits are: far less than planned, piled where the contract pays more, or while nobody was at home."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.domain.audit_tests.lengths import sign_test
from tests.domain.audit_tests.recorded import DAY, Record, at, recorded, visit


@pytest.mark.parametrize(("end", "flagged"), [("09:14:59", True), ("09:15:00", False)])
def test_less_than_half_of_the_plan_is_short(end: str, flagged: bool) -> None:
    assert bool(recorded(visit("a", "09:00", end, plan=("09:00", "09:30"))).about("audit-short")) is flagged


def test_a_carer_who_was_not_let_in_is_not_blamed() -> None:
    refused = visit("a", "09:00", "09:02", plan=("09:00", "09:30"), status="refused")
    assert recorded(refused).about("audit-short") == []


def absent(day: int, starts: int, ends: int | None, kind: str = "hospital") -> list[tuple[Any, Any]]:
    away = {
        "service_user_id": "bert", "kind": kind, "starts_on": DAY + timedelta(days=starts),
        "ends_on": None if ends is None else DAY + timedelta(days=ends),
    }  # fmt: skip
    flags = recorded(visit("a", "09:00", "09:30", day=day), absences=[away]).flags("audit-absent")
    return [(flag["measured"], flag["others"]) for flag in flags]


def test_a_visit_while_she_was_in_hospital_says_how_far_inside_the_stay() -> None:
    assert absent(2, 0, 4) == [(2, ["hospital"])]
    assert absent(0, 0, 4) == [(0, ["hospital"])]
    assert absent(5, 0, 4) == []
    assert absent(30, 0, None, "ended")[0][1] == ["ended"]


def test_a_visit_before_midnight_in_london_is_of_that_day() -> None:
    late = {**visit("a", "09:00", "09:30"), "actual_start": at("23:30"), "actual_end": at("23:59")}
    away = {"service_user_id": "bert", "kind": "away", "starts_on": DAY + timedelta(days=1), "ends_on": None}
    assert recorded(late, absences=[away]).flags("audit-absent") == []


def lasting(*seconds: int, edge_s: int = 0) -> Record:
    visits = []
    for number, length in enumerate(seconds):
        one = visit(f"v{number}", "09:00", "09:30", day=number)
        visits.append({**one, "actual_end": one["actual_start"] + timedelta(seconds=length)})
    return recorded(*visits, roundings=[{"contract_id": "council", "step_s": 900, "edge_s": edge_s}])


def test_visits_just_past_a_rounding_threshold_and_none_short_of_it_pile_up() -> None:
    [flag] = lasting(*[910 + number for number in range(20)]).flags("audit-rounding-pile")
    assert (flag["measured"], len(flag["visit_ids"])) == (100, 20)


def test_as_many_short_of_it_are_chance_and_so_are_few() -> None:
    assert lasting(*[910] * 10, *[890] * 10).flags("audit-rounding-pile") == []
    assert lasting(*[910] * 19).flags("audit-rounding-pile") == []


def test_the_threshold_is_where_the_contracts_rounding_has_it() -> None:
    to_nearest = [1360] * 20  # 22 minutes 40: to the nearest quarter it earns half an hour
    assert lasting(*to_nearest).flags("audit-rounding-pile") == []
    assert len(lasting(*to_nearest, edge_s=450).flags("audit-rounding-pile")) == 1


def test_the_sign_test_is_the_chance_of_heads() -> None:
    assert sign_test(0, 10) == 1
    assert sign_test(10, 10) == 2**-10
    assert sign_test(9, 10) == 11 / 1024


def test_the_first_day_of_the_samples_is_a_monday() -> None:
    assert date(2026, 11, 2) == DAY and DAY.weekday() == 0
