"""Wire types of the gap ledger: what became of every second between two stops of a working day."""

from typing import Literal

from msgspec import Struct, field

from schemas.day import SegmentKind
from schemas.scalars import Day, Instant, Number, Text

PartKind = SegmentKind | Literal["overlap"]
NoSpeed = Literal["no_position", "same_place", "no_time", "too_inaccurate"]


class GapPart(Struct, frozen=True):
    """Seconds of one kind by one rule; `credited` if the law counts them. `overlap` is below zero."""

    kind: PartKind
    rule: Text
    seconds: int
    credited: bool


class ImpliedSpeed(Struct, frozen=True, omit_defaults=True):
    """Between the positions of leaving and of arriving, in km/h as the crow flies: the least and the most it can have
    been. `measured` and `least` are null where the positions lie no further apart than they may be off.
    """

    most: Number | None
    measured: Number | None = None
    least: Number | None = None


class GapRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The time from one stop to the next. Its `parts` add up to `observed_seconds`, which is below zero where the next
    stop began first.

    `from_actual` and the like are the places of both visits in the day as worked and as planned, from 1. `pace`: the id
    of the pace that the estimate went by; `engine`: of what a routing engine's answer rests on. `no_speed`: why there
    is none.
    """

    from_: str | None = field(default=None, name="from")
    to: str | None = None
    start: Instant
    end: Instant
    observed_seconds: int
    parts: list[GapPart]
    planned_seconds: int | None = None
    estimate_seconds: int | None = None
    metres: int | None = None
    mode: str | None = None
    source: str | None = None
    engine: str | None = None
    fallback: str | None = None
    pace: str | None = None
    from_actual: int | None = None
    to_actual: int | None = None
    from_planned: int | None = None
    to_planned: int | None = None
    in_planned_order: bool | None = None
    speed: ImpliedSpeed | None = None
    no_speed: NoSpeed | None = None


class TravelPace(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The dated policy that made a distance, or an engine's time, a journey from door to door.

    `by` straight_line: metres as the crow flies x `detour` at `kmh`, plus `minutes`. By an engine: its time `of` a way
    of travelling x `factor`, plus `minutes`. `since`: from when the packaged policy holds; null: the provider's own.
    """

    id: str
    by: str
    mode: str
    minutes: Number
    setting: str | None = None
    since: Day | None = None
    detour: Number | None = None
    kmh: Number | None = None
    of: str | None = None
    factor: Number | None = None
