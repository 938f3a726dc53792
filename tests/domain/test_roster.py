"""Planned days that cannot be kept: overlaps, and too little time for the journey."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.roster import Conflict, PlannedVisit, conflicts

SEVEN = datetime(2026, 11, 2, 7, tzinfo=UTC)
HERE, THERE = (52.0, -2.7), (52.1, -2.7)


def visit(name: str, start: int, end: int, place: tuple[float, float] | None = HERE) -> PlannedVisit:
    return PlannedVisit(name, SEVEN + timedelta(minutes=start), SEVEN + timedelta(minutes=end), place)


def found(*visits: PlannedVisit) -> list[Conflict]:
    return conflicts(visits, lambda one, other: 600)


def test_a_day_that_can_be_kept_has_no_conflict() -> None:
    assert found() == found(visit("A", 0, 30)) == []
    assert found(visit("A", 0, 30), visit("B", 30, 60)) == [], "two visits at one door need no journey"
    assert found(visit("A", 0, 30), visit("B", 40, 60, THERE)) == []
    assert found(visit("A", 0, 30), visit("B", 30, 60, None)) == [], "where it is, is not known"


def test_visits_that_overlap_or_lie_too_close_are_named() -> None:
    assert found(visit("A", 0, 30), visit("B", 20, 60)) == [Conflict("overlap", "A", "B", -600)]
    assert found(visit("B", 39, 60, THERE), visit("A", 0, 30)) == [Conflict("too_close", "A", "B", 540, 600)]


def test_a_long_visit_is_held_against_all_that_fall_into_it() -> None:
    long = visit("LONG", 0, 120)
    assert [one.second for one in found(long, visit("A", 10, 20), visit("B", 30, 40))] == ["A", "B"]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 90)), max_size=8))
def test_two_visits_overlap_exactly_where_a_conflict_is_named(spans: list[tuple[int, int]]) -> None:
    visits = [visit(str(index), start, start + length) for index, (start, length) in enumerate(spans)]
    clash = any(
        one.start < other.end and other.start < one.end
        for index, one in enumerate(visits)
        for other in visits[index + 1 :]
    )
    assert bool(found(*visits)) == clash
