"""Commissioned hours and visits beside planned and delivered ones, by person and week."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.absences import ABSENCES
from backend.domain.delivered import Commission, Week, delivered_weeks, monday_of, planned_visits
from backend.domain.visit import VISIT_SCHEMA

MONDAY = date(2026, 11, 2)
SUNDAY = date(2026, 11, 8)
NOBODY_AWAY = pl.DataFrame(schema=ABSENCES)
HOUR = 3600
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02d}T{clock}").replace(tzinfo=UTC)


def attendance(visit: str = "v1", day: int = 2, **changes: Any) -> dict[str, Any]:
    """Half an hour from nine, planned for one carer and made."""
    usual = dict.fromkeys(VISIT_SCHEMA)
    return usual | {
        "visit_id": visit,
        "service_user_id": "ann",
        "contract_id": "c",
        "carers": 1,
        "starts_at": at(day, "09:00"),
        "planned_start": at(day, "09:00"),
        "planned_end": at(day, "09:30"),
        "actual_start": at(day, "09:00"),
        "actual_end": at(day, "09:20"),
        "status": "completed",
        "unplanned": False,
        **changes,
    }


def commission(**changes: Any) -> Commission:
    usual: dict[str, Any] = {
        "package": "P1",
        "person": "ann",
        "starts_on": date(2026, 1, 1),
        "ends_on": None,
        "carers": 1,
        "visits": 14,
        "seconds": 7 * HOUR,
    }
    return Commission(**(usual | changes))


def weeks(
    rows: list[dict[str, Any]], *commissions: Commission, away: pl.DataFrame = NOBODY_AWAY
) -> list[Week]:
    return delivered_weeks(pl.DataFrame(rows, VISIT_SCHEMA), commissions, away, MONDAY, SUNDAY, NOW)


def test_a_week_shows_what_was_asked_for_planned_and_delivered() -> None:
    [week] = weeks([attendance(), attendance("v2", 8)], commission())
    assert (week.commissioned_seconds, week.commissioned_visits) == (7 * HOUR, 14)
    assert (week.planned_seconds, week.delivered_seconds) == (HOUR, 40 * 60)
    assert (week.planned_visits, week.made) == (2, 2)


def test_hours_of_two_carers_count_twice_and_their_visit_once() -> None:
    both = [attendance(carers=2, carer_id=carer) for carer in ("bea", "cid")]
    [week] = weeks(both, commission(carers=2))
    assert (week.commissioned_seconds, week.planned_seconds, week.delivered_seconds) == (
        14 * HOUR,
        HOUR,
        40 * 60,
    )
    assert (week.planned_visits, week.made) == (1, 1)


def test_planned_visits_stand_as_they_come_with_who_called_them_off() -> None:
    names = ["f", "b", "e", "a", "d", "c"]
    rows = [
        attendance(name, carers=2, carer_id=carer, status="cancelled", cancelled_by=name)
        for name in names
        for carer in ("bea", "cid")
    ]
    found = planned_visits(pl.DataFrame(rows, VISIT_SCHEMA), NOBODY_AWAY, NOW)
    assert found.select("visit_id", "cancelled_by").rows() == [(name, name) for name in names]


def test_nobody_missed_the_visits_of_somebody_who_was_away() -> None:
    stay = pl.DataFrame([("ann", "hospital", date(2026, 11, 3), None, 1, "x")], ABSENCES, orient="row")
    nobody = {"actual_start": None, "actual_end": None, "status": "missed"}
    rows = [
        attendance("before", 2, **nobody),
        attendance("away", 3, **nobody),
        attendance("made", 4),
        attendance("bobs", 3, service_user_id="bob", **nobody),
    ]
    found = planned_visits(pl.DataFrame(rows, VISIT_SCHEMA), stay, NOW)
    assert found.select("visit_id", "person", "outcome").rows() == [
        ("before", "ann", "missed"),
        ("away", "ann", "suspended"),
        ("made", "ann", "made"),
        ("bobs", "bob", "missed"),
    ]
    [week] = weeks(rows[:3], away=stay)
    assert (week.planned_visits, week.missed, week.called_off, week.made, week.days_away) == (2, 1, 1, 1, 6)
    assert week.planned_seconds == HOUR


def test_a_package_counts_for_the_days_of_the_week_on_which_it_was_in_force() -> None:
    [week] = weeks([], commission(ends_on=date(2026, 11, 4), visits=7, seconds=7 * HOUR))
    assert (week.commissioned_visits, week.commissioned_seconds) == (3, 3 * HOUR)
    first, then = commission(ends_on=date(2026, 11, 4)), commission(starts_on=date(2026, 11, 5))
    assert weeks([], first, then)[0].commissioned_visits == 14


def test_a_package_in_force_on_no_day_of_the_week_asks_for_nothing_in_it_and_one_day_is_a_seventh() -> None:
    assert weeks([], commission(ends_on=date(2026, 11, 1))) == []
    assert weeks([], commission(starts_on=date(2026, 11, 9))) == []
    [week] = weeks([], commission(ends_on=MONDAY))
    assert (week.person, week.monday, week.commissioned_visits) == ("ann", MONDAY, 2)


def test_weeks_stand_by_person_and_then_by_monday() -> None:
    asked = [commission(person=person, ends_on=date(2026, 11, 15)) for person in ("bob", "ann")]
    found = delivered_weeks(
        pl.DataFrame([], VISIT_SCHEMA), asked, NOBODY_AWAY, MONDAY, date(2026, 11, 15), NOW
    )
    later = date(2026, 11, 9)
    assert [(week.person, week.monday) for week in found] == [
        ("ann", MONDAY),
        ("ann", later),
        ("bob", MONDAY),
        ("bob", later),
    ]


def test_the_week_of_a_day_begins_on_the_monday_before_it_or_on_itself() -> None:
    assert [monday_of(date(2026, 11, day)) for day in (1, 2, 5, 8, 9)] == [
        date(2026, 10, 26), MONDAY, MONDAY, MONDAY, date(2026, 11, 9),
    ]  # fmt: skip


def test_a_visit_that_one_of_two_carers_made_and_the_other_missed_was_made() -> None:
    never: dict[str, Any] = {"actual_start": None, "actual_end": None}
    both = [
        attendance(carers=2, carer_id="bea", status="missed", **never),
        attendance(carers=2, carer_id="cid"),
    ]
    [week] = weeks(both, commission(carers=2))
    assert (week.made, week.missed, week.delivered_seconds) == (1, 0, 20 * 60)


def test_what_one_package_does_not_say_is_not_guessed_from_another() -> None:
    [week] = weeks([], commission(), commission(package="P2", visits=None))
    assert (week.packages, week.commissioned_visits, week.commissioned_seconds) == (
        ["P1", "P2"],
        None,
        14 * HOUR,
    )


def test_visits_that_were_not_made_are_told_apart() -> None:
    never: dict[str, Any] = {"actual_start": None, "actual_end": None}
    states = ("missed", "refused", "cancelled", "suspended", "planned")
    rows = [attendance(status, status=status, **never) for status in states]
    rows.append(attendance("half", actual_end=None))
    [week] = weeks(rows, commission())
    told = (week.missed, week.refused, week.called_off, week.unsettled, week.made)
    assert told == (1, 1, 2, 2, 0)
    assert (week.planned_visits, week.planned_seconds) == (4, 4 * HOUR // 2)


def test_a_visit_still_to_come_is_not_one_that_nobody_has_settled() -> None:
    never: dict[str, Any] = {"actual_start": None, "actual_end": None, "status": "planned"}
    later = {"planned_start": NOW, "planned_end": NOW + timedelta(minutes=30)}
    [week] = weeks([attendance(**never), attendance("v2", **never, **later)], commission())
    assert (week.unsettled, week.to_come, week.planned_visits) == (1, 1, 2)
    [week] = weeks([attendance(**never, planned_start=NOW - timedelta(minutes=30), planned_end=NOW)])
    assert (week.unsettled, week.to_come) == (1, 0), "over with the second in which it was planned to end"


def test_time_that_is_not_settled_is_not_delivered_yet() -> None:
    [week] = weeks([attendance(unresolved="implausible")], commission())
    assert (week.delivered_seconds, week.made, week.unsettled) == (0, 0, 1)


def test_visits_that_no_package_asked_for_are_left_out() -> None:
    assert weeks([attendance(contract_id=None), attendance("v2", unplanned=True)]) == []


def test_days_of_absences_that_overlap_are_counted_once() -> None:
    rows = [
        ("ann", kind, date(2026, 11, 1), until, 1, "x")
        for kind, until in (("hospital", date(2026, 11, 3)), ("away", date(2026, 11, 4)))
    ]
    [week] = weeks([], commission(), away=pl.DataFrame(rows, ABSENCES, orient="row"))
    assert week.days_away == 3


def test_an_absence_without_an_end_lasts_and_one_of_another_person_or_week_is_none_of_it() -> None:
    rows = [
        (person, "hospital", first, until, 1, "x")
        for person, first, until in (
            ("ann", date(2026, 11, 7), None),
            ("bob", date(2026, 11, 2), date(2026, 11, 8)),
        )
    ]
    away = pl.DataFrame(rows, ABSENCES, orient="row")
    assert [week.days_away for week in weeks([], commission(), away=away)] == [2]
    later = away.with_columns(pl.lit(date(2026, 11, 9)).alias("away_from"))
    assert [week.days_away for week in weeks([], commission(), away=later)] == [0]


@given(st.lists(st.tuples(st.integers(2, 29), st.integers(0, 300)), max_size=30))
def test_the_weeks_together_hold_every_minute_once(made: list[tuple[int, int]]) -> None:
    rows = [
        attendance(f"v{number}", day, actual_end=at(day, "09:00") + timedelta(minutes=minutes))
        for number, (day, minutes) in enumerate(made)
    ]
    found = delivered_weeks(
        pl.DataFrame(rows, VISIT_SCHEMA), [commission()], NOBODY_AWAY, MONDAY, date(2026, 11, 29), NOW
    )
    assert sum(week.delivered_seconds for week in found) == 60 * sum(minutes for _, minutes in made)
    assert sum(week.made for week in found) == len(made)
    assert [week.commissioned_visits for week in found] == [Fraction(14)] * 4
