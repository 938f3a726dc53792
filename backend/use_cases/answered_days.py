"""Answers of calc day read back as frames, so that they can be paid like days worked out here."""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from backend.domain.time import seconds_of
from backend.domain.working_day import SEGMENTS, VISITS
from schemas.day import DayResult, DaySegment

_NOT_TOLD: Final = ("planned_gap", "observed_gap", "estimate", "engine", "fallback")


def answered_frames(
    answers: Sequence[DayResult], first: int = 0
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Segments (SEGMENTS), visits (VISITS, without plan and place) and sleep-ins (`day start end`) of
    answers.

    Days are numbered from `first`. A segment with `from` and `to` that nobody recorded is time of that gap.
    """
    rows = [
        _row(day, order, segment)
        for day, answer in enumerate(answers, start=first)
        for order, segment in enumerate(answer.segments)
    ]
    segments = _with_gaps(pl.DataFrame(rows, schema=_told(), orient="row"))
    return segments, _visits(segments), sleep_ins(segments).select("day", "start", "end")


def _told() -> dict[str, Any]:
    names = [
        "day",
        "kind",
        "start",
        "end",
        "seconds",
        "counted",
        "rule",
        "visit",
        "from",
        "to",
        "source",
        "filled",
    ]
    return {name: SEGMENTS[name] for name in names}


def _row(day: int, order: int, segment: DaySegment) -> tuple[Any, ...]:
    # A stretch of contact that names no visit is still a visit of its own.
    unnamed = f"segment {order}" if segment.kind == "contact" else None
    between = segment.from_ is not None and segment.to is not None
    return (
        day,
        segment.kind,
        seconds_of(segment.start),
        seconds_of(segment.start) + segment.seconds,
        segment.seconds,
        segment.counted,
        segment.rule,
        segment.visit or unnamed,
        segment.from_,
        segment.to,
        segment.source,
        between and segment.source != "recorded",
    )


def _with_gaps(segments: pl.DataFrame) -> pl.DataFrame:
    """Number the gaps by their ends, from below zero, and measure the room of each."""
    gap = pl.struct("day", "from", "to").rank("dense").cast(pl.Int64)
    numbered = segments.with_columns(pl.when("filled").then(-gap).alias("gap"))
    room = pl.when("filled").then(pl.col("seconds").sum().over("gap"))
    return (
        numbered.with_columns(
            room.alias("room"),
            pl.when("filled").then(pl.col("start").min().over("gap")).alias("gap_start"),
            *[pl.lit(None, SEGMENTS[name]).alias(name) for name in _NOT_TOLD],
        )
        .select(SEGMENTS.names())
        .cast(SEGMENTS)
    )


def _visits(segments: pl.DataFrame) -> pl.DataFrame:
    contact = segments.filter(pl.col("kind") == "contact").group_by("day", "visit", maintain_order=True)
    unknown = ["lat", "lon", "planned_start", "planned_end"]
    return (
        contact.agg(pl.col("start").min(), pl.col("end").max())
        .with_columns([pl.lit(None, VISITS[name]).alias(name) for name in unknown])
        .select(VISITS.names())
    )


def sleep_ins(segments: pl.DataFrame) -> pl.DataFrame:
    """Sleep-ins as `day start end`, with the other columns of their first stretch. A visit or a break in the night
    parts two stretches of one sleep-in, so stretches with nothing but recorded time between them are one; a gap
    between stops parts two.
    """
    ordered = segments.sort("day", "start", "end")
    touches = pl.col("start") <= pl.col("end").cum_max().shift(1).over("day")
    between = pl.col("filled") | pl.col("filled").shift(1).over("day")
    runs = ordered.with_columns(run=(~touches | between).fill_null(True).cum_sum())
    slept = runs.filter(pl.col("kind").is_in(["sleep_in", "awake"]))
    return slept.group_by("day", "run", maintain_order=True).agg(
        pl.col("end").max(), pl.exclude("end").first()
    )
