"""What a person should look at in a day. A flag never changes what counts."""

import polars as pl

_GAP_FLAGS = ("overlap", "no_travel_time", "short_travel", "long_gap")


def flags_of(visits: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Rows `day at flag rule visit from to` in order of time; `at` in seconds since 1970, `visit` the later
    one.

    short_travel: 5g < 4e and g > 0, so less than four fifths of the estimate. no_travel_time: g <= 0
    between different places. Neither speaks of a gap whose travel the carer recorded.
    """
    room, guessed = pl.col("room"), ~pl.col("recorded")
    shown = gaps.with_columns(
        (guessed & (room <= 0) & ~pl.col("same_place")).alias("no_travel_time"),
        (guessed & (room > 0) & (5 * room < 4 * pl.col("estimate"))).alias("short_travel"),
        pl.col("long").alias("long_gap"),
    )
    found = [
        shown.filter(flag).select(
            "day",
            pl.col("gap_end").alias("at"),
            *_named(flag),
            pl.col("to_visit").alias("visit"),
            "from",
            "to",
        )
        for flag in _GAP_FLAGS
    ]
    order = ["day", "at", "flag", "to", "visit"]
    return pl.concat([*found, _incomplete(visits)], how="diagonal_relaxed").sort(order)


def _incomplete(visits: pl.DataFrame) -> pl.DataFrame:
    return visits.filter(pl.col("start").is_null() | pl.col("end").is_null()).select(
        "day", pl.coalesce("start", "end").alias("at"), *_named("incomplete"), "visit"
    )


def _named(flag: str) -> tuple[pl.Expr, pl.Expr]:
    return pl.lit(flag).alias("flag"), pl.lit(flag_rule(flag)).alias("rule")


def flag_rule(flag: str) -> str:
    """The rule id of a flag."""
    return "day-" + flag.replace("_", "-")
