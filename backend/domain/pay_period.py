"""Pay reference periods: which period of a pay cycle holds a date, and how one period's shape repeats.

A cycle is either months from a day of the month or blocks of days from a first day. A month without that day begins on
the first of the next month instead, so that periods never leave a gap (regulation 6: at most a month).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from schemas.month import last_day_of_month_from
from schemas.scalars import WEEKDAYS
from schemas.wage import Period

_A_MONDAY: Final = date(2024, 1, 1)
_BLOCKS: Final = {"fortnightly": 14, "four_weekly": 28}
DAYS_OF_WEEKS_A_YEAR: Final = 364
_DAY_OF_MONTH: Final = re.compile(r"[1-9]|[12]\d|3[01]", re.ASCII)


@dataclass(frozen=True, slots=True)
class PayCycle:
    """Periods that follow each other. `days` is the length of a block of days, None for months from `anchor.day`."""

    anchor: date
    days: int | None

    def containing(self, day: date) -> Period:
        """The period that holds `day`."""
        return self._period(self._index(day))

    def following(self, period: Period) -> Period:
        """The period after `period`."""
        return self.containing(period.end + timedelta(days=1))

    def preceding(self, period: Period) -> Period:
        """The period before `period`."""
        return self.containing(period.start - timedelta(days=1))

    @property
    def periods_a_year(self) -> int:
        """How many instalments of a yearly salary the cycle pays: 52, 26, 13 or 12."""
        return 12 if self.days is None else DAYS_OF_WEEKS_A_YEAR // self.days

    def _index(self, day: date) -> int:
        if self.days is not None:
            return (day - self.anchor).days // self.days
        months = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        return months - (day.day < self.anchor.day)

    def _boundary(self, index: int) -> date:
        if self.days is not None:
            return self.anchor + timedelta(days=index * self.days)
        year, month = divmod(self.anchor.year * 12 + self.anchor.month - 1 + index, 12)
        length = monthrange(year, month + 1)[1]
        return date(year, month + 1, 1) + timedelta(days=min(self.anchor.day - 1, length))

    def _period(self, index: int) -> Period:
        start, end = self._boundary(index), self._boundary(index + 1) - timedelta(days=1)
        late = self.days is None and start.day != self.anchor.day
        return Period(start=start, end=end, monthly_from=self.anchor.day if late else None)


def parse_pay_cycle(text: str) -> PayCycle:
    """Read `weekly:mon`, `fortnightly:2026-11-02`, `four_weekly:2026-11-02` or `monthly:1`.

    Raises ValueError, in words, for anything else.
    """
    kind, _, start = text.partition(":")
    if kind == "weekly" and start in WEEKDAYS:
        return PayCycle(_A_MONDAY + timedelta(days=WEEKDAYS.index(start)), 7)
    if kind == "monthly" and _DAY_OF_MONTH.fullmatch(start):
        return PayCycle(date(2024, 1, int(start)), None)
    if kind in _BLOCKS and re.fullmatch(r"\d{4}-\d\d-\d\d", start, re.ASCII):
        try:
            return PayCycle(date.fromisoformat(start), _BLOCKS[kind])
        except ValueError:
            raise ValueError(f"{start} is not a date that exists") from None
    raise ValueError(
        f"{text!r} is not a pay cycle: write weekly:mon, fortnightly:2026-11-02, four_weekly:2026-11-02 or monthly:1"
    )


def last_day_after_leaving(ended_on: date) -> date:
    """The last day of the month that begins on the day after an employment ended: what is paid up to it counts in the
    final period (SI 2015/621, reg 9(1)(d); HMRC NMWM09030: left on 15 July, to 15 August).
    """
    return last_day_of_month_from(ended_on + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class PeriodColumns:
    """Columns of periods that all others repeat: first and last day, the day of the month that months begin on where
    `start` does not tell it (null else; see schemas.wage.Period), and what `is_month` says of the three.
    """

    start: pl.Expr
    end: pl.Expr
    monthly_from: pl.Expr
    month: pl.Expr


def boundary(period: PeriodColumns, index: pl.Expr) -> pl.Expr:
    """First day of the period `index` places after the given one, which all others repeat.

    Months where that one is exactly a month, else blocks of its length. `index` may be negative.
    """
    blocks = period.start + pl.duration(days=index * _length(period))
    return (
        pl.when(period.month)
        .then(_month_boundary(period.start, period.monthly_from, index))
        .otherwise(blocks)
    )


def period_index(period: PeriodColumns, day: pl.Expr) -> pl.Expr:
    """How many periods after the given one the period holding `day` comes; negative if before."""
    start, month_day = period.start, _month_day(period.start, period.monthly_from)
    months = (day.dt.year() - start.dt.year()).cast(pl.Int64) * 12 + (day.dt.month() - start.dt.month())
    short = (day.dt.day() < month_day).cast(pl.Int64)
    blocks = (day - start).dt.total_days() // _length(period)
    return pl.when(period.month).then(months + _late(start, month_day) - short).otherwise(blocks)


def is_month(start: pl.Expr, end: pl.Expr, monthly_from: pl.Expr) -> pl.Expr:
    """Whether a period is exactly one month. Work it out once, as a column: to plan it takes Polars long."""
    after = _month_boundary(start, monthly_from, pl.lit(1, dtype=pl.Int64))
    return after == end + pl.duration(days=1)


def _length(period: PeriodColumns) -> pl.Expr:
    return (period.end - period.start).dt.total_days() + 1


def _month_day(start: pl.Expr, monthly_from: pl.Expr) -> pl.Expr:
    """The day of the month that months begin on."""
    return pl.coalesce(monthly_from, start.dt.day()).cast(pl.Int64)


def _late(start: pl.Expr, month_day: pl.Expr) -> pl.Expr:
    """1 where the period began on the 1st for want of its day in the month before, whose month it is; else 0."""
    return (start.dt.day() < month_day).cast(pl.Int64)


def _month_boundary(start: pl.Expr, monthly_from: pl.Expr, index: pl.Expr) -> pl.Expr:
    month_day = _month_day(start, monthly_from)
    # by the number of months in words: a date put together with pl.date takes Polars four times as long to plan
    months = pl.format("{}mo", index - _late(start, month_day))
    first = start.dt.month_start().dt.offset_by(months)
    return pl.min_horizontal(first + pl.duration(days=month_day - 1), first.dt.offset_by("1mo"))
