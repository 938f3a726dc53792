"""The hours that count (SI 2015/621, Part 5): time work by what was done, salaried hours work by the basic hours."""

from typing import Final

import polars as pl

from backend.domain.minimum_wage.frames import WageFrames
from backend.domain.minimum_wage.law import Law
from backend.domain.minimum_wage.units import (
    TICKS_A_MICROHOUR,
    TICKS_A_MICROSECOND,
    divided,
    exact,
    positive,
    uneven,
)
from backend.domain.money import whole

DAYS_A_YEAR: Final = 365
"""HMRC's formula for a shortened period has 365 in every year."""


def judged_work(frames: WageFrames, law: Law) -> pl.DataFrame:
    """The work lines with `counted` and `rule`, and `sign`: what the line does to the hours (1, 0 or -1)."""
    lines = frames.work.join(frames.cases.select("case", "work_type"), on="case").join(law.work, on="kind")
    salaried = pl.col("work_type") == "salaried"
    excess = pl.col("kind") == "excess"
    reduced = (pl.col("kind") == "absence") & pl.col("pay").is_in(["reduced", "none"])
    rule = (
        pl.when(excess)
        .then(pl.lit(law.salaried.excess))
        .when(reduced)
        .then(pl.lit(law.salaried.reduced_absence))
        .otherwise(pl.lit(law.salaried.other))
    )
    sign = pl.when(salaried & reduced).then(-1).otherwise(pl.col("counted").cast(pl.Int32))
    return lines.with_columns(
        pl.when(salaried).then(excess).otherwise("counted").alias("counted"),
        pl.when(salaried & (pl.col("kind") != "unresolved"))
        .then(rule)
        .when(pl.col("work_type") == "output")
        .then("output_rule")
        .otherwise("rule")
        .alias("rule"),
    ).with_columns(sign.alias("sign"))


def totals(work: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Ticks a case: `counted`, `excluded`, `unresolved`; `hour_roundings` of the basic hours; `over_absent`."""
    ticks = exact("micros") * whole(TICKS_A_MICROSECOND)
    unresolved = pl.col("kind") == "unresolved"
    summed = work.group_by("case").agg(
        (ticks * exact("sign")).sum().alias("recorded"),
        ticks.filter(~pl.col("counted") & ~unresolved).sum().alias("excluded"),
        ticks.filter(unresolved).sum().alias("unresolved"),
    )
    joined = cases.select("case", "basic_hours", "pay_periods", "employed_days").join(
        summed, on="case", how="left"
    )
    filled = joined.with_columns(pl.col("recorded", "excluded", "unresolved").fill_null(whole(0)))
    share, of = _share_of_the_year()
    with_basic = filled.with_columns(
        divided(share, of).fill_null(whole(0)).alias("basic"),
        uneven(share, of).fill_null(whole(0)).alias("hour_roundings"),
    )
    hours = pl.col("basic") + pl.col("recorded")
    return with_basic.select(
        "case",
        positive(hours).alias("counted"),
        "excluded",
        "unresolved",
        "hour_roundings",
        (hours < whole(0)).alias("over_absent"),
    )


def _share_of_the_year() -> tuple[pl.Expr, pl.Expr]:
    """The basic hours of a period as ticks and what to divide them by: the year's by its periods, or by days of 365
    where the employment begins or ends inside the period (HMRC NMWM08050, NMWM08060).
    """
    yearly = exact("basic_hours") * whole(TICKS_A_MICROHOUR)
    in_part = pl.col("employed_days").is_not_null()
    return (
        pl.when(in_part).then(yearly * exact("employed_days")).otherwise(yearly),
        pl.when(in_part).then(whole(DAYS_A_YEAR)).otherwise(exact("pay_periods")),
    )
