"""The gap ledger by itself: order kept twice, speed as a range, every second of a gap accounted for."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings

from backend.domain.gap_ledger import FIXES, MISSED, NO_SPEED, gap_ledger
from backend.domain.working_day import ACTIVITIES, POLICIES, VISITS, WorkedDays, find_gaps, work_out
from tests.domain.working_day.test_day_laws import (
    activities_made,
    limits,
    visits_made,
    with_estimates,
    worked,
)

HOME, AWAY = (52.0, -2.0), (52.1, -2.1)
APART = 13_000.0
"""Metres between the two as the crow flies, near enough."""


def of_visits(
    *rows: tuple[str, int, int, tuple[float, float], int | None],
) -> tuple[WorkedDays, pl.DataFrame]:
    """A day of visits (name, start, end, place, planned start), each planned for as long as it took."""
    visits = pl.DataFrame(
        [
            (0, name, start, end, *place, planned, None if planned is None else planned + end - start)
            for name, start, end, place, planned in rows
        ],
        schema=VISITS,
        orient="row",
    )
    nothing = pl.DataFrame(schema=ACTIVITIES)
    policies = pl.DataFrame([(0, 3600, "unresolved")], schema=POLICIES, orient="row")
    gaps = with_estimates(find_gaps(visits, nothing))
    return work_out(visits, nothing, gaps, policies), visits


def ledger(
    worked: tuple[WorkedDays, pl.DataFrame],
    *fixes: tuple[Any, ...],
    never: Sequence[tuple[int, str, int, int]] = (),
) -> list[dict[str, Any]]:
    """The ledger of a day. `fixes`: visit, arrived at, within, left at, within. `never`: missed visits."""
    days, visits = worked
    straight = pl.when("same_place").then(0.0).otherwise(APART).alias("straight")
    missed = pl.DataFrame(list(never), schema=MISSED, orient="row")
    gaps = days.gaps.with_columns(
        straight, pl.lit(None, pl.String).alias("setting"), pl.lit(None, pl.Int64).alias("metres")
    )
    rows = pl.DataFrame([(0, *fix) for fix in fixes], schema=FIXES, orient="row")
    return gap_ledger(gaps, visits, rows, missed).to_dicts()


def test_the_order_of_the_plan_stands_beside_the_order_of_the_day() -> None:
    rows = ledger(
        of_visits(
            ("a", 0, 100, HOME, 0),
            ("c", 200, 300, AWAY, 400),
            ("b", 400, 500, HOME, 200),
            ("d", 600, 700, HOME, 600),
        )
    )
    order = [(row["from_actual"], row["to_actual"], row["from_planned"], row["to_planned"]) for row in rows]
    assert order == [(1, 2, 1, 3), (2, 3, 3, 2), (3, 4, 2, 4)]
    assert [row["in_planned_order"] for row in rows] == [False, False, False]


def test_the_visits_of_each_day_are_numbered_by_themselves() -> None:
    """Two days alike, one after the other."""
    _, day = of_visits(("a", 0, 100, HOME, 0), ("b", 200, 300, AWAY, 200))
    visits = pl.concat([day, day.with_columns(pl.lit(1, pl.Int64).alias("day"))])
    nothing = pl.DataFrame(schema=ACTIVITIES)
    policies = pl.DataFrame([(0, 3600, "unresolved"), (1, 3600, "unresolved")], schema=POLICIES, orient="row")
    both = work_out(visits, nothing, with_estimates(find_gaps(visits, nothing)), policies)
    order = [(row["day"], row["from_actual"], row["to_planned"]) for row in ledger((both, visits))]
    assert order == [(0, 1, 2), (1, 1, 2)]


def test_a_missed_visit_keeps_its_place_in_the_plan() -> None:
    day = of_visits(("a", 0, 100, HOME, 0), ("c", 200, 300, AWAY, 400))
    [kept] = ledger(day, never=[(0, "b", 200, 300)])
    assert (kept["from_planned"], kept["to_planned"], kept["in_planned_order"]) == (1, 3, False)
    assert (kept["from_actual"], kept["to_actual"]) == (1, 2)
    [after] = ledger(day, never=[(0, "z", 900, 950), (1, "b", 200, 300)])
    assert (after["from_planned"], after["to_planned"], after["in_planned_order"]) == (1, 2, True)


def test_a_visit_nobody_planned_has_a_place_in_the_day_and_none_in_the_plan() -> None:
    [first, second] = ledger(
        of_visits(("a", 0, 100, HOME, 0), ("x", 200, 300, AWAY, None), ("b", 400, 500, HOME, 400))
    )
    assert (first["to_actual"], first["to_planned"], first["in_planned_order"]) == (2, None, None)
    assert (second["from_actual"], second["from_planned"], second["to_planned"]) == (2, None, 2)


def test_speed_is_a_range_that_the_accuracy_of_both_positions_gives() -> None:
    """13 km in 1,300 seconds are 36 km/h; both positions together may be off by 130 metres, a hundredth of the way."""
    [row] = ledger(
        of_visits(("a", 0, 100, HOME, 0), ("b", 1400, 1500, AWAY, 1400)),
        ("a", None, None, 100.0, 50.0),
        ("b", 1400.0, 80.0, None, None),
    )
    assert (row["kmh_least"], row["kmh"], row["kmh_most"]) == pytest.approx((35.64, 36.0, 36.36))
    assert row["no_speed"] is None


@pytest.mark.parametrize(
    ("left", "arrived", "why", "most"),
    [
        ((None, None), (1400.0, 80.0), "no_position", None),
        ((100.0, None), (1400.0, 80.0), "no_position", None),
        ((None, 50.0), (1400.0, 80.0), "no_position", None),
        ((1400.0, 10.0), (1400.0, 10.0), "no_time", None),
        ((100.0, 6500.0), (1400.0, 6500.0), "too_inaccurate", 72.0),
    ],
)
def test_where_positions_say_nothing_the_ledger_says_why(
    left: tuple[Any, Any], arrived: tuple[Any, Any], why: str, most: float | None
) -> None:
    [row] = ledger(
        of_visits(("a", 0, 100, HOME, 0), ("b", 1400, 1500, AWAY, 1400)),
        ("a", None, None, *left),
        ("b", *arrived, None, None),
    )
    assert (row["no_speed"], row["kmh_least"], row["kmh"]) == (why, None, None)
    assert row["kmh_most"] == (None if most is None else pytest.approx(most))


def test_between_two_visits_in_one_home_there_is_no_speed() -> None:
    [row] = ledger(
        of_visits(("a", 0, 100, HOME, 0), ("b", 1400, 1500, HOME, 1400)),
        ("a", None, None, 100.0, 5.0),
        ("b", 1400.0, 5.0, None, None),
    )
    assert (row["no_speed"], row["kmh_most"]) == ("same_place", None)
    assert set(NO_SPEED) == {"no_position", "same_place", "no_time", "too_inaccurate"}


def test_a_second_between_two_positions_is_enough_for_a_speed() -> None:
    """13 km in a second: 46,800 km/h."""
    [row] = ledger(
        of_visits(("a", 0, 100, HOME, 0), ("b", 1400, 1500, AWAY, 1400)),
        ("a", None, None, 100.0, 5.0),
        ("b", 101.0, 5.0, None, None),
    )
    assert (row["no_speed"], row["kmh"]) == (None, pytest.approx(46_800))


def test_seconds_in_two_stops_stand_with_a_minus() -> None:
    days, _ = of_visits(("a", 0, 100, HOME, 0), ("b", 60, 200, AWAY, 100))
    assert days.parts.select("kind", "rule", "seconds", "credited").rows() == [
        ("overlap", "day-no-gap", -40, False)
    ]


@settings(max_examples=250, deadline=None)
@given(visits_made, activities_made, limits)
def test_the_parts_of_a_gap_add_up_to_the_gap_to_the_second(
    visits: list[Any], activities: list[Any], limit: int | None
) -> None:
    outcome = worked(visits, activities, limit)
    sums = dict(outcome.parts.group_by("gap").agg(pl.col("seconds").sum()).rows())
    assert {gap: sums.get(gap, 0) for gap in outcome.gaps["gap"]} == dict(
        outcome.gaps.select("gap", "observed_gap").rows()
    )


@settings(max_examples=150, deadline=None)
@given(visits_made, activities_made, limits)
def test_what_is_credited_in_the_gaps_is_what_the_day_counts_between_its_stops(
    visits: list[Any], activities: list[Any], limit: int | None
) -> None:
    """Of filled time, which lies in gaps alone, the ledger and the segments of the day say the same, kind by kind."""
    outcome = worked(visits, activities, limit)
    filled = outcome.segments.filter("filled").group_by("kind", "rule").agg(pl.col("seconds").sum())
    sums = outcome.parts.group_by("kind", "rule").agg(pl.col("seconds").sum()).rows()
    ledgered = {(kind, rule): seconds for kind, rule, seconds in sums}
    for kind, rule, seconds in filled.rows():
        assert ledgered[kind, rule] >= seconds
    counted = outcome.segments.filter("counted")["seconds"].sum()
    assert outcome.parts.filter("credited")["seconds"].sum() <= counted


@settings(max_examples=60, deadline=None)
@given(visits_made, activities_made, limits)
def test_every_second_that_is_not_credited_names_its_rule(
    visits: list[Any], activities: list[Any], limit: int | None
) -> None:
    parts = worked(visits, activities, limit).parts
    assert parts.filter(~pl.col("credited"))["rule"].null_count() == 0
