"""Journeys of cases on paper, judged by the engine of the settings at once: nothing is kept, no facts are read."""

import asyncio
from typing import Any

import polars as pl

from backend import settings
from backend.travel import TravelEstimator
from backend.travel.engines import Ends, ask_each, rounded
from backend.travel.known import KnownJourneys
from backend.travel.straight_line import StraightLine
from backend.use_cases.configured_engine import configured_engine


class AskedJourneys:
    """See `backend.travel.TravelEstimator`. It waits for the engine, so no event loop may run in its thread."""

    def estimate(self, legs: pl.DataFrame) -> pl.DataFrame:
        """Estimate each leg; where the engine cannot say, by the straight line. Raises TravelFault."""
        line = StraightLine()
        line.estimate(legs)  # refuses a leg that nothing could judge before the engine hears of it
        return KnownJourneys(asyncio.run(_asked(legs, line)), line).estimate(legs)


def configured_estimator() -> TravelEstimator:
    """The estimator of journeys that the settings name."""
    return StraightLine() if settings.current().travel == "straight_line" else AskedJourneys()


async def _asked(legs: pl.DataFrame, line: StraightLine) -> list[dict[str, Any]]:
    wanted: dict[str, set[Ends]] = {}
    for row in legs.select("mode", "date", *Ends._fields).unique().to_dicts():
        upon = line.on_road(row["mode"], row["date"])
        if upon is not None:
            wanted.setdefault(upon.of, set()).add(rounded([row[name] for name in Ends._fields]))
    async with configured_engine() as engine:
        found = []
        for mode, journeys in sorted(wanted.items()):
            if engine is not None and engine.serves(mode):
                each = sorted(journeys)
                name = engine.unseen(mode).engine
                found += [
                    {"mode": mode, "engine": name, "engine_id": None, **ends._asdict(), **answer._asdict()}
                    for ends, answer in zip(each, await ask_each(engine, mode, each), strict=True)
                ]
    return found
