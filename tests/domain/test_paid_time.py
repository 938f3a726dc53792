"""Which instant is paid when a phone's clock is wrong."""

from datetime import timedelta

import pytest

from backend.domain.paid_time import Offset, Sending, absurd, offset, paid_time
from tests.mobile_api.world import hour

LIMIT = timedelta(seconds=120)
SENDING = Sending(hour(13), "clock-1", 21_600_000)


def paid(low: int, high: int) -> tuple[int, tuple[str, ...]]:
    """Seconds by which the paid instant differs from device time, and the flags, for an offset between bounds."""
    measured = Offset(timedelta(seconds=low), timedelta(seconds=high))
    found = paid_time(hour(7), "another", 0, SENDING, measured, LIMIT)
    return int((found.at - hour(7)).total_seconds()), found.flags


@pytest.mark.parametrize(
    ("low", "high", "moved", "flags"),
    [
        (-5, 1, 0, ()),
        (120, 300, 0, ()),
        (121, 300, 121, ("clock_drift",)),
        (-300, -120, 0, ()),
        (-300, -121, -121, ("clock_drift",)),
        (-4000, 4000, 0, ()),
        (1800, 1801, 1800, ("clock_drift",)),
    ],
)
def test_device_time_stands_unless_the_offset_certainly_exceeds_the_limit(
    low: int, high: int, moved: int, flags: tuple[str, ...]
) -> None:
    assert paid(low, high) == (moved, flags)


def test_without_a_measured_offset_device_time_stands_flagged() -> None:
    found = paid_time(hour(7), "another", 0, SENDING, None, LIMIT)
    assert (found.at, found.flags) == (hour(7), ("offset_unknown",))


def test_bounds_are_the_nonce_s_issue_and_the_first_byte_s_arrival() -> None:
    assert offset(hour(7), hour(7, 1), hour(7, 2)) == Offset(-timedelta(minutes=1), timedelta(minutes=1))


@pytest.mark.parametrize(
    ("occurred", "clock_id", "monotonic", "unknown"),
    [
        (hour(12), "clock-1", 18_000_000, False),
        (hour(12), "clock-1", 17_998_000, False),
        (hour(12), "clock-1", 17_997_999, True),
        (hour(12), "clock-2", 0, False),
        (hour(12), "clock-1", 21_000_000, False),
        (hour(13, 0, 1), "clock-2", 0, True),
        (hour(13), "clock-1", 21_600_000, False),
    ],
)
def test_a_clock_that_was_set_back_between_event_and_sending_is_unknown(
    occurred: object, clock_id: str, monotonic: int, unknown: bool
) -> None:
    found = paid_time(occurred, clock_id, monotonic, SENDING, Offset(-LIMIT, LIMIT), LIMIT)  # type: ignore[arg-type]
    assert ("clock_unknown" in found.flags) == unknown


def test_ten_minutes_ahead_and_before_enrolment_are_absurd() -> None:
    assert absurd(hour(7, 10), hour(7), hour(6), LIMIT) is None
    assert "ahead" in str(absurd(hour(7, 10, 1), hour(7), hour(6), LIMIT))
    assert absurd(hour(5, 58), hour(7), hour(6), LIMIT) is None
    assert "enrolled" in str(absurd(hour(5, 57, 59), hour(7), hour(6), LIMIT))
