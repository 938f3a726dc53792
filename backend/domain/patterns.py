"""Visits that come again on some days of each week, or of each so many weeks, at a London clock time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from backend.domain.time import LONDON, local_instants


@dataclass(frozen=True, slots=True)
class Repeat:
    """One period of a pattern, from a London date to another, both included. `days`: weekdays, 1 is Monday."""

    first: date
    last: date | None
    days: frozenset[int]
    every_weeks: int
    start: time
    minutes: int


def days_of(periods: Sequence[Repeat], opens: date, closes: date) -> Iterator[tuple[date, int]]:
    """The London dates from `opens` to `closes`, both included, on which a visit comes, and of which period it is.

    Periods do not overlap. Weeks are counted from that of the earliest first day, so that a change leaves their turn.
    """
    if not periods:
        return
    first = min(period.first for period in periods)
    monday = first - timedelta(days=first.weekday())
    for offset in range((closes - opens).days + 1):
        day = opens + timedelta(days=offset)
        week = (day - monday).days // 7
        for number, period in enumerate(periods):
            held = period.first <= day and (period.last is None or day <= period.last)
            if held and day.isoweekday() in period.days and week % period.every_weeks == 0:
                yield day, number


def span_on(day: date, start: time, minutes: int, by_clock_from: int) -> tuple[datetime, datetime]:
    """The instants (UTC) between which a visit of a pattern is planned on a London date.

    It starts at the London clock time. Of a time that happens twice that is the first; one that does not happen is read
    by the clock before it goes forward, as RFC 5545 (section 3.3.5) reads both. It lasts its minutes. A visit of
    `by_clock_from` minutes or more ends by London's clocks, where they show that time once: somebody takes over then.
    """
    local = datetime.combine(day, start)
    begins = local_instants(local) or (local.replace(tzinfo=LONDON).astimezone(UTC),)
    length = timedelta(minutes=minutes)
    ends = local_instants(local + length)
    if minutes >= by_clock_from and len(ends) == 1 and ends[0] > begins[0]:
        return begins[0], ends[0]
    return begins[0], begins[0] + length
