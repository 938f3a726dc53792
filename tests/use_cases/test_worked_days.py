"""Whose employment time belongs to."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from backend.use_cases.worked_days import attributed

FIRST = {
    "carer_id": "c",
    "employment_id": "first",
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 4, 7),
}
AGAIN = {"carer_id": "c", "employment_id": "again", "starts_on": date(2026, 5, 1), "ends_on": None}
BESIDE = {
    "carer_id": "c",
    "employment_id": "beside",
    "starts_on": date(2026, 3, 1),
    "ends_on": date(2026, 3, 31),
}
NO_VISITS = pl.DataFrame(schema={"carer_id": pl.String, "visit_id": pl.String, "employment_id": pl.String})


def employment_of(day: str, *employments: dict[str, Any], carer: str = "c") -> str | None:
    """Of time on a date that belongs to no visit."""
    texts = dict.fromkeys(("carer", "visit", "from"), pl.String)
    row = pl.DataFrame(
        {"carer": [carer], "date": [date.fromisoformat(day)], "visit": [None], "from": [None]},
        schema_overrides=texts,
    )
    found: str | None = attributed(row, NO_VISITS, employments)["employment_id"].item()
    return found


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-02-01", "first"),
        ("2026-03-01", "beside"),
        ("2026-03-31", "beside"),
        ("2026-04-07", "first"),
        ("2026-04-20", "again"),
        ("2026-05-01", "again"),
    ],
)
def test_time_without_a_visit_belongs_to_the_newest_employment_of_its_date(day: str, expected: str) -> None:
    for order in ((FIRST, AGAIN, BESIDE), (BESIDE, AGAIN, FIRST)):
        assert employment_of(day, *order) == expected


def test_nobody_employs_a_carer_who_is_not_known() -> None:
    assert employment_of("2026-02-01", FIRST, carer="d") is None
    assert employment_of("2026-02-01") is None
