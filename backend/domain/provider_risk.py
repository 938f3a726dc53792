"""Providers in the order in which an auditor might look at them: every sign with its figure, its weight and its points.

Pure and columnar. Nothing is hidden in a score: a provider's points are the sum of those shown.
"""

from typing import Final

import polars as pl
from msgspec import Struct

from backend.domain.money import half_up_column


class SignWeight(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The most points that a sign can have, and the share from which it has all of them; below that it has them in
    proportion.
    """

    weight: int
    full_at_percent: int


class RiskWeights(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The signs, in the order in which they are shown: short workers, travel not paid, flags upheld, corrected
    attendances, time nobody has explained, days without a wage report, carers without a phone.
    """

    short: SignWeight
    travel_unpaid: SignWeight
    upheld: SignWeight
    corrected: SignWeight
    unresolved: SignWeight
    late_reports: SignWeight
    without_phone: SignWeight

    def __post_init__(self) -> None:
        each: list[SignWeight] = [getattr(self, name) for name in SIGNS]
        odd = any(one.full_at_percent <= 0 or one.weight < 0 for one in each)
        if odd or sum(one.weight for one in each) != 100:
            raise ValueError(
                "the weights must make 100, and every sign must weigh in full from some share on"
            )


SIGNS: Final = RiskWeights.__struct_fields__
COUNTED: Final = pl.Schema(
    {"provider": pl.String(), "sign": pl.String(), "part": pl.Int64(), "whole": pl.Int64()}
)
"""What was counted of each sign: `part` of `whole`, neither below zero; without a `whole` nothing was measured."""
WEIGHTS: Final = pl.Schema({"sign": pl.String(), "weight": pl.Int64(), "full_at_percent": pl.Int64()})
POINTS: Final = pl.Schema(
    {**COUNTED, "weight": pl.Int64(), "full_at_percent": pl.Int64(), "points": pl.Int64()}
)
"""`points` are hundredths, half up; null where nothing was measured."""


def weighed(counted: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Frame POINTS: providers with most points first, then those of whom less was measured, then by name; a provider's
    signs in the order of `weights`.
    """
    limit = pl.when(pl.col("whole") != 0).then(pl.col("whole").cast(pl.Int128) * pl.col("full_at_percent"))
    reached = pl.min_horizontal(pl.col("part").cast(pl.Int128) * 100, limit)
    points = half_up_column(pl.col("weight") * 100 * reached, limit)
    rows = counted.join(weights.with_row_index("place"), on="sign").with_columns(points=points.cast(pl.Int64))
    ranked = rows.with_columns(
        total=pl.col("points").sum().over("provider"),
        unknown=pl.col("points").is_null().sum().over("provider"),
    )
    ordered = ranked.sort("total", "unknown", "provider", "place", descending=[True, True, False, False])
    return ordered.select(POINTS.keys()).cast(POINTS)
