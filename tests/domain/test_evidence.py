"""Laws of the ladder of evidence, of the fence round several places, and of speeds in any order of arrival."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.evidence import LEVELS, judge, level_of, proved, rank_of, with_token
from backend.domain.place import Circle, Fence, fence
from backend.domain.positions import Position, speeds
from backend.domain.visit import SPEED_SCHEMA
from schemas.mobile import Fix
from tests.mobile_api.world import hour

METRES = st.floats(0, 1e6)
DEGREES = st.tuples(st.floats(51.9, 52.1), st.sampled_from([-0.01, 0.0, 0.01]))
PLACES = st.lists(
    st.builds(lambda at, r: Circle(at[0], at[1], r), DEGREES, st.floats(1, 3000)), min_size=1, max_size=4
)
TOKENS = st.sampled_from(
    [(None, None), ("verified", "nfc"), ("verified", "qr_static"), ("token_bad_mac", "nfc")]
)


def verdict(at: tuple[float, float], accuracy: float, places: list[Circle]) -> Fence:
    fix = Fix(salt="A" * 22, lat=at[0], lon=at[1], accuracy_m=accuracy, taken_at=hour(7))
    return judge(fix, None, hour(7), places, [], 120).fence


@given(METRES, METRES, st.floats(1, 1e4))
def test_of_three_verdicts_one_holds_and_less_accuracy_never_makes_it_surer(
    distance: float, accuracy: float, radius: float
) -> None:
    assert fence(distance, 0, radius) == ("inside" if distance <= radius else "outside")
    rough = fence(distance, accuracy, radius)
    assert rough in (fence(distance, 0, radius), "cannot_tell")
    assert fence(distance, accuracy * 2, radius) in (rough, "cannot_tell")


@given(DEGREES, st.floats(0, 3000), PLACES)
@settings(deadline=None)
def test_inside_any_place_is_inside_and_outside_all_is_outside(
    at: tuple[float, float], accuracy: float, places: list[Circle]
) -> None:
    each = {verdict(at, accuracy, [place]) for place in places}
    expected = "inside" if "inside" in each else "outside" if each == {"outside"} else "cannot_tell"
    assert verdict(at, accuracy, places) == expected == verdict(at, accuracy, places[::-1])


def event(row: str, kind: str, level: str, **more: Any) -> dict[str, Any]:
    of = {"event_row": row, "event_id": row, "device_id": "d", "kind": kind, "level": level}
    place = {"place_id": None, "inside": level == "position", "fix_within_m": None, "about_event_id": None}
    place |= {"at": hour(12), "fix_age_s": 0.0}
    return {**of, **place, "flags": [], "token": None, "token_kind": None, **more}


def level(*events: dict[str, Any], hurried: bool = False) -> str:
    """What the first of some events comes to."""
    texts = ("place_id", "about_event_id", "token", "token_kind")
    types: dict[str, Any] = {name: pl.String() for name in texts}
    types |= {"flags": pl.List(pl.String()), "fix_within_m": pl.Float64()}
    rows = [("c", "x", "a", 500.0)] if hurried else []
    fast = pl.DataFrame(rows, schema=SPEED_SCHEMA, orient="row")
    frame = pl.DataFrame(list(events), schema_overrides=types)
    found: str = proved(frame, fast, 130, 120).filter(event_row="a")["level"].item()
    return found


@given(st.sampled_from(LEVELS[1:6]), st.sampled_from(LEVELS[1:6]), TOKENS, st.booleans())
@settings(deadline=None)
def test_better_proof_never_lowers_a_level(
    own: str, late: str, token: tuple[Any, Any], hurried: bool
) -> None:
    rank = LEVELS.index
    shown = {"token": token[0], "token_kind": token[1]}
    alone = level(event("a", "check_in", own), hurried=hurried)
    with_late = level(
        event("a", "check_in", own), event("b", "fix", late, about_event_id="a"), hurried=hurried
    )
    assert rank(level(event("a", "check_in", own, **shown), hurried=hurried)) >= rank(alone)
    assert rank(with_late) >= rank(alone)
    assert rank(level(event("a", "check_in", own))) >= rank(alone)


@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS), TOKENS)
def test_a_better_position_never_makes_a_token_prove_less(
    one: str, other: str, token: tuple[Any, Any]
) -> None:
    rows = pl.DataFrame({"level": sorted((one, other), key=LEVELS.index)}).with_columns(
        verdict=pl.lit(token[0], pl.String), kind=pl.lit(token[1], pl.String)
    )
    shown = rows.select(rank_of(with_token(pl.col("level"), pl.col("verdict"), pl.col("kind")))).to_series()
    assert shown.is_sorted()


def test_the_ladder_is_one_order_there_and_back() -> None:
    rows = pl.DataFrame({"level": list(LEVELS)}).with_columns(rank=rank_of(pl.col("level")))
    assert rows["rank"].to_list() == list(range(len(LEVELS)))
    assert rows.select(level_of(pl.col("rank"))).to_series().to_list() == list(LEVELS)


@given(
    st.lists(st.tuples(st.integers(0, 200_000), DEGREES, st.floats(0, 50)), min_size=2, max_size=9),
    st.randoms(),
    st.lists(st.integers(1, 3), min_size=9, max_size=9),
)
@settings(deadline=None)
def test_the_speeds_that_count_are_the_same_in_any_order_of_arrival(
    said: list[Any], chance: Any, sizes: list[int]
) -> None:
    positions = [
        Position(UUID(int=number), hour(0) + timedelta(seconds=at), where[0], where[1], accuracy)
        for number, (at, where, accuracy) in enumerate(said)
    ]
    expected = {
        (one.before.row, one.after.row): one.kmh for one in speeds(positions, [p.row for p in positions])
    }
    arriving, held, noted = list(positions), list[Position](), []
    chance.shuffle(arriving)
    for size in sizes:
        batch, arriving = arriving[:size], arriving[size:]
        held += batch
        noted += speeds(held, [one.row for one in batch])
    last = {one.after.row: one for one in sorted(noted, key=lambda one: (one.before.at, one.before.row))}
    assert {(one.before.row, one.after.row): one.kmh for one in last.values()} == expected


def test_a_speed_is_noted_beside_each_fresh_position_up_to_a_day_apart() -> None:
    def at(number: int, hours: float) -> Position:
        return Position(UUID(int=number), hour(0) + timedelta(hours=hours), 52 + number / 10, -2.7, 10)

    positions = [at(1, 0), at(2, 1), at(3, 2), at(4, 26), at(5, 50.001)]
    assert speeds(positions, []) == []
    found = speeds(positions, [UUID(int=2), UUID(int=4), UUID(int=5)])
    assert [(one.before.row.int, one.after.row.int) for one in found] == [(1, 2), (2, 3), (3, 4)]
    assert [round(one.kmh, 4) for one in found] == [11.0995, 11.0995, 0.4625], (
        "11,119.5 metres less both doubts"
    )


def test_the_meridian_is_a_real_place() -> None:
    assert verdict((52.2, 0.0), 5, [Circle(52.2, 0.0, 50)]) == "inside"
    assert verdict((52.2, 0.0), 5, [Circle(52.2, -0.01, 50)]) == "outside"
