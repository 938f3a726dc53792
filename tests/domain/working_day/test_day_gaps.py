"""Gaps between stops: travel first, then waiting or an unresolved rest; home, stops and flags."""

from typing import Any

import pytest

from tests.days import ELSEWHERE, HERE, THERE, activity, answer, flags, journey, told, visit


def gap(end: str, minutes: int, *activities: Any, place: Any = THERE, **policy: Any) -> Any:
    """A gap from 09:30 to `end` with a journey of `minutes`."""
    visits = [visit("a", "09:00", "09:30"), visit("b", end, "23:00", place)]
    return answer(visits, list(activities), [journey("a", "b", minutes)], **policy)


def inner(result: Any) -> list[str]:
    return told(result)[1:-1]


def test_travel_comes_first_and_the_rest_is_waiting() -> None:
    assert inner(gap("10:00", 20)) == ["09:30-09:50 travel", "09:50-10:00 waiting"]


def test_travel_is_no_longer_than_the_gap() -> None:
    assert inner(gap("09:45", 20)) == ["09:30-09:45 travel"]


def test_a_single_second_beyond_the_waiting_limit_is_unresolved() -> None:
    result = gap("09:40:01", 10, waiting_limit_minutes=5)
    assert inner(result) == ["09:30-09:40 travel", "09:40-09:40:01 (unresolved)"]
    assert "long_gap" in flags(result)


def test_there_is_no_journey_between_equal_coordinates_whatever_was_estimated() -> None:
    assert inner(gap("10:00", 20, place=HERE)) == ["09:30-10:00 waiting"]


def test_travel_and_rest_both_fill_around_activities() -> None:
    result = gap("10:30", 20, activity("training", "09:40", "09:45"), activity("break", "10:00", "10:10"))
    assert inner(result) == [
        "09:30-09:40 travel",
        "09:40-09:45 training",
        "09:45-09:55 travel",
        "09:55-10:00 waiting",
        "10:00-10:10 (break)",
        "10:10-10:30 waiting",
    ]
    assert result["totals"]["other"] == 300


def test_an_activity_partly_in_a_gap_and_partly_in_a_visit_takes_its_part_of_the_gap_alone() -> None:
    result = gap("10:00", 10, activity("meeting", "09:20", "09:35"))
    assert told(result)[:3] == ["09:00-09:30 contact", "09:30-09:35 meeting", "09:35-09:45 travel"]


def test_the_limit_is_met_by_the_gap_less_the_activities_in_it() -> None:
    at_limit = gap("10:40", 20, activity("break", "10:00", "10:10"))
    beyond = gap("10:40:01", 20, activity("break", "10:00", "10:10"))
    assert (at_limit["totals"]["waiting"], at_limit["totals"]["unresolved"]) == (2400, 0)
    assert (beyond["totals"]["waiting"], beyond["totals"]["unresolved"]) == (0, 2401)


def test_beyond_the_limit_the_rest_is_unresolved_and_flagged() -> None:
    result = gap("11:00", 20)
    assert inner(result) == ["09:30-09:50 travel", "09:50-11:00 (unresolved)"]
    assert [row["rule"] for row in result["segments"][1:3]] == ["nmw-2015-34", "day-long-gap"]
    assert flags(result) == ["long_gap"]
    assert result["totals"]["uncounted"] == 0
    assert "what_if" not in result


def test_without_a_limit_the_rest_is_always_waiting() -> None:
    result = gap("22:00", 20, waiting_limit_minutes=None)
    assert result["totals"]["waiting"] == 12 * 3600 + 10 * 60
    assert flags(result) == []


@pytest.mark.parametrize(("assumed", "shown"), [("waiting", "waiting"), ("break", "(break)")])
def test_a_long_gap_read_otherwise_marks_the_answer_as_a_what_if(assumed: str, shown: str) -> None:
    result = gap("11:00", 20, long_gap=assumed)
    assert inner(result) == ["09:30-09:50 travel", f"09:50-11:00 {shown}"]
    assert result["what_if"] is True and result["segments"][2]["rule"] == "day-long-gap-what-if"
    assert flags(result) == ["long_gap"]
    assert gap("10:00", 20, long_gap=assumed)["segments"][2]["rule"] == "nmw-2015-32", "it is not long"


def test_a_long_gap_that_travel_fills_is_not_flagged() -> None:
    assert flags(gap("11:00", 90)) == []


def test_a_recorded_activity_settles_a_long_gap() -> None:
    result = gap("11:30", 20, activity("waiting", "09:50", "10:50"))
    assert inner(result) == ["09:30-09:50 travel", "09:50-10:50 waiting", "10:50-11:30 waiting"]
    assert flags(result) == []


def test_travel_that_the_carer_recorded_beats_the_estimate() -> None:
    result = gap("10:15", 20, activity("travel", "09:30", "10:05"))
    assert inner(result) == ["09:30-10:05 travel", "10:05-10:15 waiting"]
    travel = result["segments"][1]
    assert (travel["source"], travel["from"], travel["to"]) == ("recorded", "a", "b")
    assert "estimate_seconds" not in travel


def test_recorded_travel_that_fills_the_gap_raises_no_flag() -> None:
    assert flags(gap("09:40", 20, activity("travel", "09:30", "09:40"))) == []


def test_home_in_a_gap_makes_a_commute_outside_and_a_break_inside() -> None:
    result = gap("12:00", 20, activity("home", "10:00", "11:00"))
    assert inner(result) == ["09:30-10:00 (commute)", "10:00-11:00 (break)", "11:00-12:00 (commute)"]
    assert result["totals"]["uncounted"] == 9000
    assert flags(result) == []


def test_counted_activities_still_count_in_a_gap_with_home() -> None:
    result = gap("12:00", 20, activity("home", "10:00", "11:00"), activity("training", "10:30", "11:30"))
    assert inner(result) == [
        "09:30-10:00 (commute)",
        "10:00-10:30 (break)",
        "10:30-11:30 training",
        "11:30-12:00 (commute)",
    ]


def test_home_touches_only_the_gap_it_lies_in() -> None:
    visits = [visit("a", "09:00", "09:30"), visit("b", "11:00", "11:30"), visit("c", "11:45", "12:00")]
    result = answer(visits, [activity("home", "09:40", "11:10")])
    assert told(result) == [
        "09:00-09:30 contact",
        "09:30-09:40 (commute)",
        "09:40-11:00 (break)",
        "11:00-11:30 contact",
        "11:30-11:45 waiting",
        "11:45-12:00 contact",
    ]


def test_an_activity_with_a_place_is_a_stop_with_gaps_on_both_sides() -> None:
    visits = [visit("a", "09:00", "09:30", HERE), visit("b", "11:00", "11:30", HERE)]
    result = answer(visits, [activity("training", "10:00", "10:30", HERE)])
    assert told(result) == [
        "09:00-09:30 contact",
        "09:30-10:00 waiting",
        "10:00-10:30 training",
        "10:30-11:00 waiting",
        "11:00-11:30 contact",
    ]
    away = answer(visits, [activity("training", "09:35", "10:55", ELSEWHERE)])
    assert [segment["kind"] for segment in away["segments"]] == [
        "contact",
        "travel",
        "training",
        "travel",
        "contact",
    ]
    assert flags(away) == ["short_travel", "short_travel"]


def test_a_stop_first_or_last_in_the_day_makes_a_gap_with_its_neighbour_alone() -> None:
    result = answer([visit("a", "09:00", "09:30")], [activity("handover", "08:00", "08:30", HERE)])
    assert told(result) == ["08:00-08:30 handover", "08:30-09:00 waiting", "09:00-09:30 contact"]


def test_home_is_never_a_stop_even_with_a_place() -> None:
    result = gap("12:00", 20, activity("home", "10:00", "11:00", HERE))
    assert inner(result) == ["09:30-10:00 (commute)", "10:00-11:00 (break)", "11:00-12:00 (commute)"]


def test_the_journeys_to_the_first_stop_and_from_the_last_make_no_segment() -> None:
    result = answer(
        [visit("a", "09:00", "09:30", THERE)],
        [activity("home", "07:00", "08:30"), activity("home", "10:00", "12:00")],
    )
    assert told(result) == ["09:00-09:30 contact"]
    assert result["totals"]["uncounted"] == 0


def test_a_placeless_activity_outside_every_gap_is_a_segment_and_makes_no_gap() -> None:
    result = answer(
        [visit("a", "09:00", "09:30")],
        [
            activity("meeting", "07:00", "08:00"),
            activity("break", "12:00", "12:30"),
            activity("travel", "14:00", "14:10"),
        ],
    )
    assert told(result) == [
        "07:00-08:00 meeting",
        "09:00-09:30 contact",
        "12:00-12:30 (break)",
        "14:00-14:10 travel",
    ]
    assert "source" not in result["segments"][3]


@pytest.mark.parametrize(
    ("end", "expected"), [("09:45:59", ["short_travel"]), ("09:46", []), ("09:30:01", ["short_travel"])]
)
def test_travel_is_short_below_four_fifths_of_the_estimate(end: str, expected: list[str]) -> None:
    assert flags(gap(end, 20)) == expected


def test_no_time_between_different_places_is_flagged_and_is_not_short_travel() -> None:
    result = gap("09:30", 20)
    assert [(flag["flag"], flag["from"], flag["to"]) for flag in result["flags"]] == [
        ("no_travel_time", "a", "b")
    ]
    assert flags(gap("09:30", 20, place=HERE)) == []


def test_a_break_that_fills_the_gap_leaves_no_travel_time() -> None:
    assert flags(gap("10:00", 20, activity("break", "09:30", "10:00"))) == ["no_travel_time"]


def test_several_gaps_are_each_filled_and_flagged_by_themselves() -> None:
    visits = [
        visit("a", "09:00", "09:30", HERE),
        visit("b", "09:40", "10:00", THERE),
        visit("c", "12:00", "12:30", HERE),
        visit("d", "12:30", "13:00", ELSEWHERE),
    ]
    result = answer(visits, [], [journey("a", "b", 20), journey("b", "c", 30), journey("c", "d", 40)])
    assert [(flag["flag"], flag["visit"]) for flag in result["flags"]] == [
        ("short_travel", "b"),
        ("long_gap", "c"),
        ("no_travel_time", "d"),
    ]
    assert (result["totals"]["travel"], result["totals"]["unresolved"]) == (600 + 1800, 5400)


def test_the_planned_gap_is_that_between_the_planned_times_and_absent_where_nobody_planned() -> None:
    planned = [{"start": f"2026-11-02T{start}Z", "end": f"2026-11-02T{end}Z"} for start, end in
               (("09:00:00", "09:40:00"), ("09:30:00", "10:00:00"))]  # fmt: skip
    visits = [
        visit("a", "09:00", "09:30", planned=planned[0]),
        visit("b", "10:00", "10:30", THERE, planned=planned[1]),
    ]
    travel = answer(visits, [], [journey("a", "b", 20)])["segments"][1]
    assert (travel["planned_gap_seconds"], travel["observed_gap_seconds"]) == (-600, 1800)
    unplanned = gap("10:00", 20)["segments"][1]
    assert "planned_gap_seconds" not in unplanned
