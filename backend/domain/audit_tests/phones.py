"""What phones give away: shared between carers, positions made up, clocks that jump."""

import polars as pl

from backend.domain.audit_tests.frames import Evidence, flags
from backend.domain.audit_tests.limits import AuditLimits


def shared_phone(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Carers who recorded on one installation, one flag each. A phone handed on for good is not flagged: its first
    carer's enrolment had ended before the next one's first event.
    """
    used = (
        evidence.facts.marks.group_by("device_id")
        .agg("event_row", "visit_id", first=pl.col("at").min())
        .join(evidence.facts.phones, on="device_id")
    )
    pairs = used.join(
        used.select("install_id", "device_id", "carer_id", "first", "ended_at"),
        on="install_id",
        suffix="_other",
    ).filter(pl.col("carer_id") != pl.col("carer_id_other"))
    after = (pl.col("ended_at_other") <= pl.col("first")).fill_null(False)
    ahead = (pl.col("ended_at") <= pl.col("first_other")).fill_null(False)
    found = (
        pairs.filter(~after, ~ahead)
        .group_by("install_id", "carer_id")
        .agg(
            pl.col("event_row").list.explode(empty_as_null=False).unique().sort(),
            pl.col("visit_id").list.explode(empty_as_null=False).unique().sort(),
            pl.col("first").min(),
            devices=pl.concat_list("device_id", "device_id_other")
            .list.explode(empty_as_null=False)
            .unique()
            .sort(),
            carers=pl.col("carer_id_other").n_unique() + 1,
        )
    )
    return flags(
        found,
        "audit-shared-phone",
        visit=None,
        visits=pl.col("visit_id"),
        events=pl.col("event_row"),
        others=pl.col("devices"),
        at="first",
        measured=pl.col("carers"),
        limit=1,
    )


def made_up_position(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits with an event whose phone said that its position came from an app for making positions up."""
    marked = evidence.facts.marks.filter(pl.col("reasons").list.contains("mock_location"))
    found = marked.group_by("carer_id", "visit_id").agg("event_row", at=pl.col("at").min(), count=pl.len())
    return flags(
        found, "audit-mock-location", events=pl.col("event_row"), at="at", measured=pl.col("count"), limit=0
    )


def clock_jumps(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Events by a clock that was put back or forward: against its own running time, or between two calls."""
    marks = evidence.facts.marks.sort("device_id", "received_at", "shown_at", "event_row")
    measured = marks.filter(pl.col("offset_low_ms").is_not_null(), pl.col("offset_high_ms").is_not_null())
    low, high = pl.col("offset_low_ms"), pl.col("offset_high_ms")
    apart = pl.max_horizontal(low - high.shift(1).over("device_id"), low.shift(1).over("device_id") - high)
    between = measured.with_columns(
        before_row=pl.col("event_row").shift(1).over("device_id"), moved=apart / 1000
    ).filter(pl.col("moved") > limits.clock_jump_s)
    unknown = marks.filter(pl.col("clock_flags").list.contains("clock_unknown"))
    return pl.concat(
        [
            flags(
                between,
                "audit-clock-jump",
                events=pl.concat_list("before_row", "event_row"),
                at="at",
                measured=pl.col("moved"),
                limit=limits.clock_jump_s,
            ),
            flags(
                unknown,
                "audit-clock-jump",
                events=pl.concat_list("event_row"),
                at="at",
                measured=pl.lit(None),
                limit=limits.clock_jump_s,
            ),
        ]
    )
