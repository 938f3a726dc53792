"""Time of working days that the terms do not pay, and the rule that says why."""

import polars as pl

from backend.domain.pay_terms.items import PAID_BREAK_RULE
from backend.domain.pay_terms.terms import PaySheet


def unpaid_of(
    items: pl.DataFrame, segments: pl.DataFrame, days: pl.DataFrame, sheet: PaySheet
) -> pl.DataFrame:
    """Rows `case work rule seconds`: items without pay, contact beyond the plan that is paid, and
    all other time.
    """
    refused = items.filter(pl.col("reason").is_not_null()).select(
        "case", "work", pl.col("reason").alias("rule"), pl.col("worked").alias("seconds")
    )
    beyond = items.filter(pl.col("reason").is_null() & (pl.col("worked") > pl.col("seconds"))).select(
        "case", "work", "rule", (pl.col("worked") - pl.col("seconds")).alias("seconds")
    )
    found = pl.concat([refused, beyond, _never_paid(segments, days, sheet)])
    added = found.group_by("case", "work", "rule").agg(pl.col("seconds").sum()).filter(pl.col("seconds") > 0)
    return added.sort("case", "work", "rule")


def _never_paid(segments: pl.DataFrame, days: pl.DataFrame, sheet: PaySheet) -> pl.DataFrame:
    """Time that no hourly rate is for: unresolved, on the way home, at home, asleep without a flat sum."""
    kind = pl.col("kind")
    at_home = (kind == "break") & (pl.col("filled") | (pl.col("rule") != PAID_BREAK_RULE))
    asleep = (kind == "sleep_in") & pl.col("sleep_in_flat").is_null()
    rule = (
        pl.when(kind == "unresolved")
        .then(pl.lit("pay-unresolved"))
        .when(kind == "sleep_in")
        .then(pl.lit("pay-no-rate"))
        .otherwise(pl.lit("pay-not-worked"))
    )
    return (
        segments.join(days.select("day", "case"), on="day", how="left")
        .join(sheet.terms.select("case", "sleep_in_flat"), on="case", how="left")
        .filter(kind.is_in(["unresolved", "commute"]) | at_home | asleep)
        .select("case", kind.alias("work"), rule.alias("rule"), pl.col("inside").alias("seconds"))
    )
