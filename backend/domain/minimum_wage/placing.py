"""Which pay reference period a payment belongs to (SI 2015/621, reg 9; HMRC NMWM09250).

Periods are numbered from the one under test, 0; the next is 1. A payment earned over several periods is shared equally
between them, and each share is placed on its own.
"""

from typing import Final

import polars as pl

from backend.domain.pay_period import PeriodColumns, boundary, is_month, period_index

_DATES: Final = (pl.col("start"), pl.col("end"), pl.col("monthly_from"))
PERIOD: Final = PeriodColumns(*_DATES, pl.col("is_month"))
WORKING_DAYS_LEFT: Final = 3
"""A record is late when no more than this many working days remain after it: reg 9(2)'s fourth working day."""


def placed(pay: pl.DataFrame, cases: pl.DataFrame, holidays: pl.DataFrame) -> pl.DataFrame:
    """For each line how many equal `shares` it has and how many of them are placed in the period under test, `here`."""
    periods = cases.select("case", *_DATES, "ended_on", is_month(*_DATES).alias("is_month"))
    dated = pay.join(periods, on="case").with_columns(_indexes())
    shares = dated.with_columns(_share_numbers().alias("share")).explode("share", empty_as_null=True)
    settled = _with_lateness(shares, holidays).with_columns(_place().alias("place"))
    return settled.group_by("case", "line").agg(
        pl.len().cast(pl.Int64).alias("shares"), (pl.col("place") == 0).sum().cast(pl.Int64).alias("here")
    )


def _indexes() -> list[pl.Expr]:
    dates = {
        "paid": "paid_on",
        "first": "earned_start",
        "last": "earned_end",
        "handed_in": "record_on",
        "final": "ended_on",
    }
    return [period_index(PERIOD, pl.col(column)).alias(name) for name, column in dates.items()]


def _share_numbers() -> pl.Expr:
    """The numbers of the periods the payment was earned in; null where that is not said."""
    return pl.int_ranges("first", pl.col("last") + 1)


def _place() -> pl.Expr:
    paid, share, handed_in = pl.col("paid"), pl.col("share"), pl.col("handed_in")
    in_time = paid.is_between(share, share + 1)
    late_record = pl.col("late_record") & paid.is_between(handed_in, handed_in + 1)
    return (
        pl.when(_after_leaving())
        .then(pl.col("final"))
        .when(paid.is_null())
        .then(pl.coalesce(share, pl.lit(0)))
        .when(share.is_null())
        .then(paid)
        .when(in_time | late_record)
        .then(share)
        .otherwise(paid)
    )


def _after_leaving() -> pl.Expr:
    """Paid in the month that begins on the day after the employment ended (reg 9(1)(d))."""
    day_after = pl.col("ended_on") + pl.duration(days=1)
    paid = pl.col("paid_on")
    return (paid >= day_after) & (paid <= _last_day_of_month_from(day_after))


def _last_day_of_month_from(start: pl.Expr) -> pl.Expr:
    """As `schemas.month.last_day_of_month_from`, for a column of dates."""
    next_month = start.dt.month_start().dt.offset_by("1mo")
    length = next_month.dt.month_end().dt.day().cast(pl.Int64)
    day = start.dt.day().cast(pl.Int64)
    return next_month + pl.duration(days=pl.when(day > length).then(length - 1).otherwise(day - 2))


def _with_lateness(shares: pl.DataFrame, holidays: pl.DataFrame) -> pl.DataFrame:
    """Adds `late_record`: the record came on or after the fourth working day before the end of the next period. Null
    where none was handed in.
    """
    counted = shares.with_columns(boundary(PERIOD, pl.col("share") + 2).alias("after")).with_columns(
        pl.business_day_count(pl.col("record_on") + pl.duration(days=1), "after").alias("weekdays_left"),
        (pl.col("after") - pl.duration(days=1)).alias("deadline"),
    )
    counted = _holidays_until(_holidays_until(counted, holidays, "record_on"), holidays, "deadline")
    off = pl.max_horizontal(pl.col("holidays_deadline") - pl.col("holidays_record_on"), pl.lit(0))
    return counted.with_columns((pl.col("weekdays_left") - off <= WORKING_DAYS_LEFT).alias("late_record"))


def _holidays_until(shares: pl.DataFrame, holidays: pl.DataFrame, column: str) -> pl.DataFrame:
    """Adds the number of the case's bank holidays on weekdays up to and including the date in `column`."""
    name = f"holidays_{column}"
    counted = (
        holidays.filter(pl.col("day").dt.weekday() <= 5)
        .unique()
        .sort("case", "day")
        .with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("case").alias(name))
    )
    dated = shares.filter(pl.col(column).is_not_null()).sort(column)
    # on both sides the days of each case are in order, which Polars cannot see past `by`
    found = dated.join_asof(counted, left_on=column, right_on="day", by="case", check_sortedness=False)
    rest = shares.filter(pl.col(column).is_null()).with_columns(pl.lit(0, dtype=pl.Int64).alias(name))
    return pl.concat([found.select(rest.columns).with_columns(pl.col(name).fill_null(0)), rest])
