"""How fast somebody would have had to travel: one rule for a pair of positions and for columns of them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.implied_speed import implied_kmh, implied_kmh_of, metres_of
from backend.domain.place import haversine_m

METRES = st.floats(0, 500_000)
LAT, LON = st.floats(-89, 89), st.floats(-179, 179)


def test_ten_kilometres_in_ten_minutes_are_sixty_an_hour() -> None:
    assert implied_kmh(10_000, 0, 600) == pytest.approx(60)


def test_both_radii_of_doubt_count_for_the_carer() -> None:
    assert implied_kmh(1_000, 100, 30) == pytest.approx(108)
    assert implied_kmh(150, 200, 1) == 0


def test_no_time_at_all_counts_as_a_second() -> None:
    assert implied_kmh(100, 0, 0) == pytest.approx(360)


@given(METRES, METRES, st.floats(-100_000, 100_000))
def test_columns_give_what_one_pair_gives(metres: float, doubt: float, seconds: float) -> None:
    frame = pl.DataFrame({"m": [metres], "d": [doubt], "s": [seconds]})
    columns = frame.select(implied_kmh_of(pl.col("m"), pl.col("d"), pl.col("s"))).item()
    assert columns == pytest.approx(implied_kmh(metres, doubt, seconds))


@given(LAT, LON, LAT, LON)
def test_distances_of_columns_are_those_of_points(
    lat: float, lon: float, to_lat: float, to_lon: float
) -> None:
    frame = pl.DataFrame({"a": [lat], "b": [lon], "c": [to_lat], "d": [to_lon]})
    columns = frame.select(metres_of(pl.col("a"), pl.col("b"), pl.col("c"), pl.col("d"))).item()
    assert columns == pytest.approx(haversine_m(lat, lon, to_lat, to_lon), abs=0.01, rel=1e-6)
