"""How recorded times are corrected, by whom and when: patterns that one correction alone cannot show."""

from datetime import timedelta

import polars as pl

from backend.domain.audit_tests.frames import Evidence, flags
from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.time import LONDON_NAME


def to_plan(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Those who propose corrections nearly all of which are the planned times to the minute."""
    plans = evidence.facts.visits.select("visit_id", "carer_id", "planned_start", "planned_end").unique(
        ["visit_id", "carer_id"]
    )
    equal = _same_minute("start") & _same_minute("end")
    found = (
        evidence.facts.edits.join(plans, on=["visit_id", "carer_id"])
        .with_columns(equal=equal)
        .group_by("proposed_by")
        .agg(
            pl.col("visit_id").filter(pl.col("equal")).sort(),
            pl.col("correction_id").filter(pl.col("equal")).sort(),
            pl.col("received_at").min(),
            share=pl.col("equal").mean() * 100,
            count=pl.len(),
        )
        .filter(pl.col("count") >= limits.to_plan_least, pl.col("share") >= limits.to_plan_percent)
    )
    return _of_edits(found, "audit-edits-to-plan", limits.to_plan_percent)


def _same_minute(end: str) -> pl.Expr:
    """Whether a proposed end is the planned one to the minute; one that is not proposed is left as it was."""
    proposed, planned = pl.col(f"proposed_{end}"), pl.col(f"planned_{end}")
    return (proposed.dt.truncate("1m") == planned.dt.truncate("1m")).fill_null(proposed.is_null())


def _of_edits(found: pl.DataFrame, test: str, limit: float) -> pl.DataFrame:
    """Patterns over corrections: who made them or what they share stands first in `others`."""
    return flags(
        found,
        test,
        visit=None,
        visits=pl.col("visit_id"),
        others=pl.concat_list(pl.concat_list("proposed_by"), "correction_id"),
        at="received_at",
        measured=pl.col("share"),
        limit=limit,
    )


def concentrated(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """A reason, or a person who accepts, that stands on most of a period's accepted corrections."""
    accepted = evidence.facts.edits.filter(pl.col("decision") == "accepted")
    whole = accepted.height
    enough = pl.lit(whole >= limits.concentrates_least)
    found = [
        accepted.group_by(proposed_by=pl.col(by)).agg(
            pl.col("visit_id").sort(),
            pl.col("correction_id").sort(),
            pl.col("received_at").min(),
            share=pl.len() * 100 / whole,
        )
        for by in ("reason_code", "decided_by")
    ]
    judged = pl.concat(found).filter(enough, pl.col("share") >= limits.concentrates_percent)
    return _of_edits(judged, "audit-edits-concentrate", limits.concentrates_percent)


def before_cut_off(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Those who propose most of their corrections of a billing period in its last hours before the cut-off."""
    day = pl.col("starts_at").dt.convert_time_zone(LONDON_NAME).dt.date()
    visits = evidence.facts.visits.select("visit_id", "carer_id", "contract_id", day=day)
    rows = (
        evidence.facts.edits.join(visits.unique(["visit_id", "carer_id"]), on=["visit_id", "carer_id"])
        .join(evidence.facts.periods, on="contract_id")
        .filter(pl.col("day") >= pl.col("starts_on"), pl.col("day") <= pl.col("ends_on"))
        .filter(pl.col("received_at") <= pl.col("as_of"))
    )
    late = pl.col("received_at") > pl.col("as_of") - timedelta(hours=limits.cut_off_hours)
    found = (
        rows.with_columns(late=late)
        .group_by("proposed_by", "contract_id", "starts_on")
        .agg(
            pl.col("visit_id").filter(pl.col("late")).sort(),
            pl.col("correction_id").filter(pl.col("late")).sort(),
            pl.col("received_at").min(),
            share=pl.col("late").mean() * 100,
            count=pl.len(),
        )
        .filter(pl.col("count") >= limits.cut_off_least, pl.col("share") >= limits.cut_off_percent)
    )
    return _of_edits(found, "audit-edits-before-cut-off", limits.cut_off_percent)
