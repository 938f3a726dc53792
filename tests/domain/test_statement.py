"""What a person reads of their own visits: one outcome a visit, and what carers are called."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from backend.domain.absences import ABSENCES
from backend.domain.statement import absence_on, attended, first_name, own_rows, person_visits
from backend.domain.visit import VISIT_SCHEMA

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NINE + timedelta(days=1)
NEVER: dict[str, Any] = {"actual_start": None, "actual_end": None}
NOBODY = pl.DataFrame(schema=ABSENCES)
AWAY = pl.DataFrame([("ann", "hospital", date(2026, 11, 2), None, 1, "x")], ABSENCES, orient="row")


def row(visit: str = "v", carer: str = "bea", **changes: Any) -> dict[str, Any]:
    """An attendance of Ann's visit from nine to half past, made as planned."""
    end = NINE + timedelta(minutes=30)
    usual = {
        "visit_id": visit, "carer_id": carer, "service_user_id": "ann", "status": "completed", "starts_at": NINE,
        "planned_start": NINE, "planned_end": end, "actual_start": NINE, "actual_end": end, "incomplete": False,
    }  # fmt: skip
    return {**dict.fromkeys(VISIT_SCHEMA), **usual, **changes}


def visits(
    *rows: dict[str, Any], absences: pl.DataFrame = NOBODY, now: datetime = LATER
) -> list[dict[str, Any]]:
    return person_visits(own_rows(pl.DataFrame(list(rows), VISIT_SCHEMA), "ann"), absences, now)


def outcome(*rows: dict[str, Any], **told: Any) -> str:
    [found] = visits(*rows, **told)
    return str(found["outcome"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "made"),
        ({"actual_end": None, "incomplete": True}, "not_settled"),
        ({"unresolved": "clock_unknown"}, "not_settled"),
        ({"status": "missed", **NEVER}, "missed"),
        ({"status": "suspended", "unresolved": "clock_unknown"}, "not_settled"),
        ({"status": "refused"}, "refused"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "refused", "actual_end": None, "incomplete": True}, "refused"),
        ({"status": "suspended", **NEVER}, "suspended"),
        ({"status": "planned", **NEVER}, "not_settled"),
    ],
)
def test_each_visit_has_one_outcome(changes: dict[str, Any], expected: str) -> None:
    assert outcome(row(**changes)) == expected


def test_a_planned_visit_is_still_to_come_until_the_second_in_which_it_should_have_ended() -> None:
    planned = row(status="planned", **NEVER)
    end = planned["planned_end"]
    assert outcome(planned, now=end - timedelta(seconds=1)) == "to_come"
    assert outcome(planned, now=end) == "not_settled"


def test_a_visit_missed_while_she_was_away_is_suspended_and_one_that_was_made_is_made() -> None:
    assert outcome(row(status="missed", **NEVER), absences=AWAY) == "suspended"
    assert outcome(row(), absences=AWAY) == "made"


def test_of_two_carers_one_who_came_makes_the_visit_and_doubt_about_one_stays_doubt() -> None:
    missed = row(carer="cid", status="missed", **NEVER)
    [found] = visits(missed, row())
    assert (found["outcome"], [one["carer_id"] for one in found["attendances"]]) == ("made", ["bea", "cid"])
    assert [one["carer_id"] for one in attended(found)] == ["bea"]
    doubtful = row(carer="dan", unresolved="clock_unknown")
    assert outcome(missed, doubtful) == "not_settled"
    assert outcome(row(), doubtful) == "made"
    assert outcome(missed, row(carer="eve", status="refused", **NEVER)) == "refused"


def test_visits_stand_by_time_without_those_of_others_and_of_strangers() -> None:
    earlier = {"starts_at": NINE - timedelta(hours=1)}
    rows = [
        row("c"), row("b"), row("a", **earlier), row("x", service_user_id="bob"),
        row("b", carer="stranger", unresolved="not_your_visit"),
    ]  # fmt: skip
    found = visits(*rows)
    assert [one["visit_id"] for one in found] == ["a", "b", "c"]
    assert [len(one["attendances"]) for one in found] == [1, 1, 1]


def test_only_attendances_with_both_ends_and_no_doubt_were_attended() -> None:
    open_end = row(actual_end=None, incomplete=True)
    [found] = visits(
        open_end, row(carer="cid", actual_start=None), row(carer="dan", unresolved="clock_unknown")
    )
    assert attended(found) == []


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ann Carer", "Ann"),
        ("Mrs Carer", "Mrs Carer"),
        ("Dr.  Ann Carer", "Dr. Ann Carer"),
        ("MISS Carer", "MISS Carer"),
        ("Miss", "Miss"),
        ("Mo", "Mo"),
        ("", ""),
    ],
)
def test_a_carer_is_called_by_the_first_name_and_one_with_a_title_in_full(name: str, called: str) -> None:
    assert first_name(name) == called


def test_the_absence_of_a_day_is_the_one_that_began_first() -> None:
    rows = [
        ("ann", "respite", date(2026, 11, 3), date(2026, 11, 9), 1, "x"),
        ("ann", "hospital", date(2026, 11, 2), date(2026, 11, 4), 1, "x"),
        ("ann", "away", date(2026, 11, 20), None, 1, "x"),
    ]
    absences = pl.DataFrame(rows, ABSENCES, orient="row")
    days = {1: None, 2: "hospital", 4: "hospital", 5: "respite", 9: "respite", 10: None, 30: "away"}
    assert {day: absence_on(absences, {"day": date(2026, 11, day)}) for day in days} == days


def test_one_carer_of_two_whose_departure_is_missing_leaves_a_suspended_visit_open() -> None:
    came = row(status="suspended", actual_end=None, incomplete=True)
    assert outcome(came, row(carer="cat", status="suspended", **NEVER)) == "not_settled"


@pytest.mark.parametrize("title", ["Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "dr."])
def test_a_title_without_a_first_name_keeps_the_whole_name(title: str) -> None:
    assert first_name(f"{title} Carer") == f"{title} Carer"
