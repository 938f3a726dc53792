"""Stops of a day in order, and the gaps between them."""

import polars as pl

from backend.domain.time import instant_of
from backend.domain.working_day.frames import GAPS
from backend.domain.working_day.kinds import NEVER_STOPS, NOT_WORKED
from backend.domain.working_day.running import follows, latest

SAME_PLACE_SOURCE = "same_place"


def stops_of(visits: pl.DataFrame, activities: pl.DataFrame) -> pl.DataFrame:
    """Visits, and activities with a place, by day and start. The known end of an incomplete visit is both
    its ends.
    """
    worked = visits.select(
        "day",
        pl.col("visit").alias("stop"),
        "visit",
        pl.coalesce("start", "end").alias("start"),
        pl.coalesce("end", "start").alias("end"),
        "lat",
        "lon",
        "planned_start",
        "planned_end",
        pl.lit(True).alias("worked"),
    )
    order = ["day", "start", "end", "stop", "lat", "lon"]
    return pl.concat([worked, _placed(activities)], how="diagonal_relaxed").sort(order)


def _placed(activities: pl.DataFrame) -> pl.DataFrame:
    since = instant_of(pl.col("start")).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return activities.filter(pl.col("lat").is_not_null() & ~pl.col("kind").is_in(NEVER_STOPS)).select(
        "day",
        (pl.col("kind") + "@" + since).alias("stop"),
        "start",
        "end",
        "lat",
        "lon",
        (~pl.col("kind").is_in(NOT_WORKED)).alias("worked"),
    )


def find_gaps(visits: pl.DataFrame, activities: pl.DataFrame) -> pl.DataFrame:
    """The gap before every stop but the first: from the latest end so far, at that stop's place, to the
    next start.

    Takes frames VISITS and ACTIVITIES of any number of days, in any order; returns a frame GAPS.
    """
    worked = pl.when(pl.col("worked") & (pl.col("end") > pl.col("start"))).then("end")
    leading = pl.when(pl.col("end") == latest(pl.col("end"))).then("row")
    stops = stops_of(visits, activities).with_row_index("row")
    before = stops.with_columns(
        leading.forward_fill().shift(1).alias("before"), latest(worked).shift(1).alias("worked_until")
    ).filter(follows())
    return _between(stops[before["before"]], before)


def _between(first: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    joined = pl.concat([first.select(pl.all().name.prefix("a_")), then], how="horizontal")
    lasting = pl.min_horizontal("end", "worked_until") > pl.col("start")
    return joined.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("gap"),
        "day",
        pl.col("a_stop").alias("from"),
        pl.col("stop").alias("to"),
        pl.col("a_visit").alias("from_visit"),
        pl.col("visit").alias("to_visit"),
        pl.col("a_end").alias("gap_start"),
        pl.col("start").alias("gap_end"),
        pl.col("a_lat").alias("from_lat"),
        pl.col("a_lon").alias("from_lon"),
        pl.col("lat").alias("to_lat"),
        pl.col("lon").alias("to_lon"),
        ((pl.col("a_lat") == pl.col("lat")) & (pl.col("a_lon") == pl.col("lon"))).alias("same_place"),
        (pl.col("planned_start") - pl.col("a_planned_end")).alias("planned_gap"),
        (pl.col("worked") & pl.col("worked_until").is_not_null() & lasting).alias("overlap"),
    ).cast(GAPS)


def with_journeys(gaps: pl.DataFrame, journeys: pl.DataFrame) -> pl.DataFrame:
    """Gaps with `estimate` (seconds), `source` and `metres` where they are known: given, or zero at one
    place.
    """
    given = gaps.join(
        journeys, left_on=["day", "from_visit", "to_visit"], right_on=["day", "from", "to"], how="left"
    )
    here = pl.col("same_place")
    return given.with_columns(
        pl.when(here).then(0).otherwise("estimate").alias("estimate"),
        pl.when(here).then(pl.lit(SAME_PLACE_SOURCE)).otherwise("source").alias("source"),
        pl.when(here).then(0).otherwise("metres").alias("metres"),
        *[pl.lit(None, pl.String).alias(name) for name in ("engine", "fallback")],
    ).sort("gap")
