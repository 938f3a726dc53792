"""Sleep-ins, both clock-change nights, and which kind has a second that several cover."""

import json
from itertools import combinations
from typing import Any

import pytest

from backend.use_cases.calc_day import calc_day
from tests.days import activity, answer, case, flags, told, visit


def test_of_a_sleep_in_only_waking_counts() -> None:
    result = answer([], [activity("sleep_in", "22:00", "+07:00"), activity("awake", "+02:00", "+02:25")])
    assert told(result) == ["22:00-02:00 (sleep_in)", "02:00-02:25 awake", "02:25-07:00 (sleep_in)"]
    assert (result["totals"]["other"], result["totals"]["uncounted"]) == (1500, 30900)


def test_a_sleep_in_without_a_place_lies_in_the_gap_and_one_with_a_place_bounds_gaps() -> None:
    visits = [visit("a", "20:00", "21:00"), visit("b", "+07:30", "+08:00")]
    night = activity("sleep_in", "21:30", "+07:00")
    loose, placed = answer(visits, [night]), answer(visits, [night | {"place": visits[0]["place"]}])
    assert told(loose) == told(placed)
    assert (loose["segments"][1]["to"], placed["segments"][1]["to"]) == ("b", "sleep_in@2026-11-02T21:30:00Z")


def test_waking_at_a_place_is_part_of_its_sleep_in() -> None:
    night = [
        activity("sleep_in", "22:00", "+06:00"),
        activity("awake", "+01:00", "+01:10", {"lat": 1, "lon": 1}),
    ]
    assert flags(answer([visit("a", "20:00", "22:00")], night)) == []


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-10-24T22:00:00+01:00", "2026-10-25T07:00:00+00:00", 10),
        ("2026-03-28T22:00:00+00:00", "2026-03-29T07:00:00+01:00", 8),
    ],
)
def test_a_waking_night_over_a_clock_change_lasts_as_long_as_it_lasted(
    start: str, end: str, hours: int
) -> None:
    night = visit("n", None, None, actual={"start": start, "end": end})
    result: Any = calc_day(json.dumps(case([night])).encode())
    assert result["totals"]["contact"] == hours * 3600


ORDER = [
    "break",
    "contact",
    "awake",
    "travel",
    "training",
    "supervision",
    "meeting",
    "handover",
    "waiting",
    "home",
]


@pytest.mark.parametrize(("first", "second"), list(combinations(ORDER, 2)))
def test_the_kind_earlier_in_the_order_has_a_second_that_two_cover(first: str, second: str) -> None:
    """Both cover 10:00 to 11:00 between two visits at one place; contact is a third visit."""
    visits = [visit("a", "08:00", "09:00"), visit("z", "12:00", "13:00")]
    night = [activity("sleep_in", "10:00", "11:00")] if "awake" in (first, second) else []
    covers = [activity(kind, "10:00", "11:00") for kind in (first, second) if kind != "contact"]
    if "contact" in (first, second):
        visits.append(visit("m", "10:00", "11:00"))
    result = answer(visits, [*night, *covers])
    shown = f"10:00-11:00 ({first})" if first == "break" else f"10:00-11:00 {first}"
    assert shown in told(result)
    assert sum(segment["seconds"] for segment in result["segments"]) == 5 * 3600
