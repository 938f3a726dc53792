"""A policy is read as it stands or refused: no unknown member, nothing changed afterwards."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from backend.domain.policy import EarlierPaces, OwnPace, Policy

PACE: dict[str, Any] = {
    "mode": "car",
    "setting": None,
    "detour": Decimal(1),
    "kmh": Decimal("0.1"),
    "minutes": Decimal(0),
}
POLICY = dict.fromkeys((field.name for field in msgspec.structs.fields(Policy)), 1) | {
    "long_gap": "waiting",
    "paces": (),
    "earlier_paces": (),
}
EARLIER: dict[str, Any] = {"until": date(2026, 11, 2), "paces": ()}


@pytest.mark.parametrize(("kind", "told"), [(OwnPace, PACE), (Policy, POLICY), (EarlierPaces, EARLIER)])
def test_a_misspelt_member_is_refused_and_none_changes_afterwards(kind: Any, told: dict[str, Any]) -> None:
    read = msgspec.convert(told, kind)
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert(told | {"kmhh": 1}, kind)
    with pytest.raises(AttributeError):
        setattr(read, next(iter(told)), None)
    with pytest.raises(TypeError, match="positional"):
        kind(*told.values())


def test_the_slowest_pace_and_the_straightest_road_are_paces() -> None:
    assert OwnPace(**PACE).kmh == Decimal("0.1")


@pytest.mark.parametrize("wrong", [{"detour": "0.9"}, {"kmh": "0"}, {"minutes": "-1"}])
def test_a_pace_that_no_road_has_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="pace"):
        OwnPace(**(PACE | {name: Decimal(value) for name, value in wrong.items()}))
