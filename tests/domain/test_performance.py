"""How a provider kept to plan, month by month: numbers that can be checked by hand, and laws that always hold."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.absences import ABSENCES
from backend.domain.performance import MONTHS, OWN, USUAL, Performance, by_hour, manual_counts, performance
from backend.domain.visit import VISIT_SCHEMA

NOVEMBER = date(2026, 11, 1)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
NOBODY_AWAY = pl.DataFrame(schema=ABSENCES)
USUALLY = pl.DataFrame([(NOVEMBER, 15 * 60, 90, 1)], USUAL, orient="row")


def at(day: int, clock: str, month: int = 11) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02d}-{day:02d}T{clock}").replace(tzinfo=UTC)


def attendance(
    visit: str = "v1", day: int = 2, late: float = 0, stay: float = 30, **changes: Any
) -> dict[str, Any]:
    """Half an hour from nine by bea for ann, made."""
    start = at(day, "09:00")
    came = start + timedelta(minutes=late)
    return dict.fromkeys(VISIT_SCHEMA) | {
        "visit_id": visit, "reference": visit, "service_user_id": "ann", "carer_id": "bea", "contract_id": "c",
        "carers": 1, "starts_at": start, "planned_start": start, "planned_end": start + timedelta(minutes=30),
        "actual_start": came, "actual_end": came + timedelta(minutes=stay), "status": "completed",
        "unplanned": False, "corrected": False,
        "evidence_level": "tag", "flags": [], **changes,
    }  # fmt: skip


def not_made(visit: str, status: str, **changes: Any) -> dict[str, Any]:
    nothing = {"actual_start": None, "actual_end": None, "evidence_level": None}
    return attendance(visit, **nothing, status=status, **changes)


def measured(
    *rows: dict[str, Any],
    own: pl.DataFrame | None = None,
    usual: pl.DataFrame = USUALLY,
    away: pl.DataFrame = NOBODY_AWAY,
) -> Performance:
    own = pl.DataFrame(schema=OWN) if own is None else own
    return performance(pl.DataFrame(list(rows), VISIT_SCHEMA), away, own, usual, NOW)


def november(*rows: dict[str, Any], own: pl.DataFrame | None = None) -> dict[str, Any]:
    [row] = measured(*rows, own=own).months.to_dicts()
    return row


def test_a_start_within_the_minutes_is_punctual_to_the_second() -> None:
    offsets = (0, 15, 15.1, -15, -15.1)
    found = november(*(attendance(f"v{place}", late=late) for place, late in enumerate(offsets)))
    assert {name: found[name] for name in ("began", "punctual", "late", "early")} == {
        "began": 5, "punctual": 3, "late": 1, "early": 1,
    }  # fmt: skip


def test_a_contracts_own_minutes_win_from_the_day_they_hold() -> None:
    own = pl.DataFrame(
        [("c", date(2026, 10, 1), 1800, None), ("c", date(2026, 11, 9), 300, 50)], OWN, orient="row"
    )
    rows = (
        attendance("v1", 2, late=20, stay=20),
        attendance("v2", 9, late=20, stay=20),
        attendance("v3", 9, late=4),
    )
    found = measured(*rows, own=own).attendances
    assert found["timing"].to_list() == ["punctual", "late", "punctual"]
    assert found["full"].to_list() == [False, True, True]


def test_length_of_stay_adds_up_those_recorded_at_both_ends() -> None:
    open_end = attendance("v3", actual_end=None, incomplete=True)
    found = november(attendance("v1", stay=27), attendance("v2", stay=26.9), open_end)
    assert (found["timed"], found["full"]) == (2, 1)
    assert (found["planned_s"], found["stayed_s"]) == (3600, 27 * 60 + 1614)


def test_what_became_of_planned_visits_and_which_were_due() -> None:
    found = november(
        attendance("made"),
        not_made("missed", "missed"),
        not_made("refused", "refused"),
        not_made("by them", "cancelled", cancelled_by="person"),
        not_made("by us", "cancelled", cancelled_by="provider"),
        not_made("away", "suspended"),
        not_made("open", "planned"),
        attendance("both", carers=2),
        attendance("both", carers=2, carer_id="cid"),
    )
    told = ("made", "missed", "refused", "cancelled", "suspended", "unsettled", "to_come", "due")
    assert [found[name] for name in told] == [2, 1, 1, 2, 1, 1, 0, 5]
    assert [found[f"cancelled_by_{who}"] for who in ("person", "commissioner", "provider")] == [1, 0, 1]


def test_continuity_counts_the_carers_that_each_person_met() -> None:
    carers = ("bea", "bea", "bea", "cid", "dee")
    rows = [attendance(f"v{place}", place + 2, carer_id=carer) for place, carer in enumerate(carers)]
    found = measured(*rows, attendance("w", service_user_id="bob", carer_id="cid"))
    assert found.people.rows() == [(NOVEMBER, "ann", 5, 3, 3), (NOVEMBER, "bob", 1, 1, 1)]
    assert [found.months[name][0] for name in ("people", "met", "by_main", "began")] == [2, 4, 4, 6]


def test_what_shows_that_somebody_was_in_the_home() -> None:
    levels = (
        "tag",
        "card",
        "position",
        "home_line",
        "told_code",
        "uncertain",
        "elsewhere",
        "statement",
        "message",
    )
    rows = [attendance(f"v{place}", evidence_level=level) for place, level in enumerate(levels)]
    assert (
        november(*rows, attendance("m", evidence_level="manual"), attendance("n", evidence_level=None))[
            "at_home"
        ]
        == 5
    )
    nothing = measured(attendance(evidence_level=None)).attendances
    assert nothing["at_home"].to_list() == [False]


def test_manual_share_counts_what_was_corrected_and_what_claims_more() -> None:
    rows = (
        attendance("v1"),
        attendance("v2", corrected=True),
        attendance("v3", corrected=True, evidence_level="manual"),
        attendance("v4", flags=["not_your_visit"]),
    )
    assert [november(*rows)[name] for name in ("worked", "corrected", "beyond")] == [3, 2, 1]
    counted = manual_counts(pl.DataFrame(list(rows), VISIT_SCHEMA), "carer_id")
    assert counted.rows() == [("bea", 3, 2, 1)]
    carers = ["gil", "cid", "fay", "bea", "eve", "dee", "abe"]
    told = manual_counts(pl.DataFrame([attendance(carer_id=one) for one in carers], VISIT_SCHEMA), "carer_id")
    assert told["carer_id"].to_list() == carers, "as they come"


def test_doubtful_times_foreign_and_unplanned_visits_measure_nothing() -> None:
    found = november(
        attendance("v1", unresolved="implausible"),
        attendance("v2", unplanned=True, contract_id=None),
        attendance("v3", status="refused"),
    )
    assert (found["began"], found["people"]) == (0, 0)


def test_a_visit_belongs_to_the_london_month_in_which_it_was_planned() -> None:
    usual = pl.DataFrame(
        [(date(2026, 7, 1), 900, 90, 1), (date(2026, 8, 1), 900, 90, 1)], USUAL, orient="row"
    )
    midnight = at(31, "23:10", month=7)
    row = attendance(starts_at=midnight, planned_start=midnight, planned_end=midnight + timedelta(minutes=30))
    found = measured(row, usual=usual)
    assert found.months.select("month", "began", "made").rows() == [
        (date(2026, 7, 1), 0, 0),
        (date(2026, 8, 1), 1, 1),
    ]
    assert found.attendances["hour"].to_list() == [0]


def test_a_month_without_visits_has_a_row_of_nothing() -> None:
    found = measured().months
    assert found.schema == MONTHS
    assert found.rows() == [(NOVEMBER, *(0,) * (len(MONTHS) - 1))]


def test_an_attendance_with_one_end_was_worked_and_one_with_none_was_not() -> None:
    for one in (attendance(actual_end=None), attendance(actual_start=None)):
        assert november(one | {"evidence_level": None})["worked"] == 1
    missed = november(not_made("v", "missed"))
    assert (missed["worked"], missed["beyond"]) == (0, 0)


def test_attendances_and_hours_stand_in_order_and_versions_of_contracts_may_come_in_any() -> None:
    days = (9, 3, 20, 2, 15)
    at_hour = [(day, at(day, f"{day:02}:00")) for day in days]
    rows = [attendance(f"v{day}", day, starts_at=start, planned_start=start) for day, start in at_hour]
    found = measured(*rows).attendances
    assert found["visit_id"].to_list() == [f"v{day}" for day in sorted(days)]
    assert by_hour(found)["hour"].to_list() == sorted(days)
    assert by_hour(found[::-1])["hour"].to_list() == sorted(days)
    own = pl.DataFrame(
        [("c", date(2026, 11, 9), 60, None), ("c", date(2026, 10, 1), 1800, None)], OWN, orient="row"
    )
    assert measured(attendance("v", 10, late=20), own=own).attendances["timing"].to_list() == ["late"]


def test_what_nobody_made_while_the_person_was_away_was_not_due() -> None:
    stay = pl.DataFrame(
        [("ann", "hospital", date(2026, 11, 3), date(2026, 11, 3), 1, "x")], ABSENCES, orient="row"
    )
    rows = [not_made(f"v{day}", "missed", day=day) for day in (2, 3, 4)] + [attendance("made", 3)]
    [found] = measured(*rows, away=stay).months.to_dicts()
    assert {name: found[name] for name in ("due", "made", "missed", "suspended")} == {
        "due": 3, "made": 1, "missed": 2, "suspended": 1,
    }  # fmt: skip


def test_what_the_provider_called_off_was_due_and_what_others_did_was_not() -> None:
    due = {
        who: measured(not_made("v", "cancelled", cancelled_by=who)).visits["due"].to_list()
        for who in ("person", "commissioner", "provider", None)
    }
    assert due == {"person": [False], "commissioner": [False], "provider": [True], None: [False]}
    assert november(not_made("v", "cancelled", cancelled_by="provider"))["due"] == 1


def test_an_attendance_of_nobody_known_is_no_person_s() -> None:
    found = november(attendance(service_user_id=None))
    assert (found["began"], found["people"], found["met"]) == (1, 0, 0)


def test_months_stand_in_order() -> None:
    starts = [date(2026, month, 1) for month in (11, 3, 9, 1, 7)]
    usual = pl.DataFrame([(month, 900, 90, 1) for month in starts], USUAL, orient="row")
    assert measured(usual=usual).months["month"].to_list() == sorted(starts)


ROWS = st.lists(
    st.builds(
        lambda day, late, stay, carer, person, level, status: attendance(
            late=late, stay=stay, day=day, carer_id=carer, service_user_id=person, evidence_level=level, status=status
        ),
        st.integers(1, 30), st.integers(-120, 120), st.integers(0, 90), st.sampled_from("bcd"), st.sampled_from("xy"),
        st.sampled_from(("tag", "manual", "statement", None)), st.sampled_from(("completed", "refused")),
    ),
    max_size=12,
)  # fmt: skip


@given(ROWS)
def test_parts_add_up_whatever_happened(rows: list[dict[str, Any]]) -> None:
    numbered = [row | {"visit_id": str(place)} for place, row in enumerate(rows)]
    result = measured(*numbered)
    found = result.months.row(0, named=True)
    assert (
        found["punctual"] + found["early"] + found["late"]
        == found["began"]
        == result.people["attended"].sum()
    )
    assert sum(
        found[name] for name in ("made", "missed", "refused", "cancelled", "suspended", "unsettled")
    ) == len(rows)
    assert found["people"] <= found["met"] <= found["began"] and found["by_main"] <= found["began"]
    assert found["full"] <= found["timed"] and found["at_home"] <= found["began"]
    hours = by_hour(result.attendances)
    assert (hours["began"].sum(), hours["punctual"].sum()) == (found["began"], found["punctual"])
    shuffled = measured(*reversed(numbered))
    assert shuffled.months.equals(result.months)
