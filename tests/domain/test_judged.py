"""One position, one judgement: each verdict at its edges, each doubt, and what comes later to an event."""

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from backend.domain.evidence import (
    DOUBTS,
    LEVELS,
    MANUAL,
    RULE_VERSION,
    Judgement,
    judge,
    proved,
    with_token,
)
from backend.domain.place import Circle
from backend.domain.visit import SPEED_SCHEMA
from schemas.mobile import Fix
from tests.mobile_api.world import hour

DOOR = Circle(52.0, 0.0, 100.0, "door")
DEGREE_M = 111_265.0
"""Metres of a degree north at 52 degrees, to the metre over the few hundred that are used."""


def north(metres: float, accuracy: float = 0.0, age: float = 0.0, mocked: bool = False) -> Fix:
    """A position so many metres north of the door, taken so many seconds before the event."""
    taken = hour(7) - timedelta(seconds=age)
    return Fix(
        salt="A" * 22,
        lat=52.0 + metres / DEGREE_M,
        lon=0.0,
        accuracy_m=accuracy,
        taken_at=taken,
        mocked=mocked,
    )


def at(fix: Fix | None, *approved: Circle, homes: tuple[Circle, ...] = (), **said: Any) -> Judgement:
    return judge(fix, said.get("no_fix"), hour(7), approved, homes, 120, said.get("method"))


def circle(metres: float, radius: float, name: str | None) -> Circle:
    """A place so many metres north of the door."""
    return Circle(52.0 + metres / DEGREE_M, 0.0, radius, name)


def test_the_names_that_others_rely_on() -> None:
    assert (RULE_VERSION, MANUAL) == ("fence-1", "manual")
    ladder = "manual message statement elsewhere uncertain told_code home_line position card tag"
    doubts = "outside cannot_tell stale_fix mock_location at_own_home implied_speed"
    assert (" ".join(LEVELS), " ".join(DOUBTS)) == (ladder, doubts)


def test_without_a_position_there_is_a_statement_that_says_why() -> None:
    said = Judgement("no_position", "statement", ("no_position", "no_fix_denied"))
    assert at(None, DOOR, no_fix="denied") == said
    assert at(None, DOOR).reasons == ("no_position", "no_fix_unstated")
    assert at(None, DOOR, method="phone").reasons == ("no_position", "no_fix_unstated", "line_unverified")


@pytest.mark.parametrize(
    ("fix", "verdict", "level", "reasons"),
    [
        (north(90, 9), "inside", "position", ()),
        (north(90, 12), "cannot_tell", "uncertain", ("cannot_tell",)),
        (north(110, 12), "cannot_tell", "uncertain", ("cannot_tell",)),
        (north(110, 9), "outside", "elsewhere", ("outside",)),
        (north(0, age=120), "inside", "position", ()),
        (north(0, age=121), "inside", "uncertain", ("stale_fix",)),
        (north(0, age=-120), "inside", "position", ()),
        (north(0, age=-121), "inside", "uncertain", ("stale_fix",)),
        (north(0, mocked=True), "inside", "uncertain", ("mock_location",)),
        (north(300, age=200, mocked=True), "outside", "elsewhere", ("mock_location", "outside", "stale_fix")),
    ],
)
def test_a_verdict_and_its_doubts(fix: Fix, verdict: str, level: str, reasons: tuple[str, ...]) -> None:
    found = at(fix, DOOR)
    assert (found.fence, found.level, found.reasons) == (verdict, level, reasons)


def test_what_was_measured_stands_to_a_tenth_of_a_metre_and_the_position_may_be_kept() -> None:
    found = at(north(33.333, 7.25, age=12.5), DOOR)
    assert found == Judgement("inside", "position", (), "door", 33.3, 7.25, 12.5, at_home=False)
    assert found.keep_position


def test_a_call_says_that_its_line_is_not_confirmed_and_that_is_no_doubt_about_the_position() -> None:
    found = at(north(0), DOOR, method="phone")
    assert (found.level, found.reasons) == ("position", ("line_unverified",))
    assert at(north(500), DOOR, method="phone").reasons == ("line_unverified", "outside")
    assert at(north(0), DOOR, method="app").reasons == ()


@pytest.mark.parametrize(("radius", "verdict"), [(5992.0, "cannot_tell"), (3992.0, "outside")])
def test_near_either_edge_the_ellipsoid_decides(radius: float, verdict: str) -> None:
    """Five kilometres along 52 degrees north are sixteen metres less on the sphere: inside, and cannot tell, by it."""
    fix = Fix(salt="A" * 22, lat=52.0, lon=5000 / 68_677, accuracy_m=1000, taken_at=hour(7))
    assert at(fix, Circle(52.0, 0.0, radius)).fence == verdict


def test_without_an_approved_place_nobody_can_tell() -> None:
    found = at(north(0))
    assert (found.fence, found.place_id, found.distance_m, found.at_home) == (
        "cannot_tell",
        None,
        None,
        False,
    )


def test_the_best_verdict_wins_and_of_equal_ones_the_nearest_place() -> None:
    fix = north(0, 20)
    inside, near, far = circle(500, 1000, "wide"), circle(50, 55, "near"), circle(60, 55, "far")
    outside = circle(40, 10, "outside")
    assert at(fix, outside, near, inside).place_id == "wide", "though another door is nearer"
    assert at(fix, outside, far, near).place_id == "near"
    assert (at(fix, outside, far).fence, at(fix, outside, far).place_id) == ("cannot_tell", "far")
    assert at(fix, circle(50, 10, "b"), outside).place_id == "outside"
    assert at(fix, circle(50, 55, "b"), circle(50, 55, "a")).place_id == "a"
    assert at(fix, circle(50, 55, None)).place_id is None


HOME, ELSEWHERE = circle(2000, 100, None), circle(-3000, 100, None)


def test_at_the_carer_s_own_home_neither_position_nor_distance_is_kept() -> None:
    found = at(north(2000), DOOR, homes=(ELSEWHERE, HOME))
    assert found == Judgement(
        "outside", "elsewhere", ("at_own_home", "outside"), "door", None, 0.0, 0.0, at_home=True
    )
    assert not found.keep_position
    assert at(north(2000), homes=(HOME,)).at_home, "without an approved place too"


@pytest.mark.parametrize(
    ("fix", "approved"),
    [
        (north(2000, 101), (DOOR,)),  # perhaps at home
        (north(1500), (DOOR,)),
        (north(2000), (circle(2000, 50, "live-in"),)),
        (north(2000, 20), (DOOR, circle(2060, 50, "next door"))),  # perhaps at the next door
    ],
)
def test_who_may_be_elsewhere_is_not_surely_at_home(fix: Fix, approved: tuple[Circle, ...]) -> None:
    found = at(fix, *approved, homes=(HOME,))
    assert found.keep_position and found.distance_m is not None and "at_own_home" not in found.reasons


@pytest.mark.parametrize(
    ("level", "verdict", "kind", "expected"),
    [
        ("statement", "verified", "nfc", "tag"),
        ("statement", "token_bad_mac", "nfc", "statement"),
        ("position", "verified", "qr_static", "card"),
        ("uncertain", "verified", "qr_static", "uncertain"),
        ("position", "token_bad_mac", "qr_static", "position"),
        ("position", None, None, "position"),
        ("position", "verified", None, "card"),
        ("position", "verified", "line", "home_line"),
        ("position", "token_bad_mac", "line", "position"),
        ("statement", "verified", "told_code", "told_code"),
        ("statement", "token_bad_mac", "told_code", "statement"),
        ("position", None, "message", "message"),
    ],
)
def test_what_a_token_adds(level: str, verdict: str | None, kind: str | None, expected: str) -> None:
    row = pl.DataFrame({"level": [level], "verdict": [verdict], "kind": [kind]}).cast(pl.String)
    assert row.select(with_token(pl.col("level"), pl.col("verdict"), pl.col("kind"))).item() == expected


def event(row: str, level: str, **more: Any) -> dict[str, Any]:
    plain = {"event_row": row, "event_id": row, "device_id": "d", "kind": "check_in", "level": level}
    place = {"place_id": None, "inside": level == "position", "fix_within_m": 12.5, "about_event_id": None}
    taken = {"at": hour(7), "fix_age_s": 0.0}
    return {**plain, **place, **taken, "flags": [], "token": None, "token_kind": None, **more}


def late(row: str, level: str, **more: Any) -> dict[str, Any]:
    """A position that came after the event `a`."""
    return event(row, level, **{"kind": "fix", "about_event_id": "a", **more})


def first(*events: dict[str, Any], fast: tuple[Any, ...] | None = None) -> dict[str, Any]:
    """What the first event comes to, among others before and after it."""
    return every(*events, fast=fast)[events[0]["event_row"]]


def every(*events: dict[str, Any], fast: tuple[Any, ...] | None = None) -> dict[str, dict[str, Any]]:
    """What each event comes to, by its row; each is there once."""
    texts = ("place_id", "about_event_id", "token", "token_kind")
    types: dict[str, Any] = {name: pl.String() for name in texts}
    types |= {"flags": pl.List(pl.String()), "fix_within_m": pl.Float64()}
    speeds = pl.DataFrame([fast] if fast else [], schema=SPEED_SCHEMA, orient="row")
    frame = pl.DataFrame(list(events), schema_overrides=types)
    rows = proved(frame, speeds, 130, 120).to_dicts()
    assert len(rows) == len(events)
    return {row["event_row"]: row for row in rows}


@pytest.mark.parametrize(
    ("fast", "level", "flags"),
    [
        (("c", "x", "a", 130.1), "uncertain", ["stale_fix", "implied_speed"]),
        (("c", "a", "x", 130.1), "uncertain", ["stale_fix", "implied_speed"]),
        (("c", "x", "a", 130.0), "position", ["stale_fix"]),
        (("c", "x", "y", 500.0), "position", ["stale_fix"]),
    ],
)
def test_a_speed_beyond_the_limit_puts_both_positions_in_doubt(
    fast: tuple[Any, ...], level: str, flags: list[str]
) -> None:
    found = first(event("a", "position", flags=["stale_fix"]), fast=fast)
    assert (found["level"], found["flags"]) == (level, flags)
    assert first(event("a", "elsewhere"), fast=("c", "x", "a", 500.0))["level"] == "elsewhere"
    hurried = first(event("a", "position", token="verified", token_kind="nfc"), fast=fast)
    assert hurried["level"] == "tag", "a tag is nowhere else"


def test_a_later_position_stands_in_where_it_proves_more() -> None:
    own = event("a", "statement", place_id="h", flags=["no_position"])
    better = late("b", "uncertain", flags=["stale_fix", "line_unverified"])
    found = first(own, late("c", "elsewhere"), better, late("d", "elsewhere", flags=["outside"]))
    assert (found["level"], found["place_id"], found["fix_within_m"]) == ("uncertain", "h", 12.5)
    assert not found["inside"]
    assert sorted(found["flags"]) == ["outside", "stale_fix"], "doubts alone pass over"
    assert first(event("a", "position"), late("b", "elsewhere"))["level"] == "position"


def test_why_there_is_no_position_is_said_by_what_came_later_and_by_nobody_once_there_is_one() -> None:
    own = event("a", "statement", flags=["no_position", "no_fix_timed_out", "late_upload"])
    none = late("b", "statement", flags=["no_position", "no_fix_denied"])
    assert sorted(first(own, none)["flags"]) == ["late_upload", "no_fix_denied", "no_position"]
    assert first(own, none, late("c", "uncertain"))["flags"] == ["late_upload"]
    assert first(own)["flags"] == ["no_position", "no_fix_timed_out", "late_upload"]


def test_a_later_position_of_an_age_that_nobody_said_is_not_stale() -> None:
    found = first(event("a", "statement"), late("b", "position", fix_age_s=None))
    assert (found["level"], found["flags"]) == ("position", [])


def test_a_later_position_inside_moves_the_event_to_its_place() -> None:
    inside = [late("b", "position", place_id="z"), late("c", "uncertain", place_id="y", inside=True)]
    found = first(event("a", "elsewhere", place_id="h"), *inside, late("e", "elsewhere", place_id="b"))
    assert (found["place_id"], found["inside"], found["fix_within_m"]) == ("y", True, None)
    own = first(event("a", "position", place_id="h"), *inside)
    assert (own["place_id"], own["inside"], own["fix_within_m"]) == ("h", True, 12.5)


@pytest.mark.parametrize(
    ("after_s", "age_s", "level"),
    [
        (120, 0, "position"),
        (121, 0, "uncertain"),
        (240, 120, "position"),
        (0, 120, "position"),
        (0, 121, "uncertain"),
    ],
)
def test_a_later_position_is_stale_by_when_it_was_taken_beside_the_event(
    after_s: int, age_s: int, level: str
) -> None:
    taken = {"at": hour(7) + timedelta(seconds=after_s), "fix_age_s": float(age_s)}
    found = first(event("a", "statement"), late("b", "position", **taken))
    assert (found["level"], "stale_fix" in found["flags"]) == (level, level == "uncertain")


def test_only_positions_sent_later_by_the_same_phone_for_this_event_count() -> None:
    own = event("a", "statement")
    for other in (
        late("b", "position", kind="note"),
        late("b", "position", device_id="e"),
        late("b", "position", about_event_id="c"),
        late("b", "position", about_event_id=None),
    ):
        assert first(own, other)["level"] == "statement"


def test_an_event_of_another_phone_that_goes_by_the_same_id_stays_as_it_is() -> None:
    other = event("a", "uncertain", event_row="o", device_id="e", flags=["outside"])
    found = every(event("a", "statement", flags=["no_position"]), other, late("b", "position"))
    assert (found["a"]["level"], found["a"]["flags"]) == ("position", [])
    assert found["o"] == other
