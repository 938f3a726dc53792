"""The one rounding, and how money is printed."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.money import (
    EXACT,
    half_up,
    half_up_column,
    micropounds,
    pennies_of,
    pounds,
    printed,
    to_the_penny,
    whole,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 2, 3), (-5, 2, -3), (1, 3, 0), (2, 3, 1), (-1, 3, 0), (0, 7, 0)],
)
def test_a_half_goes_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert half_up(numerator, denominator) == expected


@given(st.lists(st.tuples(st.integers(-(10**36), 10**36), st.integers(1, 10**20)), min_size=1, max_size=20))
def test_columns_round_as_single_numbers_do(pairs: list[tuple[int, int]]) -> None:
    frame = pl.DataFrame(pairs, pl.Schema({"n": EXACT, "d": EXACT}), orient="row")
    rounded = frame.select(half_up_column(pl.col("n"), pl.col("d")).alias("q"))["q"].to_list()
    assert rounded == [half_up(n, d) for n, d in pairs]
    assert all(abs(Fraction(n, d) - q) <= Fraction(1, 2) for (n, d), q in zip(pairs, rounded, strict=True))


def test_exact_columns_hold_sums_no_float_and_no_64_bit_number_can() -> None:
    frame = pl.DataFrame({"n": pl.Series([10**36, 1, -(10**36)], dtype=EXACT), "g": [1, 1, 1]})
    assert frame.group_by("g").agg(pl.col("n").sum())["n"].to_list() == [1]
    assert frame.select(pl.col("n") * whole(7))["n"].to_list() == [7 * 10**36, 7, -7 * 10**36]
    assert frame.select(pl.col("n").min().over("g"))["n"].to_list() == [-(10**36)] * 3


def test_pennies_become_pounds_with_two_decimals() -> None:
    assert [str(pounds(pennies)) for pennies in (0, 1, -1, 12345)] == ["0.00", "0.01", "-0.01", "123.45"]


@pytest.mark.parametrize(
    ("amount", "penny"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0149", "0.01"), ("7", "7.00")]
)
def test_pounds_go_to_the_nearest_penny(amount: str, penny: str) -> None:
    assert str(to_the_penny(Decimal(amount))) == penny
    assert pounds(pennies_of(Decimal(amount))) == Decimal(penny)


def test_money_is_printed_for_a_person() -> None:
    assert [printed(Decimal(text)) for text in ("1234.5", "-0.1", "0")] == ["£1,234.50", "-£0.10", "£0.00"]


def test_money_finer_than_a_millionth_is_refused_rather_than_rounded() -> None:
    assert micropounds(Decimal("12.710001")) == 12_710_001
    with pytest.raises(ValueError, match="more than six decimals"):
        micropounds(Decimal("0.0000001"))
