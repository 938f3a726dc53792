"""Pricing: what a commissioner owes for visits under a contract. Pure; one rule for one visit or a month.

Source: the contract between commissioner and provider; docs/pricing.md says in words what is computed here.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from backend.domain.pricing.attendances import ATTENDANCES, VISITS, lines_of
from backend.domain.pricing.minutes import with_durations, with_outcome, with_payable_time
from backend.domain.pricing.prices import nothing_due, with_amount, with_mileage, with_rate
from backend.domain.pricing.terms import Terms, terms_of

__all__ = ["ATTENDANCES", "VISITS", "Priced", "Terms", "price", "terms_of"]

LINE_COLUMNS: Final = [
    "contract",
    "visit",
    "carer",
    "attendance",
    "date",
    "outcome",
    "planned_seconds",
    "actual_seconds",
    "payable_seconds",
    "rounding_seconds",
    "difference_seconds",
    "unit",
    "amount",
    "miles",
    "mileage",
    "uplift",
    "rules",
]
_RULE_COLUMNS: Final = [
    "basis_rule",
    "cap_rule",
    "round_rule",
    "minimum_rule",
    "rate_rule",
    "uplift_rule",
    "mileage_rule",
]


@dataclass(frozen=True)
class Priced:
    """`lines`: LINE_COLUMNS, seconds, hundredths of a mile and whole pence, in the order of the visits. `mileage` is
    the part of the `amount` that miles make, null where the contract pays none. `findings`: contract, visit, code,
    detail, for visits (or a carer's part in one) that make no line.
    """

    lines: pl.DataFrame
    findings: pl.DataFrame


def price(visits: pl.DataFrame, attendances: pl.DataFrame, terms: Terms) -> Priced:
    """Price visits (VISITS) and the attendances of double-handed ones (ATTENDANCES) under `terms`.

    `visits.contract` names the contract version in `terms`. What cannot be priced is a finding; nothing
    raises.
    """
    with_terms = lines_of(visits, attendances).join(
        terms.terms, on="contract", how="left", maintain_order="left"
    )
    timed = with_payable_time(with_outcome(with_durations(with_terms)))
    amounts = with_mileage(with_amount(with_rate(timed, terms), terms)).with_columns(code=_code())
    uplifted = pl.when(pl.col("uplift").is_not_null()).then(pl.lit("highest-uplift"))
    lines = amounts.filter(pl.col("code").is_null()).with_columns(uplift_rule=uplifted)
    return Priced(
        lines.with_columns(rules=pl.concat_list(_RULE_COLUMNS).list.drop_nulls()).select(LINE_COLUMNS),
        _findings(amounts.filter(pl.col("code").is_not_null())),
    )


def _code() -> pl.Expr:
    outcome = pl.col("outcome")
    return (
        pl.when("crowded")
        .then(pl.lit("too_many_attendances"))
        .when(outcome.is_in(["no_actual", "no_cancelled_at", "no_suspended_day"]))
        .then(outcome)
        .when(nothing_due())
        .then(None)
        .when(pl.col("rates_found") == 0)
        .then(pl.lit("no_rate"))
        .when(pl.col("rates_found") > 1)
        .then(pl.lit("ambiguous_rate"))
    )


def _findings(lines: pl.DataFrame) -> pl.DataFrame:
    code = pl.col("code")
    where = pl.format("{} in zone {} on {}", "service", "zone", pl.col("date").cast(pl.String))
    detail = (
        pl.when(code == "no_rate")
        .then(pl.format("the contract has no rate for {}: add one, or correct the visit", where))
        .when(code == "ambiguous_rate")
        .then(pl.format("the contract has {} rates for {}: leave one", "rates_found", where))
        .when(code == "no_actual")
        .then(pl.lit("completed, but with no actual start and end: record them, or correct the status"))
        .when(code == "no_cancelled_at")
        .then(pl.lit("cancelled, but not when: without cancelled_at its notice cannot be known"))
        .when(code == "no_suspended_day")
        .then(
            pl.lit(
                "suspended under a contract that pays a retainer, but not on which day of the absence: record it"
            )
        )
        .otherwise(pl.lit("has more attendances than carers commissioned: correct the package or the visit"))
    )
    listed = lines.with_columns(detail=detail).select("contract", "visit", "code", "detail")
    return listed.unique(maintain_order=True)
