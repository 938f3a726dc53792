"""Cases on paper whose journeys the real engine of the settings judges."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend import settings
from backend.settings import Settings
from backend.use_cases.calculators import CALCULATORS
from tests.ports import kept_port
from tests.travel.conftest import osrm_car, town
from tests.travel.made_up_map import BANK, Point, along, corner

__all__ = ["osrm_car", "town"]
DAY = next(calculator for calculator in CALCULATORS if calculator.name == "day")
Use = Callable[[str], None]


@pytest.fixture
def osrm_at(tmp_path: Path) -> Iterator[Use]:
    """`osrm_at(address)` makes the settings name an OSRM for cars."""

    def use(address: str) -> None:
        settings.use(Settings(data=tmp_path, travel="osrm", travel_urls={"car": address}, travel_timeout=5))

    yield use
    settings.forget()


def travel_of(start: Point, end: Point) -> dict[str, Any]:
    def visit(name: str, place: Point, hour: int) -> dict[str, Any]:
        times = {"start": f"2026-11-02T{hour:02}:00:00Z", "end": f"2026-11-02T{hour:02}:30:00Z"}
        where = {"lat": place[0], "lon": place[1]}
        return {"id": name, "place": where, "status": "completed", "planned": times, "actual": times}

    case = {
        "carer": {"mode": "car"},
        "date": "2026-11-02",
        "visits": [visit("a", start, 9), visit("b", end, 10)],
    }
    segments = json.loads(DAY.answer(json.dumps(case).encode()))["segments"]
    [found] = [segment for segment in segments if segment["kind"] == "travel"]
    return dict(found)


@pytest.mark.engines
def test_a_day_on_paper_goes_round_by_the_bridge(osrm_at: Use, osrm_car: str) -> None:
    osrm_at(osrm_car)
    south, north = corner(BANK - 1, 2), corner(BANK, 2)
    found = travel_of(south, north)
    by_the_bridge = along(south, corner(BANK - 1, 0), corner(BANK, 0), north)
    assert found["source"] == "osrm"
    # Four fifths of 50 km/h, turns, and the policy's two minutes at the doors.
    assert found["seconds"] == pytest.approx(by_the_bridge * 3.6 / 40 + 120, abs=25)


@pytest.mark.engines
def test_a_home_off_the_map_goes_by_the_straight_line_and_says_so(osrm_at: Use, osrm_car: str) -> None:
    osrm_at(osrm_car)
    found = travel_of(corner(0, 0), (51.95, -2.7))
    assert (found["source"], found["fallback"]) == ("straight_line", "off_map")


def test_without_an_engine_at_the_address_the_straight_line_stands(osrm_at: Use) -> None:
    with kept_port() as port:
        osrm_at(f"http://127.0.0.1:{port}")
        found = travel_of(corner(0, 0), corner(0, 4))
    assert (found["source"], found["fallback"]) == ("straight_line", "engine_unreachable")
