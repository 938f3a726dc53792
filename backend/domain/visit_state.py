"""How a day's visits stand for the office at one moment: what waits, what runs, what is done, what went wrong."""

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from backend.domain.policy import Policy

_INSTANT: Final = pl.Datetime("us", "UTC")

PLAN_SCHEMA: Final = pl.Schema(
    {
        "visit_id": pl.String(),
        "package_id": pl.String(),
        "starts_at": _INSTANT,
        "ends_at": _INSTANT,
        "carer": pl.String(),
        "second_carer": pl.String(),
        "status": pl.String(),
        "arrived_at": _INSTANT,
        "left_at": _INSTANT,
        "came": pl.Int64(),
        "went": pl.Int64(),
        "refused": pl.Boolean(),
        "heard": pl.Boolean(),
    }
)
"""The newest plan of each visit; the first arrival and last departure; how many carers came and went; whether any event
of it is held."""

STATES: Final = (
    "missed",
    "running_over",
    "late",
    "unassigned",
    "in_progress",
    "not_started",
    "incomplete",
    "done",
    "refused",
    "cancelled",
    "suspended",
)
"""Every state, those that need somebody first."""

NEEDS_ATTENTION: Final = ("missed", "running_over", "late", "unassigned")


def visit_states(visits: pl.DataFrame, now: datetime, policy: Policy) -> pl.DataFrame:
    """The visits (PLAN_SCHEMA) with their `state` at `now` and whether it `needs` attention.

    Late, missed and running over are reckoned with the provider's thresholds, as the alerts are.
    """
    late, missed, over = (
        pl.col(end) + timedelta(minutes=minutes) <= now
        for end, minutes in (
            ("starts_at", policy.late_after_minutes),
            ("ends_at", policy.missed_after_minutes),
            ("ends_at", policy.overdue_after_minutes),
        )
    )
    came, went = pl.col("came"), pl.col("went").fill_null(0)
    inside = came > went
    state = (
        pl.when(inside & over).then(pl.lit("running_over"))
        .when(inside).then(pl.lit("in_progress"))
        .when(came > 0).then(pl.lit("done"))
        .when(pl.col("refused")).then(pl.lit("refused"))
        .when(went > 0).then(pl.lit("incomplete"))
        .when(pl.col("status") != "planned").then(pl.col("status"))
        .when(missed & ~pl.col("heard")).then(pl.lit("missed"))
        .when(pl.col("carer").is_null()).then(pl.lit("unassigned"))
        .when(late).then(pl.lit("late"))
        .otherwise(pl.lit("not_started"))
    )  # fmt: skip
    return visits.with_columns(state=state).with_columns(needs=pl.col("state").is_in(NEEDS_ATTENTION))
