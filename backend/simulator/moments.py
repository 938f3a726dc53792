"""What a carer tells her phone at one moment, and where the phone thinks it is."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from backend.simulator.gazetteer import Point

NO_FIX_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as a phone gives it: with its noise, and how sure it claims to be, in metres."""

    point: Point
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing told to a phone at a true instant. `fix` is null where the phone found none, or none is asked for."""

    kind: str
    at: datetime
    visit: str | None = None
    fix: Fix | None = None
    no_fix: str = "not_collected"
    activity: str | None = None
    task: str | None = None


def at_door(chance: Random, kind: str, visit: str, at: datetime, where: Point) -> Moment:
    """A check-in or check-out at `where`, with a position a little off, or now and then with none."""
    if chance.random() < NO_FIX_SHARE:
        return Moment(kind, at, visit, no_fix="timed_out")
    accuracy = round(chance.choices((chance.uniform(4, 20), chance.uniform(25, 150)), (9, 1))[0], 1)
    spread = accuracy / 2.4  # the accuracy is a 95 per cent radius: 2.4 standard deviations of each axis
    return Moment(
        kind, at, visit, Fix(where.moved(chance.gauss(0, spread), chance.gauss(0, spread)), accuracy)
    )
