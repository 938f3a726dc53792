"""Shares of a whole, as pages and files print them."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

_HUNDREDTH: Final = Decimal("0.01")


def percent(part: int | Fraction, whole: int | Fraction) -> Decimal | None:
    """`part` of `whole` in per cent, to two places, half up; None of nothing. Nothing here is below zero."""
    return two_places(Fraction(100 * part) / Fraction(whole)) if whole else None


def two_places(value: Fraction) -> Decimal:
    """To two places, half up."""
    return (Decimal(value.numerator) / value.denominator).quantize(_HUNDREDTH, ROUND_HALF_UP)
