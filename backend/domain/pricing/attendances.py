"""From visits to lines: one for a whole visit, or one for each carer of a double-handed visit."""

from typing import Final

import polars as pl

INSTANT: Final = pl.Datetime("us", "UTC")
VISITS: Final = pl.Schema(
    {
        "contract": pl.Int64(),
        "visit": pl.String(),
        "service": pl.String(),
        "zone": pl.String(),
        "status": pl.String(),
        "carers": pl.Int64(),
        "planned_start": INSTANT,
        "planned_end": INSTANT,
        "actual_start": INSTANT,
        "actual_end": INSTANT,
        "by_attendance": pl.Boolean(),
        "cancelled_at": INSTANT,
        "cancelled_by": pl.String(),
        "suspended_day": pl.Int64(),
        "miles": pl.Int64(),
    }
)
"""One row a visit, unique by (contract, visit). Where `by_attendance`, ATTENDANCES holds the actual times and miles.
`miles` are hundredths of a mile of the journey that led to it, null where none is known."""
ATTENDANCES: Final = pl.Schema(
    {
        "contract": pl.Int64(),
        "visit": pl.String(),
        "carer": pl.String(),
        "actual_start": INSTANT,
        "actual_end": INSTANT,
        "miles": pl.Int64(),
    }
)
"""One row for each carer who was expected or came, in the order the lines should have."""

_KEY: Final = ["contract", "visit"]


def lines_of(visits: pl.DataFrame, attendances: pl.DataFrame) -> pl.DataFrame:
    """One row a line, ordered as the visits are, with `carer`, `attendance` (0 for a whole visit, then 1, 2,
    ...), and where lines are by carer `anyone` (somebody has an actual time) and `crowded` (more attendances than
    carers commissioned), null if there is no attendance.
    """
    numbered = visits.with_row_index("visit_order")
    whole = numbered.filter(~pl.col("by_attendance")).with_columns(
        carer=pl.lit(None, pl.String),
        attendance=pl.lit(0, pl.Int64),
    )
    shared = numbered.filter("by_attendance").drop("actual_start", "actual_end", "miles")
    return pl.concat([whole, _by_carer(shared, attendances)], how="diagonal").sort(
        "visit_order", "attendance"
    )


def _by_carer(visits: pl.DataFrame, attendances: pl.DataFrame) -> pl.DataFrame:
    came = attendances.with_columns(attendance=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(_KEY))
    known = came.group_by(_KEY).agg(
        attended=pl.len().cast(pl.Int64), anyone=pl.col("actual_start").is_not_null().any()
    )
    places = pl.int_ranges(1, pl.max_horizontal("carers", "attended") + 1, dtype=pl.Int64)
    expected = visits.join(known, on=_KEY, how="left").with_columns(attendance=places)
    one_each = expected.explode("attendance")
    return one_each.join(came, on=[*_KEY, "attendance"], how="left").with_columns(
        crowded=pl.col("attended") > pl.col("carers"), carers=pl.lit(1, pl.Int64)
    )
