"""Where a phone was: three values, and when the ellipsoid has to decide."""

from datetime import date, timedelta
from math import asin, pi, sin

import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.evidence import judge
from backend.domain.place import EARTH_RADIUS_M, Circle, distance_m, fence, haversine_m
from schemas.mobile import Fix
from tests.mobile_api.world import hour

DOOR = Circle(52.061, -2.71, 100.0)


def fix_at(lat: float, lon: float, accuracy: float = 10.0, taken: int = 7, mocked: bool = False) -> Fix:
    return Fix(salt="A" * 22, lat=lat, lon=lon, accuracy_m=accuracy, taken_at=hour(taken), mocked=mocked)


@pytest.mark.parametrize(
    ("distance", "accuracy", "verdict"),
    [
        (0.0, 100.0, "inside"),
        (90.0, 10.0, "inside"),
        (90.1, 10.0, "cannot_tell"),
        (110.0, 10.0, "cannot_tell"),
        (110.1, 10.0, "outside"),
        (5000.0, 4900.0, "cannot_tell"),
    ],
)
def test_a_fence_says_inside_outside_or_that_it_cannot_tell(
    distance: float, accuracy: float, verdict: str
) -> None:
    assert fence(distance, accuracy, 100.0) == verdict


@given(st.floats(-0.003, 0.003), st.floats(-0.003, 0.003), st.floats(0.0, 80.0), st.floats(49.9, 60.8))
@settings(max_examples=200, deadline=None)
def test_the_screened_distance_gives_the_ellipsoid_s_verdict(
    dlat: float, dlon: float, accuracy: float, lat: float
) -> None:
    edges = (100.0 - accuracy, 100.0 + accuracy)
    exact = geodesic((lat, -2.0), (lat + dlat, -2.0 + dlon)).meters
    screened = distance_m(lat, -2.0, lat + dlat, -2.0 + dlon, edges)
    assert fence(screened, accuracy, 100.0) == fence(exact, accuracy, 100.0)


@pytest.mark.parametrize("edges", [(100.0,), (20.0, 100.0), (100.0, 5000.0)])
def test_near_any_edge_the_ellipsoid_decides(edges: tuple[float, ...]) -> None:
    """Eastward at 52 degrees it puts a place farther than the sphere does: here on either side of 100 metres."""
    ends = (52.0, -2.0, 52.0, -1.998542)
    exact = geodesic(ends[:2], ends[2:]).meters
    assert haversine_m(*ends) < 100.0 < exact
    assert distance_m(*ends, edges) == exact


@pytest.mark.parametrize("edges", [(200.0,), (20.0, 5000.0)])
def test_far_from_every_edge_the_sphere_is_near_enough(edges: tuple[float, ...]) -> None:
    ends = (52.0, -2.0, 52.0, -1.998542)
    assert distance_m(*ends, edges) == haversine_m(*ends)


def test_the_sphere_measures_along_a_meridian_and_along_a_parallel() -> None:
    degree = EARTH_RADIUS_M * pi / 180
    assert haversine_m(51.0, -2.0, 52.0, -2.0) == pytest.approx(degree)
    assert haversine_m(60.0, -2.0, 60.0, -4.0) == pytest.approx(2 * EARTH_RADIUS_M * asin(sin(pi / 180) / 2))
    assert haversine_m(0.0, 0.0, 0.0, 180.0) == pytest.approx(180 * degree)


def test_a_place_is_approved_from_its_first_day_to_its_last() -> None:
    day = date(2026, 11, 2)
    spans = [(None, None), (0, None), (1, None), (None, 0), (None, -1), (0, 0), (-1, -1), (1, 1), (-1, 1)]

    def from_here(days: int | None) -> date | None:
        return None if days is None else day + timedelta(days=days)

    places = [Circle(52.0, -2.0, 50.0, None, from_here(first), from_here(last)) for first, last in spans]
    in_force = [spans[index] for index, place in enumerate(places) if place.in_force(day)]
    assert in_force == [(None, None), (0, None), (None, 0), (0, 0), (-1, 1)]


def test_the_best_of_several_approved_places_counts() -> None:
    day_centre = Circle(52.1, -2.5, 150.0)
    found = judge(fix_at(52.1, -2.5), None, hour(7), [DOOR, day_centre], [], 120)
    assert (found.fence, found.level, found.reasons) == ("inside", "position", ())


def test_doubts_are_reasons_and_never_a_refusal() -> None:
    found = judge(fix_at(52.061, -2.71, mocked=True), None, hour(9), [DOOR], [], 120)
    assert (found.fence, found.level) == ("inside", "uncertain")
    assert found.reasons == ("mock_location", "stale_fix")


def test_a_fix_at_home_is_dropped_unless_an_approved_place_is_near() -> None:
    home = Circle(52.061, -2.7105, 100.0)
    far = Circle(52.2, -2.9, 100.0)
    assert not judge(fix_at(52.061, -2.7105), None, hour(7), [far], [home], 120).keep_position
    assert judge(fix_at(52.061, -2.7105), None, hour(7), [DOOR], [home], 120).keep_position
    assert judge(fix_at(52.061, -2.7105, accuracy=150), None, hour(7), [far], [home], 120).keep_position


def test_without_a_position_the_event_is_a_statement() -> None:
    found = judge(None, "denied", hour(7), [DOOR], [], 120)
    assert (found.fence, found.level, found.reasons) == (
        "no_position",
        "statement",
        ("no_position", "no_fix_denied"),
    )
