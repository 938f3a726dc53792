"""Whether an end was surely made away from its own door, and whether at another's: at each edge."""

from typing import Any

import polars as pl
import pytest

from backend.domain.audit_tests.doors import at_other_door, away
from tests.domain.audit_tests.recorded import LIMITS

END: dict[str, Any] = {
    "visit_id": "a", "out_fence": "outside", "out_distance": 60.5 + LIMITS.away_m, "out_accuracy": 10.0,
    "radius_m": 50.0, "out_lat": 52.0, "out_lon": -2.7, "next_door_lat": 52.0, "next_door_lon": -2.7,
    "next_radius_m": -10.0, "next_visit_id": "b",
}  # fmt: skip
"""Half a metre farther than anything explains, with the doubt just reaching the fence of the next visit."""


def told(**changes: Any) -> tuple[float, bool]:
    row = pl.DataFrame([END | changes], schema_overrides={"out_distance": pl.Float64})
    return row.select(away("out", LIMITS), beside=at_other_door("out", "next", LIMITS)).row(0)


def test_half_a_metre_beyond_all_that_explains_it_is_away_and_may_be_at_the_next_door() -> None:
    assert told() == (0.5, True)


@pytest.mark.parametrize(
    ("changes", "metres", "beside"),
    [
        ({"out_distance": 60.0 + LIMITS.away_m}, 0, False),
        ({"out_distance": None}, -1, False),
        ({"out_fence": "inside"}, -1, False),
        ({"out_fence": None}, -1, False),
        ({"next_radius_m": -11.0}, 0.5, False),
        ({"next_visit_id": "a"}, 0.5, False),
    ],
)
def test_what_is_explained_or_not_known_is_not(changes: dict[str, Any], metres: float, beside: bool) -> None:
    assert told(**changes) == (metres, beside)
