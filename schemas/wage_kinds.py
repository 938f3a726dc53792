"""The kinds of work, pay, deduction and expenditure in the minimum wage test. Statute says how each is treated."""

from typing import Final, Literal

WorkType = Literal["time", "output", "salaried"]
WorkKind = Literal[
    "contact", "travel", "waiting", "training", "supervision", "meeting", "handover", "awake", "other_work",
    "sleep_in", "break", "commute", "absence", "unresolved", "excess",
]  # fmt: skip
PayKind = Literal[
    "hourly", "salary", "piece", "bonus", "commission",
    "premium", "allowance", "attendance_bonus", "sick_pay", "holiday_pay", "rolled_up_holiday_pay",
    "other_absence_pay", "expenses", "mileage", "sleep_in_allowance", "tips", "advance", "loan",
    "benefit_in_kind", "pension", "redundancy", "award",
]  # fmt: skip
DeductionKind = Literal[
    "uniform", "tools", "meals", "admin_fee", "penalty_without_liability", "deposit", "voluntary_purchase",
    "other_employer", "tax", "national_insurance", "student_loan", "pension", "union_subscription",
    "attachment_of_earnings", "advance_repayment", "overpayment", "shares", "conduct_penalty", "other_worker",
    "deposit_refund",
]  # fmt: skip
ExpenditureKind = Literal[
    "uniform", "tools", "business_travel", "phone", "training", "required_equipment",
    "dbs_check", "home_to_work", "personal",
]  # fmt: skip
PaymentToEmployerKind = Literal["voluntary_purchase", "required_purchase"]

AMOUNT_ONLY: Final = frozenset({"salary", "bonus", "commission"})
"""Counted pay that is one sum; its hours are in the work lines."""
