"""The test itself (SI 2015/621, reg 7), arrears (Act 1998, s.17) and contractual standards."""

import polars as pl

from backend.domain.minimum_wage.units import (
    TICKS_A_MICROSECOND,
    divided,
    exact,
    hundredths_of_minute,
    owed_pennies,
    pennies,
    positive,
)
from backend.domain.money import half_up_column, whole


def sums(
    cases: pl.DataFrame, hours: pl.DataFrame, pay: pl.DataFrame, adjustments: pl.DataFrame
) -> pl.DataFrame:
    """One row a case with everything added up, and `tolerance`: the most that counted roundings can amount to."""
    paid = pay.group_by("case").agg(
        pl.col("placed").sum().alias("total"), pl.col("premium", "counting", "roundings").sum()
    )
    taken = adjustments.group_by("case").agg(pl.col("change").sum())
    joined = cases.join(hours, on="case").join(paid, on="case", how="left").join(taken, on="case", how="left")
    filled = joined.with_columns(
        pl.col("total", "premium", "counting", "roundings", "change").fill_null(whole(0))
    )
    return filled.with_columns(
        (pl.col("counting") + pl.col("change") + pl.col("accommodation")).alias("nmw_pay"),
        (pl.col("roundings") + pl.col("charge_roundings") + pl.col("hour_roundings") * exact("hourly")).alias(
            "tolerance"
        ),
    )


def judged(summed: pl.DataFrame) -> pl.DataFrame:
    """Adds required, shortfall, shortfall_with_unresolved, compliant and due, in grains; rows in order of case."""
    required = pl.col("counted") * exact("hourly")
    with_unresolved = (pl.col("counted") + pl.col("unresolved")) * exact("hourly")
    tested = summed.with_columns(
        required.alias("required"),
        shortfall(required, "tolerance").alias("shortfall"),
        shortfall(with_unresolved, "tolerance").alias("shortfall_with_unresolved"),
    )
    return tested.with_columns(
        (pl.col("shortfall") == whole(0)).alias("compliant"), _due().alias("due"), _hourly_equivalent()
    ).sort("case")


def shortfall(required: pl.Expr, tolerance: str) -> pl.Expr:
    """How far pay falls below `required`; a difference within the counted roundings is none."""
    missing = required - pl.col("nmw_pay")
    return pl.when(missing > pl.col(tolerance)).then(missing).otherwise(whole(0))


def _due() -> pl.Expr:
    """The higher of the underpayment A and A x R2 / R1; null where A is owed and R2 unknown."""
    owed, then, now = pl.col("shortfall"), exact("hourly"), exact("hourly_now")
    # divided in two steps: the product of a large underpayment and a rate would not fit
    raised = owed // then * now + divided(owed % then * now, then)
    higher = pl.when(raised > owed).then(raised).otherwise(owed)
    return pl.when(owed == whole(0)).then(whole(0)).when(now.is_null()).then(None).otherwise(higher)


def _hourly_equivalent() -> pl.Expr:
    """Pennies an hour that the pay comes to; null with no hours."""
    hours = pl.col("counted")
    some = pl.when(hours > whole(0)).then(hours)
    return half_up_column(pl.col("nmw_pay"), some * whole(10_000)).alias("hourly_equivalent")


def printable(verdicts: pl.DataFrame) -> pl.DataFrame:
    """The verdicts in pennies and hundredths of a minute; `exact_` columns are the same in grains."""
    return verdicts.select(
        "case", "band", "statute", "hourly", "hourly_now", "compliant", "hourly_equivalent", "over_absent",
        *(hundredths_of_minute(pl.col(name)).alias(name) for name in ("counted", "excluded", "unresolved")),
        *(pennies(pl.col(name)).alias(name) for name in ("total", "premium", "accommodation", "nmw_pay", "required")),
        *(owed_pennies(pl.col(name)).alias(name) for name in ("shortfall", "shortfall_with_unresolved")),
        *(pl.col(name).alias(f"exact_{name}") for name in ("required", "nmw_pay", "shortfall")),
        pl.when(pl.col("due").is_not_null()).then(owed_pennies(pl.col("due"))).alias("due"),
    )  # fmt: skip


def judged_standards(
    standards: pl.DataFrame, kinds: pl.DataFrame, work: pl.DataFrame, verdicts: pl.DataFrame
) -> pl.DataFrame:
    """Whether the pay reaches each contractual rate for every hour of its kinds: `met`, `shortfall` in pennies."""
    hours = (
        kinds.unique()
        .join(work.select("case", "kind", "micros"), on=["case", "kind"])
        .group_by("case", "line")
        .agg((exact("micros") * whole(TICKS_A_MICROSECOND)).sum().alias("ticks"))
    )
    joined = (
        standards.join(hours, on=["case", "line"], how="left")
        .with_columns(pl.col("ticks").fill_null(whole(0)))
        .join(verdicts.select("case", "nmw_pay", "tolerance"), on="case")
        .with_columns(shortfall(pl.col("ticks") * exact("hourly"), "tolerance").alias("missing"))
    )
    return joined.select(
        "case",
        "line",
        (pl.col("missing") == whole(0)).alias("met"),
        owed_pennies(positive(pl.col("missing"))).alias("shortfall"),
        pl.lit("contract-standard").alias("rule"),
    ).sort("case", "line")
