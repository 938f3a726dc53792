"""Builders for pricing tests: a plain contract and visit, and what calc price answers on them."""

import json
from typing import Any

from backend.use_cases.calc_price import calc_price
from schemas.strict import Faulty

CONTRACT: dict[str, Any] = {
    "reference": "HC-01",
    "pay_basis": "actual",
    "tolerance_minutes": 0,
    "cap_at_planned": False,
    "rounding": {"minutes": 1, "mode": "none"},
    "minimum_minutes": 0,
    "rates": [
        {"service": "home_care", "zone": "rural", "from": "2026-04-06", "until": None, "hourly": "24.00"}
    ],
    "uplifts": [],
    "missed": {"percent": "0"},
    "refused": {"percent": "100"},
    "cancelled": {"notice_hours": 24, "percent_if_late": "100"},
    "funding": [{"payer": "council", "percent": "100"}],
}


def contract(**changes: Any) -> dict[str, Any]:
    """A contract at £24 an hour for actual minutes, with the terms given instead."""
    return CONTRACT | changes


def span(start: str, end: str, day: str = "2026-11-02", offset: str = "Z") -> dict[str, str]:
    """Two clock times (HH:MM or HH:MM:SS) of one day as a planned or actual span."""
    return {"start": _instant(day, start, offset), "end": _instant(day, end, offset)}


def _instant(day: str, clock: str, offset: str) -> str:
    return f"{day}T{clock if clock.count(':') == 2 else clock + ':00'}{offset}"


def visit(**changes: Any) -> dict[str, Any]:
    """A completed visit, planned and made 09:00 to 09:30 on Monday 2 November 2026, with the fields given instead."""
    usual = {
        "id": "v1",
        "service": "home_care",
        "zone": "rural",
        "status": "completed",
        "carers": 1,
        "planned": span("09:00", "09:30"),
        "actual": span("09:00", "09:30"),
    }
    return usual | changes


def answer(terms: dict[str, Any], *visits: dict[str, Any], bank_holidays: list[str] | None = None) -> Any:
    """What calc price answers on visits under a contract."""
    case: dict[str, Any] = {"contract": terms, "bank_holidays": bank_holidays or [], "visits": list(visits)}
    return calc_price(json.dumps(case).encode())


def line(terms: dict[str, Any], one: dict[str, Any], **more: Any) -> Any:
    """The only line of the answer on one visit."""
    result = answer(terms, one, **more)
    assert result["findings"] == []
    assert len(result["lines"]) == 1
    return result["lines"][0]


def pointers(case: Any) -> list[str]:
    """Where calc price finds fault with a case; empty if it answers."""
    try:
        calc_price(json.dumps(case).encode())
    except Faulty as refusal:
        return [fault.pointer for fault in refusal.faults]
    return []
