"""What stands beside a made-up wage report: one worker's, and the report's."""

from typing import Any

Data = dict[str, Any]

BESIDE: Data = {
    "pay": {
        "paid": "1271.00",
        "paid_counts": "1261.00",
        "lawful": "1461.65",
        "expected": "1461.65",
        "expected_counts": "1461.65",
        "expected_mileage": "45.00",
        "paid_less_expected": "-190.65",
        "expected_counts_less_lawful": "0.00",
        "paid_counts_less_lawful": "-200.65",
        "terms": ["standard from 2026-04-01"],
        "lines": [
            {
                "kind": "hourly",
                "work": "contact",
                "enhancement": None,
                "minutes": "6000",
                "rate": "12.71",
                "amount": "1271.00",
                "rule": "pay-contact-actual",
            }
        ],
        "unpaid": [{"work": "break", "minutes": "45", "rule": "pay-not-worked"}],
    },
    "mileage": [
        {
            "mode": "car",
            "miles": "120.5",
            "miles_before": None,
            "paid": "30.00",
            "paid_per_mile": "0.249",
            "approved": "66.28",
            "risk": "36.28",
            "statute": ["mileage-2026-04-06"],
            "sources": ["straight_line"],
        }
    ],
    "unclassified": [
        {
            "element": "BONUS2",
            "description": "Winter bonus",
            "amount": "50.00",
            "units": None,
            "paid_on": "2026-05-07",
            "reason": "the mapping does not say what this element is",
        }
    ],
    "shortfall_if_counted": "150.65",
    "standards": [
        {
            "reference": "rlw",
            "name": "Real Living Wage",
            "required_by": "wyeshire",
            "met": False,
            "shortfall": "285.75",
            "met_together": None,
            "shortfall_together": None,
            "rule": "standard-hourly",
        },
        {
            "reference": "travel",
            "name": "Travel as contact",
            "required_by": None,
            "met": None,
            "shortfall": None,
            "rule": "contract-travel-rate",
            "reason": "the payroll does not say",
        },
    ],
    "together": {
        "nmw_pay": "1200.00",
        "premium_excluded": "61.00",
        "shortfall": "261.65",
        "compliant": False,
    },
}
REPORT_BESIDE: Data = {
    "expected": "1461.65",
    "paid_of_expected": "1271.00",
    "paid": "2732.65",
    "lawful": "2923.30",
    "without_terms": 1,
    "mileage_risk": "36.28",
    "unclassified_lines": 1,
    "unclassified_amount": "50.00",
    "duties_matter": 1,
    "shortfall_together": "261.65",
    "standards_not_met": 1,
    "rolled_up_holiday_pay": 0,
    "mapping": [
        {
            "element": "BASIC",
            "from": "2026-04-01",
            "version": 1,
            "section": "pay",
            "kind": "hourly",
            "duties": "contact",
            "note": None,
        }
    ],
}
