"""Every second of many working days explained: segments, totals and flags."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from backend.domain.working_day.filling import fill, with_room
from backend.domain.working_day.flags import flags_of
from backend.domain.working_day.frames import PARTS, SEGMENTS
from backend.domain.working_day.kinds import (
    COUNTED,
    INCOMPLETE_RULE,
    LAYERS,
    NO_GAP_RULE,
    OTHER_WORK,
    RULES,
)
from backend.domain.working_day.sweep import pieces_of

_ESTIMATED: Final = ("estimate", "source", "engine", "fallback")


@dataclass(frozen=True, slots=True)
class WorkedDays:
    """Frames for many days. `segments` as SEGMENTS; `totals` a row a day, in seconds; `flags` rows `day at
    flag rule visit from to`; `gaps` the frame GAPS with its estimates and `room travel rest long at_home
    recorded`; `parts` the frame PARTS.
    """

    segments: pl.DataFrame
    totals: pl.DataFrame
    flags: pl.DataFrame
    gaps: pl.DataFrame
    parts: pl.DataFrame


def work_out(
    visits: pl.DataFrame, activities: pl.DataFrame, gaps: pl.DataFrame, policies: pl.DataFrame
) -> WorkedDays:
    """What the law counts of each day.

    Frames: VISITS, ACTIVITIES, POLICIES (a row for every day), and GAPS of the same visits and activities
    with `estimate` (seconds, null if unknown), `source`, `engine` and `fallback` (null if unknown). The order of
    rows does not matter.
    """
    pieces = pieces_of(visits, activities, gaps)
    measured = with_room(gaps, pieces, policies)
    explained = pl.concat([_covered(pieces), fill(pieces, measured)], how="diagonal_relaxed")
    rows = pl.concat([_joined_up(explained), _incomplete(visits)], how="diagonal_relaxed")
    segments = _described(rows.sort("day", "start", "end", "kind", "visit"), measured)
    return WorkedDays(
        segments,
        totals_of(segments, policies),
        flags_of(visits, measured),
        measured,
        parts_of(explained, measured),
    )


def _covered(pieces: pl.DataFrame) -> pl.DataFrame:
    """Pieces that something recorded covers, by precedence. Home counts for something inside a gap only."""
    layers = {layer: pl.col(layer) for layer in LAYERS}
    layers["home"] = pl.col("home") & pl.col("gap").is_not_null()
    kind = pl.coalesce(*[pl.when(shown).then(pl.lit(layer)) for layer, shown in layers.items()])
    known = pieces.with_columns(kind.alias("kind")).filter(pl.col("kind").is_not_null())
    return known.select(
        "day",
        pl.col("kind").replace("home", "break").alias("kind"),
        "start",
        "end",
        pl.col("kind").replace_strict(RULES, return_dtype=pl.String).alias("rule"),
        pl.when(pl.col("kind") == "contact").then("visit").alias("visit"),
        pl.when(pl.col("kind") == "travel").then("gap").alias("gap"),
        pl.lit(False).alias("filled"),
        pl.col("gap").alias("within"),
    )


def parts_of(explained: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Every second of every gap, as a frame PARTS. Where the next stop began before the gap did, the seconds that both
    stops cover stand with a minus, so that the parts of a gap always add up to what was observed.
    """
    inside = explained.filter(pl.col("within").is_not_null()).select(
        pl.col("within").alias("gap"), "kind", "rule", (pl.col("end") - pl.col("start")).alias("seconds")
    )
    shared = gaps.filter(pl.col("observed_gap") < 0).select(
        "gap",
        pl.lit("overlap").alias("kind"),
        pl.lit(NO_GAP_RULE).alias("rule"),
        pl.col("observed_gap").alias("seconds"),
    )
    return (
        pl.concat([inside, shared])
        .group_by("gap", "kind", "rule")
        .agg(pl.col("seconds").sum())
        .with_columns(pl.col("kind").is_in(COUNTED).alias("credited"))
        .select(PARTS.keys())
        .cast(PARTS)
        .sort("gap", "kind", "rule")
    )


def _incomplete(visits: pl.DataFrame) -> pl.DataFrame:
    """A mark of no length at the known end of a visit whose own time is unresolved."""
    known = pl.coalesce("start", "end")
    return visits.filter(pl.col("start").is_null() | pl.col("end").is_null()).select(
        "day",
        pl.lit("unresolved").alias("kind"),
        known.alias("start"),
        known.alias("end"),
        pl.lit(INCOMPLETE_RULE).alias("rule"),
        "visit",
        pl.lit(False).alias("filled"),
    )


def _joined_up(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that follow each other and say the same become one."""
    same = ["day", "kind", "rule", "visit", "gap", "filled"]
    ordered = rows.sort("day", "start", "end", "kind", "visit")
    differs = pl.any_horizontal(*[pl.col(name).ne_missing(pl.col(name).shift(1)) for name in same])
    new = differs | (pl.col("start") != pl.col("end").shift(1))
    firsts = ordered.with_columns(
        pl.col("end").shift(1).alias("ended"), pl.col("end").last().alias("finally")
    ).filter(new)
    # A run ends where the row before the next run ends.
    return firsts.with_columns(pl.coalesce(pl.col("ended").shift(-1), "finally").alias("end")).drop(
        "ended", "finally"
    )


def _described(rows: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    about = ["gap", "gap_start", "room", "from", "to", "planned_gap", "observed_gap", *_ESTIMATED]
    travelled = pl.col("kind") == "travel"
    estimated = travelled & pl.col("filled")
    recorded = travelled & ~pl.col("filled") & pl.col("gap").is_not_null()
    return (
        rows.join(gaps.select(about), on="gap", how="left", maintain_order="left")
        .with_columns(
            (pl.col("end") - pl.col("start")).alias("seconds"),
            pl.col("kind").is_in(COUNTED).alias("counted"),
            *[pl.when(estimated).then(name).alias(name) for name in ("estimate", "engine", "fallback")],
            pl.when(recorded).then(pl.lit("recorded")).when(travelled).then("source").alias("source"),
        )
        .select(SEGMENTS.keys())
        .cast(SEGMENTS)
    )


def totals_of(segments: pl.DataFrame, policies: pl.DataFrame) -> pl.DataFrame:
    """Seconds of each day: `contact travel waiting other counted unresolved uncounted`. A day of nothing is
    zeros.
    """
    kind, seconds = pl.col("kind"), pl.col("seconds")
    unresolved = kind == "unresolved"
    sums = {
        "contact": kind == "contact",
        "travel": kind == "travel",
        "waiting": kind == "waiting",
        "other": kind.is_in(OTHER_WORK),
        "counted": pl.col("counted"),
        "unresolved": unresolved,
        "uncounted": ~pl.col("counted") & ~unresolved,
    }
    added = segments.group_by("day").agg(
        *[seconds.filter(which).sum().alias(name) for name, which in sums.items()]
    )
    return (
        policies.select("day")
        .join(added, on="day", how="left")
        .with_columns(pl.col(*sums).fill_null(0))
        .sort("day")
    )
