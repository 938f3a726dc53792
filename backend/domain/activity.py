"""Activities of carers from what their phones said (a start and the end that follows it, in whatever order they
arrived), from accepted corrections of a day, and from what managers entered.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import polars as pl

from backend.domain.working_day.kinds import COUNTED

Row = Mapping[str, Any]
_INSTANT: Final = pl.Datetime("us", "UTC")
_TEXTS: Final = pl.List(pl.String)

ACTIVITY_EVENT_SCHEMA: Final = pl.Schema(
    {
        "event_row": pl.String(),
        "event_id": pl.String(),
        "carer_id": pl.String(),
        "event_kind": pl.String(),
        "kind": pl.String(),
        "seq": pl.Int64(),
        "at": _INSTANT,
        "fact_at": _INSTANT,
        "flags": _TEXTS,
        "digest": pl.String(),
        "lat": pl.Float64(),
        "lon": pl.Float64(),
    }
)
DAY_CORRECTION_SCHEMA: Final = pl.Schema(
    {
        "activity_id": pl.String(),
        "carer_id": pl.String(),
        "kind": pl.String(),
        "start": _INSTANT,
        "end": _INSTANT,
        "last_fact_at": _INSTANT,
    }
)
ENTRY_SCHEMA: Final = pl.Schema(
    {
        "activity_id": pl.String(),
        "version": pl.Int64(),
        "carer_id": pl.String(),
        "kind": pl.String(),
        "start": _INSTANT,
        "end": _INSTANT,
        "lat": pl.Float64(),
        "lon": pl.Float64(),
        "withdrawn": pl.Boolean(),
        "recorded_at": _INSTANT,
        "digest": pl.String(),
    }
)
"""What managers entered, every version of it."""
ACTIVITY_SCHEMA: Final = pl.Schema(
    {
        "activity_id": pl.String(),
        "carer_id": pl.String(),
        "kind": pl.String(),
        "starts_at": _INSTANT,
        "start": _INSTANT,
        "end": _INSTANT,
        "lat": pl.Float64(),
        "lon": pl.Float64(),
        "unresolved": pl.String(),
        "corrected": pl.Boolean(),
        "flags": _TEXTS,
        "event_ids": _TEXTS,
        "event_rows": _TEXTS,
        "digests": _TEXTS,
        "last_fact_at": _INSTANT,
    }
)


def activities(events: pl.DataFrame, corrections: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Activities in ACTIVITY_SCHEMA. One whose start or end never came has null there and is `incomplete`.

    Of what a manager entered, the newest version counts, whatever the order of rows, unless it withdraws the time.
    """
    return (
        pl.concat([_paired(events), _proposed(corrections), _entered(entries)])
        .pipe(_interrupted)
        .with_columns(starts_at=pl.coalesce("start", "end"))
        .select(pl.col(name).cast(kind) for name, kind in ACTIVITY_SCHEMA.items())
        .sort("carer_id", "starts_at", "activity_id")
    )


def _paired(events: pl.DataFrame) -> pl.DataFrame:
    """A start takes the next event of its kind if that is an end; every other event stands alone."""
    starts = pl.col("event_kind") == "activity_start"
    ordered = events.sort("carer_id", "kind", "at", "seq", "event_row")
    # numbers may run on from one carer or kind to the next: the grouping tells them apart
    numbered = ordered.with_columns(pair=(starts | ~starts.shift(1)).cum_sum())
    grouped = numbered.group_by("carer_id", "kind", "pair").agg(
        activity_id=pl.col("event_row").first(),
        start=pl.col("at").filter(starts).first(),
        end=pl.col("at").filter(~starts).last(),
        lat=pl.col("lat").drop_nulls().first(),
        lon=pl.col("lon").drop_nulls().first(),
        event_flags=pl.col("flags").list.explode(empty_as_null=False),
        event_ids=pl.col("event_id"),
        event_rows=pl.col("event_row"),
        digests=pl.col("digest").drop_nulls().sort(),
        last_fact_at=pl.col("fact_at").max(),
    )
    incomplete = pl.col("start").is_null() | pl.col("end").is_null()
    doubtful = pl.col("event_flags").list.contains("clock_unknown")
    own = pl.when(incomplete).then(pl.lit("incomplete"))
    return (
        grouped.with_columns(
            unresolved=pl.coalesce(own, pl.when(doubtful).then(pl.lit("clock_unknown"))),
            corrected=pl.lit(False),
            flags=pl.concat_list(pl.concat_list(own).list.drop_nulls(), "event_flags")
            .list.unique()
            .list.sort(),
        )
        .drop("pair", "event_flags")
        .select(_COLUMNS)
    )


_COLUMNS: Final = [name for name in ACTIVITY_SCHEMA if name != "starts_at"]


def _proposed(corrections: pl.DataFrame) -> pl.DataFrame:
    """Accepted corrections of a day, as activities of the kind their reason names."""
    nowhere = pl.lit(None, pl.Float64)
    told = corrections.with_columns(digests=pl.lit([], dtype=_TEXTS), lat=nowhere, lon=nowhere)
    return _stated(told, "corrected")


def _entered(entries: pl.DataFrame) -> pl.DataFrame:
    """The newest version of each activity that a manager entered, without those that were withdrawn."""
    newest = entries.sort("activity_id", "version").unique("activity_id", keep="last")
    told = newest.filter(~pl.col("withdrawn")).with_columns(digests=pl.concat_list("digest"))
    return _stated(told.rename({"recorded_at": "last_fact_at"}), "entered")


def _stated(rows: pl.DataFrame, flag: str) -> pl.DataFrame:
    """What people said in place of a phone, under a flag that says so."""
    none = pl.lit([], dtype=_TEXTS)
    return rows.with_columns(
        unresolved=pl.lit(None, pl.String),
        corrected=pl.lit(flag == "corrected"),
        flags=pl.lit([flag], dtype=_TEXTS),
        event_ids=none,
        event_rows=none,
    ).select(_COLUMNS)


def _interrupted(rows: pl.DataFrame) -> pl.DataFrame:
    """Breaks without the time in which people said that the carer worked: that was no break taken.

    Rule day-interrupted-break. What phones say of one second is settled by precedence instead.
    """
    stated = pl.col("flags").list.contains("corrected") | pl.col("flags").list.contains("entered")
    work = rows.filter(stated & pl.col("kind").is_in(COUNTED)).select("carer_id", begun="start", done="end")
    breaks = rows.filter((pl.col("kind") == "break") & (pl.col("end") > pl.col("start")))
    met = breaks.join(work, on="carer_id").filter(
        (pl.col("begun") < pl.col("end")) & (pl.col("done") > pl.col("start"))
    )
    if met.is_empty():
        return rows
    whole = rows.join(met.select("activity_id"), on="activity_id", how="anti", maintain_order="left")
    pieces = [_piece(group, span) for group in _by_break(met) for span in _left(group)]
    return pl.concat([whole, pl.DataFrame(pieces, schema=whole.schema)])


def _by_break(met: pl.DataFrame) -> list[list[dict[str, Any]]]:
    parts = met.partition_by("activity_id")
    return [part.sort("begun", "done").to_dicts() for part in parts]


def _left(met: Sequence[Row]) -> Iterator[tuple[datetime, datetime]]:
    """What interruptions (in order) leave of one break."""
    at, end = met[0]["start"], met[0]["end"]
    for one in met:
        if one["begun"] > at:
            yield at, one["begun"]
        at = max(at, one["done"])
    if end > at:
        yield at, end


def _piece(met: Sequence[Row], span: tuple[datetime, datetime]) -> Row:
    row = {name: met[0][name] for name in _COLUMNS}
    return {**row, "start": span[0], "end": span[1], "flags": sorted({*row["flags"], "interrupted"})}
