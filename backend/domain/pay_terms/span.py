"""The part of working days that lies in a span of London days, so that what one pay period is paid and what the next is
add up to the whole.
"""

import polars as pl

Span = tuple[int, int] | None
"""From one London midnight until another, in seconds since 1970; None: without end on either side."""


def placed(segments: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Segments with `early`, their seconds before the span, and `inside`, those in it.

    Unrecorded time of a gap lies whole where its gap begins, as in the minimum wage test.
    """
    if span is None:
        return segments.with_columns(early=pl.lit(0, pl.Int64), inside=pl.col("seconds"))
    seconds, begins = pl.col("seconds"), pl.col("gap_start")
    whole = pl.col("filled") & begins.is_not_null()
    early = (
        pl.when(whole)
        .then(pl.when(begins < span[0]).then(seconds).otherwise(0))
        .otherwise((span[0] - pl.col("start")).clip(0, seconds))
    )
    late = (
        pl.when(whole)
        .then(pl.when(begins >= span[1]).then(seconds).otherwise(0))
        .otherwise((pl.col("end") - span[1]).clip(0, seconds))
    )
    return segments.with_columns(early=early, inside=seconds - early - late)


def share_of(name: str, span: Span) -> pl.Expr:
    """Of an item's seconds of this name those that fall to the span, as its `worked` seconds lie: `early`, `inside` or
    after it. Shares of spans that follow each other add up to the whole. What had no second of its own lies where it
    starts.
    """
    seconds, worked = pl.col(name), pl.col("worked")
    if span is None:
        return seconds
    until = seconds * (pl.col("early") + pl.col("inside")) // worked
    there = pl.col("start").is_between(*span, closed="left")
    return (
        pl.when(worked > 0)
        .then(until - seconds * pl.col("early") // worked)
        .otherwise(pl.when(there).then(seconds).otherwise(0))
        .alias(name)
    )
