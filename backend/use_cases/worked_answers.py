"""Days worked out from the facts, as calc day would answer them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from backend.use_cases.calc_day import readable, segment_of
from schemas.day import DayResult, DayTotals

_NAMED: Final = ("contact", "travel", "waiting")


def totals_of(segments: Sequence[Mapping[str, Any]]) -> DayTotals:
    """Seconds, as calc day adds them up."""
    counted = sum(row["seconds"] for row in segments if row["counted"])
    named = {
        kind: sum(row["seconds"] for row in segments if row["counted"] and row["kind"] == kind)
        for kind in _NAMED
    }
    unresolved = sum(row["seconds"] for row in segments if row["kind"] == "unresolved")
    shown = sum(row["seconds"] for row in segments)
    return DayTotals(
        **named,
        other=counted - sum(named.values()),
        counted=counted,
        unresolved=unresolved,
        uncounted=shown - counted - unresolved,
    )


def answers_of(segments: pl.DataFrame) -> list[DayResult]:
    """The working days that hold these segments of CarersDays, each under its first date and with these alone."""
    days = readable(segments).partition_by("day", maintain_order=True)
    rows = [day.sort("start", "end", maintain_order=True).to_dicts() for day in days]
    return [DayResult(day[0]["date"], [segment_of(row) for row in day], totals_of(day), []) for day in rows]
