"""How long visits are: far less than planned, piled where the contract pays more, or while nobody was at home."""

from math import comb

import polars as pl

from backend.domain.audit_tests.frames import Evidence, flags, seconds
from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.time import LONDON_NAME


def short_visits(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits that lasted less than half of what was planned. One at which the carer was not let in is not flagged.

    Without a plan, or with one of no length, nothing is flagged: the share is null, infinite or not a number.
    """
    planned = seconds(pl.col("planned_end") - pl.col("planned_start"))
    share = seconds(pl.col("end") - pl.col("start")) * 100 / planned
    found = (
        evidence.attended.filter(pl.col("status") == "completed")
        .with_columns(share=share)
        .filter(pl.col("share") < limits.short_percent)
    )
    return flags(
        found,
        "audit-short",
        events=pl.concat_list("in_row", "out_row"),
        measured=pl.col("share"),
        limit=limits.short_percent,
    )


def piled(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Carers whose visits last just long enough for the next step of the contract's rounding.

    Visits within the window past a threshold are held against those within it short of one. By chance they are equally
    many. A carer is flagged where chance gives such numbers less often than the limit says (a one-sided sign test).
    """
    lengths = evidence.attended.filter(pl.col("status") == "completed").join(
        evidence.facts.roundings, on="contract_id"
    )
    past = (seconds(pl.col("end") - pl.col("start")) - pl.col("edge_s")) % pl.col("step_s")
    near = lengths.with_columns(
        above=past < limits.pile_window_s, below=past >= pl.col("step_s") - limits.pile_window_s
    ).filter(pl.col("above") | pl.col("below"))
    counted = near.group_by("carer_id").agg(
        pl.col("visit_id").filter(pl.col("above")).sort(),
        pl.col("start").min(),
        above=pl.col("above").sum(),
        both=pl.len(),
    )
    judged = counted.filter(pl.col("both") >= limits.pile_least).with_columns(
        chance=pl.struct("above", "both").map_elements(
            lambda row: sign_test(row["above"], row["both"]), return_dtype=pl.Float64
        )
    )
    return flags(
        judged.filter(pl.col("chance") * 1_000_000 < limits.pile_chance_per_million),
        "audit-rounding-pile",
        visit=None,
        visits=pl.col("visit_id"),
        measured=pl.col("above") * 100 / pl.col("both"),
        limit=50,
    )


def sign_test(successes: int, trials: int) -> float:
    """The chance of so many heads or more in so many throws of a fair coin."""
    ways: int = sum(comb(trials, count) for count in range(successes, trials + 1))
    return ways / (1 << trials)


def absent(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits to a person who was in hospital, in respite or away on that London day, or whose care had ended.

    The first and the last day are in it: `measured`, days from the nearer of them, is 0 there, where a visit before
    she left or after she came back is as likely.
    """
    day = pl.col("start").dt.convert_time_zone(LONDON_NAME).dt.date()
    until = pl.coalesce("ends_on", pl.date(9999, 12, 31))
    found = (
        evidence.attended.filter(pl.col("status") == "completed")
        .with_columns(day=day)
        .join(evidence.facts.absences, on="service_user_id")
        .filter(pl.col("day") >= pl.col("starts_on"), pl.col("day") <= until)
        .with_columns(
            inside=pl.min_horizontal(
                pl.col("day") - pl.col("starts_on"), until - pl.col("day")
            ).dt.total_days()
        )
        .sort("inside", "starts_on", "kind", descending=[True, False, False])
        .unique(["visit_id", "carer_id"], keep="first", maintain_order=True)
    )
    return flags(
        found,
        "audit-absent",
        events=pl.concat_list("in_row", "out_row"),
        others=pl.concat_list("kind"),
        measured=pl.col("inside"),
        limit=0,
    )
