"""How long journeys really took, against their estimates: from the gaps that hold nothing but a journey."""

from datetime import date
from typing import Final
from uuid import UUID

import polars as pl

from backend import clock, db
from backend.travel.calibration import OBSERVED, Fitted, fitted
from backend.travel.straight_line import SOURCE, StraightLine, straight_metres
from backend.use_cases.worked_days import CarersDays, worked_days

_ENDS: Final = ["from_lat", "from_lon", "to_lat", "to_lon"]


async def calibrate_travel(
    provider_id: UUID, first: date, last: date, longest_minutes: int = 30, quantile: float = 0.5
) -> list[Fitted]:
    """Paces fitted to a provider's gaps on London dates `first` to `last`, with their errors. Changes nothing."""
    async with db.as_provider(provider_id) as connection:
        days = await worked_days(connection, provider_id, first, last, as_of=clock.now())
    return fitted(observed_journeys(days, longest_minutes * 60), quantile)


def observed_journeys(days: CarersDays, longest: int) -> pl.DataFrame:
    """The gaps that were journeys and nothing else, as a frame OBSERVED: between two visits at different homes, not
    longer than `longest` seconds, with nothing recorded in them, nobody's times corrected, and the carer at the second
    door no earlier than planned, so that she did not wait there.
    """
    alone = ~pl.col("at_home") & ~pl.col("recorded") & (pl.col("busy").fill_null(0) == 0)
    apart = ~pl.col("same_place") & pl.col("observed_gap").is_between(60, longest)
    gaps = days.gaps.filter(alone & apart)
    for end in ("from", "to"):
        gaps = gaps.join(_times(days.visits, end), on=["carer", f"{end}_visit"])
    on_time = gaps.filter(
        ~pl.col("from_corrected") & ~pl.col("to_corrected") & (pl.col("gap_end") >= pl.col("to_planned"))
    )
    modes = {row["carer_id"]: row["mode"] for row in days.employments.values()}
    mode = pl.col("carer").replace_strict(modes, default="car", return_dtype=pl.String)
    return _measured(on_time.with_columns(mode=mode), days).sort("mode", "straight", "seconds")


def _times(visits: pl.DataFrame, end: str) -> pl.DataFrame:
    return (
        visits.filter(pl.col("carer_id").is_not_null())
        .select(
            pl.col("carer_id").alias("carer"),
            pl.col("visit_id").alias(f"{end}_visit"),
            pl.col("corrected").alias(f"{end}_corrected"),
            pl.col("planned_start").dt.epoch("s").alias(f"{end}_planned"),
        )
        .unique(["carer", f"{end}_visit"], keep="first", maintain_order=True)
    )


def _measured(gaps: pl.DataFrame, days: CarersDays) -> pl.DataFrame:
    line = StraightLine().with_own(days.policy.paces, days.policy.earlier_paces)
    rows = [
        (
            row["mode"],
            row["setting"],
            straight_metres(*(row[name] for name in _ENDS)),
            None if row["source"] == SOURCE else row["metres"],
            float(line.pace(row["mode"], row["date"], row["setting"]).detour),
            row["observed_gap"],
            row["estimate"],
        )
        for row in gaps.to_dicts()
    ]
    return pl.DataFrame(rows, schema=OBSERVED, orient="row", strict=False)
