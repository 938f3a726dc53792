"""How a visit stands at a moment, with the packaged thresholds: late after 15 minutes, missed 30 after the end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from backend.domain.visit_state import NEEDS_ATTENTION, PLAN_SCHEMA, STATES, visit_states
from backend.statute.policy import policy_on

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
END = START + timedelta(minutes=30)
POLICY = policy_on(date(2026, 11, 2))


def state(now: timedelta, **facts: Any) -> str:
    """The state so long after the planned start."""
    row = {
        "visit_id": "V", "package_id": "P", "starts_at": START, "ends_at": END, "carer": "E1", "status": "planned",
        "refused": False, "heard": False, **facts,
    }  # fmt: skip
    frame = pl.DataFrame([row], schema=PLAN_SCHEMA)
    [found] = visit_states(frame, START + now, POLICY)["state"]
    return str(found)


def at(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "wanted"),
    [(-60, "not_started"), (14.9, "not_started"), (15, "late"), (59.9, "late"), (60, "missed")],
)
def test_nobody_comes(minutes: float, wanted: str) -> None:
    assert state(at(minutes)) == wanted


def test_an_unassigned_visit_says_so_until_it_is_missed() -> None:
    assert state(at(-60), carer=None) == "unassigned"
    assert state(at(20), carer=None) == "unassigned"
    assert state(at(60), carer=None) == "missed"


@pytest.mark.parametrize(
    ("minutes", "wanted"), [(10, "in_progress"), (59.9, "in_progress"), (60, "running_over")]
)
def test_somebody_is_there(minutes: float, wanted: str) -> None:
    assert state(at(minutes), arrived_at=START, came=1, went=0, heard=True) == wanted


def test_who_came_is_there_though_no_departure_was_ever_recorded() -> None:
    assert state(at(10), arrived_at=START, came=1, went=None, heard=True) == "in_progress"
    assert state(at(40), left_at=END, came=None, went=1, heard=True) == "incomplete"


def test_one_of_two_carers_is_still_there() -> None:
    facts = {"second_carer": "E2", "arrived_at": START, "left_at": END, "came": 2, "heard": True}
    assert state(at(40), went=1, **facts) == "in_progress"
    assert state(at(40), went=2, **facts) == "done"


def test_a_departure_alone_a_refusal_and_what_is_cancelled() -> None:
    assert state(at(40), left_at=END, came=0, went=1, heard=True) == "incomplete"
    assert state(at(40), refused=True, came=0, went=0, heard=True) == "refused"
    assert state(at(90), status="cancelled") == "cancelled"
    assert state(at(90), status="suspended") == "suspended"
    assert state(at(90), status="cancelled", came=1, went=1, heard=True) == "done"


def test_a_sign_of_life_keeps_a_visit_from_being_missed() -> None:
    assert state(at(90), heard=True, came=0, went=0) == "late"


def test_what_needs_somebody_comes_first() -> None:
    assert STATES[: len(NEEDS_ATTENTION)] == NEEDS_ATTENTION
