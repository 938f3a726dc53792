"""What speaks against a carer making a visit, and what it adds to her journeys."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.planning import (
    Against,
    Away,
    Hours,
    Worker,
    added_travel,
    against,
    away_span,
    planned_seconds,
)
from backend.domain.roster import PlannedVisit, Point
from backend.domain.time import london_midnight

MONDAY = date(2026, 11, 2)
SEVEN = datetime(2026, 11, 2, 7, tzinfo=UTC)
HERE, THERE, FAR = (52.0, -2.7), (52.1, -2.7), (52.3, -2.7)
ANYBODY = Worker()


def visit(name: str, start: int, end: int, place: Point | None = HERE) -> PlannedVisit:
    return PlannedVisit(name, SEVEN + timedelta(minutes=start), SEVEN + timedelta(minutes=end), place)


def journey(one: Point, other: Point) -> int:
    return round(abs(one[0] - other[0]) * 6000)


def found(
    one: PlannedVisit, *others: PlannedVisit, worker: Worker = ANYBODY, needs: str = ""
) -> list[Against]:
    return list(against(one, worker, others, needs.split(), journey))


def test_of_a_carer_of_whom_nothing_is_said_only_the_other_visits_count() -> None:
    assert found(visit("A", 0, 30)) == []
    assert found(visit("A", 0, 30), visit("B", 40, 60, THERE)) == []
    assert found(visit("A", 0, 30), visit("B", 39, 60, THERE)) == [Against("too_close", "B", 540, 600)]
    assert found(visit("B", 39, 60, THERE), visit("A", 0, 30)) == [Against("too_close", "A", 540, 600)]
    assert found(visit("A", 0, 30), visit("B", 30, 60, None)) == [], "where it is, is not known"
    assert found(visit("A", 0, 30), visit("B", 20, 60), visit("C", -10, 5)) == [
        Against("overlap", "C", -300),
        Against("overlap", "B", -600),
    ]


def test_leave_by_days_or_hours_speaks_against_what_falls_into_it() -> None:
    half = away_span(MONDAY, MONDAY, time(7, 20), time(12))
    away = Worker(
        away=(Away("sickness", *half), Away("holiday", *away_span(date(2026, 11, 9), None, None, None)))
    )
    assert found(visit("A", 0, 30), worker=away) == [Against("on_leave", "sickness")]
    assert found(visit("A", 0, 20), worker=away) == found(visit("A", 300, 330), worker=away) == []
    assert found(visit("A", 20_000, 20_030), worker=away) == [Against("on_leave", "holiday")], (
        "without an end"
    )
    assert away_span(MONDAY, MONDAY, None, None) == (
        london_midnight(MONDAY),
        london_midnight(date(2026, 11, 3)),
    )


def test_working_hours_that_are_known_are_held_against_the_visit() -> None:
    days = Hours(
        MONDAY, None, available=((1, time(7), time(12)), (1, time(12), time(15)), (2, time(22), time(6)))
    )
    works = Worker(hours=(Hours(date(2026, 1, 1), None), days, Hours(date(2027, 1, 1), None, most=0)))
    assert found(visit("A", 270, 330), worker=works) == [], "stretches that meet are one"
    assert found(visit("A", -10, 20), worker=works) == [Against("outside_hours")]
    night = visit("N", 24 * 60 + 16 * 60, 24 * 60 + 22 * 60)
    assert found(night, worker=works) == [], "Tuesday's hours go into Wednesday"
    assert found(visit("W", 48 * 60, 48 * 60 + 30), worker=works) == [Against("outside_hours")]


def test_the_most_hours_of_a_week_count_from_monday() -> None:
    works = Worker(hours=(Hours(MONDAY, None, contracted=1800, most=3600),))
    sunday = visit("S", -24 * 60, -24 * 60 + 30)
    assert found(visit("A", 0, 30), visit("B", 60, 90), sunday, worker=works) == []
    assert found(visit("A", 0, 31), visit("B", 60, 90), worker=works) == [
        Against("over_hours", "", 3660, 3600)
    ]
    assert planned_seconds(MONDAY, [visit("A", 0, 30), sunday]) == 1800


def test_a_skill_counts_on_the_days_on_which_the_carer_has_it() -> None:
    skilled = Worker(
        skills=(("hoist", date(2026, 1, 1), date(2026, 11, 2)), ("peg", date(2026, 11, 3), None))
    )
    assert found(visit("A", 0, 30), worker=skilled, needs="hoist") == []
    assert found(visit("A", 0, 30), worker=skilled, needs="hoist peg") == [
        Against("lacks_skill", "peg", 0, 0)
    ]
    assert found(visit("A", 24 * 60, 24 * 60 + 5), worker=skilled, needs="hoist") != []


def test_a_visit_adds_the_way_there_and_on_less_the_journey_that_it_stands_in_for() -> None:
    before, after = visit("B", -60, -30, HERE), visit("C", 60, 90, FAR)
    one = visit("A", 0, 30, THERE)
    assert added_travel(one, [before, after], None, journey) == 0, "it lies on the way"
    assert added_travel(one, [before], None, journey) == 600
    assert added_travel(one, [before], HERE, journey) == 1200, "and home again"
    assert added_travel(one, [], HERE, journey) == 1200
    assert added_travel(one, [visit("Y", -24 * 60, -24 * 60 + 30, FAR)], HERE, journey) == 1200, (
        "of another day"
    )


@given(
    st.lists(
        st.tuples(st.integers(-300, 300), st.integers(1, 60), st.sampled_from([HERE, THERE, FAR])), max_size=6
    )
)
def test_a_visit_to_which_nothing_is_said_can_be_reached_in_time(spans: list[tuple[int, int, Point]]) -> None:
    others = [visit(str(i), start, start + length, place) for i, (start, length, place) in enumerate(spans)]
    one = visit("A", 0, 30)
    kept = not any(
        (other.start < one.end and one.start < other.end)
        or (
            other.end <= one.start
            and (one.start - other.end).total_seconds() < journey(other.place or HERE, HERE)
        )
        or (
            other.start >= one.end
            and (other.start - one.end).total_seconds() < journey(HERE, other.place or HERE)
        )
        for other in others
    )
    if kept:
        assert found(one, *others) == []
    assert added_travel(one, others, HERE, journey) >= 0, "straight lines: a detour is never shorter"


def test_visits_that_meet_do_not_overlap_and_need_their_journey_all_the_same() -> None:
    one = visit("A", 0, 30)
    assert found(one, visit("B", -30, 0), visit("C", 30, 60)) == []
    assert found(one, visit("B", -30, 0, THERE)) == [Against("too_close", "B", 0, 600)]
    assert found(one, visit("C", 30, 60, THERE)) == [Against("too_close", "C", 0, 600)]
    assert (
        found(
            one, visit("B", -30, -20, FAR), visit("C", -15, -5), visit("D", 31, 33), visit("E", 40, 50, FAR)
        )
        == []
    ), "only the visits beside it"
    assert found(one, visit("B", 25, 60), visit("C", 5, 10)) == [
        Against("overlap", "C", -300), Against("overlap", "B", -300),
    ]  # fmt: skip


def test_working_hours_hold_on_their_first_and_their_last_day() -> None:
    nowhere = Hours(MONDAY, MONDAY, available=((3, time(7), time(8)),))
    works = Worker(hours=(nowhere,))
    assert found(visit("A", 0, 30), worker=works) == [Against("outside_hours")]
    for day in (-1, 1):
        assert found(visit("A", day * 1440, day * 1440 + 30), worker=works) == [], (
            "nothing is said of that day"
        )


def test_a_visit_may_fill_the_hours_and_run_from_one_day_s_into_the_next() -> None:
    days = ((1, time(7), time(15)), (1, time(8), time(9)), (2, time(22), time(0)), (3, time(0), time(6)))
    works = Worker(hours=(Hours(MONDAY, None, available=days),))
    assert found(visit("A", 0, 480), worker=works) == [], "from the first minute to the last"
    for start, end in ((-1, 30), (450, 481)):
        assert found(visit("A", start, end), worker=works) == [Against("outside_hours")]
    night = 1440 + 15 * 60
    assert found(visit("N", night + 90, night + 150), worker=works) == [], "over midnight"
    late = Worker(hours=(Hours(MONDAY, None, available=((2, time(22), time(6)),)),))
    assert found(visit("W", night + 180, night + 240), worker=late) == [], (
        "in the night that began the day before"
    )
    assert found(visit("W", night + 1440, night + 1500), worker=late) == [Against("outside_hours")]


def test_hours_that_end_when_they_begin_are_a_day_long() -> None:
    works = Worker(hours=(Hours(MONDAY, None, available=((1, time(7), time(7)),)),))
    assert found(visit("A", 0, 24 * 60), worker=works) == []
    assert found(visit("A", 0, 24 * 60 + 1), worker=works) == [Against("outside_hours")]


def test_a_week_runs_from_one_monday_s_midnight_to_the_next() -> None:
    midnight = -7 * 60
    week = [
        visit(str(day), midnight + day * 1440, midnight + day * 1440 + 30) for day in (-7, -1, 0, 6, 7, 8)
    ]
    assert planned_seconds(MONDAY, week) == planned_seconds(date(2026, 11, 8), week) == 3600
    assert (
        planned_seconds(date(2026, 11, 1), week) == 3600 and planned_seconds(date(2026, 11, 9), week) == 3600
    )


def test_a_skill_counts_from_its_first_day() -> None:
    skilled = Worker(skills=(("peg", date(2026, 11, 3), None),))
    assert found(visit("A", 1440, 1445), worker=skilled, needs="peg") == []


def test_the_way_that_a_visit_stands_in_for_may_begin_or_end_at_home() -> None:
    one, before, after = visit("A", 0, 30, FAR), visit("B", -60, -30, THERE), visit("C", 60, 90, THERE)
    assert added_travel(one, [before], HERE, journey) == 1200 + 1800 - 600
    assert added_travel(one, [after], HERE, journey) == 1800 + 1200 - 600
    assert added_travel(visit("A", 0, 30, None), [before], HERE, journey) == -600, (
        "nobody knows the way there"
    )
