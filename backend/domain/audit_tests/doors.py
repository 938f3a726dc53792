"""At whose door an event was made: surely away from its own, or inside the fence of another visit's."""

import polars as pl

from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.implied_speed import metres_of


def away(end: str, limits: AuditLimits) -> pl.Expr:
    """Metres beyond the fence, the doubt of the position and what parking down the lane explains; below 0 inside."""
    beyond = pl.col(f"{end}_distance") - pl.col(f"{end}_accuracy") - pl.col("radius_m") - limits.away_m
    return pl.when(pl.col(f"{end}_fence") == "outside").then(beyond).otherwise(-1.0).fill_null(-1.0)


def at_other_door(end: str, other: str, limits: AuditLimits) -> pl.Expr:
    """Whether an end may have been made inside the fence of the neighbouring visit, and surely away from its own."""
    there = metres_of(
        pl.col(f"{end}_lat"), pl.col(f"{end}_lon"), pl.col(f"{other}_door_lat"), pl.col(f"{other}_door_lon")
    )
    inside = there - pl.col(f"{end}_accuracy") <= pl.col(f"{other}_radius_m")
    return (away(end, limits) > 0) & inside & (pl.col(f"{other}_visit_id") != pl.col("visit_id"))
