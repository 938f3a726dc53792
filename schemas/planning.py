"""The rows of what planning knows: carers' skills and working hours, and what people need. See schemas.loading."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Annotated, Any, Final

from msgspec import Meta, Struct, field

from schemas.cells import DayCell, HoursAWeek, Reference, Tasks, YesNo, parse_reference, whole
from schemas.contract import dates_in_order
from schemas.scalars import CLOCK, WEEKDAYS
from schemas.strict import Fault

MOST_STRETCHES: Final = 28
_STRETCH: Final = re.compile(r"([a-z]{3}) (\d\d:\d\d)-(\d\d:\d\d)", re.ASCII)


class Stretch(Struct, frozen=True):
    """Hours of a weekday, 1 (Monday) to 7, at which a carer works: London clock times. An end that is not behind the
    start lies on the next day.
    """

    day: int
    start: str
    end: str


def parse_clock(text: str) -> time:
    """A London clock time, such as 07:00. A spreadsheet's seconds behind it are taken off."""
    text = text.removesuffix(":00") if len(text) == 8 else text
    if not CLOCK.fullmatch(text):
        raise ValueError("must be a clock time, such as 07:00")
    return time.fromisoformat(text)


def parse_available(text: str) -> list[Stretch]:
    """When somebody works in a week: `mon 07:00-15:00; tue 22:00-07:00`."""
    parts = [part.strip().lower() for part in text.split(";") if part.strip()]
    if len(parts) > MOST_STRETCHES:
        raise ValueError(f"has more than {MOST_STRETCHES} stretches")
    return sorted((_stretch(part) for part in parts), key=lambda one: (one.day, one.start, one.end))


def _stretch(part: str) -> Stretch:
    found = _STRETCH.fullmatch(part)
    if (
        found is None
        or found[1] not in WEEKDAYS
        or not (CLOCK.fullmatch(found[2]) and CLOCK.fullmatch(found[3]))
    ):
        raise ValueError(
            f'has "{part}": write each day with its hours, such as mon 07:00-15:00; tue 22:00-07:00'
        )
    return Stretch(WEEKDAYS.index(found[1]) + 1, found[2], found[3])


def parse_skill(text: str) -> str:
    """The name of a skill, in small letters and single-spaced, so that no two ways of writing make two skills."""
    return " ".join(parse_reference(text).lower().split())


ClockCell = Annotated[time, Meta(extra={"parse": parse_clock})]
Available = Annotated[list[Stretch], Meta(extra={"parse": parse_available})]
Skill = Annotated[str, Meta(extra={"parse": parse_skill})]


class SkillRow(Struct, frozen=True, kw_only=True):
    """What a carer (`carer` is the person's reference) is trained or allowed to do, from and until London dates."""

    provider: Reference
    carer: Reference
    skill: Skill
    from_: DayCell = field(name="from")
    until: DayCell | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from dates_in_order(valid)


class NeedRow(Struct, frozen=True, kw_only=True):
    """A skill that whoever visits a person must have, from and until London dates."""

    provider: Reference
    service_user: Reference
    skill: Skill
    from_: DayCell = field(name="from")
    until: DayCell | None = None

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from dates_in_order(valid)


class WorkingHoursRow(Struct, frozen=True, kw_only=True):
    """When an employment works: hours a week by contract, the most that may be planned, and when in the week. It holds
    until a row with a later `from`, or until its last day.
    """

    provider: Reference
    employment: Reference
    from_: DayCell = field(name="from")
    until: DayCell | None = None
    hours_per_week: HoursAWeek | None = None
    most_hours_per_week: HoursAWeek | None = None
    available: Available = []

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from dates_in_order(valid)
        hours, most = valid.get("hours_per_week"), valid.get("most_hours_per_week")
        if hours is not None and most is not None and most < hours:
            yield Fault("/most_hours_per_week", f"is less than hours_per_week, {hours}")


def times_in_order(valid: Mapping[str, Any]) -> Iterator[Fault]:
    """The fault of `until_time` before `from_time` on one day, or without a last day."""
    first, last = valid.get("from_"), valid.get("until", date.max)
    start, end = valid.get("from_time"), valid.get("until_time")
    if end is not None and last is None:
        yield Fault("/until_time", "needs until: say on which day it ends")
    elif start is not None and end is not None and first == last and end <= start:
        yield Fault("/until_time", "must be after from_time")


def parse_weekdays(text: str) -> str:
    """Days of a week, `mon;wed`, in their order and each once."""
    named = {part.strip().lower() for part in text.split(";") if part.strip()}
    if not named or named - set(WEEKDAYS):
        raise ValueError(f"must be some of {', '.join(WEEKDAYS)}, such as mon;wed")
    return ";".join(day for day in WEEKDAYS if day in named)


Weekdays = Annotated[str, Meta(extra={"parse": parse_weekdays})]
Weeks = Annotated[int, Meta(extra={"parse": whole(1, 52)})]
VisitMinutes = Annotated[int, Meta(extra={"parse": whole(1, 1_440)})]


class PatternRow(Struct, frozen=True, kw_only=True):
    """Visits that come again: on some days of each week or of each so many weeks, by London's clocks, from and until
    London dates. One reference may have several periods that follow each other; `withdrawn`: nothing comes of one.
    """

    provider: Reference
    reference: Reference
    package: Reference
    days: Weekdays
    every_weeks: Weeks = 1
    start: ClockCell
    minutes: VisitMinutes
    carer: Reference | None = None
    second_carer: Reference | None = None
    tasks: Tasks = []
    from_: DayCell = field(name="from")
    until: DayCell | None = None
    withdrawn: YesNo = False

    @classmethod
    def faults(cls, valid: Mapping[str, Any]) -> Iterator[Fault]:
        yield from dates_in_order(valid)
        if valid.get("second_carer") is not None and valid["second_carer"] == valid.get("carer"):
            yield Fault("/second_carer", "is the same as carer")
