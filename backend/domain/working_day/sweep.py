"""A day cut at every instant at which something starts or ends: pieces, and what covers each."""

import polars as pl

from backend.domain.working_day.kinds import LAYERS
from backend.domain.working_day.running import follows, latest


def pieces_of(visits: pl.DataFrame, activities: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Pieces of positive length, in order: `day start end seconds`, a Boolean column per layer, `visit`,
    `gap`.

    `visit` is the one whose contact covers the piece, `gap` the gap it lies in; both null where there is
    none.
    """
    marks = pl.concat([_marks(spans) for spans in (_contact(visits), _recorded(activities), _open(gaps))])
    opened = [
        pl.when(pl.col("layer") == layer).then("step").otherwise(0).cum_sum() > 0
        for layer in (*LAYERS, "gap")
    ]
    # Every day's steps add up to nothing, so that sums may run on from day to day.
    swept = marks.sort("day", "start").select(
        "day",
        "start",
        *[covers.alias(layer) for layer, covers in zip((*LAYERS, "gap"), opened, strict=True)],
        pl.col("visit", "gap_id").forward_fill(),
    )
    return _between_marks(swept)


def _between_marks(swept: pl.DataFrame) -> pl.DataFrame:
    """From each mark to the next of its day; of several marks at one instant the last knows what then holds."""
    end = pl.col("start").shift(-1)
    lasting = (pl.col("day") == pl.col("day").shift(-1)) & (end > pl.col("start"))
    return (
        swept.with_columns(end.alias("end"))
        .filter(lasting)
        .select(
            "day",
            "start",
            "end",
            (pl.col("end") - pl.col("start")).alias("seconds"),
            *LAYERS,
            pl.when("contact").then("visit").alias("visit"),
            pl.when("gap").then("gap_id").alias("gap"),
        )
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
    earlier = pl.when(follows()).then(latest(pl.col("end")).shift(1))
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
