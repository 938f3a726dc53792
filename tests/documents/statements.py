"""A made-up statement with a visit of every kind."""

from decimal import Decimal
from typing import Any

import msgspec

from schemas.statements import PersonStatement

SPAN = {"start": "2026-11-02T09:00:00Z", "end": "2026-11-02T09:30:00Z"}


def visit(number: int, outcome: str, **changes: Any) -> dict[str, Any]:
    """A visit from nine to half past on the second, billed at £12.00 of which the person pays £2.40."""
    return {
        "visit": f"V{number}",
        "visit_id": f"00000000-0000-5000-8000-{number:012d}",
        "day": "2026-11-02",
        "service": "home_care",
        "outcome": outcome,
        "planned": SPAN,
        "expected": ["Ann"],
        "came": [],
        "price": "12.00",
        "own": "2.40",
        "billed_on": ["HEARTH-000001"],
    } | changes


def statement(**changes: Any) -> PersonStatement:
    """One visit of each outcome, shared by a council and the person."""
    came = [{"name": "Ann", "actual": {"start": "2026-11-02T09:04:10Z", "end": "2026-11-02T09:31:50Z"}}]
    visits = [
        visit(1, "made", came=came),
        visit(2, "missed", price="0.00", own="0.00"),
        visit(3, "refused", billed_on=[]),
        visit(
            4,
            "cancelled",
            cancelled_by="person",
            cancelled_at="2026-11-01T18:00:00Z",
            price="0.00",
            own="0.00",
        ),
        visit(5, "cancelled", cancelled_by="provider", price="0.00", own="0.00"),
        visit(6, "suspended", absence="hospital", price="0.00", own="0.00"),
        visit(7, "not_settled", price=None, own=None, billed_on=[]),
        visit(8, "to_come", day="2026-11-03", price=None, own=None, billed_on=[]),
        visit(9, "to_come", day="2026-11-03", expected=[], price=None, own=None, billed_on=[]),
    ]
    council = {"name": "Wyeshire Council", "reference": "wyeshire"}
    data = {
        "provider": {"name": "Hearth Care", "reference": "hearth", "address": "1 High Town\nHereford",
                     "postcode": "HR1 2AA", "email": "office@example.org"},
        "person": {"name": "Mr One", "reference": "S1", "address": "1 High Street", "postcode": "ZX1 1AA"},
        "commissioners": [council],
        "period": {"start": "2026-11-02", "end": "2026-11-08"},
        "as_of": "2026-11-03T07:00:00Z",
        "template_version": "1",
        "visits": visits,
        "payers": [
            {"name": "Mr One", "own": True, "net": "4.80", "amount": "4.80"},
            {"name": "Wyeshire Council", "own": False, "net": "19.20", "amount": "19.20"},
        ],
        "total": "24.00",
        "own": "4.80",
        "invoices": [
            {"number": "HEARTH-000002", "kind": "invoice", "to_pay": "4.80",
             "period": {"start": "2026-11-02", "end": "2026-11-08"}},
            {"number": "HEARTH-000003", "kind": "credit_note", "to_pay": "-1.00",
             "period": {"start": "2026-11-02", "end": "2026-11-08"}},
        ],
        "facts_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "simulated_clock": False,
    } | changes  # fmt: skip
    return msgspec.convert(data, PersonStatement, strict=False, dec_hook=_decoded)


def _decoded(kind: type, value: Any) -> Any:
    return Decimal(value) if kind is Decimal else value
