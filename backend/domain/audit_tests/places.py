"""Where events were made: away from the door, at the carer's own home, farther apart than any road allows."""

import polars as pl

from backend.domain.audit_tests.doors import at_other_door, away
from backend.domain.audit_tests.frames import Evidence, before, flags, seconds
from backend.domain.audit_tests.limits import AuditLimits
from backend.domain.audit_tests.overlaps import overlapping, still_there
from backend.domain.implied_speed import implied_kmh_of, metres_of
from backend.domain.time import LONDON_NAME


def own_home(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits with a check-in or check-out at the carer's own home. Only yes or no was ever kept of it."""
    ends = evidence.facts.marks.filter(pl.col("kind").is_in(["check_in", "check_out"]), pl.col("at_home"))
    found = ends.group_by("carer_id", "visit_id").agg("event_row", at=pl.col("at").min(), count=pl.len())
    return flags(
        found, "audit-own-home", events=pl.col("event_row"), at="at", measured=pl.col("count"), limit=0
    )


def clipping(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits recorded as longer than they were.

    Three things show it: a check-out made well away from a door at which she had checked in; a check-in made well
    away, before an end at the door (unless she was still at another visit: that is an overlap); and two visits back
    to back at two addresses, with less time between them than the way takes.
    """
    rows = evidence.attended
    both = [
        found(evidence.begun, limits).select("visit_id", "carer_id") for found in (overlapping, still_there)
    ]
    shared = pl.concat(both).unique().with_columns(overlaps=pl.lit(True))
    judged = rows.join(shared, on=["visit_id", "carer_id"], how="left").with_columns(
        in_away=away("in", limits),
        out_away=away("out", limits),
        overlaps=pl.col("overlaps").fill_null(False),
    )
    at_home = pl.col("in_home").fill_null(False) | pl.col("out_home").fill_null(False)
    left_early = (pl.col("out_away") > 0) & (pl.col("in_fence") != "outside").fill_null(True)
    came_late = (pl.col("in_away") > 0) & (pl.col("out_fence") != "outside").fill_null(True)
    by_place = judged.filter(~at_home, left_early | (came_late & ~pl.col("overlaps")))
    found = flags(
        by_place,
        "audit-clipping",
        events=pl.concat_list("in_row", "out_row"),
        measured=pl.max_horizontal("in_away", "out_away") + limits.away_m,
        limit=limits.away_m,
    )
    squeezed = _back_to_back(judged, limits).filter(~pl.col("visit_id").is_in(by_place["visit_id"].implode()))
    return pl.concat([found, squeezed])


def _back_to_back(rows: pl.DataFrame, limits: AuditLimits) -> pl.DataFrame:
    """Two visits with less between them than the way from door to door, at a speed and with a time at the doors that
    nobody beats. The earlier is the one cut short: its carer was on the way when it still ran.

    Where more than a minute lies between two ends that are both proved at their doors, and no road leads there in
    that time, cutting short explains nothing: that is left to the implied speed.
    """
    carried = ("visit_id", "end", "out_shown", "out_device", "out_row", "out_home", "door_lat", "door_lon",
               "radius_m", "out_fence")  # fmt: skip
    pairs = rows.with_columns(before(name).alias(f"before_{name}") for name in carried).with_columns(
        metres=metres_of(
            pl.col("before_door_lat"), pl.col("before_door_lon"), pl.col("door_lat"), pl.col("door_lon")
        )
    )
    needed = (pl.col("metres") - pl.col("radius_m") - pl.col("before_radius_m")) * 3.6 / limits.gap_kmh
    paid = seconds(pl.col("start") - pl.col("before_end"))
    by_clock = seconds(pl.col("in_shown") - pl.col("before_out_shown"))
    one_clock = pl.col("in_device") == pl.col("before_out_device")
    gap = pl.when(one_clock).then(pl.max_horizontal(paid, by_clock)).otherwise(paid)
    home = pl.col("in_home").fill_null(False) | pl.col("before_out_home").fill_null(False)
    proved = (pl.col("before_out_fence") == "inside") & (pl.col("in_fence") == "inside")
    doubt = pl.col("radius_m") + pl.col("before_radius_m")
    too_fast = implied_kmh_of(pl.col("metres"), doubt, gap) > limits.speed_kmh
    left_to_speed = (proved & too_fast).fill_null(False) & (gap >= limits.gap_none_s)
    squeezed = pairs.with_columns(gap=gap, needed=needed + limits.gap_door_s).filter(
        ~left_to_speed,
        pl.col("metres") > limits.gap_least_m,
        pl.col("gap") < pl.col("needed"),
        pl.col("gap") > -limits.overlap_s,
        pl.col("before_visit_id") != pl.col("visit_id"),
        ~home,
    )
    return flags(
        squeezed,
        "audit-clipping",
        visit="before_visit_id",
        visits=pl.concat_list("before_visit_id", "visit_id"),
        events=pl.concat_list("before_out_row", "in_row"),
        measured=pl.col("metres"),
        limit=limits.gap_least_m,
    )


def travel_inside(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Visits whose time holds the way from the one before, or to the one after: begun or ended at its door.

    Nobody need have checked out for that: neither of the visit nor of the one beside it.
    """
    carried = ("visit_id", "door_lat", "door_lon", "radius_m")
    rows = evidence.begun.with_columns(
        *(before(name).alias(f"before_{name}") for name in carried),
        *(pl.col(name).shift(-1).over("carer_id").alias(f"after_{name}") for name in carried),
    )
    begun, ended = at_other_door("in", "before", limits), at_other_door("out", "after", limits)
    found = rows.with_columns(begun=begun, ended=ended).filter(pl.col("begun") | pl.col("ended"))
    other = pl.when("begun").then("before_visit_id").otherwise("after_visit_id")
    return flags(
        found,
        "audit-travel-inside",
        visits=pl.concat_list(pl.col("visit_id"), other),
        events=pl.concat_list(pl.when("begun").then("in_row"), pl.when("ended").then("out_row")),
        measured=pl.max_horizontal(
            pl.when("begun").then("in_distance"), pl.when("ended").then("out_distance")
        ),
        limit=limits.away_m,
    )


def speed(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """Two events of one carer, one after the other, farther apart than any road allows in the time.

    Every benefit of the doubt is given: the radii of both positions, and the longer of the times that the phone's
    clock and the server's make it.
    """
    pairs = _positions(evidence).with_columns(
        before(name).alias(f"before_{name}")
        for name in ("event_row", "visit_id", "device_id", "taken", "taken_shown", "lat", "lon", "doubt")
    )
    paid = seconds(pl.col("taken") - pl.col("before_taken"))
    shown = seconds(pl.col("taken_shown") - pl.col("before_taken_shown")).abs()
    one_clock = pl.col("device_id") == pl.col("before_device_id")
    lasted = pl.when(one_clock).then(pl.max_horizontal(paid, shown)).otherwise(paid)
    metres = metres_of(pl.col("before_lat"), pl.col("before_lon"), pl.col("lat"), pl.col("lon"))
    found = pairs.with_columns(metres=metres, lasted=lasted).with_columns(
        kmh=implied_kmh_of(pl.col("metres"), pl.col("doubt") + pl.col("before_doubt"), pl.col("lasted"))
    )
    fast = found.filter(pl.col("metres") >= limits.speed_least_m, pl.col("kmh") > limits.speed_kmh)
    return flags(
        fast,
        "audit-speed",
        visits=pl.concat_list("before_visit_id", "visit_id").list.drop_nulls().list.unique(),
        events=pl.concat_list("before_event_row", "event_row"),
        at="at",
        measured=pl.col("kmh"),
        limit=limits.speed_kmh,
    )


def _positions(evidence: Evidence) -> pl.DataFrame:
    """Where each event was made, by carer and time: `taken` is when the position was, `doubt` its radius in metres.

    An event without a position, or whose position is no longer held and was inside, stands at the door that it claims,
    with the fence for its doubt. One at the carer's own home has no place: its position was never kept.
    """
    doors = evidence.facts.visits.select("visit_id", "lat", "lon", "radius_m").unique("visit_id")
    rows = evidence.facts.marks.filter(pl.col("kind").is_in(["check_in", "check_out"])).join(
        doors, on="visit_id", how="left", suffix="_door"
    )
    held = pl.col("lat").is_not_null()
    claimed = ~held & pl.col("fence").is_in(["inside", "no_position"])
    age = pl.duration(microseconds=(pl.col("fix_age_s").fill_null(0) * 1_000_000).cast(pl.Int64))
    return (
        rows.with_columns(
            lat=pl.when(held).then("lat").when(claimed).then("lat_door"),
            lon=pl.when(held).then("lon").when(claimed).then("lon_door"),
            doubt=pl.when(held).then("accuracy_m").otherwise("radius_m"),
            taken=pl.col("at") - age,
            taken_shown=pl.col("shown_at") - age,
        )
        .filter(pl.col("lat").is_not_null(), ~pl.col("at_home").fill_null(False))
        .sort("carer_id", "taken", "event_row")
    )


def same_coordinates(evidence: Evidence, limits: AuditLimits) -> pl.DataFrame:
    """One carer's positions equal to six places on many days: no phone measures the same twice."""
    held = evidence.facts.marks.filter(pl.col("lat").is_not_null()).with_columns(
        pl.col("lat").round(6), pl.col("lon").round(6)
    )
    day = pl.col("at").dt.convert_time_zone(LONDON_NAME).dt.date()
    found = held.group_by("carer_id", "lat", "lon").agg(
        "event_row",
        pl.col("visit_id").unique().sort(),
        at=pl.col("at").min(),
        days=day.n_unique(),
    )
    return flags(
        found.filter(pl.col("days") >= limits.same_coordinates_days),
        "audit-same-coordinates",
        visit=None,
        visits=pl.col("visit_id"),
        events=pl.col("event_row"),
        at="at",
        measured=pl.col("days"),
        limit=limits.same_coordinates_days,
    )
