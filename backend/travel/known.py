"""Journeys that an engine was asked about before: its answers, made door to door by dated policy.

Where the engine was not asked, or could not say, the straight line is used; where it could not say, with the reason.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from backend.travel.engines import Ends, rounded
from backend.travel.straight_line import Estimate, Setting, StraightLine, estimated_each
from schemas.day import Mode


class KnownJourneys:
    """See `backend.travel.TravelEstimator`. `rows` have `mode` (car, bicycle or walk), the four degrees of `Ends`,
    `engine_id engine`, and either `seconds` and `metres` or `refused`; one for each mode and ends.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], line: StraightLine) -> None:
        self._line = line
        self._rows = {(row["mode"], Ends(*(row[name] for name in Ends._fields))): row for row in rows}

    def estimate(self, legs: pl.DataFrame) -> pl.DataFrame:
        """Estimate each leg; equal legs are looked up once. Raises TravelFault, see TravelEstimator."""
        return estimated_each(legs, self._estimate)

    def _estimate(
        self,
        from_lat: float,
        from_lon: float,
        to_lat: float,
        to_lon: float,
        mode: Mode,
        day: date,
        setting: Setting | None,
    ) -> Estimate:
        leg = (from_lat, from_lon, to_lat, to_lon)
        seconds, metres, source, _, _ = self._line.measure(*leg, mode, day, setting)
        upon = self._line.on_road(mode, day)
        row = None if upon is None else self._rows.get((upon.of, rounded(leg)))
        if row is None or upon is None or row["seconds"] is None:
            return seconds, metres, source, None, None if row is None else row["refused"]
        return upon.door_to_door(row["seconds"]), row["metres"], row["engine"], row["engine_id"], None
