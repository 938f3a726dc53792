"""Where events were made: away from the door, at the carer's own home, farther apart than a road takes one."""

import pytest

from tests.domain.audit_tests.recorded import Record, at, mark, north, recorded, visit


def ends(entering: dict[str, object], leaving: dict[str, object]) -> Record:
    """One visit with these judgements of its check-in and its check-out."""
    marks = [mark("check_in", "a", "09:00", **entering), mark("check_out", "a", "09:30", **leaving)]
    return recorded(visit("a", "09:00", "09:30"), marks=marks)


def away(metres: float, accuracy: float = 10.0) -> dict[str, object]:
    return {"fence": "outside", "distance_m": metres, "accuracy_m": accuracy}


def test_a_check_out_well_away_from_the_door_is_clipping() -> None:
    [flag] = ends({}, away(400)).flags("audit-clipping")
    assert (flag["visit_id"], flag["measured"], flag["limit"]) == ("a", 290, 100)
    assert flag["event_rows"] == ["check_in/a/02090000", "check_out/a/02093000"]
    for metres, about in ((210, []), (211, ["a"])):  # the fence, the doubt and the lane explain 210
        assert ends({}, away(metres)).about("audit-clipping") == about
        assert ends(away(metres), {}).about("audit-clipping") == about


def test_an_end_away_from_the_door_is_enough_where_nothing_is_known_of_the_other() -> None:
    for kind, clock in (("check_in", "09:00"), ("check_out", "09:30")):
        record = recorded(visit("a", "09:00", "09:30"), marks=[mark(kind, "a", clock, **away(400))])
        [flag] = record.flags("audit-clipping")
        assert (flag["visit_id"], flag["measured"], len(flag["event_rows"])) == ("a", 290, 1)


def test_so_is_a_check_in_well_away_before_the_end_at_the_door() -> None:
    assert ends(away(400), {}).about("audit-clipping") == ["a"]


@pytest.mark.parametrize(
    ("leaving", "why"),
    [
        (away(210), "parked down the lane"),
        (away(400, accuracy=200.0), "a position as doubtful as that"),
        ({"fence": "cannot_tell", "distance_m": 400.0, "accuracy_m": 350.0}, "cannot tell"),
        ({"fence": "no_position", "distance_m": None, "accuracy_m": None}, "no position"),
        ({**away(4000), "at_home": True}, "at home: a test of its own"),
    ],
)
def test_a_check_out_that_may_have_been_at_the_door_is_not(leaving: dict[str, object], why: str) -> None:
    assert ends({}, leaving).about("audit-clipping") == [], why


def test_a_visit_with_both_ends_elsewhere_was_not_cut_short() -> None:
    assert ends(away(4000), away(4000)).about("audit-clipping") == []


def back_to_back(gap: str, metres: float, **ends: object) -> Record:
    first, second = visit("a", "09:00", "09:30"), visit("b", gap, "10:00", door=metres)
    record = recorded(first, second)
    record.marks[1] |= ends
    return record


@pytest.mark.parametrize(
    ("gap", "metres", "flagged"),
    [
        ("09:30:00", 600, True),  # no time at all between two addresses
        ("09:30:00", 450, False),  # neighbours
        ("09:30:00", 510, True),
        ("09:30:00", 490, False),
        ("09:31:30", 3000, True),
        (
            "09:32:35",
            3000,
            True,
        ),  # 2.8 km from fence to fence at 80 km/h are 126 seconds, and 30 at the doors
        ("09:32:37", 3000, False),
        ("09:36:00", 3000, False),
        ("09:29:01", 3000, True),
        ("09:29:00", 3000, False),
        ("09:29:30", 3000, True),  # half a minute shared: less than an overlap
        ("09:25:00", 3000, False),  # an overlap, of which another test tells
    ],
)
def test_two_addresses_back_to_back_are_clipping(gap: str, metres: float, flagged: bool) -> None:
    about = back_to_back(gap, metres, fence="no_position").about("audit-clipping")
    assert about == (["a"] if flagged else [])


def test_two_visits_back_to_back_are_shown_by_both_and_the_way_between_them() -> None:
    [flag] = back_to_back("09:31:30", 3000).flags("audit-clipping")
    assert (flag["visit_id"], flag["visit_ids"], flag["limit"]) == ("a", ["a", "b"], 500)
    assert flag["measured"] == pytest.approx(3000, abs=1)
    assert flag["event_rows"] == ["check_out/a/02093000", "check_in/b/02093130"]


def test_a_visit_whose_end_was_made_away_and_has_the_next_too_close_is_told_once() -> None:
    assert back_to_back("09:31:30", 3000, **away(400)).about("audit-clipping") == ["a"]


def test_what_nobody_knows_of_the_ends_excuses_no_two_visits_back_to_back() -> None:
    """Neither where they were made, whether that was at home, nor by which phone."""
    for index in (1, 2):
        record = back_to_back("09:31:30", 3000)
        record.marks[index]["at_home"] = None
        assert record.about("audit-clipping") == ["a"]
    record = back_to_back("09:31:30", 9000)
    del record.marks[1]
    assert record.about("audit-clipping") == ["a"], "no proved end, so no speed either"


def test_the_fences_of_both_doors_count_for_how_fast_a_way_was() -> None:
    """3.35 km in 90 seconds are 134 km/h from door to door, and 126 from fence to fence."""
    assert back_to_back("09:31:30", 3350).about("audit-clipping") == ["a"]
    assert back_to_back("09:31:30", 3500).about("audit-clipping") == []


def test_by_one_clock_the_longer_time_between_two_visits_counts_and_by_two_that_which_is_paid() -> None:
    record = back_to_back("09:31:30", 3000, fence="no_position", shown_at=at("09:25"))
    assert record.about("audit-clipping") == []
    record.marks[2]["device_id"] = record.marks[3]["device_id"] = "another"
    assert record.about("audit-clipping") == ["a"]


def test_less_than_a_minute_between_two_doors_is_no_journey_however_far_they_are() -> None:
    assert back_to_back("09:30:59", 9000).about("audit-clipping") == ["a"]
    assert back_to_back("09:31:00", 9000).about("audit-clipping") == []


def test_doors_that_no_road_joins_in_the_time_are_left_to_the_implied_speed_where_both_ends_are_proved() -> (
    None
):
    assert back_to_back("09:31:30", 9000).about("audit-clipping") == []
    assert back_to_back("09:31:30", 9000).about("audit-speed") == ["b"]
    assert back_to_back("09:31:30", 9000, fence="cannot_tell").about("audit-clipping") == ["a"]


def test_an_end_at_home_is_no_clipping_of_the_visit_before() -> None:
    assert back_to_back("09:31", 3000, fence="outside", at_home=True).about("audit-clipping") == []


def test_an_arrival_during_another_visit_is_an_overlap_and_no_clipping() -> None:
    first, second = visit("a", "09:00", "09:30"), visit("b", "09:25", "10:00", door=3000)
    record = recorded(first, second)
    record.marks[2] |= away(3000)
    assert record.about("audit-overlap") == ["b"]
    assert record.about("audit-clipping") == []


def test_a_check_in_at_the_door_of_the_visit_before_holds_the_way() -> None:
    record = recorded(visit("a", "09:00", "09:30"), visit("b", "09:31", "10:10", door=3000))
    record.marks[2] |= {**away(2990), "lat": record.visits[0]["lat"], "lon": record.visits[0]["lon"]}
    [flag] = record.flags("audit-travel-inside")
    assert (flag["visit_id"], flag["visit_ids"]) == ("b", ["b", "a"])
    assert (flag["measured"], flag["limit"], flag["event_rows"]) == (2990, 100, ["check_in/b/02093100"])
    for metres, about in ((109, ["b"]), (111, [])):  # the fence, and the position's ten metres of doubt
        record.marks[2]["lat"] = north(metres)
        assert record.about("audit-travel-inside") == about


def test_a_check_out_at_the_next_door_holds_the_way_too() -> None:
    record = recorded(visit("a", "09:00", "09:40"), visit("b", "09:41", "10:10", door=3000))
    record.marks[1] |= {**away(2990), "lat": record.visits[1]["lat"], "lon": record.visits[1]["lon"]}
    [flag] = record.flags("audit-travel-inside")
    assert (flag["visit_id"], flag["visit_ids"], flag["event_rows"]) == (
        "a",
        ["a", "b"],
        ["check_out/a/02094000"],
    )
    record.visits[1]["carer_id"] = "eve"
    assert record.flags("audit-travel-inside") == [], "another carer's next door is none of hers"


def test_a_visit_begun_at_the_door_before_and_ended_at_the_next_one_holds_both_ways() -> None:
    record = recorded(
        visit("a", "09:00", "09:30"),
        visit("b", "09:31", "10:10", door=3000),
        visit("c", "10:11", "10:30", door=7000),
    )
    for mark_index, metres, door in ((2, 2990, 0), (3, 4000, 2)):
        there = record.visits[door]
        record.marks[mark_index] |= {**away(metres), "lat": there["lat"], "lon": there["lon"]}
    [flag] = record.flags("audit-travel-inside")
    assert (flag["visit_ids"], flag["measured"]) == (["b", "a"], 4000)
    assert flag["event_rows"] == ["check_in/b/02093100", "check_out/b/02101000"]


@pytest.mark.parametrize(("first", "second"), [(None, "10:10"), ("09:30", None)])
def test_the_way_is_held_too_where_one_of_both_visits_has_no_check_out(
    first: str | None, second: str | None
) -> None:
    record = recorded(visit("a", "09:00", first), visit("b", "09:31", second, door=3000))
    for begun in record.marks:
        if (begun["kind"], begun["visit_id"]) == ("check_in", "b"):
            begun |= {**away(2990), "lat": record.visits[0]["lat"], "lon": record.visits[0]["lon"]}
    assert record.about("audit-travel-inside") == ["b"]


def test_an_event_at_the_carers_own_home_is_flagged_once_a_visit() -> None:
    record = ends({**away(3000), "at_home": True}, {**away(3000), "at_home": True})
    record.marks.append(mark("position", "a", "09:10", at_home=True))
    record.marks.reverse()
    [flag] = record.flags("audit-own-home")
    assert (flag["visit_id"], flag["measured"], flag["limit"], flag["at"]) == ("a", 2, 0, at("09:00"))
    assert sorted(flag["event_rows"]) == ["check_in/a/02090000", "check_out/a/02093000"]
    assert ends({"at_home": None}, {}).flags("audit-own-home") == []


def trip(metres: float, clock: str, **there: object) -> list[str | None]:
    marks = [mark("check_out", "a", "09:00", away=0), mark("check_in", "b", clock, away=metres, **there)]
    doors = [visit("a", "08:30", "09:00"), visit("b", clock, "10:00", door=metres)]
    return recorded(*doors, marks=marks).about("audit-speed")


@pytest.mark.parametrize(
    ("metres", "clock", "flagged"),
    [
        (10_000, "09:04:00", True),  # 150 km/h
        (10_000, "09:05:00", False),  # 120 km/h
        (900, "09:00:05", False),  # a position that jumped
        (60_000, "09:20:00", True),
    ],
)
def test_no_road_leads_so_far_so_fast(metres: float, clock: str, flagged: bool) -> None:
    assert trip(metres, clock) == (["b"] if flagged else [])


def test_a_journey_too_fast_is_shown_by_its_speed_and_both_events() -> None:
    marks = [mark("check_out", "a", "09:00", away=0), mark("check_in", "b", "09:04", away=10_000)]
    doors = [visit("a", "08:30", "09:00"), visit("b", "09:04", "10:00", door=10_000)]
    [flag] = recorded(*doors, marks=marks).flags("audit-speed")
    assert flag["measured"] == pytest.approx(149.7, abs=0.1), "less ten metres of doubt at both ends"
    assert (flag["limit"], flag["at"], sorted(flag["visit_ids"])) == (130, at("09:04"), ["a", "b"])
    assert flag["event_rows"] == ["check_out/a/02090000", "check_in/b/02090400"]
    eve = [marks[0], {**marks[1], "carer_id": "eve"}]
    assert recorded(*doors, marks=eve).flags("audit-speed") == []


@pytest.mark.parametrize(("metres", "flagged"), [(990, []), (1010, ["b"])])
def test_a_position_that_jumps_less_than_a_kilometre_is_a_bad_one(metres: float, flagged: list[str]) -> None:
    assert trip(metres, "09:00:05") == flagged


def test_a_visit_with_both_events_far_apart_is_named_once() -> None:
    marks = [mark("check_in", "a", "09:00", away=0), mark("check_out", "a", "09:02", away=10_000)]
    [flag] = recorded(visit("a", "09:00", "09:02"), marks=marks).flags("audit-speed")
    assert flag["visit_ids"] == ["a"]


def test_the_doubt_of_both_positions_counts_for_the_carer() -> None:
    assert trip(5_000, "09:02:10") == ["b"]
    assert trip(5_000, "09:02:10", accuracy_m=600.0) == []


def test_an_old_position_counts_when_it_was_taken() -> None:
    assert trip(10_000, "09:10:00", fix_age_s=400.0) == ["b"]


def test_where_one_clock_or_the_other_leaves_time_enough_nothing_is_flagged() -> None:
    assert trip(10_000, "09:04:00", shown_at=at("09:10")) == []
    assert trip(10_000, "09:04:00", shown_at=at("08:50")) == [], "or ten minutes the other way"
    assert trip(10_000, "09:04:00", shown_at=at("09:10"), device_id="another") == ["b"]


def test_a_position_no_longer_held_stands_at_the_door_where_it_was_inside() -> None:
    record = recorded(visit("a", "08:30", "09:00"), visit("b", "09:02", "09:30", door=10_000))
    assert record.about("audit-speed") == ["b"]
    record.marks[2] |= {"fence": "outside", "distance_m": 9_000.0}
    assert record.about("audit-speed") == []


def test_an_event_without_a_position_stands_at_the_door_at_its_own_instant() -> None:
    """9.8 km from fence to fence at 130 km/h are 271.4 seconds."""
    nothing = {"fence": "no_position", "distance_m": None, "accuracy_m": None, "fix_age_s": None}
    for clock, about in (("09:04:31", ["b"]), ("09:04:32", [])):
        record = recorded(visit("a", "08:30", "09:00"), visit("b", clock, "09:30", door=10_000))
        record.marks[2] |= nothing
        assert record.about("audit-speed") == about


def test_only_ends_of_visits_with_a_place_are_held_against_each_other_in_whatever_order_they_come() -> None:
    marks = [mark("check_out", "a", "09:00", away=0), mark("check_in", "b", "09:04", away=10_000)]
    home = mark("check_in", "c", "09:02", fence="outside", at_home=True)
    doors = [visit("a", "08:30", "09:00"), visit("b", "09:04", "10:00", door=10_000)]
    for between in ([], [home], [mark("note", "a", "09:02", away=5_000)]):
        record = recorded(*doors, marks=[marks[1], *between, marks[0]])
        assert record.about("audit-speed") == ["b"]
        [flag] = record.flags("audit-speed")
        assert flag["event_rows"] == ["check_out/a/02090000", "check_in/b/02090400"]
    assert recorded(*doors, marks=[marks[0], {**marks[1], "at_home": None}]).about("audit-speed") == ["b"]
    [flag] = recorded(doors[0], marks=[marks[0], {**marks[1], "visit_id": None}]).flags("audit-speed")
    assert (flag["visit_id"], flag["visit_ids"]) == (None, ["a"]), "a visit that nobody knows"


def test_coordinates_equal_to_six_places_on_five_days_are_flagged_and_on_four_not() -> None:
    marks = [mark("check_in", f"v{day}", "09:00", day=day, away=12.0) for day in range(5)]
    [flag] = Record(marks=marks).flags("audit-same-coordinates")
    assert (flag["measured"], len(flag["event_rows"])) == (5, 5)
    assert (flag["visit_ids"], flag["at"], flag["limit"]) == ([f"v{day}" for day in range(5)], at("09:00"), 5)
    twice = [*marks[:4], {**marks[3], "event_row": "again"}]
    assert Record(marks=twice).flags("audit-same-coordinates") == [], "two on one day are one day"
    east = [{**row, "lon": row["lon"] + 2e-6 * number} for number, row in enumerate(marks)]
    assert Record(marks=east).flags("audit-same-coordinates") == []
    near = [{**row, "lat": row["lat"] + 1e-9 * number} for number, row in enumerate(marks)]
    assert len(Record(marks=near).flags("audit-same-coordinates")) == 1
    assert Record(marks=marks[:4]).flags("audit-same-coordinates") == []
    moved = [{**row, "lat": row["lat"] + 2e-6 * number} for number, row in enumerate(marks)]
    assert Record(marks=moved).flags("audit-same-coordinates") == []
    nowhere = [{**row, "lat": None, "lon": None} for row in marks]
    assert Record(marks=nowhere).flags("audit-same-coordinates") == []


def test_equal_coordinates_are_told_with_each_visit_once_and_in_order() -> None:
    days = (3, 0, 4, 1, 2)
    marks = [
        mark(kind, f"v{day}", "09:00", day=day, lat=52.060123 + day * 1e-7, lon=-2.710123 - day * 1e-7)
        for day in days
        for kind in ("check_in", "check_out")
    ]
    [flag] = Record(marks=[*marks, {**marks[0], "visit_id": None}]).flags("audit-same-coordinates")
    assert (flag["visit_ids"], flag["measured"]) == ([f"v{day}" for day in range(5)], 5)
