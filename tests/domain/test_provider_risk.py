"""Providers in order of risk: points by hand, and an order that every reader can work out again."""

from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.provider_risk import COUNTED, SIGNS, WEIGHTS, RiskWeights, SignWeight, weighed
from backend.statute.risk import risk_intervals

TWO = pl.DataFrame([("short", 60, 20), ("late", 40, 50)], WEIGHTS, orient="row")


def points(*rows: tuple[str, str, int, int]) -> list[tuple[Any, ...]]:
    frame = weighed(pl.DataFrame(list(rows), COUNTED, orient="row"), TWO)
    return frame.select("provider", "sign", "points").rows()


def test_a_sign_weighs_in_proportion_up_to_its_share_and_no_more() -> None:
    told = points(("a", "short", 1, 10), ("b", "short", 2, 10), ("c", "short", 9, 10), ("d", "short", 0, 10))
    assert told == [("b", "short", 6000), ("c", "short", 6000), ("a", "short", 3000), ("d", "short", 0)]


def test_what_was_not_measured_has_no_points_and_stands_before_what_is_well() -> None:
    told = points(
        ("bright", "short", 0, 9), ("bright", "late", 0, 9), ("dark", "short", 0, 0), ("dark", "late", 0, 9)
    )
    assert told == [
        ("dark", "short", None),
        ("dark", "late", 0),
        ("bright", "short", 0),
        ("bright", "late", 0),
    ]


def test_a_third_is_rounded_half_up_once() -> None:
    assert points(("a", "late", 1, 6)) == [("a", "late", 1333)]
    assert points(("a", "late", 1, 1)) == [("a", "late", 4000)], "one of one is measured"


def test_weights_that_do_not_make_a_hundred_are_refused() -> None:
    one = SignWeight(weight=10, full_at_percent=10)
    with pytest.raises(ValueError, match="must make 100"):
        RiskWeights(**dict.fromkeys(SIGNS, one))


@pytest.mark.parametrize(
    "sign", [SignWeight(weight=0, full_at_percent=0), SignWeight(weight=-1, full_at_percent=9)]
)
def test_a_sign_that_never_weighs_in_full_or_less_than_nothing_is_refused(sign: SignWeight) -> None:
    rest = dict.fromkeys(SIGNS, SignWeight(weight=0, full_at_percent=1))
    full = {**rest, "short": SignWeight(weight=100 - sign.weight, full_at_percent=1)}
    with pytest.raises(ValueError, match="in full from some share"):
        RiskWeights(**{**full, "upheld": sign})
    assert RiskWeights(**{**rest, "short": SignWeight(weight=100, full_at_percent=1)}).upheld.weight == 0


def test_a_sign_or_a_word_of_one_that_nobody_knows_is_refused() -> None:
    one = {"weight": 0, "full_at_percent": 1}
    told = dict.fromkeys(SIGNS, one) | {"short": {"weight": 100, "full_at_percent": 1}}
    assert msgspec.convert(told, RiskWeights).short.weight == 100
    for odd in ({**told, "mood": one}, {**told, "upheld": {**one, "least": 3}}):
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            msgspec.convert(odd, RiskWeights)


def test_packaged_weights_are_read_and_a_missing_sign_is_refused() -> None:
    values = {name: {"weight": 100 if name == "short" else 0, "full_at_percent": 5} for name in SIGNS}
    interval = {"id": "risk-1", "from": "2015-01-01", "until": None, "values": values}
    assert risk_intervals([interval])[0].values.short.weight == 100
    for unknown in (
        {"luck": {"weight": 0, "full_at_percent": 5}},
        {"short": {**values["short"], "least": 1}},
    ):
        with pytest.raises(Exception, match=r"luck|least"):
            risk_intervals([{**interval, "values": values | unknown}])
    del values["without_phone"]
    with pytest.raises(Exception, match="without_phone"):
        risk_intervals([interval])


ROW = st.tuples(
    st.sampled_from("abcd"), st.sampled_from(("short", "late")), st.integers(0, 50), st.integers(0, 50)
)


@given(st.lists(ROW, max_size=8, unique_by=lambda row: row[:2]))
def test_totals_fall_along_the_list_and_points_stay_within_their_weight(
    rows: list[tuple[str, str, int, int]],
) -> None:
    told = points(*rows)
    totals: dict[str, int] = {}
    for provider, sign, each in told:
        assert each is None or 0 <= each <= {"short": 6000, "late": 4000}[sign]
        totals[provider] = totals.get(provider, 0) + (each or 0)
    assert list(totals.values()) == sorted(totals.values(), reverse=True)
    assert len(told) == len(rows)
