"""Journeys of a what-if: lengthened, or the time between visits itself within the waiting limit."""

from decimal import Decimal
from typing import Literal

import polars as pl
import pytest

from backend.travel.what_if import WhatIfTravel

LEGS = pl.DataFrame(
    {
        "gap_start": [0, 0, 0, 100],
        "gap_end": [1200, 7200, 600, 40],
        "planned_gap": [900, 900, None, -60],
    }
)


class Ten:
    """Ten minutes for every journey."""

    def estimate(self, legs: pl.DataFrame) -> pl.DataFrame:
        told = {"estimate": 600, "metres": 5000, "source": "ten", "engine": "map", "fallback": None}
        return pl.DataFrame([told] * legs.height)


@pytest.mark.parametrize(
    ("basis", "factor", "limit", "expected"),
    [
        ("estimate", "1", 3600, [600, 600, 600, 600]),
        ("estimate", "1.25", 3600, [750, 750, 750, 750]),
        ("observed", "1", 3600, [1200, 600, 600, 0]),
        ("observed", "1", None, [1200, 7200, 600, 0]),
        ("planned", "1", 3600, [900, 900, 600, 0]),
    ],
)
def test_each_basis_takes_its_own_time(
    basis: Literal["estimate", "observed", "planned"], factor: str, limit: int | None, expected: list[int]
) -> None:
    found = WhatIfTravel(Ten(), basis, Decimal(factor), limit).estimate(LEGS)
    assert found["estimate"].to_list() == expected
    assert found.columns == ["estimate", "metres", "source", "engine", "fallback"]


def test_the_source_says_which_time_was_taken() -> None:
    found = WhatIfTravel(Ten(), "observed", Decimal(1), 3600).estimate(LEGS)
    assert found["source"].to_list() == ["observed", "ten", "observed", "observed"]
    assert found["engine"].to_list() == [None, "map", None, None]
