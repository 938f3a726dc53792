"""Payable time: pay basis, cap, rounding of the duration and minimum; or the plan at a percentage."""

from typing import Final

import polars as pl

HUNDRED_PERCENT: Final = 100_000_000
"""100 % in millionths of a per cent."""

_PLANNED: Final = pl.col("planned_seconds")
_ACTUAL: Final = pl.col("actual_seconds")
_MADE: Final = pl.col("outcome") == "made"


def with_durations(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `planned_seconds` (null if nobody planned the visit) and `actual_seconds` (0 if nobody came)."""
    return lines.with_columns(
        planned_seconds=_seconds_between("planned_start", "planned_end"),
        actual_seconds=_seconds_between("actual_start", "actual_end").fill_null(0),
    )


def _seconds_between(start: str, end: str) -> pl.Expr:
    """A fraction of a second is dropped from each instant, as it is wherever time is counted."""
    return pl.col(end).dt.epoch("s") - pl.col(start).dt.epoch("s")


def with_outcome(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `outcome`, what became of the line: made, missed, refused, one of the cancellations, absent (a
    carer of a double-handed visit who did not come), suspended with or without its retainer, or a finding:
    no_actual, no_cancelled_at, no_suspended_day.
    """
    status, came = pl.col("status"), pl.col("actual_start").is_not_null()
    notice = pl.col("cancelled_at") <= pl.col("planned_start") - pl.duration(hours="notice_hours")
    stayed_away = pl.col("by_attendance") & pl.col("anyone") & ~came & status.is_in(["completed", "refused"])
    return lines.with_columns(
        outcome=pl.when(stayed_away)
        .then(pl.lit("absent"))
        .when(status == "completed")
        .then(pl.when(came).then(pl.lit("made")).otherwise(pl.lit("no_actual")))
        .when(status == "suspended")
        .then(_suspended())
        .when(status != "cancelled")
        .then(status)
        .when(pl.col("cancelled_by") == "provider")
        .then(pl.lit("cancelled_by_provider"))
        .when(pl.col("cancelled_at").is_null())
        .then(pl.lit("no_cancelled_at"))
        .when(notice)
        .then(pl.lit("cancelled_with_notice"))
        .otherwise(pl.lit("cancelled_late"))
    )


def _suspended() -> pl.Expr:
    """A contract without a retainer asks for no day: whatever it is, nothing is due."""
    return (
        pl.when(pl.col("suspended_days") == 0)
        .then(pl.lit("suspended_unpaid"))
        .when(pl.col("suspended_day").is_null())
        .then(pl.lit("no_suspended_day"))
        .when(pl.col("suspended_day") <= pl.col("suspended_days"))
        .then(pl.lit("suspended"))
        .otherwise(pl.lit("suspended_unpaid"))
    )


def with_payable_time(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `percent` (millionths of a per cent), `payable_seconds`, `rounding_seconds` (payable less the time
    after basis and cap), `difference_seconds` (payable less actual) and the rule ids of each step.
    """
    return (
        lines.with_columns(percent=_percent(), basis_rule=_basis_rule())
        .with_columns(based=_based())
        .with_columns(capped=_capped())
        .with_columns(rounded=rounded(pl.col("capped")))
        .with_columns(payable_seconds=_payable())
        .with_columns(
            cap_rule=pl.when(_MADE & (pl.col("capped") < pl.col("based"))).then(pl.lit("cap-at-planned")),
            round_rule=pl.when(_MADE).then("rounding_rule"),
            minimum_rule=pl.when(_MADE & (pl.col("payable_seconds") > pl.col("rounded"))).then(
                pl.lit("minimum-minutes")
            ),
            rounding_seconds=pl.when(_MADE).then(pl.col("payable_seconds") - pl.col("capped")).otherwise(0),
            difference_seconds=pl.col("payable_seconds") - _ACTUAL,
        )
    )


def _percent() -> pl.Expr:
    outcome = pl.col("outcome")
    return (
        pl.when(_MADE)
        .then(HUNDRED_PERCENT)
        .when(outcome.is_in(["missed", "absent"]))
        .then("missed_percent")
        .when(outcome == "refused")
        .then("refused_percent")
        .when(outcome == "cancelled_late")
        .then("late_percent")
        .when(outcome == "suspended")
        .then("suspended_percent")
        .otherwise(0)
    )


_OUTCOME_RULES: Final = {
    "missed": "missed-at-percent",
    "absent": "attendance-missing",
    "refused": "refused-at-percent",
    "cancelled_late": "cancelled-late",
    "suspended": "suspended-retainer",
    "suspended_unpaid": "suspended-unpaid",
    "cancelled_with_notice": "cancelled-with-notice",
    "cancelled_by_provider": "cancelled-by-provider",
}


def _within_tolerance() -> pl.Expr:
    return (_ACTUAL - _PLANNED).abs() <= pl.col("tolerance")


def _basis_rule() -> pl.Expr:
    basis = pl.col("pay_basis")
    return (
        pl.when(~_MADE)
        .then(pl.col("outcome").replace_strict(_OUTCOME_RULES, default=None, return_dtype=pl.String))
        .when(_PLANNED.is_null())
        .then(pl.lit("pay-actual-unplanned"))
        .when(basis == "planned")
        .then(pl.lit("pay-planned"))
        .when(basis == "actual")
        .then(pl.lit("pay-actual"))
        .when(_within_tolerance())
        .then(pl.lit("pay-planned-within-tolerance"))
        .otherwise(pl.lit("pay-actual-outside-tolerance"))
    )


def _based() -> pl.Expr:
    by_plan = pl.col("basis_rule").is_in(["pay-planned", "pay-planned-within-tolerance"])
    return pl.when(by_plan).then(_PLANNED).otherwise(_ACTUAL)


def _capped() -> pl.Expr:
    capped = pl.col("cap_at_planned") & _PLANNED.is_not_null()
    return pl.when(capped).then(pl.min_horizontal("based", "planned_seconds")).otherwise("based")


def rounded(seconds: pl.Expr) -> pl.Expr:
    """A duration to a multiple of `rounding_step` in the way of `rounding_mode`; halves go up."""
    mode = pl.col("rounding_mode")
    step = pl.max_horizontal("rounding_step", 1)
    return (
        pl.when(mode == "up")
        .then((seconds + step - 1) // step * step)
        .when(mode == "down")
        .then(seconds // step * step)
        .when(mode == "nearest")
        .then((2 * seconds + step) // (2 * step) * step)
        .otherwise(seconds)
    )


def _payable() -> pl.Expr:
    on_plan = pl.col("outcome").is_in(["missed", "absent", "refused", "cancelled_late", "suspended"])
    return (
        pl.when(_MADE)
        .then(pl.max_horizontal("rounded", "minimum"))
        .when(on_plan)
        .then(_PLANNED.fill_null(0))
        .otherwise(0)
    )
