"""What is due, as pure calendar arithmetic over London dates.

A period is worked on at six in the morning, London time, some days after its last day. Six o'clock exists exactly once
on every London date, so neither clock change repeats a job or leaves one out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from backend.domain.time import LONDON

WORKING_HOUR: Final = time(6, 0)


@dataclass(frozen=True, slots=True)
class Period:
    """A billing or pay reference period: its first and last London date, both included."""

    start: date
    end: date


def due_at(period: Period, after_days: int) -> datetime:
    """The instant (UTC) from which a period may be worked on: six in the morning, `after_days` after its last day."""
    day = period.end + timedelta(days=after_days)
    return datetime.combine(day, WORKING_HOUR, tzinfo=LONDON).astimezone(UTC)


def ended_periods(
    period_of: Callable[[date], Period], since: date, after_days: int, now: datetime
) -> Iterator[Period]:
    """The periods from the one that holds `since` up to the newest whose work is due at `now`, oldest first."""
    period = period_of(since)
    while due_at(period, after_days) <= now:
        yield period
        period = period_of(period.end + timedelta(days=1))
