"""Hours of salaried work beyond the basic hours of the calculation year, and absences on less pay.

National Minimum Wage Regulations 2015, regs 23 to 28, as HMRC's manual works them (NMWM08122, NMWM08130 to NMWM08140):
absences that are part of the basic hours are treated as worked; once the basic hours are passed all further hours count
besides; in the period in which that happens the basic hours are those of its days of 365; and absences on less pay take
hours off only before that day. Hours are exact fractions.
"""

from calendar import isleap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from msgspec.structs import replace

from schemas.salaried import Leave, YearBefore

DAYS_A_YEAR: Final = 365
PAY: Final = ("full", "reduced", "none")
MILLION: Final = 1_000_000
_DAY: Final = timedelta(days=1)
_LEAP_DAY: Final = (2, 29)


@dataclass(frozen=True, slots=True)
class YearSoFar:
    """Hours of a period: `before` and `here` are those worked or treated as worked in the calculation year, `excess`
    those of `here` beyond the basic hours, which `passed_here` says were passed in this period. `absent`: hours that
    absences take off, by what was paid. `unsaid_days`: days of leave of the year so far of which nobody said the hours.
    """

    before: Fraction
    here: Fraction
    excess: Fraction
    absent: Mapping[str, Fraction]
    passed_here: bool
    unsaid_days: int


def calculation_year(day: date, began: date) -> tuple[date, date]:
    """The first and last day of the calculation year that holds a day, given the first day of any."""
    first = _anniversary(began, day.year)
    if first > day:
        first = _anniversary(began, day.year - 1)
    return first, _anniversary(began, first.year + 1) - _DAY


def _anniversary(began: date, year: int) -> date:
    """The same date of a year; 1 March for a 29 February that it lacks."""
    if (began.month, began.day) == _LEAP_DAY and not isleap(year):
        return date(year, 3, 1)
    return began.replace(year=year)


def year_so_far(
    year: YearBefore, basic_hours: Fraction, first: date, last: date, worked: Mapping[date, int]
) -> YearSoFar:
    """The hours of a period `first` to `last`, from counted seconds of work by date."""
    before = Fraction(year.worked_seconds, 3600) + _leave_before(year, first)
    done, excess = before, Fraction(0)
    absent = dict.fromkeys(PAY, Fraction(0))
    for day in _days(first, last):
        off = {pay: _off(year.leave, day, pay) for pay in PAY}
        hours = Fraction(worked.get(day, 0), 3600) + sum(off.values())
        in_year = year.until is not None and day <= year.until
        beyond = max(done + hours - max(basic_hours, done), Fraction(0)) if in_year else Fraction(0)
        if not beyond:
            absent = {pay: absent[pay] + off[pay] for pay in PAY}
        excess += beyond
        done += hours if in_year else 0
    passed_here = bool(excess) and before <= basic_hours
    return YearSoFar(
        before, done - before, excess, absent, passed_here, _unsaid(year.leave, year.since or first, last)
    )


def as_if_said(
    year: YearBefore, basic_hours: Fraction, last: date, pay: Literal["full", "none"]
) -> YearBefore:
    """The year with leave up to `last` of which nobody said the hours taken as the basic hours of its days, so paid."""
    a_day = basic_hours / DAYS_A_YEAR
    found = []
    for leave in year.leave:
        if leave.hours is None:
            until = last if leave.last is None else leave.last
            hours = Decimal(int(a_day * ((until - leave.first).days + 1) * MILLION)) / MILLION
            leave = replace(leave, last=until, hours=hours, pay=pay)
        found.append(leave)
    return replace(year, leave=found)


def _off(leaves: Iterable[Leave], day: date, pay: str) -> Fraction:
    return sum((_share(leave, day) for leave in leaves if leave.pay == pay), Fraction(0))


def _leave_before(year: YearBefore, first: date) -> Fraction:
    """Hours of leave in the calculation year before the period."""
    days = [] if year.since is None else _days(year.since, first - _DAY)
    return sum((_off(year.leave, day, pay) for day in days for pay in PAY), Fraction(0))


def _share(leave: Leave, day: date) -> Fraction:
    """The hours of one day of leave: each of its days has as many."""
    if leave.hours is None or leave.last is None or not _on(leave, day):
        return Fraction(0)
    return Fraction(leave.hours) / ((leave.last - leave.first).days + 1)


def _on(leave: Leave, day: date) -> bool:
    return leave.first <= day and (leave.last is None or day <= leave.last)


def _unsaid(leaves: Iterable[Leave], first: date, last: date) -> int:
    unsaid = [leave for leave in leaves if leave.hours is None]
    return sum(any(_on(leave, day) for leave in unsaid) for day in _days(first, last))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + number * _DAY for number in range((last - first).days + 1))
