"""What really happens in the made-up county: who goes where and when, and what each carer tells her phone.

Both are kept: the true door times, and the moments that phones record. Most carers record what they do; a few do not.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from random import Random
from typing import Final, Literal

from backend.simulator.activities import activities_of
from backend.simulator.gazetteer import Point
from backend.simulator.model import Carer, County, PlannedVisit, stream
from backend.simulator.moments import Moment, at_door
from backend.simulator.rota import LONDON, journey_seconds

MISSED, REFUSED, FORGOTTEN, REPEATED = 0.008, 0.004, 0.006, 0.008
FROM_HOME, CHECKS_IN_EARLY, STAYS_AWAY, OUTRUNS = 0.15, 0.3, 0.4, 0.4
FAR_M, FAST_MS = 3_000, 75
"""From how far, and at what speed in metres a second, a visit is claimed to which no road could have led in time."""
LATE_S: Final = 240
"""Standard deviation, in seconds, of when a carer who is free arrives."""
Fate = Literal["done", "missed", "refused"]


@dataclass(frozen=True, slots=True)
class Attendance:
    """One carer at one visit. `arrived` and `left` are the true door times, null where she never came; `said` tells
    whether her phone says that she did. `trick` names what was false about it; `way_m` is how far apart two doors are
    between which she was on the way while both were claimed."""

    employment: str
    visit: PlannedVisit
    arrived: datetime | None
    left: datetime | None
    said: bool
    trick: str | None = None
    way_m: float = 0

    @property
    def false(self) -> bool:
        """Claimed, but it never was."""
        return self.said and self.arrived is None


@dataclass(frozen=True, slots=True)
class Happened:
    """All that happened, and each carer's moments in order of time."""

    attendances: tuple[Attendance, ...]
    moments: dict[str, tuple[Moment, ...]]


@dataclass(frozen=True, slots=True)
class _Stop:
    """One visit as lived: the truth, and when the phone was told."""

    attendance: Attendance
    door: Point
    told_in: datetime
    told_out: datetime
    fate: Fate
    position_in: Point
    position_out: Point


def live(county: County) -> Happened:
    """Live through the county's days. The same county always lives the same life."""
    doors = {user.reference: user.home.point for user in county.service_users}
    shifts: dict[str, list[PlannedVisit]] = defaultdict(list)
    for visit in county.rota:
        for employment in visit.employments:
            shifts[employment].append(visit)
    attendances: list[Attendance] = []
    moments: dict[str, tuple[Moment, ...]] = {}
    for carer in county.carers:
        told: list[Moment] = []
        for _, visits in groupby(
            shifts[carer.employment], lambda visit: visit.start.astimezone(LONDON).date()
        ):
            stops, skipped = _live_day(county.seed, carer, list(visits), doors)
            attendances.extend([*(stop.attendance for stop in stops), *skipped])
            told.extend(_moments(county.seed, carer, stops))
        moments[carer.employment] = tuple(sorted(told, key=lambda moment: moment.at))
    return Happened(tuple(attendances), moments)


def _live_day(
    seed: int, carer: Carer, visits: Sequence[PlannedVisit], doors: dict[str, Point]
) -> tuple[list[_Stop], list[Attendance]]:
    stops: list[_Stop] = []
    skipped: list[Attendance] = []
    stays_away = "shares_phone" in carer.habits and _stays_away(seed, carer, visits[0])
    for visit in visits:
        fate = _fate(seed, visit, carer.employment)
        if visit.cancelled_at is not None:
            continue
        if fate == "missed":
            skipped.append(Attendance(carer.employment, visit, None, None, False))
            continue
        chance = stream(seed, "visit", carer.employment, visit.reference)
        stop = _attend(chance, carer, visit, fate, doors[visit.service_user], stops[-1] if stops else None)
        stops.append(_never_there(stop, "partner_said_so") if stays_away else stop)
    return _check_in_early(seed, carer, stops), skipped


def _fate(seed: int, visit: PlannedVisit, employment: str) -> Fate:
    draw = stream(seed, "fate", visit.reference).random()
    if draw < MISSED and (visit.second_carer in (None, employment) or draw < MISSED / 2):
        return "missed"
    return "refused" if MISSED <= draw < MISSED + REFUSED else "done"


def _stays_away(seed: int, carer: Carer, first: PlannedVisit) -> bool:
    """On a shared phone, the second of the pair sometimes leaves the whole shift to the first."""
    return (
        carer.employment == first.second_carer and stream(seed, "away", first.reference).random() < STAYS_AWAY
    )


def _attend(
    chance: Random, carer: Carer, visit: PlannedVisit, fate: Fate, door: Point, before: _Stop | None
) -> _Stop:
    if "from_home" in carer.habits and chance.random() < FROM_HOME:
        return _from_home(chance, carer, visit, door, before)
    if "outruns" in carer.habits and before is not None and chance.random() < OUTRUNS:
        metres = before.door.metres_to(door)
        if metres >= FAR_M:
            return _outrun(chance, carer, visit, door, before.told_out, metres)
    arrived = visit.start + timedelta(seconds=round(chance.gauss(0, LATE_S)))
    if before is not None:
        arrived = max(
            arrived, before.told_out + timedelta(seconds=journey_seconds(before.door, door, carer.mode))
        )
    clips = "clips" in carer.habits and chance.random() < 0.6
    share = chance.uniform(0.35, 0.6) if clips else min(1.4, max(0.7, chance.gauss(0.97, 0.09)))
    planned = (visit.end - visit.start).total_seconds()
    seconds = chance.uniform(150, 400) if fate == "refused" else planned * share
    left = arrived + timedelta(seconds=round(seconds))
    told_in = arrived + timedelta(seconds=chance.randint(8, 70))
    told_out = max(told_in, left - timedelta(seconds=chance.randint(5, 60)))
    down_the_road = door
    if clips:
        told_out = left + timedelta(seconds=round(min(720, planned * 0.3)))
        down_the_road = door.moved(chance.uniform(300, 700), chance.uniform(300, 700))
    attendance = Attendance(carer.employment, visit, arrived, left, True, "clipped" if clips else None)
    return _Stop(attendance, door, told_in, told_out, fate, door, down_the_road)


def _from_home(chance: Random, carer: Carer, visit: PlannedVisit, door: Point, before: _Stop | None) -> _Stop:
    """A visit that never was, claimed from the carer's own home."""
    told_in = visit.start + timedelta(seconds=chance.randint(-60, 120))
    if before is not None:
        told_in = max(told_in, before.told_out + timedelta(seconds=60))
    told_out = told_in + (visit.end - visit.start)
    never = Attendance(carer.employment, visit, None, None, True, "from_home")
    return _Stop(never, door, told_in, told_out, "done", carer.home.point, carer.home.point)


def _outrun(
    chance: Random, carer: Carer, visit: PlannedVisit, door: Point, left: datetime, metres: float
) -> _Stop:
    """A visit that never was, with a made-up position at its door, minutes too soon after the visit before."""
    told_in = left + timedelta(seconds=max(61, round(metres / FAST_MS * chance.uniform(0.6, 0.95))))
    told_out = told_in + (visit.end - visit.start)
    never = Attendance(carer.employment, visit, None, None, True, "impossible_speed")
    return _Stop(never, door, told_in, told_out, "done", door, door)


def _never_there(stop: _Stop, trick: str) -> _Stop:
    return replace(stop, attendance=replace(stop.attendance, arrived=None, left=None, trick=trick))


def _check_in_early(seed: int, carer: Carer, stops: list[_Stop]) -> list[_Stop]:
    """The habit of checking in at the next visit while still at this one."""
    if "overlaps" not in carer.habits:
        return stops
    changed = stops[:1]
    for before, stop in pairwise(stops):
        chance = stream(seed, "early", carer.employment, stop.attendance.visit.reference)
        if chance.random() < CHECKS_IN_EARLY:
            told_in = max(before.told_in, before.told_out - timedelta(seconds=chance.randint(240, 480)))
            way_m = before.door.metres_to(stop.door)
            attendance = replace(stop.attendance, trick="overlapped", way_m=way_m)
            stop = replace(stop, told_in=told_in, position_in=before.door, attendance=attendance)
        changed.append(stop)
    return changed


def _moments(seed: int, carer: Carer, stops: Sequence[_Stop]) -> Iterator[Moment]:
    """What the carer's phone is told on one day."""
    for stop in stops:
        chance = stream(seed, "phone", carer.employment, stop.attendance.visit.reference)
        yield from _visit_moments(chance, stop)
    spans = [(stop.told_in, stop.told_out, stop.door) for stop in stops]
    yield from activities_of(seed, carer, spans)


def _visit_moments(chance: Random, stop: _Stop) -> Iterator[Moment]:
    visit = stop.attendance.visit.reference
    yield at_door(chance, "check_in", visit, stop.told_in, stop.position_in)
    if chance.random() < REPEATED:
        yield at_door(chance, "check_in", visit, stop.told_in + timedelta(seconds=20), stop.position_in)
    between = (stop.told_out - stop.told_in).total_seconds()
    if stop.fate == "refused":
        yield Moment("refused_entry", stop.told_in + timedelta(seconds=round(between * 0.6)), visit=visit)
    elif stop.attendance.visit.tasks and chance.random() < 0.5:
        task = stop.attendance.visit.tasks[0].split(":")[0]
        yield Moment(
            "task_done", stop.told_in + timedelta(seconds=round(between * 0.7)), visit=visit, task=task
        )
    if chance.random() >= FORGOTTEN:
        yield at_door(chance, "check_out", visit, stop.told_out, stop.position_out)
