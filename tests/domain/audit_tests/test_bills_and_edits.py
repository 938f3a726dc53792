"""Invoices against records, and the patterns in corrections."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.domain.audit_tests.recorded import DAY, Record, at, recorded, visit

PERIOD = {
    "contract_id": "council", "starts_on": DAY, "ends_on": DAY + timedelta(days=6), "as_of": at("09:00", day=8),
}  # fmt: skip


def line(visit_id: str, pence: int = 1000, **other: Any) -> dict[str, Any]:
    row = {
        "document": "INV-1",
        "line": 1,
        "visit_id": visit_id,
        "employment_id": "ann-1",
        "amount_pence": pence,
    }
    return {**row, "adjusts": False, **other}


def test_a_visit_that_is_charged_for_and_that_no_phone_recorded_is_flagged() -> None:
    record = recorded(visit("a", None, None, status="missed"), lines=[line("a")])
    [flag] = record.flags("audit-billed-unrecorded")
    assert (flag["visit_id"], flag["others"], flag["measured"]) == ("a", ["INV-1"], 10)


@pytest.mark.parametrize(
    ("one", "lines"),
    [
        (visit("a", "09:00", "09:30"), [line("a")]),
        (visit("a", "09:00", None, status="completed"), [line("a")]),
        (visit("a", None, None, status="cancelled"), [line("a")]),
        (visit("a", None, None, status="missed"), [line("a"), line("a", -1000, adjusts=True)]),
        (visit("a", None, None, status="missed"), []),
    ],
)
def test_what_was_recorded_called_off_or_taken_back_is_not(
    one: dict[str, Any], lines: list[dict[str, Any]]
) -> None:
    assert recorded(one, lines=lines).flags("audit-billed-unrecorded") == []


def test_a_visit_known_from_a_correction_alone_is_charged_without_a_record() -> None:
    made_up = {**visit("a", "09:00", "09:30", corrected=True), "recorded_start": None, "recorded_end": None}
    assert recorded(made_up, lines=[line("a")]).about("audit-billed-unrecorded") == ["a"]


def test_a_visit_recorded_in_an_invoiced_period_that_no_invoice_names_is_flagged() -> None:
    one = visit("a", "09:00", "09:30")
    [flag] = recorded(one, periods=[PERIOD]).flags("audit-recorded-unbilled")
    assert (flag["visit_id"], flag["measured"]) == ("a", 30)
    assert recorded(one).flags("audit-recorded-unbilled") == []
    assert recorded(one, periods=[PERIOD], lines=[line("a")]).flags("audit-recorded-unbilled") == []
    assert recorded(one, periods=[PERIOD], parked=[{"visit_id": "a"}]).flags("audit-recorded-unbilled") == []


def test_what_became_known_after_the_invoice_waits_for_the_next() -> None:
    late = visit("a", "09:00", "09:30", last_fact_at=at("09:00", day=9))
    assert recorded(late, periods=[PERIOD]).flags("audit-recorded-unbilled") == []


def test_an_attendance_charged_twice_is_flagged_and_an_adjustment_is_not() -> None:
    one = visit("a", "09:00", "09:30")
    twice = recorded(one, lines=[line("a"), line("a", document="INV-2")])
    assert twice.flags("audit-billed-twice")[0]["others"] == ["INV-1", "INV-2"]
    adjusted = recorded(one, lines=[line("a"), line("a", 200, document="INV-2", adjusts=True)])
    assert adjusted.flags("audit-billed-twice") == []
    shared = recorded(one, lines=[line("a"), line("a", document="INV-2", payer="icb")])
    assert shared.flags("audit-billed-twice") == []
    pair = recorded(one, lines=[line("a"), line("a", employment_id="eve-1")])
    assert pair.flags("audit-billed-twice") == []


def edits(count: int, minutes_off: int = 0, received: datetime | None = None, **other: Any) -> Record:
    visits, found = [], []
    for number in range(count):
        one = visit(f"v{number:02}", "09:00", "09:30", day=number % 7)
        visits.append(one)
        found.append({
            "correction_id": f"c{number:02}", "visit_id": one["visit_id"], "carer_id": "ann",
            "proposed_start": one["planned_start"] + timedelta(minutes=minutes_off),
            "proposed_end": one["planned_end"], "reason_code": f"reason-{number % 4}", "proposed_by": "ann",
            "received_at": received or at("12:00", day=number % 7), "decision": "accepted",
            "decided_by": f"manager-{number % 3}", "decided_at": at("12:00", day=8), **other,
        })  # fmt: skip
    return recorded(*visits, edits=found, periods=[PERIOD])


def test_corrections_that_are_always_the_plan_are_flagged_by_who_proposes_them() -> None:
    [flag] = edits(10).flags("audit-edits-to-plan")
    assert (flag["others"][:2], flag["measured"], len(flag["visit_ids"])) == (["ann", "c00"], 100, 10)
    assert edits(9).flags("audit-edits-to-plan") == []
    assert edits(10, minutes_off=1).flags("audit-edits-to-plan") == []


def test_one_reason_on_most_accepted_corrections_is_flagged() -> None:
    flags = edits(20, reason_code="phone_failed").flags("audit-edits-concentrate")
    assert [(flag["others"][0], flag["measured"]) for flag in flags] == [("phone_failed", 100)]
    assert edits(20).flags("audit-edits-concentrate") == []
    assert edits(19, reason_code="phone_failed").flags("audit-edits-concentrate") == []


def test_one_person_who_accepts_most_of_them_is_flagged() -> None:
    flags = edits(20, decided_by="zoe").flags("audit-edits-concentrate")
    assert [flag["others"][0] for flag in flags] == ["zoe"]
    assert edits(20, decided_by="zoe", decision="declined").flags("audit-edits-concentrate") == []


def test_corrections_bunched_in_the_last_day_before_the_invoice_are_flagged() -> None:
    [flag] = edits(10, received=at("12:00", day=7)).flags("audit-edits-before-cut-off")
    assert (flag["others"][0], flag["measured"]) == ("ann", 100)
    assert edits(10).flags("audit-edits-before-cut-off") == []
    assert edits(10, received=at("12:00", day=9)).flags("audit-edits-before-cut-off") == []


def test_an_empty_record_has_no_flags() -> None:
    assert Record().facts().visits.is_empty()
    assert Record().flags("audit-overlap") == []
