"""One working day, second by second: every second is given one label, the strongest claim painted last.

The rules are those of docs/working-day.md; the painting is this module's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Place = tuple[float, float]
"""Degrees north and east."""
Journey = Callable[[str, str], int]
"""Seconds of the journey between two stops, by their ids."""

LABELS: Final = (
    "nothing", "waiting", "travel", "unresolved", "commute", "sleep_in", "other", "awake", "contact", "break",
)  # fmt: skip
CODE: Final = {label: code for code, label in enumerate(LABELS)}
COUNTED: Final = ("contact", "travel", "waiting", "other", "awake")
ACTIVITY_LABEL: Final = {
    "travel": "travel", "training": "other", "supervision": "other", "meeting": "other", "handover": "other",
    "waiting": "waiting", "break": "break", "sleep_in": "sleep_in", "awake": "awake",
}  # fmt: skip
STRENGTH: Final = ("sleep_in", "waiting", "travel", "other", "awake")
"""In which order activities are painted: the later covers the earlier."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit as recorded, in whole seconds. A visit with one known end stands with that instant as both."""

    id: str
    start: int
    end: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something else that was recorded, in whole seconds; it has no place of its own."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """The seconds of one working day: `labels[n]` is the code of second `first` + n."""

    first: int
    labels: bytes

    def seconds(self, start: int | None = None, end: int | None = None) -> dict[str, int]:
        """Seconds by label, of the whole day or of the part from `start` up to `end`."""
        low = 0 if start is None else max(0, start - self.first)
        high = len(self.labels) if end is None else max(0, end - self.first)
        part = self.labels[low:high]
        return {label: part.count(CODE[label]) for label in LABELS[1:]}


def paint(
    stops: Sequence[Stop], activities: Sequence[Activity], journey: Journey, limit: int | None
) -> Labelled:
    """Label every second of one working day. `limit`: the longest gap, in seconds, whose rest is waiting."""
    instants = [t for stop in stops for t in (stop.start, stop.end)]
    instants += [t for activity in activities for t in (activity.start, activity.end)]
    first = min(instants)
    labels = bytearray(max(instants) - first)
    gaps = _gaps(stops)
    for before, after, start, end in gaps:
        _paint_gap(labels, first, start, end, activities, _estimate(before, after, journey), limit)
    for kind in STRENGTH:
        for activity in activities:
            if ACTIVITY_LABEL.get(activity.kind) == kind:
                _fill(labels, first, activity.start, activity.end, kind)
    for stop in stops:
        _fill(labels, first, stop.start, stop.end, "contact")
    for activity in activities:
        if activity.kind == "break":
            _fill(labels, first, activity.start, activity.end, "break")
    return Labelled(first, bytes(labels))


def _gaps(stops: Sequence[Stop]) -> list[tuple[Stop, Stop, int, int]]:
    """The gaps between stops: from the latest end so far to the next start."""
    ordered = sorted(stops, key=lambda stop: (stop.start, stop.end, stop.id))
    found = []
    latest = ordered[0] if ordered else None
    for stop in ordered[1:]:
        assert latest is not None
        if stop.start > latest.end:
            found.append((latest, stop, latest.end, stop.start))
        if stop.end >= latest.end:
            latest = stop
    return found


def _estimate(before: Stop, after: Stop, journey: Journey) -> int:
    return 0 if before.place == after.place else journey(before.id, after.id)


def _paint_gap(
    labels: bytearray, first: int, start: int, end: int, activities: Sequence[Activity], estimate: int,
    limit: int | None,
) -> None:  # fmt: skip
    inside = [
        (max(start, a.start), min(end, a.end), a.kind) for a in activities if a.start < end and a.end > start
    ]
    homes = [(low, high) for low, high, kind in inside if kind == "home"]
    if homes:
        _fill(labels, first, start, end, "commute")
        for low, high in homes:
            _fill(labels, first, low, high, "break")
        return
    taken = bytearray(end - start)
    for low, high, _ in inside:
        taken[low - start : high - start] = b"\x01" * (high - low)
    free = [start + offset for offset, used in enumerate(taken) if not used]
    travel = 0 if any(kind == "travel" for _, _, kind in inside) else min(len(free), estimate)
    rest = "waiting" if limit is None or len(free) <= limit else "unresolved"
    for number, second in enumerate(free):
        labels[second - first] = CODE["travel" if number < travel else rest]


def _fill(labels: bytearray, first: int, start: int, end: int, label: str) -> None:
    labels[start - first : end - first] = bytes([CODE[label]]) * (end - start)


def working_days(
    stops: Sequence[Stop], sleep_ins: Sequence[Activity], date_of: Callable[[int], object], longest_break: int
) -> list[list[Stop]]:
    """Cut a carer's visits into working days.

    Visits that start on one London date are one working day; a date joins the one before it where no more than
    `longest_break` seconds lie between, a sleep-in being a stop.
    """
    days: list[list[Stop]] = []
    for stop in sorted(stops, key=lambda stop: (stop.start, stop.end, stop.id)):
        if days and (
            date_of(days[-1][-1].start) == date_of(stop.start)
            or _joined(days[-1], stop, sleep_ins, longest_break)
        ):
            days[-1].append(stop)
        else:
            days.append([stop])
    return days


def _joined(day: list[Stop], stop: Stop, sleep_ins: Sequence[Activity], longest_break: int) -> bool:
    reached = max(each.end for each in day)
    for sleep_in in sorted(sleep_ins, key=lambda each: each.start):
        if (
            sleep_in.start < stop.start
            and sleep_in.end > reached
            and sleep_in.start - reached <= longest_break
        ):
            reached = max(reached, sleep_in.end)
    return stop.start - reached <= longest_break
