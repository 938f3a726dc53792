"""Contact, seconds worked twice, breaks and other activities inside visits, incomplete visits."""

from tests.days import ELSEWHERE, HERE, THERE, activity, answer, flags, journey, told, visit


def test_contact_is_actual_start_to_end_whatever_was_planned() -> None:
    planned = {"start": "2026-11-02T08:00:00Z", "end": "2026-11-02T12:00:00Z"}
    result = answer([visit("a", "09:01:10", "09:31:05", planned=planned)])
    assert result["totals"]["contact"] == 1795


def test_any_visit_with_actual_times_is_worked_whatever_its_status() -> None:
    for status in ("missed", "refused", "cancelled"):
        assert answer([visit("a", "09:00", "09:10", status=status)])["totals"]["contact"] == 600


def test_seconds_worked_twice_count_once_and_are_flagged() -> None:
    result = answer([visit("a", "09:00", "09:30"), visit("b", "09:20", "09:50")])
    assert told(result) == ["09:00-09:30 contact", "09:30-09:50 contact"]
    assert [(flag["flag"], flag["visit"], flag["from"]) for flag in result["flags"]] == [
        ("overlap", "b", "a")
    ]


def test_an_overlap_at_different_places_leaves_no_travel_time_too() -> None:
    result = answer([visit("a", "09:00", "09:30"), visit("b", "09:20", "09:50", THERE)])
    assert flags(result) == ["no_travel_time", "overlap"]
    assert result["totals"]["contact"] == 3000


def test_a_visit_inside_another_adds_nothing_and_is_flagged() -> None:
    result = answer([visit("a", "09:00", "10:00"), visit("b", "09:20", "09:30")])
    assert told(result) == ["09:00-10:00 contact"]
    assert flags(result) == ["overlap"]


def test_visits_that_only_touch_do_not_overlap() -> None:
    assert flags(answer([visit("a", "09:00", "09:30"), visit("b", "09:30", "10:00")])) == []


def test_a_break_inside_a_visit_comes_out_of_contact() -> None:
    result = answer([visit("a", "09:00", "10:00")], [activity("break", "09:20", "09:35")])
    assert told(result) == ["09:00-09:20 contact", "09:20-09:35 (break)", "09:35-10:00 contact"]
    assert result["totals"]["contact"] == 2700
    assert result["totals"]["uncounted"] == 900


def test_other_activities_inside_a_visit_add_nothing() -> None:
    inside = [
        activity(kind, "09:10", "09:20")
        for kind in (
            "travel",
            "training",
            "supervision",
            "meeting",
            "handover",
            "waiting",
            "home",
            "sleep_in",
        )
    ]
    result = answer([visit("a", "09:00", "10:00")], inside)
    assert told(result) == ["09:00-10:00 contact"]
    assert flags(result) == []


def test_a_gap_runs_from_the_latest_end_so_far_at_that_visits_place() -> None:
    visits = [visit("long", "09:00", "11:00", THERE), visit("short", "09:10", "09:20", THERE)]
    result = answer([*visits, visit("next", "11:30", "12:00", THERE)])
    assert told(result) == ["09:00-11:00 contact", "11:00-11:30 waiting", "11:30-12:00 contact"]
    assert result["segments"][1]["from"] == "long"


def test_a_check_in_alone_bounds_the_gaps_on_both_sides_and_is_incomplete() -> None:
    visits = [visit("a", "09:00", "09:30"), visit("b", "09:50", None, THERE), visit("c", "10:30", "11:00")]
    result = answer(visits, [], [journey("a", "b", 20), journey("b", "c", 20)])
    assert told(result) == [
        "09:00-09:30 contact",
        "09:30-09:50 travel",
        "09:50-09:50 (unresolved)",
        "09:50-10:10 travel",
        "10:10-10:30 waiting",
        "10:30-11:00 contact",
    ]
    assert [(flag["flag"], flag["visit"]) for flag in result["flags"]] == [("incomplete", "b")]
    assert result["segments"][2]["rule"] == "day-incomplete"


def test_a_check_out_alone_bounds_the_gaps_too() -> None:
    result = answer(
        [visit("a", "09:00", "09:30"), visit("b", None, "10:00", THERE)], [], [journey("a", "b", 30)]
    )
    assert told(result) == ["09:00-09:30 contact", "09:30-10:00 travel", "10:00-10:00 (unresolved)"]


def test_an_incomplete_visit_does_not_overlap_the_visit_it_falls_in() -> None:
    result = answer([visit("a", "09:00", "10:00"), visit("b", "09:30", None)])
    assert told(result) == ["09:00-10:00 contact", "09:30-09:30 (unresolved)"]
    assert flags(result) == ["incomplete"]


def test_visits_missed_on_the_way_are_passed_over() -> None:
    missed = visit("m", None, None, ELSEWHERE, actual=None, status="missed")
    result = answer(
        [visit("a", "09:00", "09:30"), missed, visit("b", "10:00", "10:30", THERE)],
        [],
        [journey("a", "b", 20)],
    )
    assert told(result)[1:3] == ["09:30-09:50 travel", "09:50-10:00 waiting"]
    assert result["segments"][1]["from"] == "a"


def test_a_visit_whose_place_nobody_knows_has_no_travel_and_no_flag() -> None:
    result = answer([visit("a", "09:00", "09:30", HERE), visit("b", "09:30", "10:00", None)])
    assert flags(result) == []
    apart = answer([visit("a", "09:00", "09:30", HERE), visit("b", "09:45", "10:00", None)])
    assert told(apart)[1] == "09:30-09:45 waiting"
