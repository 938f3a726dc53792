"""One month from a date: the longest that a pay reference period may be (SI 2015/621, reg 6)."""

from calendar import monthrange
from datetime import date, timedelta


def last_day_of_month_from(start: date) -> date:
    """The last day of the month that begins on `start`.

    It is the day before the same date next month, or that month's last day where it has no such date: a month
    from 31 January ends on 28 (or 29) February.
    """
    year, month = (start.year + 1, 1) if start.month == 12 else (start.year, start.month + 1)
    length = monthrange(year, month)[1]
    if start.day > length:
        return date(year, month, length)
    return date(year, month, start.day) - timedelta(days=1)


def begins_late(start: date, end: date, day: int) -> bool:
    """Whether `start` to `end` is a month from `day` on that began on the 1st because the month before is shorter."""
    before = start - timedelta(days=1)
    return start.day == 1 and before.day < day and end == start + timedelta(days=day - 2)
