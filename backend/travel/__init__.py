"""Estimates of journeys between two places."""

from typing import Protocol

import polars as pl

from backend.faults import DomainError


class TravelEstimator(Protocol):
    """Estimates journeys for many days at once."""

    def estimate(self, legs: pl.DataFrame) -> pl.DataFrame:
        """Columns `estimate` (whole seconds), `metres` (whole, along the road), `source`, `engine` (the id of
        the record that says what the figure rests on, or null) and `fallback` (why the straight line stands
        where an engine was asked, or null), a row for each leg.

        `legs` has `from_lat from_lon to_lat to_lon` (degrees), `mode` (schemas.day.Mode) and `date` (London
        date); it may have `setting` (urban, rural, mixed or null). Raises TravelFault for a leg it cannot judge.
        """
        ...


class TravelFault(DomainError):
    """A journey that cannot be estimated: which, and why."""

    def __init__(self, detail: str) -> None:
        super().__init__("invalid", detail)
