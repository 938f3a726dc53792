"""Days on which a person supported is away, and what that makes of the visits planned for them."""

from typing import Final

import polars as pl

ABSENCES: Final = pl.Schema(
    {
        "service_user_id": pl.String(),
        "absence": pl.String(),
        "away_from": pl.Date(),
        "away_until": pl.Date(),
        "absence_version": pl.Int64(),
        "absence_digest": pl.String(),
    }
)
"""One row an absence: hospital, respite, away, or ended. London dates, both included; `away_until` is null while
nobody knows the end."""

PAST_ANY_RETAINER: Final = 36_600
"""The day counted for somebody whose care has ended: longer than any contract keeps a place."""


def with_absence(visits: pl.DataFrame, absences: pl.DataFrame) -> pl.DataFrame:
    """Add `suspended_day` to visits with `visit_id service_user_id day status`, and turn missed into suspended where
    the person was away. `suspended_day` is the day of the absence, 1 being the first; null where no absence is
    recorded.

    Where absences overlap, the day is counted from the earliest. A person whose care has ended keeps no place.
    """
    day = (pl.col("day") - pl.col("away_from")).dt.total_days() + 1
    held = (
        visits.select("visit_id", "service_user_id", "day")
        .join(absences, on="service_user_id")
        .filter(pl.col("day").is_between("away_from", pl.coalesce("away_until", pl.date(9999, 12, 31))))
        .group_by("visit_id")
        .agg(
            suspended_day=pl.when((pl.col("absence") == "ended").any())
            .then(PAST_ANY_RETAINER)
            .otherwise(day.max())
            .cast(pl.Int64)
        )
    )
    away = (pl.col("status") == "missed") & pl.col("suspended_day").is_not_null()
    return visits.join(held, on="visit_id", how="left", maintain_order="left").with_columns(
        status=pl.when(away).then(pl.lit("suspended")).otherwise("status")
    )
