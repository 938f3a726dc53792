"""The small units of the wage test: what divides evenly, what is counted as rounded, and what is printed."""

from collections.abc import Callable

import polars as pl
import pytest

from backend.domain.minimum_wage.units import (
    GRAINS_A_PENNY,
    TICKS_A_HUNDREDTH_MINUTE,
    TICKS_A_MICROSECOND,
    divided,
    hundredths_of_minute,
    owed_pennies,
    pennies,
    positive,
    uneven,
)
from backend.domain.money import EXACT

PENNY, HUNDREDTH = GRAINS_A_PENNY, TICKS_A_HUNDREDTH_MINUTE


def column(of: pl.Expr, *numbers: int, by: tuple[int, ...]) -> list[int]:
    frame = pl.DataFrame({"n": pl.Series(numbers, dtype=EXACT)}).with_columns(d=pl.Series(by, dtype=EXACT))
    return frame.select(of.alias("found"))["found"].to_list()


def test_sharing_by_small_numbers_pay_periods_and_a_year_of_weeks_is_even() -> None:
    assert [number for number in (*range(1, 17), 26, 52, 364) if TICKS_A_MICROSECOND % number] == []


def test_a_division_that_leaves_a_remainder_is_counted() -> None:
    numbers, by = (6, 7, 8, 2, 1, 0, -7), (3, 3, 3, 3, 1, 3, 3)
    assert column(divided(pl.col("n"), pl.col("d")), *numbers, by=by) == [2, 2, 3, 1, 1, 0, -2]
    assert column(uneven(pl.col("n"), pl.col("d")), *numbers, by=by) == [0, 1, 1, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("of", "numbers", "expected"),
    [
        (pennies, (0, PENNY // 2 - 1, PENNY // 2, PENNY, -PENNY // 2), [0, 0, 1, 1, -1]),
        (owed_pennies, (-PENNY, 0, 1, 2, PENNY * 3 // 2 - 1, PENNY * 3 // 2), [0, 0, 1, 1, 1, 2]),
        (hundredths_of_minute, (0, HUNDREDTH // 2 - 1, HUNDREDTH // 2, HUNDREDTH), [0, 0, 1, 1]),
        (positive, (-2, -1, 0, 1, 2), [0, 0, 0, 1, 2]),
    ],
)  # fmt: skip
def test_small_units_are_rounded_half_up_and_what_is_owed_never_to_nothing(
    of: Callable[[pl.Expr], pl.Expr], numbers: tuple[int, ...], expected: list[int]
) -> None:
    assert column(of(pl.col("n")), *numbers, by=(1,) * len(numbers)) == expected
