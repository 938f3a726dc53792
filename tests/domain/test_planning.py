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
    assert found(visit("A", 0, 30), worker=skilled, needs="hoist peg") == [Against("lacks_skill", "peg")]
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
