"""The very small units in which the test computes, so that what comes out even in life comes out even here.

Time is counted in ticks of 1/720720 of a microsecond and money in grains: one grain is a millionth of a pound an hour
for one tick. So a rate in millionths of a pound times a time in ticks is grains with no division, and sharing by any
number up to 16, by 12, 13, 26 or 52 pay periods or by 364 days divides evenly. Division by any other number rounds to
the nearest grain (less than 10^-21 pounds) and is counted, and a verdict treats a difference no larger than the
counted roundings as none.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

import polars as pl

from backend.domain.money import EXACT, half_up_column, whole

TICKS_A_MICROSECOND: Final = 720_720
MICROSECONDS_AN_HOUR: Final = 3_600_000_000
TICKS_A_MICROHOUR: Final = TICKS_A_MICROSECOND * MICROSECONDS_AN_HOUR // 1_000_000
GRAINS_A_MICROPOUND: Final = TICKS_A_MICROSECOND * MICROSECONDS_AN_HOUR
GRAINS_A_PENNY: Final = GRAINS_A_MICROPOUND * 10_000
GRAINS_A_MICROPOUND_MICROUNIT: Final = GRAINS_A_MICROPOUND // 1_000_000
TICKS_A_HUNDREDTH_MINUTE: Final = TICKS_A_MICROSECOND * 600_000
_EXACT_STEP: Final = Decimal(1).scaleb(-22)
_EXACT_DIGITS: Final = 60


def exact(name: str) -> pl.Expr:
    """A column as exact amounts."""
    return pl.col(name).cast(EXACT)


def divided(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The quotient, to the nearest whole."""
    return half_up_column(numerator, denominator)


def uneven(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """1 where the division leaves a remainder and `divided` rounds, else 0."""
    return (numerator % denominator != whole(0)).cast(EXACT)


def pennies(grains: pl.Expr) -> pl.Expr:
    """Grains as pennies, half up."""
    return half_up_column(grains, whole(GRAINS_A_PENNY))


def exact_pounds(grains: int) -> Decimal:
    """Grains as pounds before any rounding; a fraction that recurs is cut, half up, below the size of a grain."""
    with localcontext(prec=_EXACT_DIGITS):
        cut = (Decimal(grains) / (GRAINS_A_PENNY * 100)).quantize(_EXACT_STEP, ROUND_HALF_UP)
        return Decimal(f"{cut.normalize():f}")


def owed_pennies(grains: pl.Expr) -> pl.Expr:
    """As `pennies`, but what is owed never prints as nothing: above zero it is at least a penny."""
    return pl.when(grains > whole(0)).then(pl.max_horizontal(pennies(grains), whole(1))).otherwise(whole(0))


def hundredths_of_minute(ticks: pl.Expr) -> pl.Expr:
    """Ticks as hundredths of a minute, half up."""
    return half_up_column(ticks, whole(TICKS_A_HUNDREDTH_MINUTE))


def positive(amount: pl.Expr) -> pl.Expr:
    """The amount, or zero where it is below."""
    return pl.when(amount > whole(0)).then(amount).otherwise(whole(0))
