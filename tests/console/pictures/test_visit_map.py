"""A visit's places and positions to scale."""

from math import hypot

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from backend.console.pictures.visit_map import SIZE, Spot, visit_map

HOME = Spot("Home", 52.0, -2.7, 100.0)


def away(metres: float, bearing: float, radius: float = 10.0) -> Spot:
    point = geodesic(meters=metres).destination((HOME.lat, HOME.lon), bearing)
    return Spot("Arrival", point.latitude, point.longitude, radius)


def test_without_a_place_or_a_position_there_is_no_picture() -> None:
    assert visit_map([], [HOME]) is None
    assert visit_map([HOME], []) is None


def test_the_home_is_in_the_middle_with_its_fence_to_scale() -> None:
    drawn = visit_map([HOME], [away(100, 90)])
    assert drawn is not None
    [home], [arrival] = drawn.places, drawn.readings
    assert (home.x, home.y, home.radius) == (200, 200, 80)
    assert (arrival.x, arrival.y) == (pytest.approx(280, abs=1), pytest.approx(200, abs=1))
    assert drawn.scale == (100, 80)


@pytest.mark.parametrize(
    ("bearing", "x", "y"), [(0, 200, 18), (90, 382, 200), (180, 200, 382), (270, 18, 200)]
)
def test_what_lies_beyond_the_picture_points_there_from_its_rim(bearing: float, x: float, y: float) -> None:
    drawn = visit_map([HOME], [away(4000, bearing)])
    assert drawn is not None
    [arrival] = drawn.readings
    assert arrival.bearing == pytest.approx(bearing, abs=0.5)
    assert (arrival.x, arrival.y) == (pytest.approx(x, abs=2), pytest.approx(y, abs=2))
    assert arrival.metres == pytest.approx(4000, rel=0.005)


def test_another_place_far_away_is_in_the_picture_too() -> None:
    drawn = visit_map([HOME, away(900, 45, 150)], [away(5, 10)])
    assert drawn is not None
    assert all(place.bearing is None and 0 < place.x < SIZE for place in drawn.places)


@given(st.floats(0, 20_000), st.floats(0, 360), st.floats(0, 5_000))
def test_a_position_is_inside_the_drawn_fence_exactly_where_it_is_inside_the_fence(
    metres: float, bearing: float, accuracy: float
) -> None:
    drawn = visit_map([HOME], [away(metres, bearing, accuracy)])
    assert drawn is not None
    [home], [reading] = drawn.places, drawn.readings
    if abs(metres - HOME.radius_m) > 2:
        assert (hypot(reading.x - home.x, reading.y - home.y) < home.radius) == (metres < HOME.radius_m)
    assert 0 <= reading.x <= SIZE and 0 <= reading.y <= SIZE
