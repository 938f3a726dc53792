"""The law the minimum wage test applies, as columns. It is handed in: no rule here knows a figure of its own."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

RATES: Final = pl.Schema(
    {"statute": pl.String, "since": pl.Date, "until": pl.Date, "band": pl.String, "apprentice": pl.Boolean,
     "from_age": pl.Int64, "below_age": pl.Int64, "hourly": pl.Int64}
)  # fmt: skip
"""One row a band and interval; `hourly` in millionths of a pound, `below_age` 999 for no upper age."""

OFFSETS: Final = pl.Schema({"since": pl.Date, "until": pl.Date, "daily": pl.Int64})
WORK: Final = pl.Schema(
    {"kind": pl.String, "counted": pl.Boolean, "rule": pl.String, "output_rule": pl.String}
)
"""`output_rule` is the rule where the work is output work."""
PAY: Final = pl.Schema(
    {"kind": pl.String, "counts": pl.Boolean, "rule": pl.String, "salaried_rule": pl.String, "counts_if": pl.String,
     "warning": pl.String}
)  # fmt: skip
"""`salaried_rule` is the rule where the work is salaried hours work."""
ADJUSTMENTS: Final = pl.Schema({"section": pl.String, "kind": pl.String, "sign": pl.Int64, "rule": pl.String})
"""`sign` is -1 where the line reduces pay, 1 where it restores it, 0 where it does neither."""


@dataclass(frozen=True, slots=True)
class SalariedRules:
    """Rule ids for salaried hours work."""

    excess: str
    reduced_absence: str
    other: str


@dataclass(frozen=True, slots=True)
class Law:
    """Frames of the schemas above, and the first and last day for which a rate is known."""

    rates: pl.DataFrame
    offsets: pl.DataFrame
    work: pl.DataFrame
    pay: pl.DataFrame
    adjustments: pl.DataFrame
    salaried: SalariedRules
    first_known: date
    last_known: date
