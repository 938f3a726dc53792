"""Which working day a visit belongs to, and which London date a segment counts in."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.time import seconds_of
from backend.domain.working_day import ACTIVITIES, SEGMENTS, VISITS, cut_at_midnight, working_days

Given = tuple[str, str | None, str | None]
FOUR_HOURS = 240 * 60


def moment(text: str | None) -> int | None:
    return None if text is None else seconds_of(datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC))


def cut(visits: list[Given], activities: list[Any] | None = None, carer: str = "c") -> tuple[Any, Any]:
    """Visits are (name, start, end) and activities (kind, start, end) with times such as "02T21:00"."""
    visit_rows = [
        (carer, name, moment(start), moment(end), 52.0, -2.0, None, None) for name, start, end in visits
    ]
    activity_rows = [
        (carer, kind, moment(start), moment(end), None, None) for kind, start, end in activities or []
    ]
    return working_days(
        pl.DataFrame(visit_rows, schema=keyed(VISITS), orient="row"),
        pl.DataFrame(activity_rows, schema=keyed(ACTIVITIES), orient="row"),
        FOUR_HOURS,
    )


def keyed(schema: pl.Schema) -> dict[str, Any]:
    return {"carer": pl.String(), **{name: kind for name, kind in schema.items() if name != "day"}}


def days_of(frame: pl.DataFrame, name: str = "visit") -> dict[str, str]:
    """The date of each visit or activity's working day; equal dates of one carer are one working day."""
    assert frame.select("carer", "day").n_unique() == frame.select("carer", "date").n_unique()
    return {row[name]: row["date"].isoformat()[-2:] for row in frame.to_dicts()}


def test_all_visits_that_start_on_one_london_date_are_one_working_day() -> None:
    visits, _ = cut(
        [("a", "02T07:00", "02T08:00"), ("b", "02T22:00", "02T23:00"), ("c", "03T09:00", "03T10:00")]
    )
    assert days_of(visits) == {"a": "02", "b": "02", "c": "03"}


@pytest.mark.parametrize(("start", "day"), [("03T03:30", "02"), ("03T03:30:01", "03")])
def test_dates_join_across_a_gap_of_at_most_the_day_break(start: str, day: str) -> None:
    visits, _ = cut([("late", "02T23:00", "02T23:30"), ("early", start, "03T05:00")])
    assert days_of(visits) == {"late": "02", "early": day}


def test_a_joined_date_is_joined_whole_and_over_as_many_dates_as_it_chains() -> None:
    visits, _ = cut(
        [
            ("a", "02T23:00", "03T01:00"),
            ("b", "03T02:00", "03T03:00"),
            ("c", "03T23:00", "03T23:50"),
            ("d", "04T01:00", "04T02:00"),
            ("e", "05T12:00", "05T13:00"),
        ]
    )
    assert days_of(visits) == {"a": "02", "b": "02", "c": "02", "d": "02", "e": "05"}


def test_a_sleep_in_is_a_stop_that_joins_two_dates() -> None:
    night = [("sleep_in", "02T22:00", "03T07:00"), ("awake", "03T02:00", "03T02:30")]
    visits, activities = cut([("a", "02T20:00", "02T21:00"), ("b", "03T08:00", "03T09:00")], night)
    assert days_of(visits) == {"a": "02", "b": "02"}
    assert set(days_of(activities, "kind").values()) == {"02"}


def test_a_sleep_in_long_after_the_last_visit_belongs_to_the_visits_it_leads_to() -> None:
    night = [("sleep_in", "02T22:00", "03T07:00")]
    visits, activities = cut([("a", "02T09:00", "02T10:00"), ("b", "03T08:00", "03T09:00")], night)
    assert days_of(visits) == {"a": "02", "b": "03"}
    assert days_of(activities, "kind") == {"sleep_in": "03"}


def test_activities_are_not_taken_out_of_the_gap_between_dates() -> None:
    visits, _ = cut(
        [("late", "02T22:00", "02T23:00"), ("early", "03T03:30", "03T04:00")],
        [("training", "02T23:00", "03T01:00")],
    )
    assert days_of(visits) == {"late": "02", "early": "03"}


def test_the_london_date_decides_not_the_utc_one() -> None:
    start, end = (seconds_of(datetime(2026, 7, 1, hour, 30, tzinfo=UTC)) for hour in (23, 23))
    frame = pl.DataFrame([("c", "v", start, end, 52.0, -2.0, None, None)], schema=keyed(VISITS), orient="row")
    visits, _ = working_days(frame, pl.DataFrame(schema=keyed(ACTIVITIES)), FOUR_HOURS)
    assert visits["date"].item() == date(2026, 7, 2)


def test_an_incomplete_visit_bounds_the_gap_with_the_end_that_is_known() -> None:
    visits, _ = cut(
        [("late", "02T23:00", None), ("early", None, "03T02:59"), ("next", "03T14:00", "03T15:00")]
    )
    assert days_of(visits) == {"late": "02", "early": "02", "next": "02"}


def test_an_activity_belongs_to_the_working_day_it_starts_in_or_that_of_its_date_or_its_own() -> None:
    given = [
        ("training", "02T07:00", "02T08:00"),
        ("break", "03T00:30", "03T00:40"),
        ("meeting", "03T20:00", "03T21:00"),
        ("supervision", "05T10:00", "05T11:00"),
    ]
    visits = [("a", "02T22:00", "02T23:00"), ("b", "03T01:00", "03T02:00")]
    _, activities = cut(visits, given)
    assert days_of(activities, "kind") == {
        "training": "02",
        "break": "02",
        "meeting": "02",
        "supervision": "05",
    }


def test_carers_do_not_share_working_days_and_nothing_at_all_is_no_day() -> None:
    one = pl.concat([cut([("a", "02T09:00", "02T10:00")], carer=name)[0] for name in ("x", "y")]).drop(
        "day", "date"
    )
    visits, _ = working_days(one, pl.DataFrame(schema=keyed(ACTIVITIES)), FOUR_HOURS)
    assert visits["day"].n_unique() == 2
    assert cut([])[0].is_empty()


def test_work_over_midnight_is_cut_and_a_gap_belongs_to_the_date_it_starts() -> None:
    common = {"day": 0, "counted": True, "rule": "r", "seconds": 7200}
    rows = [
        common | {"kind": "contact", "start": moment("02T23:00"), "end": moment("03T01:00"), "filled": False},
        common
        | {"kind": "waiting", "start": moment("04T00:30"), "end": moment("04T02:30"), "filled": True}
        | {"gap_start": moment("03T23:30")},
    ]
    pieces = cut_at_midnight(pl.DataFrame(rows, schema=SEGMENTS))
    assert pieces.select("kind", "date", "seconds").rows() == [
        ("contact", date(2026, 11, 2), 3600),
        ("contact", date(2026, 11, 3), 3600),
        ("waiting", date(2026, 11, 3), 7200),
    ]


@pytest.mark.parametrize(
    ("end", "seconds"), [("02T23:59:59", [3599]), ("03T00:00", [3600]), ("03T00:00:01", [3600, 1])]
)
def test_what_ends_at_midnight_is_not_cut_and_a_second_beyond_it_is(end: str, seconds: list[int]) -> None:
    row = {"day": 0, "kind": "contact", "start": moment("02T23:00"), "end": moment(end), "filled": False}
    assert cut_at_midnight(pl.DataFrame([row], schema=SEGMENTS))["seconds"].to_list() == seconds


def test_nights_alone_are_of_the_date_on_which_the_first_begins() -> None:
    _, activities = cut([], [("sleep_in", "03T02:00", "03T07:00"), ("sleep_in", "02T20:00", "03T01:00")])
    assert activities["date"].to_list() == [date(2026, 11, 2)] * 2


@pytest.mark.parametrize(("start", "day"), [("03T05:59", "02"), ("03T06:00", "03")])
def test_an_activity_belongs_to_a_working_day_until_the_last_of_it_has_ended(start: str, day: str) -> None:
    visits = [("a", "02T20:00", "02T21:00"), ("b", "02T21:30", "03T06:00"), ("c", "03T14:00", "03T15:00")]
    _, activities = cut(visits, [("training", start, "03T06:30")])
    assert days_of(activities, "kind") == {"training": day}


def test_a_night_over_the_clock_change_is_cut_at_midnight_by_london_clocks() -> None:
    start, end = (seconds_of(datetime(2026, 10, day, hour, tzinfo=UTC)) for day, hour in ((24, 21), (26, 7)))
    row = {"day": 0, "kind": "contact", "start": start, "end": end, "seconds": end - start, "filled": False}
    pieces = cut_at_midnight(pl.DataFrame([row], schema=SEGMENTS))
    assert pieces["seconds"].to_list() == [2 * 3600, 25 * 3600, 7 * 3600]


HALF_HOURS = st.integers(0, 6 * 48)
LONG = st.sampled_from([0, 1, 2, 5, 16])
VISIT = st.tuples(HALF_HOURS, LONG, st.sampled_from(["both", "both", "start", "end"]))
ACTIVITY = st.tuples(
    st.sampled_from(["sleep_in", "sleep_in", "training", "break", "home", "travel", "awake"]), HALF_HOURS, LONG,
    st.booleans(),
)  # fmt: skip
WORK = st.tuples(st.lists(VISIT, max_size=5), st.lists(ACTIVITY, max_size=5))
MIDNIGHT = seconds_of(datetime(2026, 11, 2, tzinfo=UTC))


def instant(half_hours: int) -> int:
    return MIDNIGHT + half_hours * 1800


def worked_together(carers: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The working days of carers, each told as lists of VISIT and ACTIVITY, their rows one in turn."""
    visits = [
        (carer, f"v{row}", *_ends(start, length, known), 52.0, -2.0, None, None)
        for carer, (given, _) in carers.items()
        for row, (start, length, known) in enumerate(given)
    ]
    activities = [
        (carer, kind, instant(start), instant(start + length), *((52.0, -2.0) if placed else (None, None)))
        for carer, (_, given) in carers.items()
        for kind, start, length, placed in given
    ]
    return working_days(
        pl.DataFrame(visits, schema=keyed(VISITS), orient="row"),
        pl.DataFrame(activities, schema=keyed(ACTIVITIES), orient="row"),
        FOUR_HOURS,
    )


def _ends(start: int, length: int, known: str) -> tuple[int | None, int | None]:
    return None if known == "end" else instant(start), None if known == "start" else instant(start + length)


def by_hand(work: Any) -> tuple[list[tuple[Any, date]], list[tuple[Any, date]]]:
    """Of each visit and each activity of one carer a name of its working day, and its date: told one by one."""
    visits, activities = work
    stops = []
    for row, (start, length, known) in enumerate(visits):
        begins, ends = _ends(start, length, known)
        first, last = (begins or ends or 0), (ends or begins or 0)
        stops.append((first, last, "visit", row, day_of(first)))
    for row, (kind, start, length, placed) in enumerate(activities):
        bounds = placed and kind not in ("home", "travel", "awake")
        if bounds or kind == "sleep_in":
            stops.append(
                (
                    instant(start),
                    instant(start + length),
                    "activity",
                    row,
                    day_of(instant(start)) if bounds else None,
                )
            )
    stops.sort(key=lambda stop: stop[:4])
    groups: list[list[Any]] = []
    for place, stop in enumerate(stops):
        before = next((one[4] for one in reversed(stops[:place]) if one[4]), None)
        next_date = next((one[4] for one in stops[place:] if one[4]), None)
        one_date = before is not None and before == next_date
        until = max((one[1] for one in stops[:place]), default=stop[0])
        if not groups or (stop[0] - until > FOUR_HOURS and not one_date):
            groups.append([])
        groups[-1].append(stop)
    named = {id(stop): (number, _date(group)) for number, group in enumerate(groups) for stop in group}
    of_row = {(stop[2], stop[3]): named[id(stop)] for stop in stops}
    dates: dict[date, Any] = {}
    for stop in stops:
        dates.setdefault(stop[4] or day_of(stop[0]), named[id(stop)])
    told = []
    for row, (_, start, _, _) in enumerate(activities):
        begun = [stop for stop in stops if stop[0] <= instant(start)]
        held = bool(begun) and instant(start) < max(one[1] for one in groups[named[id(begun[-1])][0]])
        own = day_of(instant(start))
        loose = named[id(begun[-1])] if held else dates.get(own, (own, own))
        told.append(of_row.get(("activity", row), loose))
    return [of_row["visit", row] for row in range(len(visits))], told


def day_of(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def _date(group: list[Any]) -> date:
    return next((stop[4] for stop in group if stop[4]), day_of(group[0][0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(WORK, min_size=1, max_size=6))
def test_working_days_are_what_a_slow_reading_of_each_carer_by_herself_gives(given_work: list[Any]) -> None:
    carers = {f"c{number}": work for number, work in enumerate(given_work)}
    frames = worked_together(carers)
    everybody: set[Any] = set()
    for carer, work in carers.items():
        days: dict[Any, Any] = {}
        for frame, told in zip(frames, by_hand(work), strict=True):
            rows = frame.filter(pl.col("carer") == carer).select("day", "date").rows()
            assert [found for _, found in rows] == [expected for _, expected in told]
            for (number, _), (name, _) in zip(rows, told, strict=True):
                assert days.setdefault(name, number) == number
        assert len(set(days.values())) == len(days) and not everybody & set(days.values())
        everybody |= set(days.values())
