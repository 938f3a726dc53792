"""What carers record besides visits: going home, breaks, training, a sleep-in."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Final

from backend.simulator.gazetteer import Point
from backend.simulator.model import Carer, stream
from backend.simulator.moments import Moment
from backend.simulator.rota import LONDON, journey_seconds

Span = tuple[datetime, datetime, Point]
LONG_GAP: Final = timedelta(minutes=60)
LEAST_AT_HOME: Final = timedelta(minutes=10)
BREAK: Final = timedelta(minutes=20)
GOES_HOME, TAKES_BREAK = 0.8, 0.06


def activities_of(seed: int, carer: Carer, visits: Sequence[Span]) -> Iterator[Moment]:
    """The activities of one carer's day, as start and end moments; `visits` are (in, out, door) in order."""
    if not visits:
        return
    chance = stream(seed, "activities", carer.employment, visits[0][0])
    for (_, left, door), (arrives, _, next_door) in pairwise(visits):
        yield from _in_gap(chance, carer, left, door, arrives, next_door)
    last = max(out for _, out, _ in visits)
    if carer.quirk == "sleep_in":
        yield from _sleep_in(chance, last)
    elif chance.random() < 0.03:
        yield from _activity("training", last + timedelta(minutes=30), last + timedelta(minutes=90))


def _in_gap(
    chance: Random, carer: Carer, left: datetime, door: Point, arrives: datetime, next_door: Point
) -> Iterator[Moment]:
    gap = arrives - left
    if gap > LONG_GAP and chance.random() < GOES_HOME:
        home = left + timedelta(seconds=journey_seconds(door, carer.home.point, carer.mode))
        away = arrives - timedelta(seconds=journey_seconds(carer.home.point, next_door, carer.mode))
        if away - home >= LEAST_AT_HOME:
            yield from _activity("home", home, away)
    elif BREAK * 2 < gap <= LONG_GAP * 2 and chance.random() < TAKES_BREAK:
        yield from _activity("break", arrives - BREAK - timedelta(minutes=5), arrives - timedelta(minutes=5))


def _sleep_in(chance: Random, last: datetime) -> Iterator[Moment]:
    """From half past ten to seven, after a late shift; awake for twenty-five minutes on most nights."""
    day = last.astimezone(LONDON).date()
    start = datetime.combine(day, time(22, 30), tzinfo=LONDON).astimezone(UTC)
    if not timedelta() < start - last < timedelta(hours=4):
        return
    yield from _activity("sleep_in", start, start + timedelta(hours=8, minutes=30))
    if chance.random() < 0.7:
        woken = start + timedelta(minutes=chance.randint(100, 300))
        yield from _activity("awake", woken, woken + timedelta(minutes=25))


def _activity(kind: str, start: datetime, end: datetime) -> Iterator[Moment]:
    yield Moment("activity_start", start, activity=kind)
    yield Moment("activity_end", end, activity=kind)
