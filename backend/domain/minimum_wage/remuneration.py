"""Payments that count (SI 2015/621, regs 9 and 10): what each line is worth, its premium, and the part placed here."""

import polars as pl

from backend.domain.minimum_wage.frames import WageFrames
from backend.domain.minimum_wage.law import Law
from backend.domain.minimum_wage.placing import placed
from backend.domain.minimum_wage.units import (
    GRAINS_A_MICROPOUND,
    GRAINS_A_MICROPOUND_MICROUNIT,
    TICKS_A_MICROSECOND,
    divided,
    exact,
    uneven,
)
from backend.domain.money import whole

_FRACTION = whole(10**23)
"""Enough places of a rate's remainder to order two rates; the remainder itself is kept exact."""


def judged_pay(frames: WageFrames, law: Law) -> pl.DataFrame:
    """The pay lines with `worth`, `placed`, `premium` and `counting` in grains, `roundings`, `rule` and `warning`."""
    cases = frames.cases
    lines = (
        frames.pay.join(placed(frames.pay, cases, frames.holidays), on=["case", "line"])
        .join(cases.select("case", "work_type"), on="case")
        .join(law.pay, on="kind")
        .with_columns(_worth().alias("worth"), (pl.col("counts") | _brought_in()).alias("counts"))
    )
    lowered = _with_lowest_rate(lines, frames.contract_rates).with_columns(_countable(), _lowest_roundings())
    return _shared(lowered).with_columns(_rule().alias("rule")).sort("case", "line")


def _worth() -> pl.Expr:
    """What the line pays in full, in grains: an amount, minutes at a rate, or units at a rate."""
    return (
        pl.when(pl.col("amount").is_not_null())
        .then(exact("amount") * whole(GRAINS_A_MICROPOUND))
        .when(pl.col("units").is_not_null())
        .then(exact("units") * exact("rate") * whole(GRAINS_A_MICROPOUND_MICROUNIT))
        .otherwise(exact("micros") * exact("rate") * whole(TICKS_A_MICROSECOND))
    )


def _brought_in() -> pl.Expr:
    """Pay that is left out by its kind and counts by what the line says of it; null where it says nothing."""
    consolidated = (pl.col("counts_if") == "consolidated") & pl.col("consolidated")
    not_taken = (pl.col("counts_if") == "absence_not_taken") & ~pl.col("absence_taken")
    return consolidated | not_taken


def _with_lowest_rate(lines: pl.DataFrame, contract_rates: pl.DataFrame) -> pl.DataFrame:
    """Adds the lowest rate payable for the same duties, as `low`: whole grains a microsecond and low_over / low_by."""
    hourly = lines.filter(_is_rated() & (pl.col("here") > 0)).select("case", "duties", *_line_rate())
    contract = contract_rates.select(
        "case",
        "duties",
        (exact("rate") * whole(TICKS_A_MICROSECOND)).alias("low"),
        whole(0).alias("low_over"),
        whole(1).alias("low_by"),
    )
    lowest = (
        pl.concat([hourly, contract])
        .sort("low", pl.col("low_over") * _FRACTION // pl.col("low_by"))
        .group_by("case", "duties")
        .first()
    )
    return lines.join(lowest, on=["case", "duties"], how="left", nulls_equal=True)


def _is_rated() -> pl.Expr:
    """Reg 10(j) speaks of hours of time work and output work, not of salaried hours."""
    return (pl.col("kind") == "hourly") & (pl.col("work_type") != "salaried")


def _line_rate() -> list[pl.Expr]:
    by_amount = pl.col("rate").is_null()
    micros = pl.when(by_amount).then(exact("micros")).otherwise(whole(1))
    paid = pl.when(by_amount).then(pl.col("worth")).otherwise(exact("rate") * whole(TICKS_A_MICROSECOND))
    return [(paid // micros).alias("low"), (paid % micros).alias("low_over"), micros.alias("low_by")]


def _countable() -> pl.Expr:
    """What of the line's full worth counts, before it is placed."""
    at_lowest = pl.col("low") * exact("micros") + divided(
        pl.col("low_over") * exact("micros"), pl.col("low_by")
    )
    normal_rate = pl.min_horizontal(exact("rate"), exact("normal_rate"))
    normal = exact("units") * normal_rate * whole(GRAINS_A_MICROPOUND_MICROUNIT)
    lowest = (
        pl.when(_is_rated() & pl.col("low").is_not_null())
        .then(at_lowest)
        .when(pl.col("kind") == "piece")
        .then(normal)
        .otherwise("worth")
    )
    reached = pl.when(lowest < pl.col("worth")).then(lowest).otherwise("worth")
    return pl.when(pl.col("counts")).then(reached).otherwise(whole(0)).alias("countable")


def _lowest_roundings() -> pl.Expr:
    rounded = uneven(pl.col("low_over") * exact("micros"), pl.col("low_by"))
    return pl.when(_is_rated()).then(rounded).otherwise(whole(0)).alias("lowest_roundings")


def _shared(lines: pl.DataFrame) -> pl.DataFrame:
    """The part of each line that is placed in the period: `here` of its `shares`."""
    worth, countable = (pl.col(name) * exact("here") for name in ("worth", "countable"))
    return lines.with_columns(
        divided(worth, exact("shares")).alias("placed"),
        divided(countable, exact("shares")).alias("counting"),
        (pl.col("lowest_roundings") + uneven(countable, exact("shares"))).alias("roundings"),
    ).with_columns(
        pl.when("counts").then(pl.col("placed") - pl.col("counting")).otherwise(whole(0)).alias("premium")
    )


def _rule() -> pl.Expr:
    """The excess over the lowest rate is left out by reg 10(j); what counts, or is placed elsewhere, goes by reg 9."""
    return (
        pl.when(pl.col("premium") > whole(0))
        .then(pl.lit("nmw-2015-10-j"))
        .when(pl.col("counts") | (pl.col("here") == 0))
        .then(pl.lit("nmw-2015-9"))
        .when(pl.col("work_type") == "salaried")
        .then("salaried_rule")
        .otherwise("rule")
    )
