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
    assert (flag["visit_id"], flag["others"], flag["measured"], flag["limit"]) == ("a", ["INV-1"], 10, 0)
    assert (flag["carer_id"], flag["at"]) == ("ann", at("09:00"))


def test_a_charge_without_a_record_is_told_with_every_document_and_of_a_penny_too() -> None:
    lines = [line("a", 1, document=name) for name in ("INV-2", "INV-1", "INV-2")]
    [flag] = recorded(visit("a", None, None, status="planned"), lines=lines).flags("audit-billed-unrecorded")
    assert (flag["others"], flag["measured"]) == (["INV-1", "INV-2"], 0.03)
    one = recorded(visit("a", None, None, status="missed"), lines=[line("a", 1)])
    assert [flag["measured"] for flag in one.flags("audit-billed-unrecorded")] == [0.01]


@pytest.mark.parametrize(
    ("one", "lines"),
    [
        (visit("a", "09:00", "09:30"), [line("a")]),
        (visit("a", "09:00", None, status="completed"), [line("a")]),
        (visit("a", "09:00", None, status="missed"), [line("a")]),
        (visit("a", None, "09:30", status="missed", recorded_start=None), [line("a")]),
        (visit("a", None, None, status="cancelled"), [line("a")]),
        (visit("a", None, None, status="missed"), [line("a"), line("a", -1000, adjusts=True)]),
        (visit("a", None, None, status="missed"), []),
    ],
)
def test_what_was_recorded_called_off_or_taken_back_is_not(
    one: dict[str, Any], lines: list[dict[str, Any]]
) -> None:
    assert recorded(one, lines=lines).flags("audit-billed-unrecorded") == []


def test_of_two_carers_one_who_recorded_it_or_was_called_off_is_enough() -> None:
    missed = visit("a", None, None, status="missed", carers=2)
    for other in (
        visit("a", "09:00", "09:30", carers=2, carer_id="eve"),
        visit("a", None, None, carers=2, carer_id="eve", status="cancelled"),
        visit("a", "09:00", None, carers=2, carer_id="eve", status="missed"),
    ):
        assert recorded(missed, other, lines=[line("a")]).flags("audit-billed-unrecorded") == []
    both = recorded(missed, {**missed, "carer_id": "eve"}, lines=[line("a")])
    assert [flag["carer_id"] for flag in both.flags("audit-billed-unrecorded")] == ["ann"]


def test_a_visit_known_from_a_correction_alone_is_charged_without_a_record() -> None:
    made_up = {**visit("a", "09:00", "09:30", corrected=True), "recorded_start": None, "recorded_end": None}
    assert recorded(made_up, lines=[line("a")]).about("audit-billed-unrecorded") == ["a"]


def test_a_visit_recorded_in_an_invoiced_period_that_no_invoice_names_is_flagged() -> None:
    one = visit("a", "09:00", "09:30")
    [flag] = recorded(one, periods=[PERIOD]).flags("audit-recorded-unbilled")
    assert (flag["visit_id"], flag["measured"], flag["limit"]) == ("a", 30, 0)
    assert flag["event_rows"] == ["check_in/a/02090000", "check_out/a/02093000"]
    assert recorded(one).flags("audit-recorded-unbilled") == []
    assert recorded(one, periods=[PERIOD], lines=[line("a")]).flags("audit-recorded-unbilled") == []
    assert recorded(one, periods=[PERIOD], parked=[{"visit_id": "a"}]).flags("audit-recorded-unbilled") == []


def test_what_became_known_after_the_invoice_waits_for_the_next() -> None:
    late = visit("a", "09:00", "09:30", last_fact_at=at("09:00", day=9))
    assert recorded(late, periods=[PERIOD]).flags("audit-recorded-unbilled") == []
    for known in (PERIOD["as_of"], None):
        just = visit("a", "09:00", "09:30", last_fact_at=known)
        assert recorded(just, periods=[PERIOD]).about("audit-recorded-unbilled") == ["a"]


@pytest.mark.parametrize(("day", "flagged"), [(-1, []), (0, ["a"]), (6, ["a"]), (7, [])])
def test_a_period_holds_its_first_and_its_last_day(day: int, flagged: list[str]) -> None:
    one = visit("a", "09:00", "09:30", day=day)
    assert recorded(one, periods=[PERIOD]).about("audit-recorded-unbilled") == flagged


def test_a_visit_in_two_invoiced_periods_is_flagged_once_and_one_not_made_never() -> None:
    one = visit("a", "09:00", "09:30")
    assert recorded(one, periods=[PERIOD, PERIOD]).about("audit-recorded-unbilled") == ["a"]
    assert recorded({**one, "status": "refused"}, periods=[PERIOD]).about("audit-recorded-unbilled") == []


def test_an_attendance_charged_twice_is_flagged_and_an_adjustment_is_not() -> None:
    one = visit("a", "09:00", "09:30")
    twice = recorded(one, lines=[line("a"), line("a", document="INV-2")])
    [flag] = twice.flags("audit-billed-twice")
    assert (flag["others"], flag["measured"], flag["limit"]) == (["INV-1", "INV-2"], 2, 1)
    assert (flag["visit_id"], flag["at"]) == ("a", at("09:00"))
    once_more = recorded(
        one, {**one, "carer_id": "eve"}, lines=[line("a", 1, document="INV-2"), line("a", 1)]
    )
    assert [flag["others"] for flag in once_more.flags("audit-billed-twice")] == [["INV-1", "INV-2"]]
    in_one = recorded(one, lines=[line("a"), line("a", line=2)])
    assert [flag["others"] for flag in in_one.flags("audit-billed-twice")] == [["INV-1"]]
    nothing = recorded(one, lines=[line("a", 0), line("a", 0, document="INV-2")])
    assert nothing.flags("audit-billed-twice") == []
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
    few = edits(9)
    few.visits *= 2
    assert few.flags("audit-edits-to-plan") == [], "an attendance that is told twice is one"
    assert edits(10, minutes_off=1).flags("audit-edits-to-plan") == []


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"proposed_start": at("09:00:59"), "proposed_end": at("09:30:30")}, True),
        ({"proposed_start": at("09:01")}, False),
        ({"proposed_end": at("09:29:59")}, False),
        ({"proposed_start": None}, True),
        ({"proposed_end": None}, True),
        ({"proposed_start": None, "proposed_end": at("09:31")}, False),
    ],
)
def test_an_end_that_is_not_proposed_stays_and_the_plan_is_met_to_the_minute(
    changes: dict[str, Any], same: bool
) -> None:
    record = edits(10, received=at("12:00"))
    record.visits = [visit(one["visit_id"], "09:00", "09:30") for one in record.visits]
    record.edits = [
        {**one, "proposed_start": at("09:00"), "proposed_end": at("09:30"), **changes} for one in record.edits
    ]
    assert len(record.flags("audit-edits-to-plan")) == same


def test_a_time_for_a_visit_without_a_plan_is_no_plan() -> None:
    record = edits(10)
    record.visits = [{**one, "planned_start": None, "planned_end": None} for one in record.visits]
    assert record.flags("audit-edits-to-plan") == []


def test_a_share_of_just_the_limit_is_flagged_and_tells_only_what_makes_it() -> None:
    record = edits(10)
    record.edits[3]["proposed_start"] += timedelta(minutes=5)
    record.edits.reverse()
    [flag] = record.flags("audit-edits-to-plan")
    assert (flag["measured"], flag["limit"], flag["at"]) == (90, 90, at("12:00"))
    kept = [number for number in range(10) if number != 3]
    assert flag["visit_ids"] == [f"v{number:02}" for number in kept]
    assert flag["others"] == ["ann", *(f"c{number:02}" for number in kept)]
    assert record.flags("audit-edits-to-plan", to_plan_percent=91) == []
    again = [*record.visits, *record.visits]
    record.visits = again
    assert [flag["measured"] for flag in record.flags("audit-edits-to-plan")] == [90]


def test_a_reason_on_just_the_share_of_the_limit_is_flagged_and_on_less_not() -> None:
    record = edits(20)
    for number, one in enumerate(record.edits):
        one["reason_code"] = "phone_failed" if number < 16 else "other"
    record.edits.reverse()
    [flag] = record.flags("audit-edits-concentrate")
    assert (flag["measured"], flag["limit"], flag["at"]) == (80, 80, at("12:00"))
    assert flag["visit_ids"] == [f"v{number:02}" for number in range(16)]
    assert flag["others"] == ["phone_failed", *(f"c{number:02}" for number in range(16))]
    record.edits[-1]["reason_code"] = "other"
    assert record.flags("audit-edits-concentrate") == []
    assert edits(0).flags("audit-edits-concentrate") == []


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
    assert (flag["others"][:2], flag["measured"], flag["limit"]) == (["ann", "c00"], 100, 50)
    assert edits(9, received=at("12:00", day=7)).flags("audit-edits-before-cut-off") == []
    assert edits(10).flags("audit-edits-before-cut-off") == []
    assert edits(10, received=at("12:00", day=9)).flags("audit-edits-before-cut-off") == []


@pytest.mark.parametrize(
    ("received", "late"),
    [
        (at("09:00", day=7), False),  # the twenty-fourth hour before nine on the eighth day
        (at("09:00:01", day=7), True),
        (at("09:00", day=8), True),
        (at("09:00:01", day=8), False),
    ],
)
def test_the_last_hours_before_the_cut_off_end_with_it(received: datetime, late: bool) -> None:
    assert bool(edits(10, received=received).flags("audit-edits-before-cut-off")) is late


def test_half_of_them_in_the_last_hours_is_flagged_and_tells_those_alone() -> None:
    record = edits(10)
    for one in record.edits[:5]:
        one["received_at"] = at("12:00", day=7)
    record.edits.reverse()
    record.visits += record.visits
    [flag] = record.flags("audit-edits-before-cut-off")
    assert (flag["measured"], flag["at"]) == (50, at("12:00", day=0))
    assert flag["visit_ids"] == [f"v{number:02}" for number in range(5)]
    assert flag["others"] == ["ann", *(f"c{number:02}" for number in range(5))]
    assert record.flags("audit-edits-before-cut-off", cut_off_percent=51) == []


def test_corrections_of_visits_outside_the_period_are_not_of_it() -> None:
    record = edits(10, received=at("12:00", day=7))
    for day, flagged in ((-1, 0), (0, 1), (6, 1), (7, 0)):
        record.visits = [visit(one["visit_id"], "09:00", "09:30", day=day) for one in record.visits]
        assert len(record.flags("audit-edits-before-cut-off")) == flagged


def test_an_empty_record_has_no_flags() -> None:
    assert Record().facts().visits.is_empty()
    assert Record().flags("audit-overlap") == []
