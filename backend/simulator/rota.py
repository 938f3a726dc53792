"""The rota of the made-up county: rounds planned as an office would, shift by shift."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import ceil
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from backend.simulator.gazetteer import Point
from backend.simulator.model import Carer, County, PlannedVisit, Round, ServiceUser, stream

LONDON: Final = ZoneInfo("Europe/London")
ROAD_PER_STRAIGHT: Final = 1.38
METRES_A_SECOND: Final = {"car": 12.0, "bicycle": 4.6, "walk": 1.4, "bus": 6.0}
SECONDS_TO_PARK: Final = 90
SHIFTS: Final = {
    "early": (("morning", time(7, 0)), ("lunch", time(11, 45))),
    "late": (("tea", time(16, 0)), ("bed", time(19, 0))),
}
TASKS: Final = {
    "morning": ("washing:15", "meal:10", "medication:5"),
    "lunch": ("meal:20",),
    "tea": ("meal:15", "medication:5"),
    "bed": ("washing:10", "medication:5"),
    "night": ("turning:60", "medication:10"),
}
MOST_CALLS: Final = {"morning": 7, "lunch": 4, "tea": 4, "bed": 5}
"""What one carer manages in a part of the day; on a round with more people, each is visited on some days only."""
SHARE_CALLED: Final = (0.55, 0.25, 0.3, 0.4)
"""Of a round's people, in the morning, at lunch, at tea and at bedtime."""
CANCELLED_SHARE: Final = 0.02


def journey_seconds(start: Point, end: Point, mode: str) -> int:
    """How long the road really takes in the made-up world."""
    metres = start.metres_to(end) * ROAD_PER_STRAIGHT
    return 0 if metres < 1 else round(metres / METRES_A_SECOND[mode]) + SECONDS_TO_PARK


def plan_rota(county: County) -> tuple[PlannedVisit, ...]:
    """Every visit of the county's days, in order of start. Some carry the cancellation that will come."""
    planned = [visit for patch in county.rounds for visit in _plan_round(county, patch)]
    return tuple(sorted(planned, key=lambda visit: (visit.start, visit.reference)))


def _plan_round(county: County, patch: Round) -> Iterator[PlannedVisit]:
    chance = stream(county.seed, "rota", patch.name)
    provider = next(each for each in county.providers if each.reference == patch.provider)
    calls = _calls(patch, chance)
    for number in range(county.days):
        day = county.start + timedelta(days=number)
        if patch.kind == "night":
            yield from _night(patch, day, number)
            continue
        for offset, bands in enumerate(SHIFTS.values()):
            crew = _crew(patch, number, offset)
            moment = None
            for band, opens in bands:
                called = _called(calls[band], band, number)
                for visit in _band(patch, crew, day, band, opens, called, moment, provider.travel_in_plan):
                    moment = visit.end
                    yield _perhaps_cancelled(visit, chance)


def _calls(patch: Round, chance: Random) -> dict[str, list[tuple[ServiceUser, int]]]:
    """Who is called on in which part of the day, and for how many minutes; in driving order."""
    users = list(patch.users)
    chance.shuffle(users)
    count = len(users)
    mornings, lunches, teas, beds = (ceil(count * share) for share in SHARE_CALLED)
    by_band = {
        "morning": users[:mornings],
        "lunch": users[mornings : mornings + lunches] or users[:1],
        "tea": users[count - teas :],
        "bed": users[:beds],
    }
    long, usual = (60, 45) if patch.kind == "double" else (45, 30)
    return {
        band: [(user, long if band == "morning" and index % 3 == 0 else 15 if band == "lunch" and index == 2 else usual)
               for index, user in enumerate(_in_driving_order(patch.hub, who))]
        for band, who in by_band.items()
    }  # fmt: skip


def _called(calls: list[tuple[ServiceUser, int]], band: str, number: int) -> list[tuple[ServiceUser, int]]:
    """Those of a band who are called on that day."""
    most = MOST_CALLS[band]
    return [call for index, call in enumerate(calls) if (index + number * most) % len(calls) < most]


def _in_driving_order(start: Point, users: Sequence[ServiceUser]) -> list[ServiceUser]:
    left, here, order = list(users), start, []
    while left:
        nearest = min(left, key=lambda user: (here.metres_to(user.home.point), user.reference))
        left.remove(nearest)
        order.append(nearest)
        here = nearest.home.point
    return order


def _crew(patch: Round, number: int, offset: int) -> tuple[Carer, ...]:
    """The carers of a round take its shifts in turn, pair by pair on a double-handed round: one day early, the next
    day late, then off."""
    size = 2 if patch.kind == "double" else 1
    turns = max(1, len(patch.carers) // size)
    first = (number + 2 * offset) % turns * size
    return patch.carers[first : first + size]


def _band(
    patch: Round, crew: tuple[Carer, ...], day: date, band: str, opens: time, calls: list[tuple[ServiceUser, int]],
    after: datetime | None, travel_in_plan: bool,
) -> Iterator[PlannedVisit]:  # fmt: skip
    start = datetime.combine(day, opens, tzinfo=LONDON).astimezone(UTC)
    moment = start if after is None else max(start, _five_minutes(after + timedelta(minutes=5)))
    roads = [_planned_road(a.home.point, b.home.point, crew[0].mode, travel_in_plan)
             for (a, _), (b, _) in pairwise(calls)]  # fmt: skip
    for (user, minutes), road in zip(calls, [*roads, timedelta()], strict=True):
        end = moment + timedelta(minutes=minutes)
        yield PlannedVisit(
            patch.provider, f"{user.reference}-{day:%m%d}-{band}", f"{user.reference}-p1", user.reference, moment, end,
            crew[0].employment, crew[1].employment if len(crew) > 1 else None, TASKS[band],
        )  # fmt: skip
        moment = _five_minutes(end + road)


def _planned_road(start: Point, end: Point, mode: str, travel_in_plan: bool) -> timedelta:
    return timedelta(seconds=journey_seconds(start, end, mode)) if travel_in_plan else timedelta(minutes=5)


def _five_minutes(moment: datetime) -> datetime:
    """The next full five minutes."""
    over = (moment.minute % 5) * 60 + moment.second
    return moment + timedelta(seconds=300 - over if over else 0)


def _night(patch: Round, day: date, number: int) -> Iterator[PlannedVisit]:
    """A waking night with one of the people, from ten to seven."""
    user = patch.users[number % len(patch.users)]
    start = datetime.combine(day, time(22, 0), tzinfo=LONDON).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(7, 0), tzinfo=LONDON).astimezone(UTC)
    carer = patch.carers[number // 3 % len(patch.carers)]
    yield PlannedVisit(
        patch.provider, f"{user.reference}-{day:%m%d}-night", f"{user.reference}-p1", user.reference, start, end,
        carer.employment, None, TASKS["night"],
    )  # fmt: skip


def _perhaps_cancelled(visit: PlannedVisit, chance: Random) -> PlannedVisit:
    if chance.random() >= CANCELLED_SHARE:
        return visit
    by = chance.choices(("person", "commissioner", "provider"), (6, 2, 2))[0]
    notice = timedelta(hours=chance.choice((3, 6, 20, 24, 30, 48)))
    return PlannedVisit(
        visit.provider, visit.reference, visit.package, visit.service_user, visit.start, visit.end, visit.carer,
        visit.second_carer, visit.tasks, visit.start - notice, by,
    )  # fmt: skip
