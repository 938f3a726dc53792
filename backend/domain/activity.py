"""Activities of carers from what their phones said: a start and the end that follows it, whatever came first."""

from typing import Final

import polars as pl

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


def activities(events: pl.DataFrame, corrections: pl.DataFrame) -> pl.DataFrame:
    """Activities in ACTIVITY_SCHEMA. One whose start or end never came has null there and is `incomplete`."""
    return (
        pl.concat([_paired(events), _proposed(corrections)])
        .with_columns(starts_at=pl.coalesce("start", "end"))
        .select(pl.col(name).cast(kind) for name, kind in ACTIVITY_SCHEMA.items())
        .sort("carer_id", "starts_at", "activity_id")
    )


def _paired(events: pl.DataFrame) -> pl.DataFrame:
    """A start takes the next event of its kind if that is an end; every other event stands alone."""
    starts = pl.col("event_kind") == "activity_start"
    ordered = events.sort("carer_id", "kind", "at", "seq", "event_row")
    after_start = starts.shift(1).over("carer_id", "kind").fill_null(False)
    numbered = ordered.with_columns(pair=(starts | ~after_start).cum_sum().over("carer_id", "kind"))
    grouped = numbered.group_by("carer_id", "kind", "pair", maintain_order=True).agg(
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
    none = pl.lit([], dtype=_TEXTS)
    return corrections.with_columns(
        lat=pl.lit(None, pl.Float64),
        lon=pl.lit(None, pl.Float64),
        unresolved=pl.lit(None, pl.String),
        corrected=pl.lit(True),
        flags=pl.lit(["corrected"], dtype=_TEXTS),
        event_ids=none,
        event_rows=none,
        digests=none,
    ).select(_COLUMNS)
