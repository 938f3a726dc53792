"""A second reading of the rules of a working day: slow, second by second, for one day. Checks the columns."""

from dataclasses import dataclass, field
from typing import Any

ACTIVITY_ORDER = ("travel", "training", "supervision", "meeting", "handover", "waiting")


@dataclass
class Stop:
    start: int
    end: int
    name: str
    place: Any
    worked: bool


@dataclass
class Gap:
    start: int
    end: int
    before: Stop
    after: Stop
    overlap: bool
    free: list[int] = field(default_factory=list)
    home: bool = False
    recorded: bool = False


def explain(
    visits: list[Any], activities: list[Any], estimates: dict[Any, int], limit: int | None
) -> tuple[dict[int, str], set[tuple[str, str, str]]]:
    """The kind of each second, and the flags on gaps as (flag, from, to).

    Visits are (name, start, end, place), activities (kind, start, end, place or None).
    """
    seconds: dict[int, str] = {}
    gaps = _gaps(_stops(visits, activities))
    inside = {second: gap for gap in gaps for second in range(gap.start, gap.end)}
    for second in range(_last(visits, activities)):
        kinds = {kind for kind, start, end, _ in activities if start <= second < end}
        kinds |= {"contact" for _, start, end, _ in visits if start <= second < end}
        gap = inside.get(second)
        if gap is not None:
            gap.home |= "home" in kinds
            gap.recorded |= "travel" in kinds
            if not kinds:
                gap.free.append(second)
        kind = _first(kinds, gap is not None)
        if kind is not None:
            seconds[second] = kind
    flags = set().union(*(_fill(gap, estimates, limit, seconds) for gap in gaps)) if gaps else set()
    return seconds, flags


def _last(visits: list[Any], activities: list[Any]) -> int:
    return max([end for _, _, end, _ in [*visits, *activities]], default=0)


def _stops(visits: list[Any], activities: list[Any]) -> list[Stop]:
    stops = [Stop(start, end, name, place, True) for name, start, end, place in visits]
    for kind, start, end, place in activities:
        if place is not None and kind not in ("home", "travel", "awake"):
            stops.append(Stop(start, end, kind, place, kind not in ("break", "sleep_in")))
    return sorted(stops, key=lambda stop: (stop.start, stop.end, stop.name, stop.place))


def _gaps(stops: list[Stop]) -> list[Gap]:
    gaps = []
    for index, stop in enumerate(stops[1:], start=1):
        earlier = stops[:index]
        latest = max(one.end for one in earlier)
        before = [one for one in earlier if one.end == latest][-1]
        twice = any(
            one.worked and stop.worked and max(one.start, stop.start) < min(one.end, stop.end)
            for one in earlier
        )
        gaps.append(Gap(before.end, stop.start, before, stop, twice))
    return gaps


def _first(kinds: set[str], in_gap: bool) -> str | None:
    for kind in ("break", "contact", "awake", *ACTIVITY_ORDER, "sleep_in"):
        if kind in kinds:
            return kind
    return "break" if "home" in kinds and in_gap else None


def _fill(
    gap: Gap, estimates: dict[Any, int], limit: int | None, seconds: dict[int, str]
) -> set[tuple[str, str, str]]:
    room = gap.end - gap.start if gap.end < gap.start else len(gap.free)
    same = gap.before.place == gap.after.place
    estimate = 0 if same else estimates[gap.before.place, gap.after.place]
    travel = 0 if gap.home or gap.recorded else min(max(room, 0), estimate)
    long = limit is not None and room > limit and not gap.home and len(gap.free) > travel
    rest = "commute" if gap.home else "unresolved" if long else "waiting"
    for index, second in enumerate(gap.free):
        seconds[second] = "travel" if index < travel else rest
    found = {
        "overlap": gap.overlap,
        "no_travel_time": room <= 0 and not same and not gap.recorded,
        "short_travel": room > 0 and 5 * room < 4 * estimate and not gap.recorded,
        "long_gap": long,
    }
    return {(flag, gap.before.name, gap.after.name) for flag, raised in found.items() if raised}
