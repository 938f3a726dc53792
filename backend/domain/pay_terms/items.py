"""Working days as items of pay: a visit's contact, a gap's travel or waiting, an activity."""

import polars as pl

from backend.domain.pay_terms.span import Span, share_of
from backend.domain.pay_terms.terms import PaySheet
from backend.domain.pricing.minutes import rounded
from schemas.pay import HOURLY_WORK

GAP_WORK = ("travel", "waiting")
PAID_BREAK_RULE = "nmw-2015-35"
"""Of breaks only those that the carer recorded are work an employer may pay; time at home is not."""


def items_of(
    segments: pl.DataFrame, visits: pl.DataFrame, days: pl.DataFrame, sheet: PaySheet, span: Span
) -> pl.DataFrame:
    """Rows `case work start worked seconds payable_seconds rounding_seconds hourly rule reason`.

    One for each item: `worked` seconds are what happened, `seconds` what is paid before and `payable_seconds` after
    rounding. `start` (seconds since 1970) is what enhancements go by. `reason` is the rule by which an item is not
    paid, else null. An item that reaches beyond the span has only its share of it here.
    """
    items = pl.concat(
        [_contact(segments, visits), _gap_time(segments), _activities(segments)], how="diagonal_relaxed"
    )
    known = (
        items.join(days.select("day", "case"), on="day", how="left", maintain_order="left")
        .join(sheet.terms, on="case", how="left", maintain_order="left")
        .join(sheet.rates, on=["case", "work"], how="left", maintain_order="left")
    )
    return (
        known.with_columns(
            _basis_seconds().alias("seconds"), _reason().alias("reason"), _rule().alias("rule")
        )
        .with_columns(rounded(pl.col("seconds")).alias("payable_seconds"))
        .with_columns(share_of(name, span) for name in ("worked", "seconds", "payable_seconds"))
        .with_columns((pl.col("payable_seconds") - pl.col("seconds")).alias("rounding_seconds"))
        .filter((pl.col("seconds") > 0) | (pl.col("worked") > 0))
    )


def _contact(segments: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """One item for each visit worked, also where an overlap leaves it no second of its own."""
    contact = (
        segments.filter(pl.col("kind") == "contact")
        .group_by("day", "visit", maintain_order=True)
        .agg(pl.col("seconds").sum().alias("worked"), pl.col("early", "inside").sum())
    )
    return visits.join(contact, on=["day", "visit"], how="left", maintain_order="left").select(
        "day",
        pl.lit("contact").alias("work"),
        pl.coalesce("planned_start", "start", "end").alias("start"),
        pl.col("worked", "early", "inside").fill_null(0),
        (pl.col("planned_end") - pl.col("planned_start")).alias("planned"),
    )


def _gap_time(segments: pl.DataFrame) -> pl.DataFrame:
    """One item for the travel and one for the waiting of each gap that nobody recorded."""
    filled = segments.filter(pl.col("filled") & pl.col("kind").is_in(GAP_WORK))
    return (
        filled.group_by("day", "gap", "kind", maintain_order=True)
        .agg(
            pl.col("start").min(),
            pl.col("seconds").sum().alias("worked"),
            pl.col("early", "inside").sum(),
            pl.col("room").first(),
        )
        .select("day", pl.col("kind").alias("work"), "start", "worked", "early", "inside", "room")
    )


def _activities(segments: pl.DataFrame) -> pl.DataFrame:
    """One item for each stretch of a recorded activity."""
    kind = pl.col("kind")
    work = (
        kind.is_in(HOURLY_WORK)
        & (kind != "contact")
        & ((kind != "break") | (pl.col("rule") == PAID_BREAK_RULE))
    )
    return segments.filter(~pl.col("filled") & work).select(
        "day", kind.alias("work"), "start", pl.col("seconds").alias("worked"), "early", "inside"
    )


def _basis_seconds() -> pl.Expr:
    worked, planned, basis = pl.col("worked"), pl.col("planned"), pl.col("contact_basis")
    by_plan = (pl.col("work") == "contact") & planned.is_not_null()
    return (
        pl.when(by_plan & (basis == "planned"))
        .then(planned)
        .when(by_plan & (basis == "longer"))
        .then(pl.max_horizontal(planned, worked))
        .otherwise(worked)
    )


def _reason() -> pl.Expr:
    return (
        pl.when(pl.col("hourly").is_null())
        .then(pl.lit("pay-no-rate"))
        .when(pl.col("room") > pl.col("gap_limit"))
        .then(pl.lit("pay-gap-limit"))
    )


def _rule() -> pl.Expr:
    contact = pl.lit("pay-contact-") + pl.col("contact_basis")
    return pl.when(pl.col("work") == "contact").then(contact).otherwise(pl.lit("pay-hourly"))
