"""A carer's time cut into working days, and working days cut at London midnight."""

import polars as pl

from backend.domain.time import london_date_of, london_midnight_of
from backend.domain.working_day.kinds import NEVER_STOPS


def working_days(
    visits: pl.DataFrame, activities: pl.DataFrame, day_break_seconds: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both frames with `day` (one number for each working day of each carer) and `date` (its London date)
    added.

    Takes frames VISITS and ACTIVITIES with a column `carer` instead of `day`. All visits that start on one
    London date are one working day. Different dates join across a gap between stops not longer than
    `day_break_seconds`; a sleep-in is a stop, and so is an activity with a place. Other activities belong
    to the working day they start in, or else to that of their date. The date is that of the first visit, or
    of the first stop where there is no visit.
    """
    stops = _grouped(_stops(visits, activities), day_break_seconds)
    owners = pl.concat(
        [stops.select("carer", "owner", "row", "group", "date"), _attached(activities, stops)]
    ).with_columns(pl.struct("carer", "group").rank("dense").cast(pl.Int64).alias("day"))
    return _with_days(visits, owners, "visit"), _with_days(activities, owners, "activity")


def _stops(visits: pl.DataFrame, activities: pl.DataFrame) -> pl.DataFrame:
    """Rows `carer owner row start end starts` of everything that bounds a gap; `starts`: the date of a
    visit's start.
    """
    worked = visits.select(
        "carer",
        pl.lit("visit").alias("owner"),
        pl.int_range(pl.len()).alias("row"),
        pl.coalesce("start", "end").alias("start"),
        pl.coalesce("end", "start").alias("end"),
        pl.lit(True).alias("visiting"),
    )
    placed = pl.col("lat").is_not_null() & ~pl.col("kind").is_in(NEVER_STOPS)
    recorded = activities.select(
        "carer",
        pl.lit("activity").alias("owner"),
        pl.int_range(pl.len()).alias("row"),
        "start",
        "end",
        placed.alias("visiting"),
        (placed | (pl.col("kind") == "sleep_in")).alias("stop"),
    )
    started = pl.when("visiting").then(london_date_of(pl.col("start"))).alias("starts")
    everything = pl.concat([worked, recorded.filter("stop").drop("stop")]).with_columns(started)
    return everything.sort("carer", "start", "end", "owner", "row")


def _grouped(stops: pl.DataFrame, day_break_seconds: int) -> pl.DataFrame:
    """Stops with `group`, numbered within each carer, its `date` and `until`, the last end in it."""
    waited = pl.col("start") - pl.col("end").cum_max().shift(1)
    one_date = pl.col("starts").forward_fill().shift(1) == pl.col("starts").backward_fill()
    apart = (waited > day_break_seconds).fill_null(False) & ~one_date.fill_null(False)
    return stops.with_columns(apart.cum_sum().over("carer").cast(pl.Int64).alias("group")).with_columns(
        pl.coalesce(
            pl.col("starts").drop_nulls().first().over("carer", "group"),
            london_date_of(pl.col("start").min().over("carer", "group")),
        ).alias("date"),
        pl.col("end").max().over("carer", "group").alias("until"),
    )


def _attached(activities: pl.DataFrame, stops: pl.DataFrame) -> pl.DataFrame:
    """Activities that are no stops, each with the group it starts in, or that of its date, or a new one."""
    loose = (
        activities.select(
            "carer", pl.lit("activity").alias("owner"), pl.int_range(pl.len()).alias("row"), "start"
        )
        .join(stops.filter(pl.col("owner") == "activity"), on=["carer", "row"], how="anti")
        .with_columns(london_date_of(pl.col("start")).alias("own_date"))
        .sort("start")
    )
    within = stops.select("carer", "start", "group", "date", "until").sort("start")
    inside = loose.join_asof(within, on="start", by="carer", strategy="backward", check_sortedness=False)
    held = pl.col("start") < pl.col("until")
    # A date of its own is numbered by the days since 1970, far above any group counted within one carer's
    # stops.
    fresh = pl.col("own_date").cast(pl.Int32).cast(pl.Int64) + 1_000_000_000
    return inside.join(_groups_of_dates(stops), on=["carer", "own_date"], how="left").select(
        "carer",
        "owner",
        "row",
        pl.when(held).then("group").otherwise(pl.coalesce("dated_group", fresh)).alias("group"),
        pl.when(held).then("date").otherwise(pl.coalesce("dated", "own_date")).alias("date"),
    )


def _groups_of_dates(stops: pl.DataFrame) -> pl.DataFrame:
    """The group of each carer's London date on which a stop starts."""
    own = pl.coalesce("starts", london_date_of(pl.col("start"))).alias("own_date")
    dated = stops.select("carer", own, pl.col("group").alias("dated_group"), pl.col("date").alias("dated"))
    return dated.unique(["carer", "own_date"], keep="first")


def _with_days(frame: pl.DataFrame, owners: pl.DataFrame, owner: str) -> pl.DataFrame:
    own = owners.filter(pl.col("owner") == owner).sort("row").select("day", "date")
    return pl.concat([frame, own], how="horizontal")


def cut_at_midnight(segments: pl.DataFrame) -> pl.DataFrame:
    """Segments cut at London midnight, each with the London `date` whose pay reference period it counts in.

    Unrecorded time of a gap is not cut: a gap belongs to the date it starts. Seconds add up to what they
    were.
    """
    whole = segments.filter("filled").with_columns(london_date_of(pl.col("gap_start")).alias("date"))
    last = pl.max_horizontal(pl.col("end") - 1, pl.col("start"))
    dates = pl.date_ranges(london_date_of(pl.col("start")), london_date_of(last))
    cut = (
        segments.filter(~pl.col("filled"))
        .with_columns(dates.alias("date"))
        .explode("date")
        .with_columns(
            pl.max_horizontal("start", london_midnight_of(pl.col("date"))).alias("start"),
            pl.min_horizontal("end", london_midnight_of(pl.col("date").dt.offset_by("1d"))).alias("end"),
        )
        .with_columns((pl.col("end") - pl.col("start")).alias("seconds"))
    )
    return pl.concat([whole, cut]).sort("day", "start", "end")
