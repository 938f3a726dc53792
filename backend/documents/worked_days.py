"""The days behind a worker's hours, as rows to print: each stretch of time, what it was, whether the law counts it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from backend.documents import words
from backend.documents.invoice_page import Page, rule_numbers
from schemas.day import Actual, DayFlag, DaySegment, Span
from schemas.documents import VisitEvidence, WorkedDay

EVENT_DIGITS: Final = 8
"""How much of an event's id is printed; the attached data holds it whole."""

_FLAGS: Final = {
    "overlap": "two pieces of work at the same time",
    "short_travel": "less time between visits than the journey needs",
    "no_travel_time": "no time between visits at two places",
    "long_gap": "a long gap that nobody has explained",
    "incomplete": "only an arrival or only a departure was recorded",
}


def days_page(days: Sequence[WorkedDay], numbers: Mapping[str, str]) -> list[Page]:
    """The days as the template prints them, in the order given."""
    return [_day(day, numbers) for day in days]


def day_rules(days: Sequence[WorkedDay]) -> set[str]:
    """The ids of the rules that the days use."""
    named = {row.rule for day in days for rows in (day.segments, day.flags) for row in rows}
    return named | {part.rule for day in days for gap in day.gaps for part in gap.parts}


def event_number(event_id: object) -> str:
    """The first digits of an event's id: on paper and on the page of a day the same, so that one finds the other."""
    return str(event_id)[:EVENT_DIGITS]


def _day(day: WorkedDay, numbers: Mapping[str, str]) -> Page:
    visits = {name: visit for visit in day.visits for name in (visit.visit, visit.visit_id)}
    shown = {segment.visit for segment in day.segments}
    unseen = [visit for visit in day.visits if not {visit.visit, visit.visit_id} & shown]
    return {
        "title": words.day(day.date),
        "sums": _sums(day.segments),
        "rows": _rows(day.segments, day.date, visits, numbers),
        "others": [_without_segment(visit, day.date) for visit in unseen],
        "flags": [_flag(flag, visits, numbers) for flag in day.flags],
    }


def _sums(segments: Sequence[DaySegment]) -> str:
    named = (
        ("counted", sum(segment.seconds for segment in segments if segment.counted)),
        ("unexplained", sum(segment.seconds for segment in segments if segment.kind == "unresolved")),
        ("not counted", sum(row.seconds for row in segments if not row.counted and row.kind != "unresolved")),
    )
    return ", ".join(
        f"{name} {words.lasted(seconds)}" for name, seconds in named if seconds or name == "counted"
    )


def _rows(
    segments: Sequence[DaySegment], on: date, visits: Mapping[str, VisitEvidence], numbers: Mapping[str, str]
) -> list[list[str]]:
    """A row for each visit or activity, with the time until the next stop beside it.

    One row a stop, not one a segment: a month of segments makes an accessible table that is slow to draw and to read.
    """
    return [_row(stop, on, visits, numbers, list(gap)) for stop, gap in _with_gaps(segments)]


def _with_gaps(segments: Sequence[DaySegment]) -> Iterator[tuple[DaySegment | None, list[DaySegment]]]:
    stop: DaySegment | None = None
    gap: list[DaySegment] = []
    for segment in segments:
        if segment.from_ or segment.to:
            gap.append(segment)
            continue
        if stop or gap:
            yield stop, gap
        stop, gap = segment, []
    if stop or gap:
        yield stop, gap


def _row(
    stop: DaySegment | None,
    on: date,
    visits: Mapping[str, VisitEvidence],
    numbers: Mapping[str, str],
    gap: list[DaySegment],
) -> list[str]:
    then = _gap(gap, on, visits, numbers)
    if stop is None:
        return ["", "", "", "", then]
    visit = visits.get(stop.visit or "")
    planned = words.clock(visit.planned, on) if visit and visit.planned else ""
    known = (stop.visit or "") if visit is None else _evidence(visit)
    kind = "" if stop.kind == "contact" and known else words.worded(stop.kind)
    what = ", ".join(part for part in (kind, known) if part)
    return [words.clock(Span(stop.start, stop.end), on), what, planned, _length(stop, numbers), then]


def _length(segment: DaySegment, numbers: Mapping[str, str]) -> str:
    """How long, whether it counts, and by which rule: 30 min, not counted [4]."""
    counts = "" if segment.counted else ", not settled" if segment.kind == "unresolved" else ", not counted"
    return f"{words.lasted(segment.seconds)}{counts} [{rule_numbers([segment.rule], numbers)}]"


def _gap(
    gap: list[DaySegment], on: date, visits: Mapping[str, VisitEvidence], numbers: Mapping[str, str]
) -> str:
    """The time until the next stop: its parts, then the three lengths an auditor compares."""
    if not gap:
        return ""
    parts = [f"{_named(segment, on)} {_length(segment, numbers)}" for segment in gap]
    stop = f"to {_reference(gap[-1].to, visits)}: " if gap[-1].to else ""
    return stop + ", ".join(parts) + _lengths(gap)


def _named(segment: DaySegment, on: date) -> str:
    """Travel and waiting follow each other from the start of the gap; anything else needs its own time of day."""
    kind = words.worded(segment.kind)
    if segment.kind in ("travel", "waiting"):
        return kind
    return f"{kind} {words.clock(Span(segment.start, segment.end), on)},"


def _lengths(gap: list[DaySegment]) -> str:
    first = next((segment for segment in gap if segment.observed_gap_seconds is not None), gap[0])
    lengths = (
        ("gap planned", first.planned_gap_seconds),
        ("observed", first.observed_gap_seconds),
        ("journey estimate", first.estimate_seconds),
    )
    said = [f"{name} {words.lasted_signed(seconds)}" for name, seconds in lengths if seconds is not None]
    source = (
        f", source: {words.worded(first.source)}"
        if first.source and first.estimate_seconds is not None
        else ""
    )
    if source and first.fallback:
        source += f", because {words.fallback(first.fallback)}"
    return f" ({', '.join(said)}{source})" if said else ""


def _reference(stop: str, visits: Mapping[str, VisitEvidence]) -> str:
    return visits[stop].visit if stop in visits else stop


def _evidence(visit: VisitEvidence) -> str:
    said = [visit.visit, words.worded(visit.evidence)]
    if visit.event_ids:
        said.append("events " + " ".join(map(event_number, visit.event_ids)))
    if visit.flags:
        said.append("flags: " + ", ".join(map(words.worded, visit.flags)))
    return ", ".join(part for part in said if part)


def _without_segment(visit: VisitEvidence, on: date) -> str:
    planned = f", planned {words.clock(visit.planned, on)}" if visit.planned else ""
    return f"{_evidence(visit)}{planned}: {_recorded(visit.actual, on)}"


def _recorded(actual: Actual | None, on: date) -> str:
    if actual is None:
        return "not worked"
    if actual.start and actual.end:
        return f"recorded {words.clock(Span(actual.start, actual.end), on)}, its time is counted above"
    known, end = (actual.start, "arrival") if actual.start else (actual.end, "departure")
    return f"{end} alone recorded, {words.moment(known)}" if known else "nothing recorded"


def _flag(flag: DayFlag, visits: Mapping[str, VisitEvidence], numbers: Mapping[str, str]) -> str:
    stops = (("at", flag.visit), ("from", flag.from_), ("to", flag.to))
    # A flag on a gap names its end twice: as the visit and as the gap's end.
    named = [
        f"{word} {_reference(stop, visits)}"
        for word, stop in stops
        if stop and not (word == "at" and flag.to)
    ]
    said = " ".join([_FLAGS.get(flag.flag, words.worded(flag.flag)), *named])
    return f"{said} (rule {rule_numbers([flag.rule], numbers)})"
