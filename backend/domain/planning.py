"""What speaks against a carer making a planned visit, and how much further she would travel for it.

Nothing here refuses anything: a manager reads what is found and decides.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from backend.domain.roster import Journey, PlannedVisit, Point, seconds_needed
from backend.domain.time import LONDON, london_date, london_midnight

Kind = Literal[
    "overlap",
    "too_close",
    "on_leave",
    "outside_hours",
    "over_hours",
    "lacks_skill",
    "person_away",
    "same_person",
    "short_handed",
]
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Against:
    """Something that speaks against a visit. `about`: the other visit, the skill, the kind of leave or absence.

    `between`: seconds from one visit to the other (below zero where they overlap), seconds planned in the week, or who
    comes; `needed`: seconds that the journey takes, the most to plan in a week, or how many carers are wanted.
    """

    kind: Kind
    about: str = ""
    between: int = 0
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Away:
    """A carer's leave or sickness, from an instant to another; no end while it lasts."""

    kind: str
    start: datetime
    end: datetime | None

    def meets(self, start: datetime, end: datetime) -> bool:
        """Whether any of a stretch of time falls into it."""
        return self.start < end and (self.end is None or start < self.end)


@dataclass(frozen=True, slots=True)
class Hours:
    """A carer's working hours from a London date until another. `available`: weekday (1 is Monday), start and end by
    London's clocks; none: not said. Hours a week in seconds.
    """

    first: date
    last: date | None
    contracted: int | None = None
    most: int | None = None
    available: tuple[tuple[int, time, time], ...] = ()


@dataclass(frozen=True, slots=True)
class Worker:
    """A carer as planning knows her. `skills`: each with the first and last day on which she has it."""

    home: Point | None = None
    away: tuple[Away, ...] = ()
    hours: tuple[Hours, ...] = ()
    skills: tuple[tuple[str, date, date | None], ...] = ()

    def hours_on(self, day: date) -> Hours | None:
        """The working hours in force: of several the one that began last."""
        held = [one for one in self.hours if one.first <= day and (one.last is None or day <= one.last)]
        return max(held, key=lambda one: one.first, default=None)


def away_span(
    first: date, last: date | None, start: time | None, end: time | None
) -> tuple[datetime, datetime | None]:
    """The instants of leave from a London date to another, both included, or to further notice; by clock times on the
    first and the last day if these are given. A time that does not exist is read as by the clock before the change.
    """
    begins = london_midnight(first) if start is None else _instant(first, start)
    if last is None:
        return begins, None
    return begins, london_midnight(last + timedelta(days=1)) if end is None else _instant(last, end)


def against(
    visit: PlannedVisit,
    worker: Worker,
    others: Sequence[PlannedVisit],
    needs: Collection[str],
    journey: Journey,
) -> Iterator[Against]:
    """What speaks against a carer's visit, one by one, journeys last: who asks for the first needs few.

    `others`: her other visits from the Monday of its week, and of the day before, to the day after the Sunday; `needs`:
    the skills that the person needs on its day.
    """
    yield from _overlapping(visit, others)
    yield from (Against("on_leave", one.kind) for one in worker.away if one.meets(visit.start, visit.end))
    yield from _hours_against(visit, worker, others)
    yield from _lacking(visit, worker, needs)
    yield from _out_of_reach(visit, others, journey)


def _overlapping(visit: PlannedVisit, others: Sequence[PlannedVisit]) -> Iterator[Against]:
    meeting = (other for other in others if other.start < visit.end and visit.start < other.end)
    for other in sorted(meeting, key=lambda one: (one.start, one.reference)):
        shared = min(other.end, visit.end) - max(other.start, visit.start)
        yield Against("overlap", other.reference, -_seconds(shared))


def _out_of_reach(visit: PlannedVisit, others: Sequence[PlannedVisit], journey: Journey) -> Iterator[Against]:
    """The last visit before and the next after, of those that do not overlap, where the journey takes too long."""
    before, after = _neighbours(visit, others)
    if before is not None:
        yield from _too_close(before, visit, before.reference, journey)
    if after is not None:
        yield from _too_close(visit, after, after.reference, journey)


def _too_close(one: PlannedVisit, two: PlannedVisit, about: str, journey: Journey) -> Iterator[Against]:
    between, needed = _seconds(two.start - one.end), seconds_needed(one.place, two.place, journey)
    if needed > between:
        yield Against("too_close", about, between, needed)


def added_travel(
    visit: PlannedVisit, others: Sequence[PlannedVisit], home: Point | None, journey: Journey
) -> int:
    """Seconds of journeys that a visit adds to a carer's day: there and on, less the journey that it stands in for.

    The day begins and ends at home where that is known. Where one of two places is not known, the journey between them
    counts as nothing.
    """
    day = london_date(visit.start)
    before, after = _neighbours(visit, [one for one in others if london_date(one.start) == day])
    start = home if before is None else before.place
    end = home if after is None else after.place
    replaced = 0 if before is None and after is None else seconds_needed(start, end, journey)
    return seconds_needed(start, visit.place, journey) + seconds_needed(visit.place, end, journey) - replaced


def planned_seconds(day: date, visits: Sequence[PlannedVisit]) -> int:
    """How long the visits of the week (Monday to Sunday) of a London date last together."""
    monday = day - timedelta(days=day.weekday())
    opens, closes = london_midnight(monday), london_midnight(monday + _WEEK)
    return sum(_seconds(one.end - one.start) for one in visits if opens <= one.start < closes)


def _hours_against(visit: PlannedVisit, worker: Worker, others: Sequence[PlannedVisit]) -> Iterator[Against]:
    day = london_date(visit.start)
    hours = worker.hours_on(day)
    if hours is None:
        return
    if hours.available and not any(
        start <= visit.start and visit.end <= end for start, end in _available(hours, day)
    ):
        yield Against("outside_hours")
    planned = planned_seconds(day, [*others, visit])
    if hours.most is not None and planned > hours.most:
        yield Against("over_hours", between=planned, needed=hours.most)


def _available(hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    """When the carer works about a London date; stretches that meet are one."""
    found = []
    for one in (day - timedelta(days=1), day, day + timedelta(days=1)):
        for weekday, start, end in hours.available:
            if weekday == one.isoweekday():
                last = one if end > start else one + timedelta(days=1)
                found.append((_instant(one, start), _instant(last, end)))
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(found):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def _lacking(visit: PlannedVisit, worker: Worker, needs: Collection[str]) -> Iterator[Against]:
    day = london_date(visit.start)
    held = {name for name, first, last in worker.skills if first <= day and (last is None or day <= last)}
    yield from (Against("lacks_skill", skill) for skill in sorted(set(needs) - held))


def _neighbours(
    visit: PlannedVisit, others: Sequence[PlannedVisit]
) -> tuple[PlannedVisit | None, PlannedVisit | None]:
    """The visit that ends last before this one begins, and that which begins first after it ended."""
    before = [one for one in others if one.end <= visit.start]
    after = [one for one in others if one.start >= visit.end]
    return (
        max(before, key=lambda one: (one.end, one.reference), default=None),
        min(after, key=lambda one: (one.start, one.reference), default=None),
    )


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=LONDON).astimezone(UTC)
