"""The hours that count (SI 2015/621, Part 5): time work by what was done, salaried hours work by the basic hours."""

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


def judged_work(frames: WageFrames, law: Law) -> pl.DataFrame:
    """The work lines with `counted` and `rule`, and `sign`: what the line does to the hours (1, 0 or -1)."""
    lines = frames.work.join(frames.cases.select("case", "work_type"), on="case").join(law.work, on="kind")
    salaried = pl.col("work_type") == "salaried"
    excess = pl.col("kind") == "excess"
    reduced = (pl.col("kind") == "absence") & pl.col("pay").is_in(["reduced", "none"]).fill_null(False)
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
    joined = cases.select("case", "basic_hours", "pay_periods").join(summed, on="case", how="left")
    filled = joined.with_columns(pl.col("recorded", "excluded", "unresolved").fill_null(whole(0)))
    yearly = exact("basic_hours") * whole(TICKS_A_MICROHOUR)
    with_basic = filled.with_columns(
        divided(yearly, exact("pay_periods")).fill_null(whole(0)).alias("basic"),
        uneven(yearly, exact("pay_periods")).fill_null(whole(0)).alias("hour_roundings"),
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
