"""Builders for minimum wage tests: a plain case, what calc wage answers on it, and what it refuses."""

import json
from datetime import date
from typing import Any

from backend.use_cases.calc_wage import calc_wage
from schemas.strict import Faulty

TODAY = date(2026, 11, 21)
APRIL = {"start": "2026-04-01", "end": "2026-04-30"}
WEEK = {"start": "2026-06-01", "end": "2026-06-07"}


def case(**changes: Any) -> dict[str, Any]:
    """An adult with ten hours of contact time in April 2026, paid a salary of £127.10: exactly the minimum."""
    plain: dict[str, Any] = {
        "worker": {"date_of_birth": "1990-01-01"},
        "period": APRIL,
        "work": [{"kind": "contact", "minutes": 600}],
        "pay": [{"kind": "salary", "amount": "127.10"}],
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


def answer(**changes: Any) -> dict[str, Any]:
    """What calc wage says on the plain case with the changes."""
    result = calc_wage(json.dumps(case(**changes)), TODAY)
    assert isinstance(result, dict)
    return result


def answers(*many: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """What calc wage says on plain cases asked together: each with its own changes besides those of all."""
    results = calc_wage(json.dumps([case(**changes, **own) for own in many]), TODAY)
    assert isinstance(results, list)
    return results


def pointers(data: object) -> set[str]:
    """Where calc wage finds faults in the data; empty if it finds none."""
    return {fault.pointer for fault in faults(data)}


def faults(data: object) -> list[Any]:
    """The faults calc wage finds in the data."""
    try:
        calc_wage(json.dumps(data), TODAY)
    except Faulty as error:
        return list(error.faults)
    return []


def paid(*lines: dict[str, Any], **changes: Any) -> str:
    """What counts of the payments, as printed."""
    counted: str = answer(pay=list(lines), **changes)["nmw_pay"]
    return counted


def hourly(minutes: int | str, rate: str, **more: Any) -> dict[str, Any]:
    return {"kind": "hourly", "minutes": minutes, "rate": rate, **more}


def salary(amount: str, **more: Any) -> dict[str, Any]:
    return {"kind": "salary", "amount": amount, **more}


def span(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}
