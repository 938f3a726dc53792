"""Which payments count."""

import json
from fractions import Fraction
from typing import Any

import pytest

from backend.use_cases.calc_wage import calc_wage, exact_results
from schemas.strict import decode
from schemas.wage import WageCase
from tests.wage import TODAY, WEEK, answer, case, hourly, paid, salary, span


def piece(units: str | int, rate: str, **more: Any) -> dict[str, Any]:
    return {"kind": "piece", "units": units, "rate": rate, **more}


@pytest.mark.parametrize("kind", ["salary", "bonus", "commission"])
def test_pay_for_work_counts(kind: str) -> None:
    result = answer(pay=[{"kind": kind, "amount": "50.00"}])
    assert (result["total_remuneration"], result["nmw_pay"]) == ("50.00", "50.00")
    assert result["pay"][0]["rule"] == "nmw-2015-9"


@pytest.mark.parametrize(
    "kind",
    [
        "premium",
        "allowance",
        "attendance_bonus",
        "sick_pay",
        "holiday_pay",
        "rolled_up_holiday_pay",
        "other_absence_pay",
        "expenses",
        "mileage",
        "sleep_in_allowance",
        "tips",
        "advance",
        "loan",
        "benefit_in_kind",
        "pension",
        "redundancy",
        "award",
    ],
)
def test_other_payments_are_in_the_total_and_do_not_count(kind: str) -> None:
    result = answer(pay=[{"kind": kind, "amount": "50.00"}])
    assert (result["total_remuneration"], result["nmw_pay"]) == ("50.00", "0.00")
    assert (result["pay"][0]["counted"], result["premium_excluded"]) == ("0.00", "0.00")
    assert result["pay"][0]["rule"].startswith("nmw-2015-10-")


LEFT_OUT = {
    "premium": "j", "allowance": "k", "sick_pay": "h", "holiday_pay": "h", "rolled_up_holiday_pay": "h",
    "other_absence_pay": "h", "expenses": "l", "tips": "m", "advance": "a", "benefit_in_kind": "f", "pension": "b",
    "redundancy": "d", "award": "c",
}  # fmt: skip
"""Provisions of regulation 10 of the National Minimum Wage Regulations 2015 by which a payment does not count."""
OF_SALARIED_HOURS = {
    "premium": "o",
    "sick_pay": "i",
    "holiday_pay": "i",
    "rolled_up_holiday_pay": "i",
    "other_absence_pay": "i",
}


@pytest.mark.parametrize(("salaried", "other"), [(False, {}), (True, OF_SALARIED_HOURS)])
def test_each_payment_names_the_provision_by_which_it_counts_or_does_not(
    salaried: bool, other: dict[str, str]
) -> None:
    terms = {"basic_hours_per_year": "1200", "pay_periods_per_year": 12}
    form = {"work_type": "salaried", "salaried": terms} if salaried else {}
    brought_in = [
        {"kind": "allowance", "amount": "5.00", "consolidated": True},
        {"kind": "holiday_pay", "amount": "5.00", "absence_taken": False},
        salary("5.00"),
        salary("5.00", paid_on="2025-04-10"),
        {"kind": "tips", "amount": "5.00", "paid_on": "2025-04-10"},
    ]
    left_out = [{"kind": kind, "amount": "5.00"} for kind in LEFT_OUT]
    rows = answer(pay=[*left_out, *brought_in], **form)["pay"]
    assert [row["rule"] for row in rows] == [
        *(f"nmw-2015-10-{other.get(kind, provision)}" for kind, provision in LEFT_OUT.items()),
        *["nmw-2015-9"] * 5,
    ]


def test_warnings_stand_in_order_of_their_codes_in_each_of_many_cases() -> None:
    both = [{"kind": kind, "amount": "10.00"} for kind in ("sleep_in_allowance", "rolled_up_holiday_pay")]
    found: Any = calc_wage(json.dumps([case(pay=both) for _ in range(40)]), TODAY)
    codes = [[warning["code"] for warning in one["warnings"]] for one in found]
    assert codes == [["rolled_up_holiday_pay", "sleep_in_allowance"]] * 40


@pytest.mark.parametrize("kind", ["rolled_up_holiday_pay", "sleep_in_allowance"])
def test_pay_that_is_often_mistaken_comes_with_one_warning(kind: str) -> None:
    line = {"kind": kind, "amount": "50.00"}
    warnings = answer(pay=[line, line])["warnings"]
    assert [warning["code"] for warning in warnings] == [kind]


def test_an_allowance_counts_once_consolidated() -> None:
    assert paid({"kind": "allowance", "amount": "50.00", "consolidated": True}) == "50.00"
    assert paid({"kind": "allowance", "amount": "50.00", "consolidated": False}) == "0.00"


def test_holiday_pay_counts_when_the_absence_was_not_taken() -> None:
    assert paid({"kind": "holiday_pay", "amount": "50.00", "absence_taken": False}) == "50.00"
    assert paid({"kind": "holiday_pay", "amount": "50.00", "absence_taken": True}) == "0.00"


def test_pay_that_does_not_count_may_be_given_by_time_or_by_units() -> None:
    lines = [
        {"kind": "sick_pay", "minutes": 90, "rate": "10.00"},
        {"kind": "mileage", "units": "12.5", "rate": "0.45"},
    ]
    result = answer(pay=lines)
    assert [row["amount"] for row in result["pay"]] == ["15.00", "5.63"]
    assert result["nmw_pay"] == "0.00"


def test_pay_that_does_not_count_may_say_how_long_its_amount_is_for() -> None:
    result = answer(pay=[{"kind": "sick_pay", "amount": "52.20", "minutes": 1080}])
    assert (result["total_remuneration"], result["nmw_pay"]) == ("52.20", "0.00")


def test_hourly_above_the_lowest_rate_for_the_same_duties_is_premium() -> None:
    lines = [hourly(600, "12.71", duties="care"), hourly(60, "19.00", duties="care")]
    result = answer(pay=lines)
    assert (result["total_remuneration"], result["premium_excluded"]) == ("146.10", "6.29")
    assert result["nmw_pay"] == "139.81"
    assert [(row["counted"], row["premium"], row["rule"]) for row in result["pay"]] == [
        ("127.10", "0.00", "nmw-2015-9"),
        ("12.71", "6.29", "nmw-2015-10-j"),
    ]


def test_each_duties_is_a_group_and_no_duties_another() -> None:
    lines = [hourly(60, "10.00"), hourly(60, "14.00", duties="care"), hourly(60, "20.00", duties="training")]
    assert answer(pay=lines)["premium_excluded"] == "0.00"
    assert answer(pay=[hourly(60, "10.00"), hourly(60, "14.00")])["premium_excluded"] == "4.00"


def test_a_contract_rate_for_the_duties_may_be_the_lowest() -> None:
    line = hourly(60, "14.00", duties="care")
    assert paid(line, contract_rates=[{"duties": "care", "rate": "12.00"}]) == "12.00"
    assert paid(line, contract_rates=[{"duties": "night", "rate": "12.00"}]) == "14.00"
    assert paid(line, contract_rates=[{"rate": "12.00"}]) == "14.00"
    assert paid(hourly(60, "14.00"), contract_rates=[{"rate": "12.00"}]) == "12.00"
    assert paid(line, contract_rates=[{"duties": "care", "rate": "15.00"}]) == "14.00"


def test_output_work_has_premiums_and_salaried_hours_have_none() -> None:
    lines = [hourly(60, "10.00"), hourly(60, "14.00")]
    terms = {"basic_hours_per_year": "1200", "pay_periods_per_year": 12}
    assert paid(*lines, work_type="output") == "20.00"
    assert paid(*lines, work_type="salaried", salaried=terms) == "24.00"


def test_the_rate_of_an_amount_is_the_amount_by_its_minutes() -> None:
    amount = {"kind": "hourly", "amount": "70.00", "minutes": 420}  # £10 an hour
    assert paid(amount, hourly(60, "14.00")) == "80.00"
    assert paid({"kind": "hourly", "amount": "98.00", "minutes": 420}, hourly(60, "14.00")) == "112.00"


def test_a_rate_that_does_not_divide_still_ties_exactly() -> None:
    # £100 for 7 hours is the lowest rate; 3.5 hours at £20 count at that rate: £50
    lines = [{"kind": "hourly", "amount": "100.00", "minutes": 420}, hourly(210, "20.00")]
    result = answer(pay=lines, work=[{"kind": "contact", "minutes": 600}], rates={"hourly": "15.00"})
    assert (result["nmw_pay"], result["compliant"], result["shortfall"]) == ("150.00", True, "0.00")


def test_of_two_rates_that_are_next_to_equal_the_lower_counts() -> None:
    # pounds a minute: one and 1/599999971, and one and 1/599999972, which is the lower by less than 10^-17
    lines = [
        {"kind": "hourly", "amount": f"599.9999{more + 1}", "minutes": f"599.9999{more}"} for more in (71, 72)
    ]
    lower, minutes = Fraction(599_999_973, 599_999_972), Fraction(1_199_999_943, 10**6)
    for pay in (lines, lines[::-1]):
        read = decode(WageCase, case(pay=pay)).value
        assert read is not None
        [(_, exact)] = exact_results([read], TODAY)
        assert abs(Fraction(exact.counts) - lower * minutes) < Fraction(1, 10**20)


def test_groups_whose_thirds_and_sevenths_add_up_to_the_minimum_are_compliant() -> None:
    # lowest rates 10/7 and 11/7 pounds a minute: 3 minutes of each come to 9 pounds
    lines = [
        {"kind": "hourly", "amount": "10", "minutes": 7, "duties": "a"},
        {"kind": "hourly", "amount": "6", "minutes": 3, "duties": "a"},
        {"kind": "hourly", "amount": "11", "minutes": 7, "duties": "b"},
        {"kind": "hourly", "amount": "6", "minutes": 3, "duties": "b"},
    ]
    result = answer(pay=lines, work=[{"kind": "contact", "minutes": 60}], rates={"hourly": "30"})
    assert (result["nmw_pay"], result["premium_excluded"]) == ("30.00", "3.00")
    assert (result["compliant"], result["shortfall"]) == (True, "0.00")
    short = answer(pay=lines, work=[{"kind": "contact", "minutes": 60}], rates={"hourly": "30.000001"})
    assert (short["compliant"], short["shortfall"]) == (False, "0.01")


def test_seventeenths_that_all_round_down_and_add_up_to_the_minimum_are_compliant() -> None:
    # lowest rates 4/17, 4/17 and 5/17 pounds a minute: 20, 20 and 19 minutes more of them come to 15 pounds
    lines = [
        {"kind": "hourly", "amount": amount, "minutes": minutes, "duties": duties}
        for duties, low, more in (("a", "4", 20), ("b", "4", 20), ("c", "5", 19))
        for amount, minutes in ((low, 17), ("20", more))
    ]
    work = [{"kind": "contact", "minutes": 60}]
    level, short = (answer(pay=lines, work=work, rates={"hourly": rate}) for rate in ("28", "28.000001"))
    assert (level["nmw_pay"], level["compliant"], level["shortfall"]) == ("28.00", True, "0.00")
    assert (short["compliant"], short["shortfall"]) == (False, "0.01")
    weeks = [salary(amount, earned=span("2026-06-01", "2026-09-27")) for amount in ("12", "12", "10")]
    level, short = (
        answer(pay=weeks, work=work, period=WEEK, rates={"hourly": rate}) for rate in ("2", "2.000001")
    )
    assert (level["nmw_pay"], level["compliant"], level["shortfall"]) == ("2.00", True, "0.00")
    assert (short["compliant"], short["shortfall"]) == (False, "0.01")


def test_a_line_of_no_minutes_still_shows_the_rate_payable() -> None:
    assert paid(hourly(0, "12.00"), hourly(60, "14.00")) == "12.00"


def test_piece_work_counts_up_to_its_normal_rate() -> None:
    result = answer(pay=[piece("10", "3.00", normal_rate="2.50")], work_type="output")
    assert (result["nmw_pay"], result["premium_excluded"]) == ("25.00", "5.00")
    assert paid(piece("10", "3.00"), work_type="output") == "30.00"
    assert paid(piece("10", "2.00", normal_rate="2.50"), work_type="output") == "20.00"
    assert paid(piece("2.5", "2.00")) == "5.00"
    assert paid(piece(10, "3.00")) == "30.00"


def test_salary_and_bonus_set_no_lowest_rate() -> None:
    assert paid(salary("1.00"), hourly(60, "14.00")) == "15.00"


def test_a_line_placed_elsewhere_sets_no_lowest_rate() -> None:
    last_year = hourly(60, "10.00", paid_on="2025-04-10")
    assert paid(last_year, hourly(60, "14.00")) == "14.00"
