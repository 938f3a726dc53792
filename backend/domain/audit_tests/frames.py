"""What audit tests read and what they give: frames of plain facts in, flags with their evidence out.

Identifiers are text, instants UTC, distances metres. A flag is for a person to look at, never a deduction.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

_INSTANT: Final = pl.Datetime("us", "UTC")
_TEXTS: Final = pl.List(pl.String)

MARK_SCHEMA: Final = pl.Schema(
    {
        "event_row": pl.String(),
        "device_id": pl.String(),
        "carer_id": pl.String(),
        "kind": pl.String(),
        "visit_id": pl.String(),
        "at": _INSTANT,
        "shown_at": _INSTANT,
        "received_at": _INSTANT,
        "clock_flags": _TEXTS,
        "fence": pl.String(),
        "distance_m": pl.Float64(),
        "accuracy_m": pl.Float64(),
        "fix_age_s": pl.Float64(),
        "at_home": pl.Boolean(),
        "reasons": _TEXTS,
        "lat": pl.Float64(),
        "lon": pl.Float64(),
        "offset_low_ms": pl.Int64(),
        "offset_high_ms": pl.Int64(),
    }
)
"""Accepted events of phones: `at` is the instant that counts, `shown_at` the phone's clock; `lat` and `lon` stand
while the position is held, what was judged of it (`fence` to `reasons`) always."""
PHONE_SCHEMA: Final = pl.Schema(
    {"device_id": pl.String(), "carer_id": pl.String(), "install_id": pl.String(), "ended_at": _INSTANT}
)
"""Phones as enrolled; `ended_at`: when one was revoked or replaced."""
ABSENCE_SCHEMA: Final = pl.Schema(
    {"service_user_id": pl.String(), "kind": pl.String(), "starts_on": pl.Date(), "ends_on": pl.Date()}
)
BILL_LINE_SCHEMA: Final = pl.Schema(
    {
        "document": pl.String(),
        "line": pl.Int64(),
        "visit_id": pl.String(),
        "employment_id": pl.String(),
        "payer": pl.String(),
        "amount_pence": pl.Int64(),
        "adjusts": pl.Boolean(),
    }
)
"""Lines of every invoice and credit note about visits of the period; `adjusts`: of another document's line."""
BILLED_PERIOD_SCHEMA: Final = pl.Schema(
    {"contract_id": pl.String(), "starts_on": pl.Date(), "ends_on": pl.Date(), "as_of": _INSTANT}
)
"""Billing periods for which a document was made; `as_of`: up to when facts are in it."""
PARKED_SCHEMA: Final = pl.Schema({"visit_id": pl.String()})
EDIT_SCHEMA: Final = pl.Schema(
    {
        "correction_id": pl.String(),
        "visit_id": pl.String(),
        "carer_id": pl.String(),
        "proposed_start": _INSTANT,
        "proposed_end": _INSTANT,
        "reason_code": pl.String(),
        "proposed_by": pl.String(),
        "received_at": _INSTANT,
        "decision": pl.String(),
        "decided_by": pl.String(),
        "decided_at": _INSTANT,
    }
)
"""Corrections of visits with their newest decision; `proposed_by`: the manager's user id, else the carer's."""
ELSEWHERE_SCHEMA: Final = pl.Schema({"visit_id": pl.String(), "carer_id": pl.String(), "seconds": pl.Int64()})
"""Seconds of a visit in which the same person was at work for another provider. Nothing else is known of it."""
ROUNDING_SCHEMA: Final = pl.Schema({"contract_id": pl.String(), "step_s": pl.Int64(), "edge_s": pl.Int64()})
"""How a contract rounds: from `edge_s` past each whole `step_s` a visit earns the next step."""

FLAG_SCHEMA: Final = pl.Schema(
    {
        "test": pl.String(),
        "carer_id": pl.String(),
        "visit_id": pl.String(),
        "visit_ids": _TEXTS,
        "event_rows": _TEXTS,
        "others": _TEXTS,
        "at": _INSTANT,
        "measured": pl.Float64(),
        "limit": pl.Float64(),
    }
)
"""`visit_id`: the visit that the flag is about, if about one; `visit_ids` all that show it; `others`: documents,
corrections, phones or users. `measured` and `limit` are in the unit of the test."""


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """All that the tests read: `visits` in backend.domain.visit.VISIT_SCHEMA, the rest in the schemas above."""

    visits: pl.DataFrame
    marks: pl.DataFrame
    phones: pl.DataFrame
    absences: pl.DataFrame
    lines: pl.DataFrame
    periods: pl.DataFrame
    parked: pl.DataFrame
    edits: pl.DataFrame
    elsewhere: pl.DataFrame
    roundings: pl.DataFrame


_ENDS: Final = {
    "event_row": "row", "device_id": "device", "at": "at", "shown_at": "shown", "fence": "fence",
    "distance_m": "distance", "accuracy_m": "accuracy", "at_home": "home", "lat": "lat", "lon": "lon",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts, and the attendances with both ends known beside the events that began and ended them.

    `attended` has the columns of a visit, `start` and `end`, and for each end (`in_`, `out_`) what its event says:
    row, device, shown, fence, distance, accuracy, home, lat, lon. Of a corrected visit they say what was recorded.
    `begun` has besides them those of which only the beginning is known; their `end` is null.
    """

    facts: AuditFacts
    begun: pl.DataFrame

    @property
    def attended(self) -> pl.DataFrame:
        """The attendances with both ends."""
        return self.begun.filter(pl.col("end").is_not_null())


def evidence(facts: AuditFacts) -> Evidence:
    """Put each attendance beside its events. What is unresolved (a clock, another's visit) is left to its own flags."""
    ends = [_end(facts.marks, "check_in", "in", last=False), _end(facts.marks, "check_out", "out", last=True)]
    rows = facts.visits.filter(
        pl.col("actual_start").is_not_null(),
        (pl.col("actual_end") >= pl.col("actual_start")).fill_null(True),
        pl.col("unresolved").is_null(),
        pl.col("carer_id").is_not_null(),
    ).rename({"lat": "door_lat", "lon": "door_lon"})
    for end in ends:
        rows = rows.join(end, on=["visit_id", "carer_id"], how="left")
    return Evidence(
        facts,
        rows.with_columns(start=pl.col("actual_start"), end=pl.col("actual_end")).sort(
            "carer_id", "start", "end", "visit_id", nulls_last=True
        ),
    )


def _end(marks: pl.DataFrame, kind: str, prefix: str, *, last: bool) -> pl.DataFrame:
    """The earliest check-in or the latest check-out of each carer at each visit."""
    return (
        marks.filter(pl.col("kind") == kind, pl.col("visit_id").is_not_null())
        .sort("at", "event_row", descending=last)
        .unique(["visit_id", "carer_id"], keep="first")
        .select("visit_id", "carer_id", *(pl.col(name).alias(f"{prefix}_{to}") for name, to in _ENDS.items()))
    )


def before(column: str) -> pl.Expr:
    """What a column holds in the same carer's row before this one, in rows sorted by carer and time."""
    return pl.col(column).shift(1).over("carer_id")


def seconds(length: pl.Expr) -> pl.Expr:
    """A length of time as whole seconds."""
    return length.dt.total_seconds()


def flags(
    rows: pl.DataFrame,
    test: str,
    *,
    visit: str | None = "visit_id",
    visits: pl.Expr | None = None,
    events: pl.Expr | None = None,
    others: pl.Expr | None = None,
    at: str = "start",
    measured: pl.Expr,
    limit: float,
) -> pl.DataFrame:
    """Rows as flags of a test, in FLAG_SCHEMA. `visits`, `events` and `others` are lists of text."""
    none = pl.lit([], dtype=_TEXTS)
    shown = visits if visits is not None else (none if visit is None else pl.concat_list(visit))
    columns = {
        "test": pl.lit(test),
        "carer_id": pl.col("carer_id") if "carer_id" in rows.columns else pl.lit(None),
        "visit_id": pl.lit(None) if visit is None else pl.col(visit),
        "visit_ids": shown.list.drop_nulls(),
        "event_rows": none if events is None else events.list.drop_nulls(),
        "others": none if others is None else others.list.drop_nulls(),
        "at": pl.col(at),
        "measured": measured,
        "limit": pl.lit(float(limit)),
    }
    return rows.select(expression.cast(FLAG_SCHEMA[name]).alias(name) for name, expression in columns.items())
