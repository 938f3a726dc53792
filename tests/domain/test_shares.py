"""Shares of a whole in per cent."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.shares import percent, two_places


def test_a_share_is_told_to_two_places_half_up_and_that_of_nothing_not_at_all() -> None:
    assert percent(1, 3) == Decimal("33.33") and percent(2, 3) == Decimal("66.67")
    assert percent(1, 1600) == Decimal("0.06"), "half of a hundredth goes up"
    assert percent(0, 7) == Decimal("0.00") and percent(7, 7) == Decimal("100.00")
    assert percent(1, 1) == Decimal("100.00") and percent(0, 0) is None
    assert two_places(Fraction(1, 8)) == Decimal("0.13")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_printed_share_is_never_more_than_half_a_hundredth_off(part: int, whole: int) -> None:
    told = percent(part, whole)
    assert told is not None
    assert abs(Fraction(told) - Fraction(100 * part, whole)) <= Fraction(1, 200)
