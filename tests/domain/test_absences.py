"""What days away make of the visits planned for them."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from backend.domain.absences import ABSENCES, PAST_ANY_RETAINER, with_absence

VISITS = pl.Schema({"visit_id": pl.String, "service_user_id": pl.String, "day": pl.Date, "status": pl.String})
STAY = ("ann", "hospital", date(2026, 11, 3), date(2026, 11, 6))


def told(*absences: tuple[Any, ...], day: int = 4, status: str = "missed") -> tuple[str, int | None]:
    """Status and day of the absence of Ann's visit on a day of November 2026."""
    visits = pl.DataFrame([("v", "ann", date(2026, 11, day), status)], VISITS, orient="row")
    held = pl.DataFrame([(*one, 1, "x") for one in absences], ABSENCES, orient="row")
    [row] = with_absence(visits, held).to_dicts()
    return row["status"], row["suspended_day"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (2, ("missed", None)),
        (3, ("suspended", 1)),
        (4, ("suspended", 2)),
        (6, ("suspended", 4)),
        (7, ("missed", None)),
    ],
)
def test_an_absence_holds_from_its_first_day_to_its_last_and_counts_from_one(
    day: int, expected: tuple[str, int | None]
) -> None:
    assert told(STAY, day=day) == expected


@pytest.mark.parametrize("status", ["completed", "cancelled", "refused", "planned"])
def test_only_a_missed_visit_becomes_suspended(status: str) -> None:
    assert told(STAY, status=status) == (status, 2)


def test_an_absence_without_an_end_lasts() -> None:
    assert told(("ann", "away", date(2026, 11, 3), None), day=30) == ("suspended", 28)


def test_of_absences_that_overlap_the_earliest_counts() -> None:
    later = ("ann", "respite", date(2026, 11, 4), None)
    assert told(STAY, later) == told(later, STAY) == ("suspended", 2)


def test_whose_care_has_ended_keeps_no_place_whatever_else_holds() -> None:
    ended = ("ann", "ended", date(2026, 11, 4), None)
    assert told(STAY, ended) == told(ended) == ("suspended", PAST_ANY_RETAINER)
    assert PAST_ANY_RETAINER >= 366 * 100
    assert told(STAY, ended, day=3) == ("suspended", 1)


def test_another_persons_absence_and_the_order_of_visits_change_nothing() -> None:
    assert told(("bob", "hospital", date(2026, 11, 3), None)) == ("missed", None)
    rows = [(name, "ann", date(2026, 11, day), "missed") for name, day in (("c", 9), ("a", 4), ("b", 1))]
    visits = pl.DataFrame(rows, VISITS, orient="row")
    found = with_absence(visits, pl.DataFrame([(*STAY, 1, "x")], ABSENCES, orient="row"))
    assert found["visit_id"].to_list() == ["c", "a", "b"]
    assert found["status"].to_list() == ["missed", "suspended", "missed"]
