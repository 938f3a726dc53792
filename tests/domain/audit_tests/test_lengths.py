"""How long visits are: far less than planned, piled where the contract pays more, or while nobody was at home."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.domain.audit_tests.lengths import sign_test
from tests.domain.audit_tests.recorded import DAY, Record, at, mark, recorded, visit


@pytest.mark.parametrize(("end", "flagged"), [("09:14:59", True), ("09:15:00", False)])
def test_less_than_half_of_the_plan_is_short(end: str, flagged: bool) -> None:
    assert bool(recorded(visit("a", "09:00", end, plan=("09:00", "09:30"))).about("audit-short")) is flagged


def test_a_short_visit_is_shown_by_its_share_of_the_plan_and_both_its_events() -> None:
    [flag] = recorded(visit("a", "09:00", "09:06", plan=("09:00", "09:30"))).flags("audit-short")
    assert (flag["measured"], flag["limit"], flag["at"]) == (20, 50, at("09:00"))
    assert flag["event_rows"] == ["check_in/a/02090000", "check_out/a/02090600"]


def test_a_visit_of_no_length_is_short_and_one_without_a_plan_or_with_an_empty_one_is_not() -> None:
    assert recorded(visit("a", "09:00", "09:00", plan=("09:00", "09:30"))).about("audit-short") == ["a"]
    for length in ("09:00", "09:10"):
        assert recorded(visit("a", "09:00", length, plan=("09:00", "09:00"))).about("audit-short") == []
        unplanned = visit("a", "09:00", length, planned_start=None, planned_end=None)
        assert recorded(unplanned).about("audit-short") == []


def test_a_visit_that_no_phone_recorded_is_judged_by_its_times_and_an_unresolved_one_is_not() -> None:
    short = visit("a", "09:00", "09:06", plan=("09:00", "09:30"))
    assert recorded(short, marks=[]).flags("audit-short")[0]["event_rows"] == []
    assert recorded({**short, "unresolved": "clock_unknown"}).flags("audit-short") == []
    assert recorded({**short, "carer_id": None}, marks=[]).flags("audit-short") == []


def test_of_several_events_the_first_check_in_and_the_last_check_out_stand_beside_a_visit() -> None:
    marks = [
        mark(kind, "a", clock) for clock in ("09:01", "09:00", "09:02") for kind in ("check_out", "check_in")
    ]
    other = [{**one, "visit_id": "b"} for one in marks]
    short = visit("a", "09:00", "09:02", plan=("09:00", "09:30"))
    record = recorded(short, marks=[*other, *marks, mark("check_in", None, "08:00")])
    assert record.flags("audit-short")[0]["event_rows"] == ["check_in/a/02090000", "check_out/a/02090200"]


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
    assert absent(4, 0, 4) == [(0, ["hospital"])]
    assert absent(5, 0, 4) == []
    assert absent(-1, 0, 4) == []
    assert absent(30, 0, None, "ended")[0][1] == ["ended"]


def test_of_several_stays_the_one_that_the_visit_lies_deepest_in_is_told() -> None:
    def stay(kind: str, starts: int, ends: int) -> dict[str, Any]:
        dates = {"starts_on": DAY + timedelta(days=starts), "ends_on": DAY + timedelta(days=ends)}
        return {"service_user_id": "bert", "kind": kind, **dates}

    one = visit("a", "09:00", "09:30", day=2)
    stays = [stay("away", 2, 2), stay("hospital", 0, 4), stay("respite", 1, 8)]
    for listed in (stays, stays[::-1]):
        [flag] = recorded(one, absences=listed).flags("audit-absent")
        assert (flag["measured"], flag["others"], flag["limit"]) == (2, ["hospital"], 0)
        assert flag["event_rows"] == ["check_in/a/04090000", "check_out/a/04093000"]
    equal = [stay("respite", 0, 4), stay("hospital", 0, 4), stay("away", 1, 3)]
    assert recorded(one, absences=equal).flags("audit-absent")[0]["others"] == ["hospital"]
    longer = [stay("away", 0, 4), stay("respite", -3, 4)]
    assert recorded(one, absences=longer).flags("audit-absent")[0]["others"] == ["respite"], (
        "which began first"
    )
    away = [{**stays[1], "service_user_id": "cleo"}]
    assert recorded(one, absences=away).flags("audit-absent") == []
    assert recorded({**one, "status": "refused"}, absences=stays).flags("audit-absent") == []


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


def test_the_window_past_a_threshold_holds_its_first_second_and_that_short_of_it_too() -> None:
    def piled(*lengths: int) -> bool:
        return bool(lasting(*lengths).flags("audit-rounding-pile"))

    assert piled(*[900] * 20) and piled(*[1019] * 20)
    assert not piled(*[1020] * 20)
    assert not piled(*[910] * 20, *[780] * 20), "as many within two minutes short of it"
    assert piled(*[910] * 20, *[779] * 20), "further short of it nothing is held against them"


def test_a_pile_is_told_by_its_share_and_flagged_below_the_chance_that_the_limit_says() -> None:
    [flag] = lasting(*[910] * 19, 890).flags("audit-rounding-pile")
    assert (flag["measured"], flag["limit"], flag["at"]) == (95, 50, at("09:00"))
    assert flag["visit_ids"] == sorted(f"v{number}" for number in range(19))
    six = lasting(*[910] * 6)  # by chance 15,625 in a million
    assert six.flags("audit-rounding-pile", pile_least=6, pile_chance_per_million=15_625) == []
    assert len(six.flags("audit-rounding-pile", pile_least=6, pile_chance_per_million=15_626)) == 1
    assert six.flags("audit-rounding-pile", pile_least=7, pile_chance_per_million=15_626) == []


def test_only_visits_made_and_contracts_that_round_make_a_pile() -> None:
    record = lasting(*[910] * 20)
    assert recorded(*record.visits).flags("audit-rounding-pile") == []
    refused = [{**one, "status": "refused"} for one in record.visits]
    assert recorded(*refused, roundings=record.roundings).flags("audit-rounding-pile") == []


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
    assert len(lasting(*[1210] * 20, edge_s=300).flags("audit-rounding-pile")) == 1
    assert lasting(*[1510] * 20, edge_s=300).flags("audit-rounding-pile") == []


def test_the_sign_test_is_the_chance_of_heads() -> None:
    assert sign_test(0, 10) == 1
    assert sign_test(10, 10) == 2**-10
    assert sign_test(9, 10) == 11 / 1024


def test_the_first_day_of_the_samples_is_a_monday() -> None:
    assert date(2026, 11, 2) == DAY and DAY.weekday() == 0
