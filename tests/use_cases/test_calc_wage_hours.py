"""Which time counts."""

from decimal import Decimal
from typing import Any

import pytest

from tests.wage import answer


def work(*lines: tuple[str, int] | dict[str, Any], **changes: Any) -> dict[str, Any]:
    plain = [line if isinstance(line, dict) else {"kind": line[0], "minutes": line[1]} for line in lines]
    return answer(work=plain, **changes)


@pytest.mark.parametrize(
    "kind",
    ["contact", "travel", "waiting", "training", "supervision", "meeting", "handover", "awake", "other_work"],
)
def test_working_time_counts(kind: str) -> None:
    result = work((kind, 60))
    assert (result["counted_minutes"], result["excluded_minutes"]) == ("60", "0")
    assert result["work"][0]["counted"] is True


@pytest.mark.parametrize("kind", ["sleep_in", "break", "commute", "absence"])
def test_other_time_is_shown_with_its_rule_and_does_not_count(kind: str) -> None:
    result = work((kind, 60), ("contact", 30))
    assert (result["counted_minutes"], result["excluded_minutes"]) == ("30", "60")
    assert result["work"][0]["counted"] is False
    assert result["work"][0]["rule"]


RULES = {
    "time": {
        "contact": "30", "travel": "34", "waiting": "32", "training": "33", "supervision": "30", "meeting": "30",
        "handover": "30", "awake": "32-awake", "other_work": "30", "sleep_in": "32-asleep", "break": "35",
        "commute": "34-home", "absence": "35",
    },
    "output": {
        "contact": "37", "travel": "39", "waiting": "37", "training": "38", "supervision": "37", "meeting": "37",
        "handover": "37", "awake": "37", "other_work": "37", "sleep_in": "37", "break": "37", "commute": "39-home",
        "absence": "37",
    },
}  # fmt: skip
"""Provisions of the National Minimum Wage Regulations 2015 by which time counts or does not."""


@pytest.mark.parametrize("form", ["time", "output"])
def test_each_kind_of_time_names_its_provision(form: str) -> None:
    result = work(*((kind, 60) for kind in RULES[form]), ("unresolved", 60), work_type=form)
    expected = [(kind, f"nmw-2015-{rule}") for kind, rule in RULES[form].items()]
    assert [(row["kind"], row["rule"]) for row in result["work"]] == [
        *expected,
        ("unresolved", "time-unresolved"),
    ]
    assert [row["minutes"] for row in result["work"]] == ["60"] * 14
    told = (result["counted_minutes"], result["excluded_minutes"], result["unresolved_minutes"])
    assert told == ("540", "240", "60")


def test_of_salaried_hours_only_excess_counts_and_only_absence_on_less_pay_comes_off() -> None:
    absences = [{"kind": "absence", "minutes": 60, "pay": pay} for pay in ("full", "reduced", "none")]
    plain = [{"kind": kind, "minutes": 60} for kind in (*RULES["time"], "unresolved", "excess")]
    result = salaried("2080", 12, *plain, *absences)
    named = {"unresolved": "time-unresolved", "excess": "nmw-2015-28"}
    assert [(row["rule"], row["counted"]) for row in result["work"][:15]] == [
        (named.get(line["kind"], "nmw-2015-21"), line["kind"] == "excess") for line in plain
    ]
    assert [row["rule"] for row in result["work"][15:]] == ["nmw-2015-21", "nmw-2015-23", "nmw-2015-23"]
    # 173 hours and a third, an hour beyond them, and two that came off
    told = (result["counted_minutes"], result["excluded_minutes"], result["unresolved_minutes"])
    assert told == ("10340", "960", "60")


def test_a_doubt_that_several_lines_raise_is_said_once() -> None:
    twice = [{"kind": "sleep_in_allowance", "amount": "60.00"}] * 2
    found = salaried("12", 12, {"kind": "absence", "minutes": 61, "pay": "none"}, pay=twice)["warnings"]
    assert [row["code"] for row in found] == ["absence_exceeds_hours", "sleep_in_allowance"]


def test_unresolved_time_is_neither_counted_nor_excluded_and_is_tested_beside() -> None:
    result = work(("contact", 600), ("unresolved", 60))
    assert (result["counted_minutes"], result["excluded_minutes"]) == ("600", "0")
    assert result["unresolved_minutes"] == "60"
    assert (result["compliant"], result["shortfall"]) == (True, "0.00")
    assert result["shortfall_with_unresolved"] == "12.71"
    assert result["hourly_equivalent"] == "12.71"


def test_what_is_paid_above_the_minimum_covers_unresolved_time() -> None:
    assert work(("contact", 540), ("unresolved", 60))["shortfall_with_unresolved"] == "0.00"


def test_with_no_hours_there_is_no_hourly_figure_and_no_shortfall() -> None:
    result = work(("break", 60))
    assert (result["hourly_equivalent"], result["compliant"], result["shortfall"]) == (None, True, "0.00")


def test_with_no_hours_pay_below_nothing_is_a_shortfall() -> None:
    result = answer(work=[], pay=[], deductions=[{"kind": "uniform", "amount": "5.00"}])
    assert (result["nmw_pay"], result["compliant"], result["shortfall"]) == ("-5.00", False, "5.00")


def salaried(hours: str | int, periods: int, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    terms = {"basic_hours_per_year": hours, "pay_periods_per_year": periods}
    return answer(work_type="salaried", salaried=terms, work=list(lines), **changes)


def test_salaried_hours_are_the_years_basic_hours_by_its_pay_periods() -> None:
    assert salaried("2080", 12)["counted_minutes"] == "10400"
    assert salaried("2088", 52)["counted_minutes"] == "2409.23"
    assert salaried(2088, 52) == salaried("2088", 52)


def test_of_a_period_in_part_the_hours_are_its_days_of_365() -> None:
    # HMRC NMWM08050: 2080 basic hours, four-weekly, from 13 April of a period from 5 April to 2 May 2021: 20 days
    result = answer(
        period={"start": "2021-04-05", "end": "2021-05-02"},
        work_type="salaried",
        salaried={"basic_hours_per_year": "2080", "pay_periods_per_year": 13, "employed_days": 20},
        employment_started_on="2021-04-13",
        work=[],
    )
    assert Decimal(result["counted_minutes"]) == round(Decimal(2080) * 20 * 60 / 365, 2)


def test_a_salary_of_exactly_the_minimum_is_compliant_where_hours_do_not_divide() -> None:
    # 1000 hours in 12 periods at 12.72 is 1060 exactly, though 1000/12 hours is no round number
    result = salaried("1000", 12, pay=[{"kind": "salary", "amount": "1060.00"}], rates={"hourly": "12.72"})
    assert (result["compliant"], result["required"]["pay"]) == (True, "1060.00")
    less = salaried("1000", 12, pay=[{"kind": "salary", "amount": "1059.999999"}], rates={"hourly": "12.72"})
    assert (less["compliant"], less["shortfall"]) == (False, "0.01")


def test_seventeen_pay_periods_still_tie_exactly() -> None:
    result = salaried("1700.1", 17, pay=[{"kind": "salary", "amount": "1700.1"}], rates={"hourly": "17"})
    assert result["compliant"] is True


def test_salaried_excess_adds_and_reduced_or_unpaid_absence_takes_off() -> None:
    result = salaried(
        "1200",
        12,
        {"kind": "excess", "minutes": 120},
        {"kind": "absence", "minutes": 60, "pay": "reduced"},
        {"kind": "absence", "minutes": 30, "pay": "none"},
    )
    assert result["counted_minutes"] == "6030"
    assert [line["counted"] for line in result["work"]] == [True, False, False]


def test_fully_paid_absence_and_other_kinds_change_nothing_for_salaried_hours() -> None:
    plain = salaried("1200", 12)
    result = salaried(
        "1200",
        12,
        {"kind": "absence", "minutes": 60},
        {"kind": "absence", "minutes": 60, "pay": "full"},
        {"kind": "contact", "minutes": 500},
    )
    assert result["counted_minutes"] == plain["counted_minutes"] == "6000"
    assert result["required"] == plain["required"]
    assert result["excluded_minutes"] == "620"
    assert all(line["counted"] is False and line["rule"] for line in result["work"])


def test_absence_beyond_the_periods_hours_leaves_none_and_warns() -> None:
    result = salaried("1200", 12, {"kind": "absence", "minutes": 6060, "pay": "none"})
    assert (result["counted_minutes"], result["hourly_equivalent"]) == ("0", None)
    assert [warning["code"] for warning in result["warnings"]] == ["absence_exceeds_hours"]


def test_an_absence_may_say_how_it_was_paid_in_time_work_too() -> None:
    assert work(("contact", 60), {"kind": "absence", "minutes": 60, "pay": "none"})["counted_minutes"] == "60"
