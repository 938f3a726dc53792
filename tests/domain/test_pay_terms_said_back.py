"""Pay terms in plain English."""

from typing import Any

from backend.domain.pay_terms.explain import explain
from schemas.pay import PayTerms
from schemas.strict import decode


def said(**terms: Any) -> list[str]:
    decoded = decode(PayTerms, {"rates": {}, **terms})
    assert decoded.value is not None, decoded.faults
    return explain(decoded.value)


def test_every_term_is_said_in_the_order_it_is_worked_out() -> None:
    found = said(
        rates={"contact": "13.00", "travel": "12.715", "break": "6", "sleep_in_flat": "55.00"},
        contact_basis="longer",
        paid_gap_limit_minutes="90",
        rounding={"minutes": "5", "mode": "nearest"},
        enhancements=[
            {"name": "weekend", "days": ["sat", "sun"], "multiplier": "1.50"},
            {"name": "night", "days": ["bank_holiday"], "from": "22:00", "until": "06:00", "per_hour": "2"},
        ],
        mileage_per_mile={"car": "0.45", "walk": "0.1"},
    )
    assert found == [
        "Time with people: £13.00 an hour, as long as the visit was planned or really was, whichever is longer.",
        "Travel between visits: £12.715 an hour.",
        "Breaks: £6.00 an hour.",
        "Each visit, travel, wait and piece of other work is rounded to the nearest multiple of 5 minutes, a "
        "half going up.",
        "Not paid by the hour: waiting between visits, training, supervision, meeting, handover, time awake on a "
        "sleep-in.",
        "Where more than 90 minutes between two visits are not recorded as other work, not paid: travel between "
        "visits. What was recorded itself is paid.",
        "Sleep-ins: £55.00 each.",
        "Enhancement weekend, on Saturdays and Sundays: the rate times 1.5.",
        "Enhancement night, on bank holidays starting from 22:00 until before 06:00: the rate plus £2.00 an hour.",
        "Mileage: £0.45 a mile by car, £0.10 a mile on foot.",
    ]


def test_what_the_terms_leave_out_is_said_too() -> None:
    found = said()
    assert found[0].startswith("Not paid by the hour: time with people, travel between visits, waiting")
    assert found[1:] == ["Sleep-ins: no flat sum.", "Mileage: none."]


def test_a_gap_without_a_limit_is_paid_however_long() -> None:
    found = said(
        rates={"contact": "13", "travel": "13", "waiting": "12.71"}, rounding={"seconds": 7, "mode": "up"}
    )
    assert (
        "Paid however long the time between two visits is: travel between visits and waiting between visits."
        in found
    )
    assert (
        "Each visit, travel, wait and piece of other work is rounded up to a multiple of 7 seconds." in found
    )
