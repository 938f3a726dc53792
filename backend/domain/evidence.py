"""What a position proves about an event, judged once and kept when the position goes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import polars as pl
from msgspec import Struct

from backend.domain.place import Circle, Fence, distance_m, fence
from schemas.mobile import Fix

RULE_VERSION: Final = "fence-1"
MANUAL: Final = "manual"
LEVELS: Final = (
    MANUAL, "message", "statement", "elsewhere", "uncertain", "told_code", "home_line", "position", "card", "tag",
)  # fmt: skip
"""The one ladder: how well an event's place is proved, weakest first. An attendance is proved as well as the weaker of
the events that are its start and its end.

A position alone gives `statement` to `position`; `home_line` is a call from the telephone of the home, `told_code` one
from elsewhere that told the code of the home's fob, and `message` a text message, the last resort; `manual` is a visit
that a correction makes begin before its first check-in, or end after its last check-out.
"""
_RANK: Final = {level: rank for rank, level in enumerate(LEVELS)}
DOUBTS: Final = ("outside", "cannot_tell", "stale_fix", "mock_location", "at_own_home", "implied_speed")
"""Reasons that speak against a position."""
ABSENCE: Final = (
    "no_position",
    *(
        f"no_fix_{why}"
        for why in ("denied", "unavailable", "timed_out", "approximate", "not_collected", "unstated")
    ),
)
"""Reasons that say that there is no position, and why."""
_BEST_FIRST: Final = ("inside", "cannot_tell", "outside")
Level = Literal["statement", "elsewhere", "uncertain", "position"]


class Judgement(Struct, frozen=True):
    """Distance and accuracy in metres, age of the fix in seconds; `reasons` are doubts for a person to weigh.

    At the carer's own home nothing but that is kept: neither the position nor how far it lies from anywhere.
    `place_id` is the approved place that gave the verdict: of several that say the same, the nearest.
    """

    fence: Fence
    level: Level
    reasons: tuple[str, ...]
    place_id: str | None = None
    distance_m: float | None = None
    accuracy_m: float | None = None
    fix_age_s: float | None = None
    at_home: bool | None = None

    @property
    def keep_position(self) -> bool:
        """False for a fix at the carer's own home and outside every approved place: it is nobody's business."""
        return not self.at_home


def judge(
    fix: Fix | None,
    no_fix: str | None,
    occurred_at: datetime,
    approved: Sequence[Circle],
    homes: Sequence[Circle],
    stale_after_s: int,
    method: str | None = None,
) -> Judgement:
    """Judge an event's position against the approved places of its visit and the carer's own homes."""
    line = ("line_unverified",) if method == "phone" else ()
    if fix is None:
        said = ("no_position", f"no_fix_{no_fix or 'unstated'}", *line)
        return Judgement("no_position", "statement", said)
    place, distance, verdict = _nearest(fix, approved)
    outside = verdict == "outside" or not approved
    at_home = outside and any(_at(fix, home)[1] == "inside" for home in homes)
    age = (occurred_at - fix.taken_at).total_seconds()
    reasons = tuple(sorted(_reasons(fix, verdict, age, at_home, stale_after_s)))
    return Judgement(
        fence=verdict,
        level=_level(verdict, reasons),
        reasons=tuple(sorted((*reasons, *line))),
        place_id=place,
        distance_m=None if distance is None or at_home else round(distance, 1),
        accuracy_m=fix.accuracy_m,
        fix_age_s=age,
        at_home=at_home,
    )


def _nearest(fix: Fix, approved: Sequence[Circle]) -> tuple[str | None, float | None, Fence]:
    """The place that gives the best verdict, the distance to it, the verdict: inside any place is inside, outside all
    of them outside."""
    found = [(_BEST_FIRST.index(verdict), distance, place.id or "", verdict)
             for place in approved for distance, verdict in (_at(fix, place),)]  # fmt: skip
    if not found:
        return None, None, "cannot_tell"
    _, distance, name, verdict = min(found)
    return name or None, distance, verdict


def _at(fix: Fix, place: Circle) -> tuple[float, Fence]:
    edges = (place.radius_m - fix.accuracy_m, place.radius_m + fix.accuracy_m)
    distance = distance_m(fix.lat, fix.lon, place.lat, place.lon, edges)
    return distance, fence(distance, fix.accuracy_m, place.radius_m)


def _reasons(fix: Fix, verdict: Fence, age: float, at_home: bool, stale_after_s: int) -> list[str]:
    found = {
        "outside": verdict == "outside",
        "cannot_tell": verdict == "cannot_tell",
        "stale_fix": abs(age) > stale_after_s,
        "mock_location": fix.mocked,
        "at_own_home": at_home,
    }
    return [reason for reason, holds in found.items() if holds]


def _level(verdict: Fence, reasons: tuple[str, ...]) -> Level:
    if verdict == "outside":
        return "elsewhere"
    return "position" if verdict == "inside" and not reasons else "uncertain"


def with_token(level: pl.Expr, verdict: pl.Expr, kind: pl.Expr) -> pl.Expr:
    """The level of an event with a token: `level` of its position, the token's verdict and kind of tag (or null).

    The message of an NFC tag can be made nowhere else, so it proves the place alone. A card can be photographed and
    a code passed on: they add to a position at the place, and prove nothing without one. The number of a line can be
    feigned, and a code told to somebody else: both prove less than a position.
    """
    verified = verdict == "verified"
    return (
        pl.when(kind == "message").then(pl.lit("message"))
        .when(verified & (kind == "nfc")).then(pl.lit("tag"))
        .when(verified & (kind == "line")).then(pl.lit("home_line"))
        .when(verified & (kind == "told_code")).then(pl.lit("told_code"))
        .when(verified & (level == "position")).then(pl.lit("card"))
        .otherwise(level)
    )  # fmt: skip


def rank_of(level: pl.Expr) -> pl.Expr:
    """The rung of a level, 0 the lowest."""
    return level.replace_strict(_RANK, default=None, return_dtype=pl.Int64)


def level_of(rank: pl.Expr) -> pl.Expr:
    """The level of a rung; null for none."""
    return rank.replace_strict(list(_RANK.values()), list(_RANK), default=None, return_dtype=pl.String)


def proved(events: pl.DataFrame, speeds: pl.DataFrame, limit_kmh: int, stale_after_s: int) -> pl.DataFrame:
    """Events with what else is known of them: speeds between positions, a position that came later, the token.

    Where two positions are too far apart for the time between them, nobody knows which is wrong: both are in doubt. A
    later position takes the place of the event's own where it proves more, and its doubts stand beside the event's. One
    that was taken longer before or after the event than the policy allows is stale, however quickly it was handed in.
    """
    fast = speeds.filter(pl.col("kmh") > limit_kmh)
    rows = pl.concat([fast["from_row"], fast["to_row"]])
    hurried = pl.col("event_row").is_in(rows.implode())
    doubted = events.with_columns(
        level=pl.when(hurried & (pl.col("level") == "position")).then(pl.lit("uncertain")).otherwise("level"),
        flags=pl.when(hurried)
        .then(pl.concat_list("flags", pl.lit(["implied_speed"], dtype=pl.List(pl.String))))
        .otherwise("flags"),
    )
    return _with_late(doubted, stale_after_s).with_columns(
        level=with_token(pl.col("level"), pl.col("token"), pl.col("token_kind"))
    )


def _with_late(events: pl.DataFrame, stale_after_s: int) -> pl.DataFrame:
    came = events.filter(pl.col("kind") == "fix", pl.col("about_event_id").is_not_null())
    if came.is_empty():
        return events
    late = (
        _late_positions(came, events, stale_after_s)
        .group_by("device_id", event_id="about_event_id")
        .agg(
            late=rank_of(pl.col("level")).max(),
            late_place=pl.col("place_id").filter("inside").min(),
            doubts=pl.col("flags").list.set_intersection(list(DOUBTS)).list.explode(empty_as_null=False),
            why_none=pl.col("flags").list.set_intersection(list(ABSENCE)).list.explode(empty_as_null=False),
            placed=(~pl.col("flags").list.contains("no_position")).any(),
        )
    )
    moved = ~pl.col("inside") & pl.col("late_place").is_not_null()
    spoken = pl.col("event_id").is_in(late["event_id"].implode())
    improved = (
        events.filter(spoken)
        .join(late, on=["device_id", "event_id"], how="left")
        .with_columns(
            level=level_of(pl.max_horizontal(rank_of(pl.col("level")), "late")),
            place_id=pl.when(moved).then("late_place").otherwise("place_id"),
            fix_within_m=pl.when(~moved).then("fix_within_m"),
            inside=pl.col("inside") | moved,
            flags=pl.concat_list(
                _without_old_absence(), _given("doubts"), _given("why_none", ~pl.col("placed"))
            ),
        )
    )
    return pl.concat([improved.select(events.columns), events.filter(~spoken)])


def _late_positions(late: pl.DataFrame, events: pl.DataFrame, stale_after_s: int) -> pl.DataFrame:
    """Positions that came in an event of their own, each judged by when it was taken beside the event it is about."""
    about = events.select("device_id", about_event_id="event_id", about_at="at")
    apart = (pl.col("at") - pl.col("about_at")).dt.total_seconds() - pl.col("fix_age_s")
    stale = apart.abs() > stale_after_s
    return late.join(about, on=["device_id", "about_event_id"]).with_columns(
        level=pl.when(stale & (pl.col("level") == "position")).then(pl.lit("uncertain")).otherwise("level"),
        flags=pl.when(stale).then(pl.col("flags").list.set_union(["stale_fix"])).otherwise("flags"),
    )


def _without_old_absence() -> pl.Expr:
    """The event's own doubts. That it had no position counts no more once a later position has come."""
    spoken = pl.col("placed").is_not_null()
    return pl.when(spoken).then(pl.col("flags").list.set_difference(list(ABSENCE))).otherwise("flags")


def _given(name: str, condition: pl.Expr | None = None) -> pl.Expr:
    """A list of reasons, empty where there is none or the condition does not hold."""
    none = pl.lit([], dtype=pl.List(pl.String))
    given = pl.col(name).fill_null(none)
    return given if condition is None else pl.when(condition).then(given).otherwise(none)
