"""Wire types of one carer's working day: what happened (`DayCase`) and what the law counts (`DayResult`)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from schemas.scalars import Day, Instant, Latitude, Longitude, Minutes, Text
from schemas.strict import INVALID, Fault

Mode = Literal["car", "bicycle", "walk", "bus"]
VisitStatus = Literal["completed", "missed", "refused", "cancelled"]
ActivityKind = Literal[
    "travel",
    "training",
    "supervision",
    "meeting",
    "handover",
    "waiting",
    "break",
    "home",
    "sleep_in",
    "awake",
]
SegmentKind = Literal[
    "contact",
    "travel",
    "waiting",
    "training",
    "supervision",
    "meeting",
    "handover",
    "awake",
    "break",
    "commute",
    "sleep_in",
    "unresolved",
]
FlagName = Literal["overlap", "short_travel", "no_travel_time", "long_gap", "incomplete"]
LongGap = Literal["unresolved", "waiting", "break"]
JourneySeconds = Annotated[int, Meta(ge=0, le=600_000_000)]
JourneyMetres = Annotated[int, Meta(ge=0, le=50_000_000)]


def order_faults(valid: Mapping[str, Any], start: str = "start", end: str = "end") -> Iterator[Fault]:
    """A fault at `end` if the two instants are known and the wrong way round; equal instants are allowed."""
    first, last = valid.get(start), valid.get(end)
    if isinstance(first, datetime) and isinstance(last, datetime) and last < first:
        yield Fault(f"/{end}", "ends before it starts")


class Place(Struct, frozen=True):
    """A point in degrees (WGS 84). Longitude 0.0 is a real place."""

    lat: Latitude
    lon: Longitude


class Span(Struct, frozen=True):
    """From `start` to `end`, both known; `end` may equal `start`."""

    start: Instant
    end: Instant

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        return order_faults(valid)


def span_between(start: datetime | None, end: datetime | None) -> Span | None:
    """The span of two instants; None unless both are known."""
    return None if start is None or end is None else Span(start=start, end=end)


class Actual(Struct, frozen=True):
    """What was recorded at the door. One end alone makes the visit incomplete."""

    start: Instant | None = None
    end: Instant | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from order_faults(valid)
        if "start" in valid and "end" in valid and valid["start"] is None and valid["end"] is None:
            yield Fault("", "needs a start, an end or both; for a visit that did not happen give null")


class DayCarer(Struct, frozen=True):
    """Where the carer lives, if known, and how she travels."""

    home: Place | None = None
    mode: Mode = "car"


class DayPolicy(Struct, frozen=True):
    """How long gaps are read. `waiting_limit_minutes` null: the rest of a gap is always waiting.

    What is left out stands as in the packaged policy.
    """

    waiting_limit_minutes: Minutes | None = Decimal(60)
    long_gap: LongGap = "unresolved"
    day_break_minutes: Minutes = Decimal(240)


class DayVisit(Struct, frozen=True):
    """One visit. With `actual` it was worked, whatever its status; `place` null: nobody knows where."""

    id: Text
    place: Place | None
    status: VisitStatus
    planned: Span | None = None
    actual: Actual | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if valid.get("status") == "completed" and "actual" in valid and valid["actual"] is None:
            yield Fault("/actual", "is required: the visit is completed")


class Activity(Struct, frozen=True):
    """Anything the carer recorded besides visits. With a place it is a stop like a visit."""

    kind: ActivityKind
    start: Instant
    end: Instant
    place: Place | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        return order_faults(valid)


class Journey(Struct, frozen=True):
    """An estimate of the journey between two visits, and who made it; with the road's metres, if known."""

    from_: Text = field(name="from")
    to: Text
    estimate_minutes: Minutes | None = None
    estimate_seconds: JourneySeconds | None = None
    source: Text = "given"
    distance_metres: JourneyMetres | None = None

    @property
    def seconds(self) -> int:
        """The estimate in whole seconds, half up."""
        if self.estimate_minutes is None:
            return self.estimate_seconds or 0
        return int((self.estimate_minutes * 60).to_integral_value(ROUND_HALF_UP))

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        if "estimate_minutes" in valid and "estimate_seconds" in valid:
            given = [
                valid[name] for name in ("estimate_minutes", "estimate_seconds") if valid[name] is not None
            ]
            if len(given) != 1:
                yield Fault("/estimate_minutes", "give either estimate_minutes or estimate_seconds")


class DayCase(Struct, frozen=True):
    """One carer's working day as it happened. All visits given are one working day."""

    carer: DayCarer
    date: Day
    visits: list[DayVisit]
    policy: DayPolicy = DayPolicy()
    activities: list[Activity] = []
    journeys: list[Journey] = []

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        visits = valid.get("visits", [INVALID])
        yield from _repeated_visits(visits)
        yield from _journey_faults(valid.get("journeys", []), visits)
        yield from _awake_faults(valid.get("activities", []))


def _repeated_visits(visits: list[Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, visit in enumerate(visits):
        if visit is INVALID:
            continue
        if visit.id in seen:
            yield Fault(f"/visits/{index}/id", f"{visit.id} stands for another visit already")
        seen.add(visit.id)


def _journey_faults(journeys: list[Any], visits: list[Any]) -> Iterator[Fault]:
    # A faulty visit may be the one meant, so unknown names are reported once every visit can be read.
    known = None if any(visit is INVALID for visit in visits) else {visit.id for visit in visits}
    seen: set[tuple[str, str]] = set()
    for index, journey in enumerate(journeys):
        if journey is INVALID:
            continue
        for name, visit in (("from", journey.from_), ("to", journey.to)):
            if known is not None and visit not in known:
                yield Fault(f"/journeys/{index}/{name}", f"names no visit of this day: {visit}")
        if (journey.from_, journey.to) in seen:
            yield Fault(f"/journeys/{index}", "estimates the same journey as an earlier one")
        seen.add((journey.from_, journey.to))


def _awake_faults(activities: list[Any]) -> Iterator[Fault]:
    if any(activity is INVALID for activity in activities):
        return
    nights = [activity for activity in activities if activity.kind == "sleep_in"]
    for index, activity in enumerate(activities):
        inside = any(night.start <= activity.start and activity.end <= night.end for night in nights)
        if activity.kind == "awake" and not inside:
            yield Fault(f"/activities/{index}", "lies outside every sleep_in: awake is part of a sleep-in")


class DaySegment(Struct, frozen=True, omit_defaults=True):
    """A stretch of one kind. `from`, `to` and all after them stand on time between two stops only.

    `engine`: the record of what a routing engine's estimate rests on. `fallback`: why a straight line stands where an
    engine was asked (`engine_unreachable`, `off_map`, `no_route`).
    """

    kind: SegmentKind
    start: Instant
    end: Instant
    seconds: int
    counted: bool
    rule: Text
    visit: str | None = None
    from_: str | None = field(default=None, name="from")
    to: str | None = None
    planned_gap_seconds: int | None = None
    observed_gap_seconds: int | None = None
    estimate_seconds: int | None = None
    source: str | None = None
    engine: str | None = None
    fallback: str | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from order_faults(valid)
        if all(name in valid for name in ("start", "end", "seconds")):
            length = int((valid["end"] - valid["start"]).total_seconds())
            if length >= 0 and valid["seconds"] != length:
                yield Fault("/seconds", f"must be {length}, the time from start to end")


class DayTotals(Struct, frozen=True):
    """Seconds. `other`: training, supervision, meeting, handover, awake. `uncounted`: all that is shown."""

    contact: int
    travel: int
    waiting: int
    other: int
    counted: int
    unresolved: int
    uncounted: int


class DayFlag(Struct, frozen=True, omit_defaults=True):
    """Something for a person to look at. `visit` is the visit, or the one at the end of the gap."""

    flag: FlagName
    rule: Text
    visit: str | None = None
    from_: str | None = field(default=None, name="from")
    to: str | None = None


class DayResult(Struct, frozen=True, omit_defaults=True):
    """What the law counts of one working day. `what_if` marks an answer that assumes what long gaps were."""

    date: Day
    segments: list[DaySegment]
    totals: DayTotals
    flags: list[DayFlag]
    what_if: bool = False
