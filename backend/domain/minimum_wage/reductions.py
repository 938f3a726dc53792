"""What comes off pay, and living accommodation (SI 2015/621, regs 11 to 16)."""

from typing import Final

import polars as pl

from backend.domain.minimum_wage.law import Law
from backend.domain.minimum_wage.units import GRAINS_A_MICROPOUND, divided, exact, positive, uneven
from backend.domain.money import EXACT, whole
from backend.domain.pay_period import is_month

ACCOMMODATION_RULE: Final = "nmw-2015-14"
"""The rule of what living accommodation adds or takes off."""


def judged_adjustments(adjustments: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Deductions, expenditure and payments to the employer, with `change` to pay in grains and `rule`.

    Expenditure takes off only what was not given back (reg 13).
    """
    lines = adjustments.join(law.adjustments, on=["section", "kind"])
    net = positive(exact("amount") - exact("reimbursed")) * whole(GRAINS_A_MICROPOUND)
    return lines.with_columns((net * exact("sign")).alias("change")).sort("case", "line")


def accommodation(cases: pl.DataFrame) -> pl.DataFrame:
    """`accommodation` a case in grains, and `charge_roundings`. Needs `offset`, the daily rate on the first day.

    Free: the offset is added. Charged up to the offset: nothing. Above: what is above it comes off.
    """
    offset = exact("offset") * exact("housed_days") * whole(GRAINS_A_MICROPOUND)
    charged = cases.with_columns(offset.alias("allowed"), *_charge()).with_columns(*_charged())
    over = pl.col("allowed") - pl.col("charged")
    change = (
        pl.when(pl.col("charged") == whole(0))
        .then("allowed")
        .when(over < whole(0))
        .then(over)
        .otherwise(whole(0))
    )
    return charged.select("case", change.alias("accommodation"), "charge_roundings")


def _charge() -> list[pl.Expr]:
    """What is charged each month, week or day, and what that is in a year's days where it is `in_part` of a month."""
    start, end = pl.col("start"), pl.col("end")
    charge = exact("charge") * whole(GRAINS_A_MICROPOUND)
    days = ((end - start).dt.total_days() + 1).cast(EXACT)
    in_part = (pl.col("charge_for") == "month") & ~is_month(start, end, pl.col("monthly_from"))
    return [
        charge.alias("charge"),
        (charge * whole(12) * days).alias("yearly_days"),
        in_part.alias("in_part"),
    ]


def _charged() -> list[pl.Expr]:
    """The charge for the period: a monthly one is whole for a month, else a year's worth by weeks and days."""
    yearly_days, charge = pl.col("yearly_days"), pl.col("charge")
    amount = (
        pl.when("in_part")
        .then(divided(yearly_days, whole(364)))
        .when(pl.col("charge_for") == "day")
        .then(charge * exact("housed_days"))
        .otherwise(charge)
    )
    rounded = pl.when("in_part").then(uneven(yearly_days, whole(364))).otherwise(whole(0))
    return [amount.alias("charged"), rounded.alias("charge_roundings")]
