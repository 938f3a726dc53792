"""The gap ledger: for each two consecutive stops of a working day what was planned, what was observed, how long the way
was judged to take, how fast the positions say it was gone, and what became of every second.

Pure and columnar. Instants are whole seconds since 1970 (UTC), durations seconds, lengths metres, speeds km/h.
"""

from typing import Final

import polars as pl

from backend.domain.implied_speed import implied_kmh_of

FIXES: Final = pl.Schema(
    {
        "day": pl.Int64(),
        "visit": pl.String(),
        "arrived_at": pl.Float64(),
        "arrived_within": pl.Float64(),
        "left_at": pl.Float64(),
        "left_within": pl.Float64(),
    }
)
"""When the position of a visit's check-in and check-out was taken, and how far from the door at most the phone then
was: the distance measured plus the accuracy stated. Null where there is no position. They stay when a position goes.
"""

LEDGER: Final = pl.Schema(
    {
        "gap": pl.Int64(),
        "day": pl.Int64(),
        "from": pl.String(),
        "to": pl.String(),
        "from_visit": pl.String(),
        "to_visit": pl.String(),
        "start": pl.Int64(),
        "end": pl.Int64(),
        "from_actual": pl.Int64(),
        "to_actual": pl.Int64(),
        "from_planned": pl.Int64(),
        "to_planned": pl.Int64(),
        "in_planned_order": pl.Boolean(),
        "planned_gap": pl.Int64(),
        "observed_gap": pl.Int64(),
        "estimate": pl.Int64(),
        "metres": pl.Int64(),
        "source": pl.String(),
        "engine": pl.String(),
        "fallback": pl.String(),
        "setting": pl.String(),
        "kmh_least": pl.Float64(),
        "kmh": pl.Float64(),
        "kmh_most": pl.Float64(),
        "no_speed": pl.String(),
    }
)
"""One row a gap. `from_actual` and the like are the places of the visits in the day as worked and as planned, from 1;
null where the stop is no visit, or nobody planned it. `no_speed` says why `kmh` is null.
"""

NO_POSITION: Final = "no_position"
SAME_PLACE: Final = "same_place"
NO_TIME: Final = "no_time"
TOO_INACCURATE: Final = "too_inaccurate"
NO_SPEED: Final = (NO_POSITION, SAME_PLACE, NO_TIME, TOO_INACCURATE)
"""Why no speed is stated: a position is missing; both stops are one place; no time passed between the two positions;
they lie no further apart than both may be off together (then only the greatest possible speed is stated).
"""


MISSED: Final = pl.Schema(
    {"day": pl.Int64(), "visit": pl.String(), "planned_start": pl.Int64(), "planned_end": pl.Int64()}
)
"""Visits that were planned in a day and that nobody made: they have a place in the plan and none in the day."""


def gap_ledger(
    gaps: pl.DataFrame, visits: pl.DataFrame, fixes: pl.DataFrame, missed: pl.DataFrame
) -> pl.DataFrame:
    """The ledger of many days, as a frame LEDGER in the order of `gaps`.

    `gaps`: those of work_out, with `setting` and `straight` (metres between both doors as the crow flies, null if one
    is not known). `visits`: the frame VISITS of the same days. `fixes`: the frame FIXES. `missed`: the frame MISSED.
    """
    return (
        gaps.pipe(_with_order, visits, missed)
        .pipe(_with_speed, fixes)
        .with_columns(pl.col("gap_start").alias("start"), pl.col("gap_end").alias("end"))
        .select(LEDGER.keys())
        .cast(LEDGER)
    )


def _with_order(gaps: pl.DataFrame, visits: pl.DataFrame, missed: pl.DataFrame) -> pl.DataFrame:
    worked = visits.with_columns(
        pl.coalesce("start", "end").alias("s"), pl.coalesce("end", "start").alias("e")
    )
    planned = (
        pl.concat([visits.select(MISSED.keys()), missed])
        .filter(pl.col("planned_start").is_not_null())
        .rename({"planned_start": "s", "planned_end": "e"})
    )
    for order, rows in (("actual", worked), ("planned", planned)):
        numbered = rows.sort("day", "s", "e", "visit").select(
            "day", "visit", place=pl.int_range(1, pl.len() + 1).over("day")
        )
        for end in ("from", "to"):
            named = numbered.rename({"visit": f"{end}_visit", "place": f"{end}_{order}"})
            gaps = gaps.join(named, on=["day", f"{end}_visit"], how="left", maintain_order="left")
    return gaps.with_columns(in_planned_order=pl.col("to_planned") == pl.col("from_planned") + 1)


def _with_speed(gaps: pl.DataFrame, fixes: pl.DataFrame) -> pl.DataFrame:
    left = fixes.select("day", pl.col("visit").alias("from_visit"), "left_at", "left_within")
    arrived = fixes.select("day", pl.col("visit").alias("to_visit"), "arrived_at", "arrived_within")
    doubt, passed = (
        pl.col("left_within") + pl.col("arrived_within"),
        pl.col("arrived_at") - pl.col("left_at"),
    )
    least, measured, most = (
        implied_kmh_of(pl.col("straight"), off, passed) for off in (doubt, pl.lit(0.0), -doubt)
    )
    why = (
        pl.when(doubt.is_null() | passed.is_null() | pl.col("straight").is_null())
        .then(pl.lit(NO_POSITION))
        .when(pl.col("same_place"))
        .then(pl.lit(SAME_PLACE))
        .when(passed <= 0)
        .then(pl.lit(NO_TIME))
        .when(doubt >= pl.col("straight"))
        .then(pl.lit(TOO_INACCURATE))
        .alias("no_speed")
    )
    known = pl.col("no_speed").is_null()
    bounded = known | (pl.col("no_speed") == TOO_INACCURATE)
    return (
        gaps.join(left, on=["day", "from_visit"], how="left", maintain_order="left")
        .join(arrived, on=["day", "to_visit"], how="left", maintain_order="left")
        .with_columns(why)
        .with_columns(
            pl.when(known).then(least).alias("kmh_least"),
            pl.when(known).then(measured).alias("kmh"),
            pl.when(bounded).then(most).alias("kmh_most"),
        )
    )
