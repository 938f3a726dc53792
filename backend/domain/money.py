"""Pounds and pence: the one rounding, half up and away from zero, and printing. Never a float."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

import polars as pl

EXACT = pl.Int128
"""Column type of exact amounts: whole numbers of a very small unit, so that sums and comparisons never round."""
_PENNY: Final = Decimal("0.01")


@lru_cache(maxsize=1024)
def whole(number: int) -> pl.Expr:
    """A whole number as a column of exact amounts; the same few over and over, which take long to make."""
    return pl.lit(number, dtype=EXACT)


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest whole number; a half goes away from zero. `denominator` is above 0."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def half_up_column(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """As `half_up`, for columns of exact amounts; twice the numerator must fit in 127 bits."""
    size = (numerator.abs() * whole(2) + denominator) // (denominator * whole(2))
    return pl.when(numerator >= whole(0)).then(size).otherwise(whole(0) - size)


def to_the_penny(amount: Decimal) -> Decimal:
    """Pounds to the nearest penny; a half goes away from zero."""
    return amount.quantize(_PENNY, ROUND_HALF_UP)


def pennies_of(amount: Decimal) -> int:
    """Pounds as pennies, rounded as `to_the_penny`."""
    return int(to_the_penny(amount).scaleb(2))


def pounds(pennies: int) -> Decimal:
    """Pennies as pounds with two decimals."""
    return Decimal(pennies).scaleb(-2)


def micropounds(value: Decimal) -> int:
    """Pounds as millionths of a pound. Raises ValueError where that would round."""
    return millionths(value, "pounds")


def millionths(value: Decimal, of: str) -> int:
    """A decimal as whole millionths. Raises ValueError where that would round; `of` names the quantity."""
    scaled = int(value * 1_000_000)
    if Decimal(scaled) != value * 1_000_000:
        raise ValueError(f"{value} {of} has more than six decimals")
    return scaled


def printed(value: Decimal) -> str:
    """Pounds for a person: £1,234.50, -£0.10. The value must be whole pennies."""
    sign = "-" if value < 0 else ""
    return f"{sign}£{abs(value):,.2f}"
