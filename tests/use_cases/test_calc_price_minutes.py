"""Payable minutes: basis, cap, rounding, minimum, and the visits that were not made."""

from typing import Any

import pytest

from tests.pricing import answer, contract, line, span, visit


def minutes(row: Any) -> tuple[str, str, str]:
    return row["payable_minutes"], row["rounding_minutes"], row["difference_minutes"]


def test_the_plan_is_paid_whatever_the_actual_time() -> None:
    row = line(contract(pay_basis="planned"), visit(actual=span("09:00", "09:10")))
    assert (row["amount"], row["rules"]) == ("12.00", ["pay-planned"])
    assert minutes(row) == ("30", "0", "20")


def test_actual_time_is_paid_to_the_second() -> None:
    row = line(contract(), visit(actual=span("09:00:15", "09:27:45")))
    assert (row["actual_minutes"], row["amount"], row["rules"]) == ("27.5", "11.00", ["pay-actual"])
    assert minutes(row) == ("27.5", "0", "0")


def test_minutes_print_at_most_two_places() -> None:
    assert line(contract(), visit(actual=span("09:00:00", "09:00:20")))["actual_minutes"] == "0.33"
    assert line(contract(), visit(actual=span("09:00:00", "09:00:40")))["actual_minutes"] == "0.67"


def test_a_fraction_of_a_second_is_dropped_from_each_instant() -> None:
    actual = {"start": "2026-11-02T09:00:00.900Z", "end": "2026-11-02T09:27:00.100Z"}
    assert line(contract(), visit(actual=actual))["actual_minutes"] == "27"


@pytest.mark.parametrize(
    ("end", "payable", "rule"),
    [
        ("09:23", "30", "pay-planned-within-tolerance"),
        ("09:22:59", "22.98", "pay-actual-outside-tolerance"),
        ("09:37", "30", "pay-planned-within-tolerance"),
        ("09:37:01", "37.02", "pay-actual-outside-tolerance"),
    ],
)
def test_the_plan_is_paid_within_the_tolerance_itself_included(end: str, payable: str, rule: str) -> None:
    terms = contract(pay_basis="planned_within_tolerance", tolerance_minutes=7)
    row = line(terms, visit(actual=span("09:00", end)))
    assert (row["payable_minutes"], row["rules"]) == (payable, [rule])


def test_a_tolerance_may_be_given_in_seconds() -> None:
    terms = contract(pay_basis="planned_within_tolerance", tolerance_minutes=None, tolerance_seconds=90)
    assert line(terms, visit(actual=span("09:00", "09:28:30")))["payable_minutes"] == "30"
    assert line(terms, visit(actual=span("09:00", "09:28:29")))["payable_minutes"] == "28.48"


def test_the_cap_holds_time_to_the_plan_and_says_so_only_when_it_does() -> None:
    terms = contract(cap_at_planned=True)
    assert line(terms, visit(actual=span("09:00", "09:50")))["rules"] == ["pay-actual", "cap-at-planned"]
    assert line(terms, visit(actual=span("09:00", "09:20")))["rules"] == ["pay-actual"]


def test_the_cap_comes_before_rounding_and_minimum() -> None:
    terms = contract(cap_at_planned=True, rounding={"minutes": 20, "mode": "up"})
    row = line(terms, visit(actual=span("09:00", "09:50")))
    assert minutes(row) == ("40", "10", "-10")


@pytest.mark.parametrize(
    ("mode", "end", "payable"),
    [
        ("up", "09:15", "15"),
        ("up", "09:15:01", "30"),
        ("down", "09:29:59", "15"),
        ("down", "09:30", "30"),
        ("nearest", "09:22:29", "15"),
        ("nearest", "09:22:30", "30"),
        ("nearest", "09:07:29", "0"),
        ("nearest", "09:07:30", "15"),
        ("none", "09:22:30", "22.5"),
    ],
)
def test_durations_round_to_the_step(mode: str, end: str, payable: str) -> None:
    row = line(contract(rounding={"minutes": 15, "mode": mode}), visit(actual=span("09:00", end)))
    assert row["payable_minutes"] == payable
    assert row["rules"] == (["pay-actual"] if mode == "none" else ["pay-actual", f"round-{mode}-15"])


def test_the_duration_is_rounded_never_the_clock_times() -> None:
    terms = contract(rounding={"minutes": 15, "mode": "nearest"})
    assert line(terms, visit(actual=span("09:07", "09:23")))["payable_minutes"] == "15"


def test_rounding_shows_what_it_adds_and_takes() -> None:
    terms = contract(rounding={"minutes": 15, "mode": "nearest"})
    assert minutes(line(terms, visit(actual=span("09:00", "09:08")))) == ("15", "7", "7")
    assert minutes(line(terms, visit(actual=span("09:00", "09:22")))) == ("15", "-7", "-7")


def test_a_step_may_be_given_in_seconds() -> None:
    row = line(contract(rounding={"seconds": 90, "mode": "up"}), visit(actual=span("09:00", "09:02")))
    assert (row["payable_minutes"], row["rules"]) == ("3", ["pay-actual", "round-up-1.5"])


@pytest.mark.parametrize("mode", ["up", "down", "nearest"])
def test_a_step_of_one_second_changes_nothing(mode: str) -> None:
    row = line(contract(rounding={"seconds": 1, "mode": mode}), visit(actual=span("09:00:00", "09:00:03")))
    assert minutes(row) == ("0.05", "0", "0")


def test_an_odd_step_rounds_its_half_up() -> None:
    terms = contract(rounding={"seconds": 3, "mode": "nearest"})
    assert line(terms, visit(actual=span("09:00:00", "09:00:01")))["payable_minutes"] == "0"
    assert line(terms, visit(actual=span("09:00:00", "09:00:02")))["payable_minutes"] == "0.05"


def test_the_minimum_comes_last() -> None:
    terms = contract(minimum_minutes=20, rounding={"minutes": 15, "mode": "down"})
    row = line(terms, visit(actual=span("09:00", "09:17")))
    assert minutes(row) == ("20", "3", "3")
    assert row["rules"] == ["pay-actual", "round-down-15", "minimum-minutes"]
    assert line(terms, visit())["rules"] == ["pay-actual", "round-down-15"]


def test_the_minimum_may_lie_above_the_capped_plan() -> None:
    terms = contract(minimum_minutes=45, cap_at_planned=True)
    assert line(terms, visit(actual=span("09:00", "09:50")))["payable_minutes"] == "45"


def test_a_visit_of_no_length_is_a_visit() -> None:
    assert line(contract(minimum_minutes="7.5"), visit(actual=span("09:00", "09:00")))["amount"] == "3.00"


@pytest.mark.parametrize("basis", ["planned", "actual", "planned_within_tolerance"])
def test_a_visit_nobody_planned_is_paid_as_made_without_a_cap(basis: str) -> None:
    terms = contract(pay_basis=basis, cap_at_planned=True, tolerance_minutes=60)
    row = line(terms, visit(planned=None, actual=span("09:00", "09:25")))
    assert (row["planned_minutes"], row["payable_minutes"], row["amount"]) == (None, "25", "10.00")
    assert row["rules"] == ["pay-actual-unplanned"]


@pytest.mark.parametrize("status", ["missed", "refused"])
def test_visits_not_made_take_the_plan_at_their_percentage_untouched_by_other_terms(status: str) -> None:
    terms = contract(
        **{status: {"percent": "37.5"}},
        pay_basis="planned_within_tolerance",
        tolerance_minutes=60,
        cap_at_planned=True,
        rounding={"minutes": 60, "mode": "up"},
        minimum_minutes=120,
    )
    row = line(terms, visit(status=status, actual=span("09:00", "09:05")))
    assert (row["amount"], row["rules"]) == ("4.50", [f"{status}-at-percent"])
    assert (row["actual_minutes"], *minutes(row)) == ("5", "30", "0", "25")


def test_nothing_due_is_still_a_line() -> None:
    row = line(contract(), visit(status="missed", actual=None))
    assert (row["amount"], row["actual_minutes"]) == ("0.00", "0")
    assert row["funding"] == [{"payer": "council", "amount": "0.00"}]


@pytest.mark.parametrize(
    ("told", "amount", "rule"),
    [
        ("2026-11-01T09:00:00Z", "0.00", "cancelled-with-notice"),
        ("2026-11-01T09:00:01Z", "12.00", "cancelled-late"),
        ("2026-11-02T10:00:00Z", "12.00", "cancelled-late"),
    ],
)
def test_notice_of_exactly_the_hours_is_notice(told: str, amount: str, rule: str) -> None:
    row = line(contract(), visit(status="cancelled", actual=None, cancelled_at=told))
    assert (row["amount"], row["rules"]) == (amount, [rule])


def test_notice_is_counted_in_hours_passed_when_the_clocks_change() -> None:
    planned = {"start": "2026-10-25T09:00:00Z", "end": "2026-10-25T09:30:00Z"}
    told = "2026-10-24T10:00:00+01:00"  # the same clock time, 09:00 in London, would be 25 hours before
    row = line(contract(), visit(status="cancelled", planned=planned, actual=None, cancelled_at=told))
    assert row["rules"] == ["cancelled-with-notice"]


@pytest.mark.parametrize("who", ["person", "commissioner", None])
def test_a_late_cancellation_is_due_whoever_but_the_provider_cancels(who: str | None) -> None:
    late = visit(status="cancelled", actual=None, cancelled_at="2026-11-02T08:00:00Z", cancelled_by=who)
    assert line(contract(), late)["amount"] == "12.00"


def test_the_providers_own_cancellation_pays_nothing() -> None:
    late = visit(
        status="cancelled", actual=None, cancelled_at="2026-11-02T08:00:00Z", cancelled_by="provider"
    )
    row = line(contract(), late)
    assert (row["amount"], row["payable_minutes"], row["rules"]) == ("0.00", "0", ["cancelled-by-provider"])
    untimed = visit(status="cancelled", actual=None, cancelled_by="provider")
    assert line(contract(), untimed)["amount"] == "0.00"


def test_a_cancellation_without_its_time_is_a_finding() -> None:
    result = answer(contract(), visit(status="cancelled", actual=None))
    assert result["lines"] == []
    assert [(found["visit"], found["code"]) for found in result["findings"]] == [("v1", "no_cancelled_at")]


@pytest.mark.parametrize("basis", ["planned", "actual"])
def test_a_completed_visit_without_actual_times_is_a_finding_on_any_basis(basis: str) -> None:
    result = answer(contract(pay_basis=basis), visit(actual=None), visit(id="v2"))
    assert [row["visit"] for row in result["lines"]] == ["v2"]
    assert [(found["visit"], found["code"]) for found in result["findings"]] == [("v1", "no_actual")]
    assert result["total"] == "12.00"
