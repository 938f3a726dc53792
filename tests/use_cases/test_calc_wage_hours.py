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
