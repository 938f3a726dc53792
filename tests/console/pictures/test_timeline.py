"""A day drawn to scale: every stretch in its place, whatever the day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.console.pictures.timeline import WIDTH, Stretch, timeline

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def stretch(start_min: int, end_min: int, kind: str = "contact") -> Stretch:
    return Stretch(kind, NOON + timedelta(minutes=start_min), NOON + timedelta(minutes=end_min), "said")


def test_nothing_recorded_is_no_picture() -> None:
    assert timeline([("Planned", []), ("Worked", [])]) is None


def test_both_lanes_stand_on_one_scale_from_full_hour_to_full_hour() -> None:
    drawn = timeline([("Planned", [stretch(30, 60, "planned")]), ("Worked", [stretch(45, 90)])])
    assert drawn is not None
    [(_, [planned]), (_, [worked])] = drawn.lanes
    assert (planned.x, planned.width) == (250, 250)
    assert (worked.x, worked.width) == (375, 375)
    assert drawn.hours == [(0, "12:00"), (500, "13:00"), (1000, "14:00")]
    assert drawn.kinds == ["planned", "contact"]


def test_a_stretch_of_one_second_is_still_seen() -> None:
    short = Stretch("contact", NOON, NOON + timedelta(seconds=1), "said")
    drawn = timeline([("Worked", [short, stretch(0, 600)])])
    assert drawn is not None and drawn.lanes[0][1][0].width == 1.5


def test_hours_have_the_names_of_london_clocks_on_the_night_they_go_back() -> None:
    opens = datetime(2026, 10, 25, 0, tzinfo=UTC)
    drawn = timeline([("Worked", [Stretch("sleep_in", opens, opens + timedelta(hours=3), "said")])])
    assert drawn is not None and [name for _, name in drawn.hours] == ["01:00", "01:00", "02:00", "03:00"]


def test_many_hours_are_named_in_steps() -> None:
    drawn = timeline([("Worked", [stretch(0, 24 * 60)])])
    assert drawn is not None and len(drawn.hours) == 25
    assert [name for _, name in drawn.hours if name][:3] == ["12:00", "14:00", "16:00"]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 600)), min_size=1, max_size=8))
def test_every_stretch_lies_within_the_picture_in_the_order_of_time(spans: list[tuple[int, int]]) -> None:
    stretches = [stretch(start, start + length) for start, length in sorted(spans)]
    drawn = timeline([("Worked", stretches)])
    assert drawn is not None
    bars = drawn.lanes[0][1]
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 1.5 for bar in bars)
    assert [bar.x for bar in bars] == sorted(bar.x for bar in bars)
