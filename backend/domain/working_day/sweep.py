"""A day cut at every instant at which something starts or ends: pieces, and what covers each."""

import polars as pl

from backend.domain.working_day.kinds import LAYERS


def pieces_of(visits: pl.DataFrame, activities: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Pieces of positive length, in order: `day start end seconds`, a Boolean column per layer, `visit`,
    `gap`.

    `visit` is the one whose contact covers the piece, `gap` the gap it lies in; both null where there is
    none.
    """
    marks = pl.concat([_marks(spans) for spans in (_contact(visits), _recorded(activities), _open(gaps))])
    counts = (
        marks.group_by("day", "start")
        .agg(
            *[
                pl.col("step").filter(pl.col("layer") == layer).sum().alias(layer)
                for layer in (*LAYERS, "gap")
            ],
            pl.col("visit").max(),
            pl.col("gap_id").max(),
        )
        .sort("day", "start")
    )
    return _between_marks(counts)


def _between_marks(counts: pl.DataFrame) -> pl.DataFrame:
    covered = counts.with_columns(
        pl.col("start").shift(-1).over("day").alias("end"),
        *[pl.col(layer).cum_sum().over("day") > 0 for layer in (*LAYERS, "gap")],
        pl.col("visit", "gap_id").forward_fill().over("day"),
    )
    return covered.filter(pl.col("end").is_not_null()).select(
        "day",
        "start",
        "end",
        (pl.col("end") - pl.col("start")).alias("seconds"),
        *LAYERS,
        pl.when("contact").then("visit").alias("visit"),
        pl.when("gap").then("gap_id").alias("gap"),
    )


def _marks(spans: pl.DataFrame) -> pl.DataFrame:
    """Two rows for each span: +1 where it starts, with its owner, and -1 where it ends."""
    lasting = spans.filter(pl.col("end") > pl.col("start"))
    opens = lasting.select("day", "start", "layer", pl.lit(1).alias("step"), "visit", "gap_id")
    closes = lasting.select("day", pl.col("end").alias("start"), "layer", pl.lit(-1).alias("step"), *_NOBODY)
    return pl.concat([opens, closes])


_NOBODY = (pl.lit(None, pl.String).alias("visit"), pl.lit(None, pl.Int64).alias("gap_id"))


def _contact(visits: pl.DataFrame) -> pl.DataFrame:
    """Contact of each visit less what an earlier one has already: seconds worked twice count once."""
    ordered = visits.filter(pl.col("start").is_not_null() & pl.col("end").is_not_null()).sort(
        "day", "start", "end", "visit"
    )
    earlier = pl.col("end").cum_max().shift(1).over("day")
    return ordered.select(
        "day",
        pl.max_horizontal("start", earlier).alias("start"),
        "end",
        pl.lit("contact").alias("layer"),
        "visit",
        pl.lit(None, pl.Int64).alias("gap_id"),
    )


def _recorded(activities: pl.DataFrame) -> pl.DataFrame:
    return activities.select("day", "start", "end", pl.col("kind").alias("layer"), *_NOBODY)


def _open(gaps: pl.DataFrame) -> pl.DataFrame:
    return gaps.select(
        "day",
        pl.col("gap_start").alias("start"),
        pl.col("gap_end").alias("end"),
        pl.lit("gap").alias("layer"),
        pl.lit(None, pl.String).alias("visit"),
        pl.col("gap").alias("gap_id"),
    )
