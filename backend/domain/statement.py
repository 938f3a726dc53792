"""What happened to a person's visits, for the person to read: one outcome for each visit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import polars as pl

from backend.domain.absences import with_absence
from backend.domain.time import LONDON_NAME

_RANK: Final = ["completed", "refused", "cancelled", "missed", "suspended", "planned"]
_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})


def first_name(name: str) -> str:
    """What a person calls the carer by: Ann of Ann Carer; of Mrs Carer, who gives no first name, Mrs Carer."""
    words = name.split()
    if len(words) > 1 and words[0].rstrip(".").lower() in _TITLES:
        return " ".join(words)
    return words[0] if words else name


def own_rows(attendances: pl.DataFrame, person: str) -> pl.DataFrame:
    """The attendances of a person's visits, by time, without those of strangers to them."""
    stranger = (pl.col("unresolved") == "not_your_visit").fill_null(False)
    return attendances.filter((pl.col("service_user_id") == person) & ~stranger).sort(
        "starts_at", "visit_id", "actual_start", nulls_last=True
    )


def person_visits(rows: pl.DataFrame, absences: pl.DataFrame, now: datetime) -> list[dict[str, Any]]:
    """One row a visit of `own_rows`: the plan, its `outcome` and `attendances`. `absences` are in ABSENCES.

    `made`: somebody came, and when is settled. `not_settled`: it is over, and a person must still say what happened.
    """
    ranks = {name: place for place, name in enumerate(_RANK)}
    first = ("reference", "service", "planned_start", "planned_end", "cancelled_at", "cancelled_by")
    settled = _came() & pl.col("unresolved").is_null()
    visits = rows.group_by("visit_id", maintain_order=True).agg(
        *(pl.col(name).first() for name in (*first, "service_user_id", "contract_id", "starts_at")),
        rank=pl.col("status").replace_strict(ranks, return_dtype=pl.Int64).min(),
        made=settled.any(),
        doubtful=(pl.col("incomplete") | (_came() & ~settled)).any(),
    )
    known = visits.with_columns(
        status=pl.col("rank").replace_strict(dict(enumerate(_RANK)), return_dtype=pl.String),
        day=pl.col("starts_at").dt.convert_time_zone(LONDON_NAME).dt.date(),
    )
    told = with_absence(known, absences).with_columns(outcome=_outcome(now))
    by_visit = rows.partition_by("visit_id", as_dict=True, maintain_order=True)
    return [{**row, "attendances": by_visit[(row["visit_id"],)].to_dicts()} for row in told.to_dicts()]


def _came() -> pl.Expr:
    return pl.col("actual_start").is_not_null() & pl.col("actual_end").is_not_null()


def _outcome(now: datetime) -> pl.Expr:
    turned_away = pl.col("status").is_in(["cancelled", "refused"])
    return (
        pl.when("made", ~turned_away)
        .then(pl.lit("made"))
        .when("doubtful", ~turned_away)
        .then(pl.lit("not_settled"))
        .when(pl.col("status").is_in(["refused", "cancelled", "missed", "suspended"]))
        .then("status")
        .when(pl.col("planned_end") > now)
        .then(pl.lit("to_come"))
        .otherwise(pl.lit("not_settled"))
    )


def absence_on(absences: pl.DataFrame, visit: Mapping[str, Any]) -> str | None:
    """The kind of the absence that holds on the day of a visit, if one does."""
    until = pl.coalesce("away_until", pl.date(9999, 12, 31))
    held = absences.filter(pl.lit(visit["day"]).is_between(pl.col("away_from"), until)).sort("away_from")
    return None if held.is_empty() else str(held["absence"][0])


def attended(visit: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The attendances of a visit of `person_visits` whose times are settled."""
    return [
        row
        for row in visit["attendances"]
        if row["actual_start"] and row["actual_end"] and row["unresolved"] is None
    ]
