"""Deductions, expenditure, payments to the employer and living accommodation."""

from typing import Any

import pytest

from backend.domain.minimum_wage.reductions import ACCOMMODATION_RULE
from tests.wage import WEEK, answer


def adjusted(**changes: Any) -> tuple[str, list[str]]:
    result = answer(pay=[{"kind": "salary", "amount": "200.00"}], **changes)
    return result["nmw_pay"], [row["amount"] for row in result["adjustments"]]


@pytest.mark.parametrize(
    "kind",
    [
        "uniform",
        "tools",
        "meals",
        "admin_fee",
        "penalty_without_liability",
        "deposit",
        "voluntary_purchase",
        "other_employer",
    ],
)
def test_a_deduction_for_the_employers_benefit_reduces_pay(kind: str) -> None:
    assert adjusted(deductions=[{"kind": kind, "amount": "10.00"}]) == ("190.00", ["-10.00"])


@pytest.mark.parametrize(
    "kind",
    [
        "tax",
        "national_insurance",
        "student_loan",
        "pension",
        "union_subscription",
        "attachment_of_earnings",
        "advance_repayment",
        "overpayment",
        "shares",
        "conduct_penalty",
        "other_worker",
    ],
)
def test_a_deduction_for_others_is_shown_and_reduces_nothing(kind: str) -> None:
    assert adjusted(deductions=[{"kind": kind, "amount": "10.00"}]) == ("200.00", ["0.00"])


def test_a_deposit_given_back_is_added() -> None:
    assert adjusted(deductions=[{"kind": "deposit_refund", "amount": "10.00"}]) == ("210.00", ["10.00"])


@pytest.mark.parametrize(
    "kind", ["uniform", "tools", "business_travel", "phone", "training", "required_equipment"]
)
@pytest.mark.parametrize(("reimbursed", "change"), [(None, "-10.00"), ("4.00", "-6.00"), ("12.00", "0.00")])
def test_expenditure_reduces_pay_by_what_was_not_given_back(
    kind: str, reimbursed: str | None, change: str
) -> None:
    line = {"kind": kind, "amount": "10.00"} | ({"reimbursed": reimbursed} if reimbursed else {})
    assert adjusted(expenditure=[line])[1] == [change]


@pytest.mark.parametrize("kind", ["dbs_check", "home_to_work", "personal"])
def test_expenditure_not_for_the_job_reduces_nothing(kind: str) -> None:
    assert adjusted(expenditure=[{"kind": kind, "amount": "10.00"}]) == ("200.00", ["0.00"])


def test_a_purchase_reduces_pay_when_required_or_deducted_and_not_when_chosen_and_paid_for() -> None:
    assert adjusted(payments_to_employer=[{"kind": "required_purchase", "amount": "10.00"}])[0] == "190.00"
    assert adjusted(payments_to_employer=[{"kind": "voluntary_purchase", "amount": "10.00"}])[0] == "200.00"
    assert adjusted(deductions=[{"kind": "voluntary_purchase", "amount": "10.00"}])[0] == "190.00"


def test_every_line_appears_with_its_section_and_rule() -> None:
    rows = answer(
        deductions=[{"kind": "tax", "amount": "1.00"}, {"kind": "tools", "amount": "2.00"}],
        expenditure=[{"kind": "tools", "amount": "3.00"}],
        payments_to_employer=[{"kind": "required_purchase", "amount": "4.00"}],
    )["adjustments"]
    assert [(row["section"], row["kind"], row["amount"]) for row in rows] == [
        ("deduction", "tax", "0.00"),
        ("deduction", "tools", "-2.00"),
        ("expenditure", "tools", "-3.00"),
        ("payment_to_employer", "required_purchase", "-4.00"),
    ]
    assert all(row["rule"].startswith("nmw-2015-") for row in rows)


def housed(days: int, period: dict[str, str] | None = None, **charge: str) -> str:
    changes = {"period": period} if period else {}
    adjustment: str = answer(accommodation={"days": days, **charge}, **changes)["accommodation_adjustment"]
    return adjustment


def test_free_accommodation_adds_the_offset_for_each_day() -> None:
    assert housed(10, charge="0.00") == "111.00"
    assert housed(10, charge_per_day="0") == "111.00"
    assert housed(10, charge_per_month="0") == "111.00"
    assert housed(0, charge="0.00") == "0.00"


def test_accommodation_is_told_under_its_provision() -> None:
    assert ACCOMMODATION_RULE == "nmw-2015-14"


def test_a_charge_up_to_the_offset_changes_nothing_and_above_it_takes_off_the_excess() -> None:
    assert housed(10, charge="111.00") == "0.00"
    assert housed(10, charge="0.01") == "0.00"
    assert housed(10, charge="111.01") == "-0.01"
    assert housed(10, charge_per_day="12.10") == "-10.00"
    assert housed(0, charge="5.00") == "-5.00"


def test_a_monthly_charge_is_whole_for_a_month() -> None:
    assert housed(30, charge_per_month="400.00") == "-67.00"
    april_to_may = {"start": "2026-04-16", "end": "2026-05-15"}
    assert housed(30, april_to_may, charge_per_month="400.00") == "-67.00"


def test_a_monthly_charge_in_a_shorter_period_is_a_years_worth_by_weeks() -> None:
    # 364 x 12 / 52 = 84 a week; the offset for 7 days is 77.70
    assert housed(7, WEEK, charge_per_month="364.00") == "-6.30"
    # the charge is for the days of the period, the offset for the days of accommodation
    assert housed(5, WEEK, charge_per_month="364.00") == "-28.50"
    four_weeks = {"start": "2026-06-01", "end": "2026-06-28"}
    assert housed(28, four_weeks, charge_per_month="364.00") == "-25.20"


def test_the_offset_is_that_of_the_periods_first_day() -> None:
    assert housed(10, {"start": "2026-03-31", "end": "2026-04-29"}, charge="0") == "106.60"
    assert housed(10, {"start": "2016-09-30", "end": "2016-10-29"}, charge="0") == "53.50"
    assert housed(10, {"start": "2016-10-01", "end": "2016-10-31"}, charge="0") == "60.00"


def test_accommodation_counts_in_the_pay_tested() -> None:
    result = answer(accommodation={"days": 10, "charge": "121.00"})
    assert (result["nmw_pay"], result["shortfall"]) == ("117.10", "10.00")


def test_the_last_day_of_an_offset_still_has_it() -> None:
    housed = {"days": 1, "charge": "0"}
    for day, offset in (("2026-03-31", "10.66"), ("2026-04-01", "11.10")):
        period = {"start": day, "end": day}
        assert answer(period=period, accommodation=housed)["accommodation_adjustment"] == offset


def test_a_given_offset_replaces_the_tables() -> None:
    rates = {"hourly": "6.19", "accommodation_offset_per_day": "4.82"}
    result = answer(rates=rates, accommodation={"days": 5, "charge": "75.00"})
    assert result["accommodation_adjustment"] == "-50.90"
