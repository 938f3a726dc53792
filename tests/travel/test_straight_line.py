"""Journeys judged from the straight line."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from backend.travel import TravelFault
from backend.travel.straight_line import StraightLine, packaged_paces, read_paces
from schemas.strict import Faulty

LEG: dict[str, Any] = {
    "from_lat": 52.0,
    "from_lon": -2.0,
    "to_lat": 52.1,
    "to_lon": -2.0,
    "mode": "car",
    "date": date(2026, 11, 2),
}
PACES: dict[str, Any] = {
    "from": "2020-01-01",
    "until": "2029-12-31",
    "source": "a test",
    "href": "https://example.org",
    "checked_on": "2026-11-02",
    "modes": {"car": {"detour": "1.5", "kmh": "36", "minutes": "2"}},
}


def estimate(*legs: dict[str, Any], paces: Any = None) -> list[dict[str, Any]]:
    estimator = StraightLine(None if paces is None else read_paces(paces))
    return estimator.estimate(pl.DataFrame(list(legs))).to_dicts()


def test_the_estimate_is_the_geodesic_by_detour_and_speed_plus_minutes_at_the_door() -> None:
    """A tenth of a degree of latitude at 52 degrees north is 11,126 metres on the WGS 84 ellipsoid."""
    (found,) = estimate(LEG, paces=[PACES])
    assert found["metres"] == pytest.approx(11_126 * 1.5, abs=3)
    assert found["estimate"] == pytest.approx(11_126 * 1.5 / 10 + 120, abs=1)
    assert found["source"] == "straight_line"


def test_slower_ways_of_travelling_take_longer() -> None:
    seconds = [
        row["estimate"] for row in estimate(*[LEG | {"mode": mode} for mode in ("car", "bicycle", "walk")])
    ]
    assert seconds == sorted(seconds)
    assert len(set(seconds)) == 3


def test_a_journey_over_longitude_zero_is_measured_from_there() -> None:
    east, west = estimate(LEG | {"from_lon": 0.0, "to_lon": 0.1}, LEG | {"from_lon": 0.0, "to_lon": -0.1})
    assert east == west
    assert 6_000 < east["metres"] / 1.4 < 14_000


def test_each_leg_is_answered_in_its_place() -> None:
    far = LEG | {"to_lat": 52.5}
    first, second, third = estimate(LEG, far, LEG)
    assert first == third
    assert second["estimate"] > first["estimate"]


@pytest.mark.parametrize("broken", [{"to_lat": None}, {"from_lon": 180.5}, {"from_lat": float("nan")}])
def test_a_missing_or_impossible_degree_is_refused_never_guessed(broken: dict[str, Any]) -> None:
    with pytest.raises(TravelFault, match="degree"):
        estimate(LEG | broken)


def test_a_date_or_a_mode_without_a_known_pace_is_refused() -> None:
    with pytest.raises(TravelFault, match="not known"):
        estimate(LEG | {"date": date(2030, 1, 1)}, paces=[PACES])
    with pytest.raises(TravelFault, match="by walk"):
        estimate(LEG | {"mode": "walk"}, paces=[PACES])


def test_the_packaged_paces_know_every_mode_on_every_date() -> None:
    assert {"car", "bicycle", "walk", "bus"} == set(packaged_paces()[0].modes)
    assert packaged_paces()[0].since == date(1900, 1, 1)
    assert packaged_paces()[-1].until is None


def test_paces_that_overlap_or_make_no_sense_are_refused() -> None:
    with pytest.raises(Faulty, match="overlap"):
        read_paces([PACES, PACES | {"from": "2025-01-01"}])
    with pytest.raises(Faulty) as refused:
        read_paces([PACES | {"modes": {"car": {"detour": "0.9", "kmh": "0", "minutes": "-1"}}}])
    assert [fault.pointer for fault in refused.value.faults] == [
        "/0/modes/car/kmh",
        "/0/modes/car/detour",
        "/0/modes/car/minutes",
    ]
