"""Days worked out from the facts, as calc day would answer them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from backend.use_cases.answered_days import sleep_ins
from backend.use_cases.calc_day import segments_of
from schemas.day import DayResult, DaySegment, DayTotals

_NAMED: Final = ("contact", "travel", "waiting")


def totals_of(segments: Sequence[DaySegment]) -> DayTotals:
    """Seconds, as calc day adds them up."""
    counted = sum(one.seconds for one in segments if one.counted)
    named = {
        kind: sum(one.seconds for one in segments if one.counted and one.kind == kind) for kind in _NAMED
    }
    unresolved = sum(one.seconds for one in segments if one.kind == "unresolved")
    shown = sum(one.seconds for one in segments)
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
    this employment's, from and until (seconds since 1970). The answer does not hold them, because another employment's
    visit in the night is not in it.
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
    ordered = segments.sort("start", "end", maintain_order=True)
    dates: dict[int, date] = {}
    told: dict[int, list[DaySegment]] = {day: [] for day in segments["day"]}
    for day, on, segment in zip(ordered["day"], ordered["date"], segments_of(ordered), strict=True):
        dates.setdefault(day, on)
        told[day].append(segment)
    return [DayResult(dates[day], one, totals_of(one), []) for day, one in told.items()]
