"""Laws of a working day, on days made up at random; and agreement with a second reading of the rules."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.working_day import JOURNEYS, cut_at_midnight, find_gaps, with_journeys, work_out
from backend.domain.working_day.frames import ACTIVITIES, POLICIES, VISITS
from backend.use_cases.calc_day import day_results
from schemas.day import Activity, Actual, DayCarer, DayCase, DayVisit, Place
from schemas.loading import ENTERED_KINDS
from tests.day_oracle import explain

PLACES = ((52.0, -2.0), (52.1, -2.1), (52.0, 0.0))
ESTIMATES = {(a, b): 7 * abs(PLACES.index(a) - PLACES.index(b)) for a in PLACES for b in PLACES}
KINDS = (
    "travel",
    "training",
    "supervision",
    "meeting",
    "handover",
    "waiting",
    "break",
    "home",
    "sleep_in",
    "awake",
)
COUNTED = {"contact", "travel", "waiting", "training", "supervision", "meeting", "handover", "awake"}

spans = st.tuples(st.integers(0, 80), st.integers(0, 80)).map(lambda ends: (min(ends), max(ends)))
visits_made = st.lists(st.tuples(spans, st.sampled_from(PLACES)), max_size=5).map(
    lambda made: [(f"v{index}", *span, place) for index, (span, place) in enumerate(made)]
)
activities_made = st.lists(
    st.tuples(st.sampled_from(KINDS), spans, st.sampled_from([None, None, *PLACES])), max_size=5
).map(lambda made: [(kind, *span, place) for kind, span, place in made])
limits = st.sampled_from([None, 0, 10, 30])
apart_made = st.lists(st.tuples(st.integers(0, 80), st.sampled_from(PLACES)), max_size=10).map(
    lambda ends: [
        (f"v{index}", start, end, place)
        for index, ((start, place), (end, _)) in enumerate(pairwise(sorted(ends)))
        if index % 2 == 0
    ]
)


def worked(visits: list[Any], activities: list[Any], limit: int | None, shift: int = 0) -> Any:
    """The outcome of one day whose times are small numbers of seconds, moved on by `shift`."""
    return worked_together([(visits, activities, limit)], shift)


def worked_together(days: list[tuple[list[Any], list[Any], int | None]], shift: int = 0) -> Any:
    """The outcome of many days, numbered from 0, as `worked` gives that of one."""
    visit_rows = [
        (day, name, start + shift, end + shift, *place, None, None)
        for day, (visits, _, _) in enumerate(days)
        for name, start, end, place in visits
    ]
    activity_rows = [
        (day, kind, start + shift, end + shift, *(place or (None, None)))
        for day, (_, activities, _) in enumerate(days)
        for kind, start, end, place in activities
    ]
    known = pl.DataFrame(visit_rows, schema=VISITS, orient="row")
    recorded = pl.DataFrame(activity_rows, schema=ACTIVITIES, orient="row")
    rows = [(day, limit, "unresolved") for day, (_, _, limit) in enumerate(days)]
    policies = pl.DataFrame(rows, schema=POLICIES, orient="row")
    return work_out(known, recorded, with_estimates(find_gaps(known, recorded)), policies)


def with_estimates(gaps: pl.DataFrame) -> pl.DataFrame:
    ends = gaps.select("from_lat", "from_lon", "to_lat", "to_lon").rows()
    seconds = [ESTIMATES[(a, b), (c, d)] for a, b, c, d in ends]
    unknown = [pl.lit(None, pl.String).alias(name) for name in ("engine", "fallback")]
    estimate = pl.Series("estimate", seconds, dtype=pl.Int64)
    return gaps.with_columns(estimate, pl.lit("test").alias("source"), *unknown)


def by_second(segments: pl.DataFrame) -> dict[int, str]:
    rows = segments.select("start", "end", "kind").rows()
    return {second: kind for start, end, kind in rows for second in range(start, end)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(visits_made, activities_made, limits), min_size=1, max_size=12))
def test_every_second_and_flag_agrees_with_a_slow_second_reading_of_the_rules(days: list[Any]) -> None:
    outcome = worked_together(days)
    told = outcome.flags.filter(pl.col("from").is_not_null()).select("day", "flag", "from", "to").rows()
    for day, (visits, activities, limit) in enumerate(days):
        seconds, expected = explain(visits, activities, ESTIMATES, limit)
        assert by_second(outcome.segments.filter(day=day)) == seconds
        raised = {(flag, a.split("@")[0], b.split("@")[0]) for of, flag, a, b in told if of == day}
        assert raised == expected
    parts = outcome.parts.group_by("gap").agg(pl.col("seconds").sum()).rows()
    observed = outcome.gaps.filter(pl.col("observed_gap") != 0).select("gap", "observed_gap").rows()
    assert sorted(parts) == sorted(observed), "the parts of each gap add up to it, and there are no others"
    told = outcome.parts.select("gap", "kind", "rule", "credited", "seconds").rows()
    assert told == sorted(told)
    for _, kind, rule, credited, seconds in told:
        assert credited == (kind in COUNTED)
        assert ((kind, rule) == ("overlap", "day-no-gap")) == (seconds < 0)


def test_the_mark_of_a_visit_with_one_end_stands_on_its_own_date() -> None:
    known = pl.DataFrame([(0, "v", 100, None, *PLACES[0], None, None)], schema=VISITS, orient="row")
    nothing = pl.DataFrame(schema=ACTIVITIES)
    policies = pl.DataFrame([(0, None, "unresolved")], schema=POLICIES, orient="row")
    outcome = work_out(known, nothing, with_estimates(find_gaps(known, nothing)), policies)
    told = cut_at_midnight(outcome.segments).select("date", "kind", "start", "end").rows()
    assert told == [(date(1970, 1, 1), "unresolved", 100, 100)]


def test_between_stops_at_one_place_there_is_no_way_and_elsewhere_that_which_is_known() -> None:
    visits = [(0, name, at, at + 5, *place, None, None) for at, name, place in (
        (0, "a", PLACES[0]), (10, "b", PLACES[0]), (20, "c", PLACES[1]), (30, "d", PLACES[0]),
    )]  # fmt: skip
    gaps = find_gaps(pl.DataFrame(visits, schema=VISITS, orient="row"), pl.DataFrame(schema=ACTIVITIES))
    known = {"day": 0, "from": "b", "to": "c", "estimate": 7, "source": "test", "metres": 900}
    told = with_journeys(gaps, pl.DataFrame([known], schema=JOURNEYS))
    assert told.select("estimate", "source", "metres").rows() == [
        (0, "same_place", 0), (7, "test", 900), (None, None, None),
    ]  # fmt: skip


def test_a_gap_of_no_length_has_no_parts() -> None:
    assert worked([("v0", 0, 10, PLACES[0]), ("v1", 10, 20, PLACES[1])], [], None).parts.is_empty()


@settings(max_examples=100, deadline=None)
@given(visits_made, activities_made, limits)
def test_segments_follow_each_other_without_overlap_and_totals_add_them_up(
    visits: list[Any], activities: list[Any], limit: int | None
) -> None:
    outcome = worked(visits, activities, limit)
    segments = outcome.segments.to_dicts()
    assert all(before["end"] <= after["start"] for before, after in pairwise(segments))
    assert all(row["seconds"] == row["end"] - row["start"] > 0 for row in segments)
    assert all(row["counted"] == (row["kind"] in COUNTED) for row in segments)
    totals = outcome.totals.row(0, named=True)
    assert totals["counted"] == sum(totals[name] for name in ("contact", "travel", "waiting", "other"))
    shown = totals["counted"] + totals["unresolved"] + totals["uncounted"]
    assert shown == sum(row["seconds"] for row in segments)


@settings(max_examples=60, deadline=None)
@given(visits_made, activities_made, limits, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(
    visits: list[Any], activities: list[Any], limit: int | None, chance: random.Random
) -> None:
    first = worked(visits, activities, limit)
    chance.shuffle(visits)
    chance.shuffle(activities)
    second = worked(visits, activities, limit)
    assert first.segments.drop("gap").equals(second.segments.drop("gap"))
    assert first.flags.equals(second.flags)


@settings(max_examples=60, deadline=None)
@given(visits_made, activities_made, limits, st.integers(0, 80))
def test_cutting_at_midnight_wherever_it_falls_changes_no_total(
    visits: list[Any], activities: list[Any], limit: int | None, midnight: int
) -> None:
    """London midnight of 2 November 2026 falls `midnight` seconds into the day."""
    segments = worked(visits, activities, limit, shift=1_793_577_600 - midnight).segments
    cut = cut_at_midnight(segments)
    whole, pieces = (
        frame.group_by("kind").agg(pl.col("seconds").sum()).sort("kind") for frame in (segments, cut)
    )
    assert whole.equals(pieces)
    assert set(cut["date"]) <= {date(2026, 11, 1), date(2026, 11, 2)}
    early = cut.filter(~pl.col("filled") & (pl.col("date") == date(2026, 11, 1)))
    assert early["end"].max() is None or early["end"].max() <= 1_793_577_600


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(apart_made, activities_made, limits, st.integers(0, 80)), min_size=1, max_size=12))
def test_a_day_whose_entries_are_all_cut_at_any_one_instant_has_the_same_totals(days: list[Any]) -> None:
    """As when a carer records one stay in two parts. Visits do not overlap; both parts have the visit's place."""
    unplaced = [
        (visits, [(kind, start, end, None) for kind, start, end, _ in activities], limit)
        for visits, activities, limit, _ in days
    ]
    cut = [
        (cut_entries(visits, instant), cut_entries(activities, instant), limit)
        for (visits, activities, limit), (*_, instant) in zip(unplaced, days, strict=True)
    ]
    whole, parts = worked_together(unplaced), worked_together(cut)
    assert parts.totals.equals(whole.totals)
    for day in range(len(days)):
        assert by_second(parts.segments.filter(day=day)) == by_second(whole.segments.filter(day=day))


@settings(max_examples=150, deadline=None)
@given(visits_made, activities_made, limits, st.sampled_from(ENTERED_KINDS), spans)
def test_time_that_a_manager_may_enter_alone_never_makes_less_count(
    visits: list[Any], activities: list[Any], limit: int | None, kind: str, span: tuple[int, int]
) -> None:
    before = worked(visits, activities, limit).totals["counted"].item()
    after = worked(visits, [*activities, (kind, *span, None)], limit).totals["counted"].item()
    assert after >= before


def cut_entries(entries: list[Any], instant: int) -> list[Any]:
    """Each entry (name, start, end, place) that holds the instant inside as two."""
    cut = []
    for name, start, end, place in entries:
        ends = [start, instant, end] if start < instant < end else [start, end]
        cut += [(name, *span, place) for span in pairwise(ends)]
    return cut


@settings(max_examples=60, deadline=None)
@given(spans, st.lists(spans, min_size=1, max_size=4))
def test_overlapping_visits_count_each_second_once(
    first: tuple[int, int], more: list[tuple[int, int]]
) -> None:
    visits = [(f"v{index}", *span, PLACES[0]) for index, span in enumerate([first, *more])]
    covered = {second for _, start, end, _ in visits for second in range(start, end)}
    assert worked(visits, [], None).totals["contact"].item() == len(covered)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(visits_made, activities_made), min_size=1, max_size=4))
def test_many_days_at_once_come_out_as_each_by_itself(days: list[Any]) -> None:
    cases = [case_of(visits, activities) for visits, activities in days]
    assert day_results(cases) == [day_results([one])[0] for one in cases]


def case_of(visits: list[Any], activities: list[Any]) -> DayCase:
    return DayCase(
        carer=DayCarer(),
        date=date(2026, 11, 2),
        visits=[
            DayVisit(id=name, place=Place(*place), status="completed", actual=Actual(*moments(start, end)))
            for name, start, end, place in visits
        ],
        activities=[
            Activity(kind, *moments(start, end), place=place and Place(*place))
            for kind, start, end, place in activities
        ],
    )


def moments(start: int, end: int) -> list[datetime]:
    return [datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(minutes=each) for each in (start, end)]
