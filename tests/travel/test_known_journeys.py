"""What an engine said, door to door; a provider's own paces; the pace of a setting."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from backend.domain.policy import OwnPace
from backend.travel.known import KnownJourneys
from backend.travel.straight_line import StraightLine, packaged_paces, read_paces
from tests.travel.test_straight_line import LEG, PACES

ROW = {
    "mode": "car",
    "from_lat": 52.0,
    "from_lon": -2.0,
    "to_lat": 52.1,
    "to_lon": -2.0,
    "seconds": 600,
    "metres": 12_345,
    "refused": None,
    "engine": "osrm",
    "engine_id": "an-id",
}


def known(*rows: dict[str, Any], **leg: Any) -> dict[str, Any]:
    return KnownJourneys(rows, StraightLine()).estimate(pl.DataFrame([LEG | leg])).row(0, named=True)


def test_an_engines_time_is_made_door_to_door_by_policy() -> None:
    assert known(ROW) == {
        "estimate": 600 + 120,
        "metres": 12_345,
        "source": "osrm",
        "engine": "an-id",
        "fallback": None,
    }


def test_a_bus_takes_a_cars_time_by_the_policys_factor() -> None:
    upon = packaged_paces()[-1].by_engine["bus"]
    assert known(ROW, mode="bus")["estimate"] == 600 * upon.factor + 60 * upon.minutes == 1800


def test_another_way_of_travelling_and_the_way_back_are_other_journeys() -> None:
    assert known(ROW, mode="walk")["source"] == "straight_line"
    assert known(ROW, from_lat=52.1, to_lat=52.0)["source"] == "straight_line"


def test_ends_within_a_metre_are_the_same_journey() -> None:
    assert known(ROW, from_lat=52.000004, to_lon=-2.000004)["source"] == "osrm"
    assert known(ROW, from_lat=52.00002)["source"] == "straight_line"


def test_a_journey_the_engine_could_not_judge_is_the_straight_lines_with_the_reason() -> None:
    found = known(ROW | {"seconds": None, "metres": None, "refused": "off_map"})
    [plain] = StraightLine().estimate(pl.DataFrame([LEG])).to_dicts()
    assert found == plain | {"fallback": "off_map"}


def test_a_setting_has_its_own_pace_where_the_policy_knows_one() -> None:
    slow = {"car": {"detour": "1.5", "kmh": "18", "minutes": "2"}}
    line = StraightLine(read_paces([PACES | {"settings": {"urban": slow}}]))
    legs = pl.DataFrame([LEG | {"setting": setting} for setting in ("urban", "rural", None)])
    urban, rural, unknown = line.estimate(legs)["estimate"].to_list()
    assert urban - 120 == pytest.approx(2 * (rural - 120), abs=1)
    assert rural == unknown


def test_a_providers_own_pace_wins_and_that_of_the_setting_over_that_of_all() -> None:
    def own(setting: Any, kmh: str) -> OwnPace:
        return OwnPace(mode="car", setting=setting, detour=Decimal(1), kmh=Decimal(kmh), minutes=Decimal(0))

    line = StraightLine().with_own([own(None, "36"), own("rural", "72")])
    legs = pl.DataFrame([LEG | {"setting": setting} for setting in ("rural", "urban", None)])
    rural, urban, unknown = line.estimate(legs)["estimate"].to_list()
    assert (urban, unknown) == (1113, 1113)
    assert rural == pytest.approx(urban / 2, abs=1)
    walked = line.estimate(pl.DataFrame([LEG | {"mode": "walk"}]))
    assert walked.equals(StraightLine().estimate(pl.DataFrame([LEG | {"mode": "walk"}])))


@pytest.mark.parametrize("interval", packaged_paces())
def test_the_packaged_policy_knows_what_an_engines_time_becomes_for_every_mode(interval: Any) -> None:
    assert set(interval.by_engine) == set(interval.modes) == {"car", "bicycle", "walk", "bus"}
    assert interval.snap_metres == 300
