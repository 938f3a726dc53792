"""Claimed time never begins before the first check-in, nor ends after the last check-out, unless its level says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain import visit
from backend.domain.visit import VisitFacts, visits
from backend.statute.policy import policy_on

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
POLICY = policy_on(NINE.date())


def at(minutes: int | None) -> datetime | None:
    return None if minutes is None else NINE + timedelta(minutes=minutes)


def counted(
    events: list[tuple[str, int]], corrections: list[tuple[int | None, int | None]]
) -> dict[str, Any]:
    """One carer's visit from its events (kind, minute) and accepted corrections (start, end) in order of decision."""
    said = [
        {
            "event_row": f"{number:02}",
            "event_id": f"{number:02}",
            "device_id": "D",
            "carer_id": "C",
            "kind": kind,
            "visit_id": "V",
            "unplanned": False,
            "foreign": False,
            "at": at(minute),
            "fact_at": at(minute),
            "flags": [],
            "level": "position",
            "digest": "00",
        }
        for number, (kind, minute) in enumerate(events)
    ]
    accepted = [
        ("V", "C", at(start), at(end), at(600 + number)) for number, (start, end) in enumerate(corrections)
    ]
    facts = VisitFacts(
        versions=pl.DataFrame(
            [{"visit_id": "V", "reference": "V", "version": 1, "planned_start": at(0), "planned_end": at(30),
              "carer": "E", "plan_status": "planned", "recorded_at": at(-600)}],
            schema=visit.VERSION_SCHEMA,
        ),
        events=pl.DataFrame(said, schema=visit.EVENT_SCHEMA),
        employments=pl.DataFrame(
            [("E", "C", NINE.date(), None)], schema=visit.EMPLOYMENT_SCHEMA, orient="row"
        ),
        packages=pl.DataFrame(schema=visit.PACKAGE_SCHEMA),
        places=pl.DataFrame(schema=visit.PLACE_SCHEMA),
        corrections=pl.DataFrame(accepted, schema=visit.CORRECTION_SCHEMA, orient="row"),
    )  # fmt: skip
    [row] = visits(facts, NINE + timedelta(days=1), POLICY).to_dicts()
    return dict(row)


minutes = st.integers(-60, 120)
events_made = st.lists(st.tuples(st.sampled_from(["check_in", "check_out"]), minutes), max_size=4)
proposals = st.lists(
    st.tuples(st.none() | minutes, st.none() | minutes).filter(lambda ends: ends != (None, None)), max_size=3
)


@settings(max_examples=120, deadline=None)
@given(events_made, proposals)
def test_time_beyond_what_was_recorded_stands_at_the_level_manual_and_no_other_time_does(
    events: list[tuple[str, int]], corrections: list[tuple[int | None, int | None]]
) -> None:
    row = counted(events, corrections)
    first = min((minute for kind, minute in events if kind == "check_in"), default=None)
    last = max((minute for kind, minute in events if kind == "check_out"), default=None)
    start, end = row["actual_start"], row["actual_end"]
    beyond = (start is not None and (first is None or start < at(first))) or (
        end is not None and (last is None or end > at(last))
    )
    assert (row["evidence_level"] == "manual") == beyond
    assert ("claimed_beyond" in row["flags"]) == beyond
    assert (row["recorded_start"], row["recorded_end"]) == (at(first), at(last))


def test_a_correction_within_what_was_recorded_keeps_the_level_of_its_events() -> None:
    row = counted([("check_in", 0), ("check_out", 30)], [(5, 25)])
    assert (row["evidence_level"], row["actual_start"], row["actual_end"]) == ("position", at(5), at(25))
    assert row["flags"] == ["corrected"]


def test_a_forgotten_check_out_that_is_corrected_is_manual() -> None:
    row = counted([("check_in", 0)], [(None, 30)])
    assert (row["evidence_level"], row["flags"]) == ("manual", ["claimed_beyond", "corrected"])


def test_the_correction_decided_last_is_the_one_that_is_judged() -> None:
    events = [("check_in", 0), ("check_out", 30)]
    assert counted(events, [(-10, None), (5, None)])["evidence_level"] == "position"
    assert counted(events, [(5, None), (-10, None)])["evidence_level"] == "manual"
