"""One person in two places at once, and more than a day's work in a day."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.audit_tests.recorded import at, mark, recorded, visit


def test_visits_that_share_a_minute_overlap_and_those_that_share_less_do_not() -> None:
    first = visit("a", "09:00", "09:30")
    assert recorded(first, visit("b", "09:29", "10:00")).about("audit-overlap") == ["b"]
    assert recorded(first, visit("b", "09:29:01", "10:00")).about("audit-overlap") == []


def test_the_flag_names_both_visits_their_events_and_the_minutes() -> None:
    [flag] = recorded(visit("a", "09:00", "09:30"), visit("b", "09:25", "10:00")).flags("audit-overlap")
    assert (flag["measured"], flag["limit"]) == (5, 1)
    assert sorted(flag["visit_ids"]) == ["a", "b"]
    assert sorted(flag["event_rows"]) == ["check_in/b/02092500", "check_out/a/02093000"]


def test_a_visit_is_held_against_the_one_that_ran_longest_not_only_the_one_before() -> None:
    night, short = visit("night", "01:00", "07:00"), visit("short", "02:00", "02:30")
    record = recorded(night, short, visit("late", "06:00", "06:30"))
    assert record.about("audit-overlap") == ["short", "late"]
    assert all("night" in flag["visit_ids"] for flag in record.flags("audit-overlap"))


def test_different_carers_may_be_at_work_at_once() -> None:
    assert (
        recorded(visit("a", "09:00", "09:30"), visit("b", "09:00", "09:30", carer_id="eve")).about(
            "audit-overlap"
        )
        == []
    )


def test_a_carer_s_visits_overlap_however_late_another_carer_was_at_work() -> None:
    night = visit("night", "08:00", "23:00")
    first, second = visit("a", "09:00", "09:30", carer_id="eve"), visit("b", "09:20", "10:00", carer_id="eve")
    assert recorded(night, first, second).about("audit-overlap") == ["b"]


def test_the_visit_whose_end_was_made_elsewhere_is_the_one_to_look_at() -> None:
    left_open, fine = visit("a", "09:00", "09:40"), visit("b", "09:30", "10:00", door=3000)
    marks = [
        mark("check_in", "a", "09:00"), mark("check_in", "b", "09:30"),
        mark("check_out", "a", "09:40", fence="outside", distance_m=3000.0), mark("check_out", "b", "10:00"),
    ]  # fmt: skip
    assert recorded(left_open, fine, marks=marks).about("audit-overlap") == ["a"]


def test_a_visit_without_a_check_out_overlaps_the_one_during_which_it_began() -> None:
    assert recorded(visit("a", "09:00", "09:30"), visit("b", "09:25", None)).about("audit-overlap") == ["b"]
    assert recorded(visit("a", "09:00", "09:30"), visit("b", "09:00", None)).about("audit-overlap") == ["b"]


OPEN, NEXT = visit("a", "09:00", None), visit("b", "09:30", "10:00", door=3000)
CAME = mark("check_in", "a", "09:00", away=0)


def begun_next(away: float, **other: Any) -> dict[str, Any]:
    """The check-in of the next visit, made so many metres from the door of the one before."""
    return mark("check_in", "b", "09:30", away=away, fence="outside", distance_m=3000.0 - away, **other)


def test_who_checks_in_at_the_door_of_a_visit_without_a_check_out_was_still_there() -> None:
    record = recorded(OPEN, NEXT, marks=[CAME, begun_next(20)])
    [flag] = record.flags("audit-overlap")
    assert (flag["visit_id"], sorted(flag["visit_ids"]), flag["measured"]) == ("b", ["a", "b"], None)
    assert flag["limit"] == 1
    assert flag["event_rows"] == ["check_in/b/02093000", "check_in/a/02090000"]
    # It is no visit recorded as longer than it was: that is told once.
    assert record.about("audit-clipping") == []


@pytest.mark.parametrize(
    ("before", "begun"),
    [
        (OPEN, begun_next(500)),
        (OPEN, mark("check_in", "b", "09:30", away=3000)),
        (OPEN, mark("check_in", "b", "09:30", fence="no_position", distance_m=None, accuracy_m=None)),
        (visit("a", "09:00", "09:20"), begun_next(20)),
        (visit("a", "09:00", None, day=-1), begun_next(20)),
    ],
    ids=["elsewhere", "at her own door", "no position", "it had ended", "the day before"],
)
def test_anything_else_after_a_visit_without_a_check_out_shows_no_overlap(before: Any, begun: Any) -> None:
    assert recorded(before, NEXT, marks=[CAME, begun]).about("audit-overlap") == []


def test_a_clock_that_was_measured_in_one_call_and_not_in_the_next_makes_no_overlap() -> None:
    """The phone is ten minutes slow: its first call was moved, its second not."""
    slow = timedelta(minutes=10)
    marks = [
        mark("check_in", "a", "09:10", shown_at=at("09:00")), mark("check_out", "a", "09:40", shown_at=at("09:30")),
        mark("check_in", "b", "09:35"), mark("check_out", "b", "10:00"),
    ]  # fmt: skip
    one, other = visit("a", "09:10", "09:40"), visit("b", "09:35", "10:00")
    assert recorded(one, other, marks=marks).about("audit-overlap") == []
    two_phones = [*marks[:2], *({**each, "device_id": "other"} for each in marks[2:])]
    assert recorded(one, other, marks=two_phones).about("audit-overlap") == ["b"]
    assert slow == at("09:10") - at("09:00")


def test_what_nobody_can_tell_the_time_of_is_left_out() -> None:
    odd = visit("b", "09:00", "09:30", unresolved="clock_unknown")
    assert recorded(visit("a", "09:00", "09:30"), odd).about("audit-overlap") == []


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1200), st.integers(1, 120)), min_size=2, max_size=40)
)
def test_exactly_the_visits_that_began_during_an_earlier_one_are_flagged(
    spans: list[tuple[int, int, int]],
) -> None:
    """Ten days, each with some visits."""
    midnight = at("00:00")
    visits = [
        visit(f"v{number}", *(f"{midnight + timedelta(minutes=after):%H:%M}" for after in ends), day=day)
        for number, (day, start, length) in enumerate(spans)
        if max(ends := (start, start + length)) < 1440
    ]
    ordered = sorted(visits, key=lambda one: (one["actual_start"], one["actual_end"], one["visit_id"]))
    expected = [
        later["visit_id"]
        for index, later in enumerate(ordered)
        if any(one["actual_end"] > later["actual_start"] for one in ordered[:index])
    ]
    assert sorted(map(str, recorded(*visits).about("audit-overlap"))) == sorted(expected)


def test_work_for_another_provider_is_flagged_by_its_minutes_alone() -> None:
    record = recorded(
        visit("a", "09:00", "09:30"), elsewhere=[{"visit_id": "a", "carer_id": "ann", "seconds": 600}]
    )
    [flag] = record.flags("audit-overlap-elsewhere")
    assert (flag["visit_ids"], flag["measured"], flag["others"]) == (["a"], 10, [])
    assert (flag["event_rows"], flag["limit"]) == (["check_in/a/02090000", "check_out/a/02093000"], 1)
    for seconds, flagged in ((59, 0), (60, 1)):
        record.elsewhere[0]["seconds"] = seconds
        assert len(record.flags("audit-overlap-elsewhere")) == flagged


def test_more_than_a_days_work_in_a_london_day_is_flagged() -> None:
    spans = [("00:00", "15:00"), ("06:00", "16:00")]
    visits = [visit(f"v{number}", *span) for number, span in enumerate(spans)]
    [flag] = recorded(*visits).flags("audit-long-day")
    assert (flag["measured"], flag["visit_ids"], flag["limit"]) == (25, ["v0", "v1"], 24)
    assert (flag["event_rows"], flag["at"]) == (["check_in/v0/02000000", "check_in/v1/02060000"], at("00:00"))
    just = [
        visit(f"w{number}", *span, door=number)
        for number, span in enumerate([("00:00", "12:00"), ("00:00", "12:00")])
    ]
    assert recorded(*just).flags("audit-long-day") == []
    assert len(recorded(*just, visit("x", "13:00", "13:00:01")).flags("audit-long-day")) == 1
    assert recorded(*visits[:1], visit("v1", "06:00", "15:00")).flags("audit-long-day") == []


def test_a_night_counts_to_the_two_days_that_it_touches() -> None:
    night = {**visit("night", "20:00", None), "actual_end": at("08:00", 1), "recorded_end": at("08:00", 1)}
    twenty = visit("v", "00:00", "20:00")
    assert recorded(night, twenty).flags("audit-long-day") == []
    assert len(recorded(night, twenty, visit("w", "19:00", "20:00")).flags("audit-long-day")) == 1


def test_the_day_before_neither_lengthens_nor_shortens_a_day_and_an_open_visit_has_no_length() -> None:
    long = [visit("v0", "00:00", "15:00"), visit("v1", "06:00", "16:00")]
    until_midnight = {**visit("w", "20:00", None, day=-1), "actual_end": at("00:00")}
    before = [visit("x", "09:00", "12:00", day=-1), until_midnight, visit("y", "09:00", "10:00", day=-2)]
    for others in ([], before, [visit("open", "05:00", None)]):
        [flag] = recorded(*others, *long).flags("audit-long-day")
        assert (flag["measured"], flag["visit_ids"]) == (25, ["v0", "v1"])
    assert recorded(visit("v", "00:00", "20:00"), visit("open", "05:00", None)).about("audit-long-day") == []


def test_a_pair_that_was_never_there_together_is_flagged() -> None:
    one, other = (
        visit("a", "09:00", "09:30", carers=2),
        visit("a", "09:30", "10:00", carers=2, carer_id="eve"),
    )
    [flag] = recorded(one, other).flags("audit-never-together")
    assert (flag["visit_id"], flag["measured"], flag["limit"]) == ("a", 0, 0)
    assert (flag["carer_id"], flag["at"], len(flag["event_rows"])) == ("ann", at("09:00"), 4)
    later = visit("a", "09:40", "10:00", carers=2, carer_id="abe")
    for pair in ((one, later), (later, one)):
        [flag] = recorded(*pair).flags("audit-never-together")
        assert (flag["carer_id"], flag["measured"]) == ("ann", 10)
    assert recorded(one).flags("audit-never-together") == []
    second = visit("a", "09:29:59", "10:00", carers=2, carer_id="eve")
    assert recorded(one, second).flags("audit-never-together") == []
    three = [{**each, "carers": 3} for each in (one, other, later)]
    assert len(recorded(*three).flags("audit-never-together")) == 1
    together = visit("a", "09:29", "10:00", carers=2, carer_id="eve")
    assert recorded(one, together).flags("audit-never-together") == []


def test_two_carers_who_relieve_each_other_at_a_visit_for_one_are_no_pair() -> None:
    one, other = visit("a", "09:00", "09:30"), visit("a", "09:30", "10:00", carer_id="eve")
    assert recorded(one, other).flags("audit-never-together") == []


@pytest.mark.parametrize(
    ("change", "flagged"), [({}, True), ({"service_user_id": "cyril"}, False), ({"carer_id": "eve"}, False)]
)
def test_one_visit_under_two_names_is_a_duplicate(change: dict[str, str], flagged: bool) -> None:
    record = recorded(visit("a", "09:00", "09:30"), visit("b", "09:00", "09:30", **change))
    assert bool(record.flags("audit-duplicate")) is flagged


def test_a_duplicate_is_told_of_the_last_name_with_all_of_them() -> None:
    names = [visit(name, "09:00", "09:30") for name in ("b", "c", "a")]
    [flag] = recorded(*names, visit("d", "09:00", "09:31")).flags("audit-duplicate")
    assert (flag["visit_id"], flag["visit_ids"], flag["measured"], flag["limit"]) == (
        "c",
        ["a", "b", "c"],
        3,
        1,
    )
    assert len(flag["event_rows"]) == 6
    nobody = [{**each, "service_user_id": None} for each in names]
    assert recorded(*nobody).flags("audit-duplicate") == []


def test_of_an_overlap_without_events_or_with_both_ends_elsewhere_the_later_visit_is_looked_at() -> None:
    first, second = visit("a", "09:00", "09:40"), visit("b", "09:30", "10:00")
    assert recorded(first, second, marks=[]).about("audit-overlap") == ["b"]
    out = {"fence": "outside", "distance_m": 3000.0}
    left = mark("check_out", "a", "09:40", **out)
    assert recorded(first, second, marks=[left]).about("audit-overlap") == ["a"]
    came = mark("check_in", "b", "09:30", **out)
    assert recorded(first, second, marks=[left, came]).about("audit-overlap") == ["b"]


def test_a_visit_twice_in_the_record_does_not_overlap_itself() -> None:
    one = visit("a", "09:00", "09:30")
    assert recorded(one, {**one, "actual_start": at("09:10")}, marks=[]).about("audit-overlap") == []


def test_corrected_times_are_held_against_each_other_by_the_times_that_count() -> None:
    """The phone showed no overlap: the times of a correction are not the phone's."""
    marks = [mark("check_out", "a", "09:40", shown_at=at("09:20")), mark("check_in", "b", "09:30")]
    first, second = visit("a", "09:00", "09:40"), visit("b", "09:30", "10:00")
    assert recorded(first, second, marks=marks).about("audit-overlap") == []
    for one, other in (({"corrected": True}, {}), ({}, {"corrected": True})):
        pair = recorded({**first, **one}, {**second, **other}, marks=marks)
        assert pair.about("audit-overlap") == ["b"]
