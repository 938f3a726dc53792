"""One visit from many events: who attended which planned visit, from when to when, and what is doubtful about it.

Columnar and pure: the same for one carer's day and for a county's month. Identifiers are text, instants UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from backend.domain.corrected import correct, with_corrected
from backend.domain.evidence import MANUAL, level_of, rank_of
from backend.domain.policy import Policy
from backend.domain.quarantined import of_plan
from backend.domain.time import LONDON_NAME

_INSTANT: Final = pl.Datetime("us", "UTC")
_TEXTS: Final = pl.List(pl.String)

VERSION_SCHEMA: Final = pl.Schema(
    {
        "visit_id": pl.String(),
        "reference": pl.String(),
        "version": pl.Int64(),
        "package_id": pl.String(),
        "commissioner_id": pl.String(),
        "planned_start": _INSTANT,
        "planned_end": _INSTANT,
        "carer": pl.String(),
        "second_carer": pl.String(),
        "plan_status": pl.String(),
        "cancelled_at": _INSTANT,
        "cancelled_by": pl.String(),
        "recorded_at": _INSTANT,
    }
)
EVENT_SCHEMA: Final = pl.Schema(
    {
        "event_row": pl.String(),
        "event_id": pl.String(),
        "device_id": pl.String(),
        "carer_id": pl.String(),
        "kind": pl.String(),
        "visit_id": pl.String(),
        "unplanned": pl.Boolean(),
        "foreign": pl.Boolean(),
        "at": _INSTANT,
        "fact_at": _INSTANT,
        "flags": _TEXTS,
        "level": pl.String(),
        "digest": pl.String(),
        "service_user_id": pl.String(),
        "fix_within_m": pl.Float64(),
        "fix_age_s": pl.Float64(),
        "place_id": pl.String(),
        "inside": pl.Boolean(),
    }
)
"""`place_id`: the approved place that the position was judged by; `fix_within_m`: how far from it the phone was at
most, the accuracy it stated included; `inside`: whether it surely was there."""
EMPLOYMENT_SCHEMA: Final = pl.Schema(
    {"employment_id": pl.String(), "carer_id": pl.String(), "starts_on": pl.Date(), "ends_on": pl.Date()}
)
PACKAGE_SCHEMA: Final = pl.Schema(
    {
        "package_id": pl.String(),
        "starts_on": pl.Date(),
        "ends_on": pl.Date(),
        "service_user_id": pl.String(),
        "contract_id": pl.String(),
        "service": pl.String(),
        "zone": pl.String(),
        "carers": pl.Int64(),
        "high_dependency": pl.Boolean(),
        "funding": pl.String(),
    }
)
SPEED_SCHEMA: Final = pl.Schema(
    {"carer_id": pl.String(), "from_row": pl.String(), "to_row": pl.String(), "kmh": pl.Float64()}
)
"""The least speed between two positions of a carer that follow each other, by the rows of their events."""
PLACE_SCHEMA: Final = pl.Schema(
    {"place_id": pl.String(), "lat": pl.Float64(), "lon": pl.Float64(), "radius_m": pl.Float64()}
)
"""The approved places; a person's home goes by the person's own id."""
CORRECTION_SCHEMA: Final = pl.Schema(
    {
        "visit_id": pl.String(),
        "carer_id": pl.String(),
        "proposed_start": _INSTANT,
        "proposed_end": _INSTANT,
        "decided_at": _INSTANT,
    }
)
VISIT_SCHEMA: Final = pl.Schema(
    {
        "visit_id": pl.String(),
        "reference": pl.String(),
        "carer_id": pl.String(),
        "employment_id": pl.String(),
        "package_id": pl.String(),
        "contract_id": pl.String(),
        "service_user_id": pl.String(),
        "commissioner_id": pl.String(),
        "service": pl.String(),
        "zone": pl.String(),
        "carers": pl.Int64(),
        "funding": pl.String(),
        "high_dependency": pl.Boolean(),
        "starts_at": _INSTANT,
        "planned_start": _INSTANT,
        "planned_end": _INSTANT,
        "status": pl.String(),
        "actual_start": _INSTANT,
        "actual_end": _INSTANT,
        "recorded_start": _INSTANT,
        "recorded_end": _INSTANT,
        "incomplete": pl.Boolean(),
        "unresolved": pl.String(),
        "lat": pl.Float64(),
        "lon": pl.Float64(),
        "radius_m": pl.Float64(),
        "cancelled_at": _INSTANT,
        "cancelled_by": pl.String(),
        "unplanned": pl.Boolean(),
        "changed_after_start": pl.Boolean(),
        "corrected": pl.Boolean(),
        "assigned": pl.Boolean(),
        "flags": _TEXTS,
        "event_ids": _TEXTS,
        "event_rows": _TEXTS,
        "evidence_level": pl.String(),
        "digests": _TEXTS,
        "start_fix_within_m": pl.Float64(),
        "start_fix_age_s": pl.Float64(),
        "end_fix_within_m": pl.Float64(),
        "end_fix_age_s": pl.Float64(),
        "plan_version": pl.Int64(),
        "last_fact_at": _INSTANT,
    }
)


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """Everything recorded about some visits, each frame in its schema above."""

    versions: pl.DataFrame
    events: pl.DataFrame
    employments: pl.DataFrame
    packages: pl.DataFrame
    places: pl.DataFrame
    corrections: pl.DataFrame
    speeds: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SPEED_SCHEMA))


def visits(facts: VisitFacts, now: datetime, policy: Policy) -> pl.DataFrame:
    """One row per attendance, in VISIT_SCHEMA, as the facts stand at `now`."""
    attended = _attended(facts.events).with_row_index("part")
    # Lists are dear to move: they stay where they are until every row has its place.
    parts = with_corrected(attended.drop(_LISTS), facts.corrections, facts.versions)
    plans = _held_plans(facts.versions, parts)
    return (
        _attendances(facts, plans, parts)
        .pipe(correct, facts.corrections)
        .pipe(_judge, now, policy)
        .sort("carer_id", "starts_at", "visit_id", "foreign", nulls_last=True)
        .pipe(_with_package, facts.packages)
        .pipe(_placed, facts.places)
        .pipe(_flagged, attended.select(_LISTS))
        .select(pl.col(name).cast(kind) for name, kind in VISIT_SCHEMA.items())
    )


def _attended(events: pl.DataFrame) -> pl.DataFrame:
    """Each carer's part in each visit: the earliest check-in, the latest check-out, what else was said."""
    arrival, leaving = pl.col("kind") == "check_in", pl.col("kind") == "check_out"
    ends, inside, nth = arrival | leaving, pl.col("inside"), pl.col("nth")
    ordered = events.sort("at", "event_row").with_columns(
        nth=pl.int_range(pl.len(), dtype=pl.UInt32),
        phone=pl.col("device_id").cast(pl.Categorical).to_physical(),
    )
    phone = pl.col("phone").filter(ends)
    parts = ordered.group_by("visit_id", "carer_id", "unplanned", "foreign").agg(
        recorded_start=pl.col("at").filter(arrival).min(),
        recorded_end=pl.col("at").filter(leaving).max(),
        refused=(pl.col("kind") == "refused_entry").any(),
        repeated=(arrival.sum() > 1) | (leaving.sum() > 1),
        two_devices=phone.min() < phone.max(),
        clock_unknown=pl.col("flags").filter(ends).list.contains("clock_unknown").any(),
        event_flags=pl.col("flags")
        .filter(ends | (pl.col("kind") == "refused_entry"))
        .list.explode(empty_as_null=False),
        event_ids=pl.col("event_id"),
        event_rows=pl.col("event_row"),
        digests=pl.col("digest"),
        said_service_user=pl.col("service_user_id").drop_nulls().first(),
        events_at=pl.col("fact_at").max(),
        arrival=nth.filter(arrival).first(),
        leaving=nth.filter(leaving).last(),
        seen=pl.coalesce(nth.filter(arrival & inside).first(), nth.filter(leaving & inside).last()),
    )
    rank = ordered.select(rank_of(pl.col("level"))).to_series()
    return parts.drop("arrival", "leaving", "seen").with_columns(
        *(
            ordered[name].gather(parts[which]).alias(f"{end}_{name}")
            for end, which in (("start", "arrival"), ("end", "leaving"))
            for name in _OF_FIX
        ),
        seen_at=ordered["place_id"].gather(parts["seen"]),
        rank=pl.min_horizontal(rank.gather(parts["arrival"]), rank.gather(parts["leaving"])),
    )


_OF_FIX: Final = ("fix_within_m", "fix_age_s", "place_id")
_LISTS: Final = ("event_flags", "event_ids", "event_rows", "digests")


def _held_plans(versions: pl.DataFrame, attended: pl.DataFrame) -> pl.DataFrame:
    """Of each visit the version that counts: the last one recorded before the visit began under the one before it."""
    changed = versions.filter(pl.col("version") > 1)["visit_id"]
    again = pl.col("visit_id").is_in(changed.implode())
    never_changed = versions.filter(~again).select(
        *_OF_PLAN, plan_version="version", newest_carer="carer", newest_second="second_carer",
        called_off_at="cancelled_at", plans_at="recorded_at", changed_after_start=pl.lit(False),
    )  # fmt: skip
    if changed.is_empty():
        return never_changed
    return pl.concat([never_changed, _held_of_several(versions.filter(again), attended)])


_OF_PLAN: Final = (
    "visit_id", "reference", "package_id", "commissioner_id", "planned_start", "planned_end", "plan_status",
    "cancelled_at", "cancelled_by",
)  # fmt: skip


def _held_of_several(versions: pl.DataFrame, attended: pl.DataFrame) -> pl.DataFrame:
    """The same of visits with several versions each."""
    those = pl.col("visit_id").is_in(versions["visit_id"].implode())
    first = (
        attended.filter(those, ~pl.col("foreign"))
        .group_by("visit_id")
        .agg(began=pl.col("recorded_start").min())
    )
    ordered = versions.join(first, on="visit_id", how="left").sort("visit_id", "version")
    # Both are used within `over`, so of each visit by itself.
    began = pl.min_horizontal(pl.col("planned_start"), pl.col("began")).shift(1)
    in_time = (pl.col("recorded_at") <= began).fill_null(True)
    newest = pl.col("version") == pl.col("version").max()
    counted = ordered.with_columns(
        held=in_time.cum_min().over("visit_id") == 1,
        newest_carer=pl.col("carer").filter(newest).first().over("visit_id"),
        newest_second=pl.col("second_carer").filter(newest).first().over("visit_id"),
        newest_version=pl.col("version").max().over("visit_id"),
        called_off_at=pl.col("cancelled_at").filter(newest).first().over("visit_id"),
        plans_at=pl.col("recorded_at").max().over("visit_id"),
    )
    return (
        counted.filter("held")
        .unique("visit_id", keep="last")
        .select(
            *_OF_PLAN, plan_version="version", newest_carer="newest_carer", newest_second="newest_second",
            called_off_at="called_off_at", plans_at="plans_at",
            changed_after_start=pl.col("version") < pl.col("newest_version"),
        )
    )  # fmt: skip


def _attendances(facts: VisitFacts, plans: pl.DataFrame, attended: pl.DataFrame) -> pl.DataFrame:
    """The planned attendances beside the real ones; an unassigned visit that somebody attended has only the real."""
    people = facts.employments.select("employment_id", "carer_id")
    named = (
        _assigned(plans)
        .join(people, on="employment_id", how="left", maintain_order="left")
        .unique(["visit_id", "carer_id"], keep="first")
    )
    nobodys = pl.col("carer_id").is_null()
    open_visits = named.filter(nobodys)
    came = pl.col("visit_id").is_in(open_visits["visit_id"].implode())
    both = named.filter(~nobodys).join(attended, on=["visit_id", "carer_id"], how="full", coalesce=True)
    nobody_came = open_visits.join(attended.filter(came), on="visit_id", how="anti")
    rows = pl.concat([both, nobody_came], how="diagonal").with_columns(
        pl.col("assigned", "foreign", "unplanned").fill_null(False)
    )
    held = plans.drop("newest_carer", "newest_second")
    plan_columns = [name for name in held.columns if name != "visit_id"]
    return (
        rows.join(held, on="visit_id", how="left")
        .join(_employments(rows, facts), on=["visit_id", "carer_id"], how="left")
        .with_columns(pl.when(of_plan(rows)).then(pl.col(name)).alias(name) for name in plan_columns)
        .with_columns(
            changed_after_start=pl.col("changed_after_start").fill_null(False),
            employment_id=pl.coalesce("employment_id", "by_plan", "by_date"),
        )
    )


def _assigned(plans: pl.DataFrame) -> pl.DataFrame:
    """One row per visit and carer that the newest version names; one with no carer if it names none."""
    carer, second = pl.col("newest_carer"), pl.col("newest_second")
    first = plans.select("visit_id", employment_id=pl.coalesce(carer, second))
    other = plans.filter(carer.is_not_null(), second.is_not_null()).select("visit_id", employment_id=second)
    return pl.concat([first, other]).with_columns(assigned=pl.col("employment_id").is_not_null())


def _employments(rows: pl.DataFrame, facts: VisitFacts) -> pl.DataFrame:
    """The employment under which each row was attended where the plan does not say.

    The newest version that names one of the carer's employments decides; else the one in force on the London date.
    """
    asked = rows.filter(pl.col("employment_id").is_null(), pl.col("carer_id").is_not_null())
    if asked.is_empty():
        return asked.select("visit_id", "carer_id", by_plan="employment_id", by_date="employment_id")
    people = facts.employments.select("employment_id", "carer_id")
    theirs = pl.col("visit_id").is_in(asked["visit_id"].implode())
    by_plan = (
        facts.versions.filter(theirs)
        .select("visit_id", "version", by_plan=pl.concat_list("carer", "second_carer"))
        .explode("by_plan", empty_as_null=True)
        .join(people, left_on="by_plan", right_on="employment_id")
        .sort("version")
        .unique(["visit_id", "carer_id"], keep="last")
        .select("visit_id", "carer_id", "by_plan")
    )
    day = pl.coalesce("recorded_start", "recorded_end").dt.convert_time_zone(LONDON_NAME).dt.date()
    started = pl.col("starts_on") <= pl.col("day")
    not_ended = pl.col("ends_on").is_null() | (pl.col("day") <= pl.col("ends_on"))
    by_date = (
        asked.select("visit_id", "carer_id", day=day)
        .join(facts.employments, on="carer_id")
        .filter(started & not_ended)
        .sort("starts_on", "employment_id")
        .unique(["visit_id", "carer_id"], keep="last")
        .select("visit_id", "carer_id", by_date="employment_id")
    )
    return by_plan.join(by_date, on=["visit_id", "carer_id"], how="full", coalesce=True)


def _judge(rows: pl.DataFrame, now: datetime, policy: Policy) -> pl.DataFrame:
    start, end = pl.col("actual_start"), pl.col("actual_end")
    longest = timedelta(hours=policy.implausible_visit_hours)
    missed_from = pl.col("planned_end") + timedelta(minutes=policy.missed_after_minutes)
    known = start.is_not_null() | end.is_not_null()
    corrected = pl.col("corrected")
    implausible = (end < start) | (end - start > longest)
    turned_away = _turned_away(timedelta(minutes=policy.turned_away_minutes))
    return rows.with_columns(
        cancelled_on_arrival=turned_away | _called_off_at_the_door(),
        starts_at=pl.coalesce("planned_start", "actual_start", "actual_end", "last_fact_at"),
        incomplete=start.is_null() != end.is_null(),
        implausible=implausible,
        unresolved=pl.when(pl.col("foreign")).then(pl.lit("not_your_visit"))
        .when(implausible).then(pl.lit("implausible"))
        .when(pl.col("clock_unknown") & ~corrected).then(pl.lit("clock_unknown")),
        status=pl.when(pl.col("refused") & ~corrected).then(pl.lit("refused"))
        .when(turned_away).then(pl.lit("cancelled"))
        .when(known).then(pl.lit("completed"))
        .when(pl.col("plan_status") != "planned").then(pl.col("plan_status"))
        .when((missed_from < now) & pl.col("events_at").is_null()).then(pl.lit("missed"))
        .otherwise(pl.lit("planned")),
    )  # fmt: skip


def _turned_away(longest: timedelta) -> pl.Expr:
    """The plan that counts was cancelled, and the carer left again so soon that she only found it out at the door.

    The visit stands as cancelled, so the contract's rule for cancellations prices it; her time there is contact all the
    same.
    """
    lasted = pl.col("actual_end") - pl.col("actual_start")
    soon = lasted.is_between(timedelta(0), longest)
    return (pl.col("plan_status") == "cancelled") & soon


def _called_off_at_the_door() -> pl.Expr:
    """The newest version says that it was cancelled while the carer was there."""
    return pl.col("called_off_at").is_between(pl.col("recorded_start"), pl.col("recorded_end"))


def _with_package(rows: pl.DataFrame, packages: pl.DataFrame) -> pl.DataFrame:
    """The package of care in force on the London date on which the visit starts."""
    day = pl.col("starts_at").dt.convert_time_zone(LONDON_NAME).dt.date()
    found = (
        rows.select("package_id", day=day, nth=pl.int_range(pl.len()))
        .sort("day")
        .join_asof(
            packages.sort("starts_on"),
            left_on="day",
            right_on="starts_on",
            by="package_id",
            strategy="backward",
            check_sortedness=False,
        )
        .sort("nth")
    )
    over = (pl.col("ends_on") < pl.col("day")).fill_null(False)
    named = [name for name in PACKAGE_SCHEMA if name not in ("package_id", "starts_on", "ends_on")]
    return rows.with_columns(
        found.select(pl.when(~over).then(pl.col(name)).alias(name) for name in named)
    ).with_columns(service_user_id=pl.coalesce("service_user_id", "said_service_user"))


def _placed(rows: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Where each visit was: the approved place that the arrival, else the departure, was inside of; else the home.

    How far off the phone was is known of an end that was judged by that place alone.
    """
    home = pl.col("service_user_id")
    seen = pl.when(pl.col("seen_at").is_in(places["place_id"].implode())).then("seen_at")
    placed = rows.with_columns(place_id=pl.when(home.is_not_null()).then(pl.coalesce(seen, home)))
    return placed.with_columns(
        pl.when(pl.col(f"{end}_place_id") == pl.col("place_id"))
        .then(f"{end}_fix_within_m")
        .alias(f"{end}_fix_within_m")
        for end in ("start", "end")
    ).join(places, on="place_id", how="left", maintain_order="left")


_OWN_FLAGS: Final = (
    "repeated", "two_devices", "implausible", "incomplete", "changed_after_start", "unplanned", "corrected",
    "claimed_beyond", "worked_though_cancelled", "cancelled_on_arrival", "not_your_visit",
    "one_refused",
)  # fmt: skip


def _flagged(rows: pl.DataFrame, lists: pl.DataFrame) -> pl.DataFrame:
    """With what was said at each part in a visit (`lists`, in _LISTS), and all flags."""
    worked = pl.col("status") == "completed"
    said = lists.select(pl.all().gather(rows["part"]))
    marked = rows.with_columns(
        worked_though_cancelled=worked & (pl.col("plan_status") != "planned"),
        not_your_visit=pl.col("foreign"),
        one_refused=_one_refused(rows),
    )
    return marked.with_columns(
        said.select(_known("event_ids"), _known("event_rows")),
        flags=_in_order(pl.concat([_each(said["event_flags"]), *_own_flags(marked)]), rows.height, once=True),
        digests=_in_order(_each(said["digests"]), rows.height),
        evidence_level=pl.when("claimed_beyond").then(pl.lit(MANUAL)).otherwise(level_of(pl.col("rank"))),
    )


def _one_refused(rows: pl.DataFrame) -> pl.Expr:
    """Whether a carer was not let in at a visit that another one made."""
    refused = pl.col("status") == "refused"
    there = pl.col("visit_id").is_in(rows.filter(refused)["visit_id"].implode())
    made = rows.filter(there, pl.col("status") == "completed", ~pl.col("foreign"))["visit_id"]
    return refused & pl.col("visit_id").is_in(made.implode())


def _own_flags(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """For each of the visits' own flags that any row has: the rows that have it."""
    nth = pl.int_range(pl.len())
    had = rows.select(pl.col(_OWN_FLAGS).any()).row(0, named=True)
    for name in _OWN_FLAGS:
        if had[name]:
            yield rows.select(row=nth.filter(pl.col(name))).with_columns(text=pl.lit(name))


def _each(lists: pl.Series) -> pl.DataFrame:
    """The texts of lists, each with the number of its row."""
    return (
        pl.select(row=pl.int_range(len(lists)), text=lists).explode("text", empty_as_null=False).drop_nulls()
    )


def _in_order(texts: pl.DataFrame, rows: int, once: bool = False) -> pl.Series:
    """The texts of so many rows as a list each, in order; `once`: each text once. Polars is slow to sort lists."""
    told = texts.sort("row", "text")
    if once:
        told = told.filter(pl.any_horizontal(pl.all().ne_missing(pl.all().shift())))
    lists = told.group_by("row").agg("text")
    every = pl.select(row=pl.int_range(rows))
    return every.join(lists, on="row", how="left", maintain_order="left").select(_known("text")).to_series()


def _known(name: str) -> pl.Expr:
    return pl.col(name).fill_null(pl.lit([], dtype=_TEXTS))
