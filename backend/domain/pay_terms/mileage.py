"""Mileage: the road between stops at so much a mile. Never pay for the minimum wage."""

import polars as pl

from backend.domain.money import half_up_column, whole
from backend.domain.pay_terms.terms import PaySheet

MICROS_A_PENNY = 10_000
UNITS_A_METRE = 100_000
UNITS_A_HUNDREDTH_OF_A_MILE = 1_609_344
"""A mile is 1,609.344 metres exactly: in hundredths of a millimetre both are whole numbers."""


def miles_of(gaps: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Hundredths of a mile, half up, that each case travelled by each `mode` between stops at different
    places.

    `gaps` are those of working days, with `metres` along the road; a gap with home in it is a commute and
    has none.
    """
    travelled = gaps.filter(~pl.col("at_home") & pl.col("metres").is_not_null())
    metres = travelled.join(days, on="day").group_by("case", "mode").agg(pl.col("metres").sum())
    return metres.select("case", "mode", hundredths().alias("miles")).sort("case", "mode")


def hundredths() -> pl.Expr:
    """The column `metres` as hundredths of a mile, half up."""
    size = pl.col("metres").cast(pl.Int128) * whole(UNITS_A_METRE)
    return half_up_column(size, whole(UNITS_A_HUNDREDTH_OF_A_MILE)).cast(pl.Int64)


def mileage_lines(miles: pl.DataFrame, sheet: PaySheet) -> pl.DataFrame:
    """One line for each `case mode miles` (hundredths of a mile) that the terms pay for."""
    paid = miles.join(sheet.mileage, on=["case", "mode"], maintain_order="left").filter(pl.col("miles") > 0)
    exact = pl.col("miles").cast(pl.Int128) * pl.col("per_mile")
    return paid.select(
        "case",
        pl.lit("mileage").alias("kind"),
        pl.lit(0, pl.Int64).alias("seconds"),
        pl.lit(0, pl.Int64).alias("rounding_seconds"),
        "miles",
        "mode",
        pl.col("per_mile").alias("rate"),
        half_up_column(exact, whole(100 * MICROS_A_PENNY)).cast(pl.Int64).alias("amount"),
        pl.lit("pay-mileage").alias("rule"),
    )
