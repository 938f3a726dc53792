"""Journeys as a what-if takes them: another estimator's, lengthened, or the time between visits itself."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import polars as pl

from backend.travel import TravelEstimator


class WhatIfTravel:
    """An estimator that alters another's. See `backend.travel.TravelEstimator`.

    `observed` and `planned` take the gap from the columns `gap_start gap_end` or `planned_gap` (seconds), where it is
    not longer than `limit` seconds (None: always); beyond, and where no plan is known, the other's estimate stands.
    """

    def __init__(
        self,
        other: TravelEstimator,
        basis: Literal["estimate", "observed", "planned"],
        factor: Decimal,
        limit: int | None,
    ) -> None:
        self._other = other
        self._basis = basis
        self._factor = factor
        self._limit = limit

    def estimate(self, legs: pl.DataFrame) -> pl.DataFrame:
        """Estimate each leg. Raises TravelFault, see TravelEstimator."""
        found = self._other.estimate(legs)
        if self._basis == "estimate":
            lengthened = [self._lengthened(seconds) for seconds in found["estimate"]]
            return found.with_columns(pl.Series("estimate", lengthened, pl.Int64))
        gap = (
            pl.col("gap_end") - pl.col("gap_start") if self._basis == "observed" else pl.col("planned_gap")
        ).clip(0)
        short = pl.lit(True) if self._limit is None else gap <= self._limit
        taken = legs.select(pl.when(short).then(gap).alias("gap_seconds"))
        judged = pl.col("gap_seconds").is_null()
        return (
            pl.concat([found, taken], how="horizontal")
            .with_columns(
                pl.coalesce("gap_seconds", "estimate").alias("estimate"),
                pl.when(judged).then("source").otherwise(pl.lit(self._basis)).alias("source"),
                *[pl.when(judged).then(name).alias(name) for name in ("engine", "fallback")],
            )
            .drop("gap_seconds")
        )

    def _lengthened(self, seconds: int) -> int:
        return int((seconds * self._factor).to_integral_value(ROUND_HALF_UP))
