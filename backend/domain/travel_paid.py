"""Whether the travel between visits was paid, gap by gap, without telling whose it was. Pure and columnar."""

from typing import Final

import polars as pl

WORKERS: Final = pl.Schema(
    {
        "worker": pl.Int64(),
        "employment": pl.String(),
        "met": pl.Boolean(),
        "with_terms": pl.Boolean(),
        "unpaid_travel": pl.Boolean(),
        "less_than_terms": pl.Boolean(),
    }
)
"""Workers of wage reports, each once in each: the employment; the test was met; terms are known; they leave some
travel of the period unpaid; payroll paid less than they come to. The last two null without terms.
"""
GAPS: Final = pl.Schema({"worker": pl.Int64(), "date": pl.Date(), "seconds": pl.Int64()})
"""Gaps with travel that counts by law: the worker's number, the London date, seconds of travel."""
MONTHS: Final = pl.Schema(
    {
        "month": pl.Date(),
        "gaps": pl.Int64(),
        "paid": pl.Int64(),
        "unpaid": pl.Int64(),
        "not_known": pl.Int64(),
        "seconds": pl.Int64(),
        "paid_seconds": pl.Int64(),
        "workers": pl.Int64(),
    }
)


def travel_paid(workers: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Frame MONTHS of the months that have gaps: rule measure-travel-paid.

    Where a test was not met, nobody can say that travel was paid. Without terms, and the test met, nobody knows.
    """
    unpaid = ~pl.col("met") | (pl.col("with_terms") & (pl.col("unpaid_travel") | pl.col("less_than_terms")))
    state = (
        pl.when(unpaid)
        .then(pl.lit("unpaid"))
        .when(pl.col("with_terms"))
        .then(pl.lit("paid"))
        .otherwise(pl.lit("not_known"))
    )
    rows = gaps.join(workers.with_columns(state=state), on="worker").with_columns(
        month=pl.col("date").dt.month_start()
    )
    paid = pl.col("state") == "paid"
    return (
        rows.group_by("month")
        .agg(
            pl.len().alias("gaps"),
            *((pl.col("state") == name).sum().alias(name) for name in ("paid", "unpaid", "not_known")),
            pl.col("seconds").sum(),
            pl.col("seconds").filter(paid).sum().alias("paid_seconds"),
            pl.col("employment").n_unique().alias("workers"),
        )
        .sort("month")
        .select(MONTHS.keys())
        .cast(MONTHS)
    )
