"""Days worked out from the facts, as calc day would answer them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from backend.use_cases.answered_days import sleep_ins
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


@dataclass(frozen=True, slots=True)
class Share:
    """What of a working day is one employment's: its number, an answer of that time alone, and the sleep-ins that are
    this employment's, from and until (seconds since 1970). The answer does not tell them: another employment's visit
    in the night is not in it.
    """

    day: int
    answer: DayResult
    nights: tuple[tuple[int, int], ...]

    @property
    def date(self) -> date:
        """The London date that its terms of pay are of."""
        return self.answer.date


def shares_of(segments: pl.DataFrame) -> dict[str, list[Share]]:
    """The shares of working days, given all their segments, by employment. A sleep-in is that of its first stretch."""
    nights: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for day, employment, *night in (
        sleep_ins(segments).select("day", "employment_id", "start", "end").iter_rows()
    ):
        nights.setdefault((day, employment), []).append((night[0], night[1]))
    known = segments.filter(pl.col("employment_id").is_not_null())
    found = {}
    for part in known.partition_by("employment_id", maintain_order=True):
        key, days = part["employment_id"][0], part["day"].unique(maintain_order=True)
        found[key] = [
            Share(day, answer, tuple(nights.get((day, key), ())))
            for day, answer in zip(days, answers_of(part), strict=True)
        ]
    return found


def answers_of(segments: pl.DataFrame) -> list[DayResult]:
    """The working days that hold these segments of CarersDays, each under its first date and with these alone."""
    days = readable(segments).partition_by("day", maintain_order=True)
    rows = [day.sort("start", "end", maintain_order=True).to_dicts() for day in days]
    return [DayResult(day[0]["date"], [segment_of(row) for row in day], totals_of(day), []) for day in rows]
