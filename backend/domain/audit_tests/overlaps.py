"""One person in two places at once, and more than a day's work in a day."""

import polars as pl

from backend.domain.audit_tests.doors import at_other_door
from backend.domain.audit_tests.frames import Evidence, before, flags, seconds
from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.time import LONDON_NAME

LONGEST_DAYS = 3


def overlaps(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits of one carer that share a minute or more with a visit that began before them.

    Where one phone recorded both, the time must be shared by its own clock as well: a measured offset that moved the
    events of one call and not those of the next makes no overlap. A visit without a check-out runs on, and how long
    nobody knows: who checks in at its very door to the next visit, and away from that one's, was still there.
    """
    return pl.concat([_by_time(evidence, limits), _by_place(evidence, limits)])


def _by_time(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    found = overlapping(evidence.begun, limits)
    # The one whose event was made away from its door is the one to look at first; else the later.
    earlier = (pl.col("before_out_fence") == "outside") & (pl.col("in_fence") != "outside").fill_null(True)
    named = found.with_columns(suspect=pl.when(earlier).then("before_visit_id").otherwise("visit_id"))
    return flags(
        named,
        "audit-overlap",
        visit="suspect",
        visits=pl.concat_list("visit_id", "before_visit_id"),
        events=pl.concat_list("in_row", "before_out_row"),
        measured=pl.col("shared_s") / 60,
        limit=limits.overlap_s / 60,
    )


def _by_place(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """The minutes are not known: the earlier visit has no end."""
    return flags(
        still_there(evidence.begun, limits),
        "audit-overlap",
        visits=pl.concat_list("visit_id", "before_visit_id"),
        events=pl.concat_list("in_row", "before_in_row"),
        measured=pl.lit(None),
        limit=limits.overlap_s / 60,
    )


def still_there(begun: pl.DataFrame, limits: AuditLimits) -> pl.DataFrame:
    """Attendances whose check-in was made at the door of the visit before (`before_`) on the same London date, surely
    away from their own, while that visit has no check-out.
    """
    carried = ("visit_id", "start", "end", "in_row", "door_lat", "door_lon", "radius_m")
    rows = begun.with_columns(before(name).alias(f"before_{name}") for name in carried)
    one_date = london_day(pl.col("before_start")) == london_day(pl.col("start"))
    return rows.filter(pl.col("before_end").is_null(), one_date, at_other_door("in", "before", limits))


def overlapping(begun: pl.DataFrame, limits: AuditLimits) -> pl.DataFrame:
    """Attendances beside the one that ended last of those begun before (`before_`), with the seconds they share."""
    carried = ("visit_id", "end", "out_shown", "out_device", "out_fence", "out_row", "corrected")
    # Where an end is the latest so far, its row is the one that the next rows are held against.
    latest = pl.col("end") == pl.col("end").cum_max().forward_fill()
    beside = [
        pl.when(latest).then(pl.col(name)).forward_fill().shift(1).over("carer_id").alias(f"before_{name}")
        for name in carried
    ]
    shared = pl.min_horizontal("before_end", "end") - pl.col("start")
    one_clock = (
        (pl.col("in_device") == pl.col("before_out_device"))
        & ~pl.col("corrected")
        & ~pl.col("before_corrected")
    )
    by_clock = pl.min_horizontal("before_out_shown", "out_shown") - pl.col("in_shown")
    counted = pl.when(one_clock).then(pl.min_horizontal(shared, by_clock)).otherwise(shared)
    return (
        begun.with_columns(beside)
        .with_columns(shared_s=seconds(counted))
        .filter(pl.col("before_visit_id") != pl.col("visit_id"), pl.col("shared_s") >= limits.overlap_s)
    )


def elsewhere(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits during which the same person was recorded at work for another provider."""
    found = evidence.facts.elsewhere.filter(pl.col("seconds") >= limits.overlap_s).join(
        evidence.attended.select("visit_id", "carer_id", "start", "in_row", "out_row"),
        on=["visit_id", "carer_id"],
    )
    return flags(
        found,
        "audit-overlap-elsewhere",
        events=pl.concat_list("in_row", "out_row"),
        measured=pl.col("seconds") / 60,
        limit=limits.overlap_s / 60,
    )


def long_days(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """London days in which more time of visits is recorded for one carer than a day has."""
    day = london_day(pl.col("start"))
    days = [day.dt.offset_by(f"{number}d") for number in range(LONGEST_DAYS)]
    pieces = (
        evidence.attended.with_columns(opens=pl.concat_list(days))
        .explode("opens")
        .with_columns(
            piece=seconds(
                pl.min_horizontal("end", pl.col("opens").dt.offset_by("1d").dt.convert_time_zone("UTC"))
                - pl.max_horizontal("start", pl.col("opens").dt.convert_time_zone("UTC"))
            )
        )
        .filter(pl.col("piece") > 0)
    )
    totals = pieces.group_by("carer_id", "opens").agg(
        "visit_id", "in_row", total=pl.col("piece").sum(), start=pl.col("start").min()
    )
    return flags(
        totals.filter(pl.col("total") > limits.day_hours * 3600),
        "audit-long-day",
        visit=None,
        visits=pl.col("visit_id"),
        events=pl.col("in_row"),
        measured=pl.col("total") / 3600,
        limit=limits.day_hours,
    )


def london_day(instant: pl.Expr) -> pl.Expr:
    """The London midnight that begins the day of an instant."""
    return instant.dt.convert_time_zone(LONDON_NAME).dt.truncate("1d")


def apart(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits for two carers at once at which two were recorded, and never together."""
    pairs = (
        evidence.attended.filter(pl.col("carers") >= 2)
        .group_by("visit_id")
        .agg(
            pl.col("carer_id").sort_by("start").first(),
            came=pl.len(),
            rows=pl.concat_list("in_row", "out_row").list.explode(empty_as_null=False),
            start=pl.col("start").min(),
            together=seconds(pl.col("end").min() - pl.col("start").max()),
        )
        .filter(pl.col("came") >= 2, pl.col("together") <= 0)
    )
    return flags(
        pairs,
        "audit-never-together",
        events=pl.col("rows"),
        measured=-pl.col("together") / 60,
        limit=0,
    )


def duplicates(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """The same carer with the same person from the same second to the same second, under two visits."""
    same = ["carer_id", "service_user_id", "start", "end"]
    found = (
        evidence.attended.filter(pl.col("service_user_id").is_not_null())
        .group_by(same)
        .agg(
            "visit_id",
            rows=pl.concat_list("in_row", "out_row").list.explode(empty_as_null=False),
            count=pl.col("visit_id").n_unique(),
        )
        .filter(pl.col("count") > 1)
        .with_columns(last=pl.col("visit_id").list.last())
    )
    return flags(
        found,
        "audit-duplicate",
        visit="last",
        visits=pl.col("visit_id"),
        events=pl.col("rows"),
        measured=pl.col("count"),
        limit=1,
    )
