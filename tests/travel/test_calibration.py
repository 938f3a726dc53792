"""Paces fitted to gaps: what made them is found again, stray gaps do not sway them, and errors are told honestly."""

import random
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
import yaml

from backend.domain.policy import OwnPace
from backend.simulator.county import make_county
from backend.simulator.rota import METRES_A_SECOND, ROAD_PER_STRAIGHT, SECONDS_TO_PARK, journey_seconds
from backend.travel.calibration import FEWEST, OBSERVED, as_policy, fitted
from backend.travel.straight_line import StraightLine, straight_metres


def journeys(
    number: int, slope: float, door: float, *, strays: float = 0.0, road: float | None = None, **more: Any
) -> pl.DataFrame:
    """Journeys of slope x straight line + door seconds, give or take a tenth; some with a long stop in them."""
    chance = random.Random(11)
    rows = []
    for _ in range(number):
        straight = chance.uniform(300, 9_000)
        seconds = (straight * slope + door) * chance.uniform(0.9, 1.1)
        seconds += chance.uniform(300, 900) if chance.random() < strays else 0
        told = None if road is None else straight * road
        rows.append({"mode": "car", "setting": None, "straight": straight, "road": told, "detour": 1.4,
                     "seconds": seconds, "estimate": straight * 0.1344 + 120, **more})  # fmt: skip
    return pl.DataFrame(rows, schema=OBSERVED)


def test_the_pace_that_made_the_gaps_is_found_again() -> None:
    """1.4 of road at 42 km/h is a slope of 0.12; the door takes 90 seconds."""
    [fit] = fitted(journeys(600, 0.12, 90))
    assert fit.pace.detour == Decimal("1.40")
    assert float(fit.pace.kmh) == pytest.approx(42, rel=0.03)
    assert float(fit.pace.minutes) == pytest.approx(1.5, abs=0.3)
    assert (fit.gaps, fit.apart) == (300, 300)


def test_gaps_with_a_stop_in_them_do_not_sway_the_lower_quantiles() -> None:
    [fit] = fitted(journeys(2_000, 0.12, 90, strays=0.3), quantile=0.35)
    assert float(fit.pace.kmh) == pytest.approx(42, rel=0.05)
    assert fit.after.p90 > 4


def test_the_detour_is_that_of_the_roads_an_engine_found() -> None:
    [fit] = fitted(journeys(600, 0.12, 90, road=1.6))
    assert fit.pace.detour == Decimal("1.60")
    assert float(fit.pace.kmh) == pytest.approx(1.6 * 3.6 / 0.12, rel=0.03)


def test_each_setting_gets_a_pace_of_its_own_beside_that_of_all() -> None:
    town, country = journeys(400, 0.2, 60, setting="urban"), journeys(400, 0.08, 60, setting="rural")
    everywhere, rural, urban = fitted(pl.concat([town, country]))
    assert [fit.pace.setting for fit in (everywhere, rural, urban)] == [None, "rural", "urban"]
    assert rural.pace.kmh > everywhere.pace.kmh > urban.pace.kmh


def test_the_fit_brings_the_error_to_nothing_in_the_middle_and_never_widens_it() -> None:
    [fit] = fitted(journeys(1_000, 0.2, 30))
    assert abs(fit.after.p50) < 0.3 < abs(fit.before.p50)
    assert fit.after.p90 - fit.after.p10 < fit.before.p90 - fit.before.p10


def test_too_few_gaps_are_not_fitted() -> None:
    assert fitted(journeys(FEWEST - 1, 0.12, 90)) == []
    assert fitted(pl.DataFrame(schema=OBSERVED)) == []


def test_what_is_printed_is_what_is_adopted() -> None:
    fits = fitted(journeys(100, 0.12, 90))
    [printed] = yaml.safe_load(as_policy(fits))["paces"]
    assert (
        OwnPace(**{**printed, **{name: Decimal(printed[name]) for name in ("detour", "kmh", "minutes")}})
        == fits[0].pace
    )


def test_the_made_up_countys_own_speed_is_found_from_its_rota() -> None:
    """Its cars go 12 metres a second over roads 1.38 times the straight line, and park for 90 seconds."""
    county = make_county(seed=7)
    doors = {user.reference: user.home.point for user in county.service_users}
    chance, line, rows = random.Random(3), StraightLine(), []
    for carer in county.carers:
        mine = [visit for visit in county.rota if carer.employment in visit.employments]
        for before, after in pairwise(mine):
            start, end = doors[before.service_user], doors[after.service_user]
            seconds = journey_seconds(start, end, "car")
            if 0 < seconds < 1800:
                leg = (start.lat, start.lon, end.lat, end.lon)
                rows.append(("car", None, straight_metres(*leg), None, 1.4, seconds * chance.uniform(0.9, 1.2),
                             line.measure(*leg, "car", date(2026, 11, 2))[0]))  # fmt: skip
    [fit] = fitted(pl.DataFrame(rows, schema=OBSERVED, orient="row"))
    true = ROAD_PER_STRAIGHT / METRES_A_SECOND["car"]
    assert 1.4 * 3.6 / float(fit.pace.kmh) == pytest.approx(true * 1.05, rel=0.08)
    assert float(fit.pace.minutes) * 60 == pytest.approx(SECONDS_TO_PARK * 1.05, abs=45)
    assert abs(fit.after.p50) <= abs(fit.before.p50)
