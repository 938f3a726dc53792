"""Invoices against records: billed without a record, recorded without a bill, billed twice."""

import polars as pl

from backend.domain.audit_tests.frames import Evidence, flags
from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.time import LONDON_NAME

NEVER_WAS = ("missed", "planned")


def billed_unrecorded(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits that invoices charge for although nobody's phone recorded them. A visit called off, or at which nobody was
    let in, is not flagged: the contract may charge for it.
    """
    charged = (
        evidence.facts.lines.group_by("visit_id")
        .agg(pl.col("amount_pence").sum(), pl.col("document").unique().sort())
        .filter(pl.col("amount_pence") > 0)
    )
    rows = evidence.facts.visits.group_by("visit_id").agg(
        pl.col("carer_id").first(),
        start=pl.col("starts_at").first(),
        recorded=(pl.col("recorded_start").is_not_null() | pl.col("recorded_end").is_not_null()).any(),
        never=(pl.col("status").is_in(NEVER_WAS) | pl.col("corrected")).all(),
    )
    found = rows.filter(~pl.col("recorded"), "never").join(charged, on="visit_id")
    return flags(
        found,
        "audit-billed-unrecorded",
        others=pl.col("document"),
        measured=pl.col("amount_pence") / 100,
        limit=0,
    )


def recorded_unbilled(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits recorded whole, in a period that was invoiced, that no invoice names and none left out with a reason."""
    facts = evidence.facts
    named = pl.concat([facts.lines.select("visit_id"), facts.parked.select("visit_id")])
    day = pl.col("starts_at").dt.convert_time_zone(LONDON_NAME).dt.date()
    rows = (
        evidence.attended.filter(pl.col("status") == "completed")
        .join(named, on="visit_id", how="anti")
        .with_columns(day=day)
        .join(facts.periods, on="contract_id")
        .filter(
            pl.col("day") >= pl.col("starts_on"),
            pl.col("day") <= pl.col("ends_on"),
            (pl.col("last_fact_at") <= pl.col("as_of")).fill_null(True),
        )
        .unique(["visit_id", "carer_id"], maintain_order=True)
    )
    minutes = (pl.col("end") - pl.col("start")).dt.total_seconds() / 60
    return flags(
        rows,
        "audit-recorded-unbilled",
        events=pl.concat_list("in_row", "out_row"),
        measured=minutes,
        limit=0,
    )


def billed_twice(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Attendances that two lines charge one payer for, of which neither adjusts another."""
    starts = evidence.facts.visits.select("visit_id", start="starts_at").unique("visit_id")
    found = (
        evidence.facts.lines.filter(~pl.col("adjusts"), pl.col("amount_pence") > 0)
        .group_by("visit_id", "employment_id", "payer")
        .agg(pl.col("document").unique().sort(), count=pl.len())
        .filter(pl.col("count") > 1)
        .join(starts, on="visit_id")
    )
    return flags(found, "audit-billed-twice", others=pl.col("document"), measured=pl.col("count"), limit=1)
