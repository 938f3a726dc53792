"""What the time of a gap is that nobody recorded: travel first, then waiting, an unresolved rest, or a way
home.
"""

import polars as pl

from backend.domain.working_day.kinds import LAYERS, LONG_GAP_RULE, RULES, WHAT_IF_RULE


def with_room(gaps: pl.DataFrame, pieces: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Gaps with their `room` g, the estimated `travel` in it, its `rest`, and how the rest is read.

    g = the gap's seconds less activities in it; travel = min(g, e). With `at_home` nothing is travel; with
    `recorded` travel the carer's own record stands instead of the estimate. `long`: the rest lies beyond
    the waiting limit.
    """
    busy = pl.any_horizontal(*LAYERS)
    used = (
        pieces.filter(pl.col("gap").is_not_null())
        .group_by("gap")
        .agg(
            pl.col("seconds").filter(busy).sum().alias("busy"),
            pl.col("home").any().alias("at_home"),
            pl.col("travel").any().alias("recorded"),
        )
    )
    return (
        gaps.join(used, on="gap", how="left")
        .join(policies, on="day", how="left")
        .with_columns(
            (pl.col("gap_end") - pl.col("gap_start")).alias("observed_gap"),
            pl.col("at_home", "recorded").fill_null(False),
        )
        .with_columns((pl.col("observed_gap") - pl.col("busy").fill_null(0)).alias("room"))
        .pipe(_with_travel)
        .sort("gap")
    )


def _with_travel(gaps: pl.DataFrame) -> pl.DataFrame:
    expected = pl.when("recorded").then(0).otherwise(pl.col("estimate").fill_null(0))
    travel = pl.min_horizontal(pl.col("room").clip(0), expected)
    over = (pl.col("room") > pl.col("waiting_limit")).fill_null(False)
    rest = pl.col("room").clip(0) - pl.col("travel")
    return gaps.with_columns(pl.when("at_home").then(0).otherwise(travel).alias("travel")).with_columns(
        rest.alias("rest"), (over & ~pl.col("at_home") & (rest > 0)).alias("long")
    )


def fill(pieces: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """The unrecorded pieces of gaps as rows `kind start end rule`: each gap's first `travel` seconds, then
    its rest.
    """
    told = ["gap", "travel", "at_home", "long", "long_gap"]
    free = pieces.filter(pl.col("gap").is_not_null() & ~pl.any_horizontal(*LAYERS)).select(
        "day", "start", "end", "seconds", "gap"
    )
    ahead = pl.col("seconds").cum_sum().over("gap") - pl.col("seconds")
    split = free.join(gaps.select(told), on="gap", how="left", maintain_order="left").with_columns(
        (pl.col("start") + (pl.col("travel") - ahead).clip(0, pl.col("seconds"))).alias("until")
    )
    travel = split.with_columns(
        pl.lit("travel").alias("kind"), pl.lit(RULES["travel"]).alias("rule"), pl.col("until").alias("end")
    )
    rest = split.with_columns(
        _rest_kind().alias("kind"), _rest_rule().alias("rule"), pl.col("until").alias("start")
    )
    return (
        pl.concat([travel, rest])
        .filter(pl.col("end") > pl.col("start"))
        .select("day", "kind", "start", "end", "rule", "gap", pl.lit(True).alias("filled"), within="gap")
    )


def _rest_kind() -> pl.Expr:
    return (
        pl.when("at_home").then(pl.lit("commute")).when("long").then("long_gap").otherwise(pl.lit("waiting"))
    )


def _rest_rule() -> pl.Expr:
    settled = pl.col("long_gap") != "unresolved"
    return (
        pl.when("at_home")
        .then(pl.lit(RULES["commute"]))
        .when(pl.col("long") & settled)
        .then(pl.lit(WHAT_IF_RULE))
        .when("long")
        .then(pl.lit(LONG_GAP_RULE))
        .otherwise(pl.lit(RULES["waiting"]))
    )
