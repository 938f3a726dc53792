"""Lines of pay by the hour, enhancements and sleep-ins. Each line is rounded once, to the penny, half up."""

import polars as pl

from backend.domain.money import half_up_column, whole
from backend.domain.pay_terms.span import Span
from backend.domain.pay_terms.terms import PaySheet
from backend.domain.pricing.prices import best_uplifts, with_local_start
from backend.domain.pricing.terms import MILLION
from backend.domain.time import instant_of

HOUR = 3600
MICROS_A_PENNY = 10_000


def hourly_lines(items: pl.DataFrame) -> pl.DataFrame:
    """One line for each case and kind of work, at its one rate."""
    exact = pl.col("hourly") * pl.col("seconds").cast(pl.Int128)
    return (
        items.filter(pl.col("reason").is_null())
        .group_by("case", "work", "rule", maintain_order=True)
        .agg(
            pl.col("payable_seconds").sum().alias("seconds"),
            pl.col("rounding_seconds").sum(),
            pl.col("hourly").first(),
        )
        .select(
            "case",
            pl.lit("hourly").alias("kind"),
            "work",
            "seconds",
            "rounding_seconds",
            pl.col("hourly").alias("rate"),
            half_up_column(exact, whole(HOUR * MICROS_A_PENNY)).cast(pl.Int64).alias("amount"),
            "rule",
        )
    )


def premium_lines(items: pl.DataFrame, sheet: PaySheet) -> pl.DataFrame:
    """What the best enhancement of each item adds to its rate: one line a case, kind of work and
    enhancement.
    """
    paid = _timed(items.filter(pl.col("reason").is_null()))
    best = paid.join(
        best_uplifts(paid, sheet.uplifts, sheet.holidays), on="line", maintain_order="left"
    ).with_columns((pl.col("uplifted") - pl.col("base") * whole(MILLION)).alias("added"))
    lines = best.filter(pl.col("added") > whole(0)).group_by("case", "work", "uplift", maintain_order=True)
    return lines.agg(
        pl.col("payable_seconds").sum().alias("seconds"),
        pl.col("rounding_seconds").sum(),
        pl.col("added").sum(),
    ).select(
        "case",
        pl.lit("premium").alias("kind"),
        "work",
        pl.col("uplift").alias("enhancement"),
        "seconds",
        "rounding_seconds",
        (pl.col("added") // (pl.col("seconds").cast(pl.Int128) * whole(MILLION))).alias("rate"),
        half_up_column(pl.col("added"), whole(HOUR * MICROS_A_PENNY * MILLION))
        .cast(pl.Int64)
        .alias("amount"),
        pl.lit("pay-enhancement").alias("rule"),
    )


def _timed(items: pl.DataFrame) -> pl.DataFrame:
    """Items as the enhancements see them: numbered, with their price `base` and the London time of their
    start.
    """
    start = instant_of(pl.col("start"))
    return with_local_start(
        items.with_row_index("line").with_columns(
            pl.col("case").alias("contract"),
            start.alias("planned_start"),
            start.alias("actual_start"),
            (pl.col("hourly") * pl.col("payable_seconds").cast(pl.Int128)).alias("base"),
        )
    )


def sleep_in_lines(
    segments: pl.DataFrame, nights: pl.DataFrame, days: pl.DataFrame, sheet: PaySheet, span: Span
) -> pl.DataFrame:
    """One line a case for its sleep-ins at a flat sum each, where they begin; `seconds` are those asleep."""
    slept = segments.filter(pl.col("kind") == "sleep_in")
    asleep = slept.group_by("day").agg(pl.col("inside").sum().alias("seconds"))
    whose = days.select("day", "case").join(sheet.terms.select("case", "sleep_in_flat"), on="case")
    flat = (
        _sleep_ins(nights, span)
        .join(whose.filter(pl.col("sleep_in_flat").is_not_null()), on="day")
        .join(asleep, on="day", how="left")
        .group_by("case")
        .agg(pl.col("seconds").sum(), pl.col("units").sum(), pl.col("sleep_in_flat").first())
        .sort("case")
    )
    exact = pl.col("sleep_in_flat") * pl.col("units").cast(pl.Int128)
    return flat.select(
        "case",
        pl.lit("sleep_in_allowance").alias("kind"),
        pl.lit("sleep_in").alias("work"),
        "seconds",
        pl.lit(0, pl.Int64).alias("rounding_seconds"),
        "units",
        pl.col("sleep_in_flat").alias("rate"),
        half_up_column(exact, whole(MICROS_A_PENNY)).cast(pl.Int64).alias("amount"),
        pl.lit("pay-sleep-in").alias("rule"),
    )


def _sleep_ins(nights: pl.DataFrame, span: Span) -> pl.DataFrame:
    """How many sleep-ins (`units`) of each day begin in the span; those that overlap or touch are one."""
    ordered = nights.filter(pl.col("end") > pl.col("start")).sort("day", "start", "end")
    until = pl.col("end").cum_max().shift(1).over("day")
    new = (pl.col("start") > until).fill_null(True)
    here = True if span is None else pl.col("start").is_between(*span, closed="left")
    return ordered.filter(new).filter(here).group_by("day").agg(pl.len().cast(pl.Int64).alias("units"))
