"""Builders for tests of a carer's day, and what calc day answers on them. Times are those of 2 November 2026, UTC."""

import json
from typing import Any

from backend.use_cases.calc_day import calc_day
from schemas.strict import Faulty

HERE = {"lat": 52.0565, "lon": -2.716}
THERE = {"lat": 52.227, "lon": -2.738}
ELSEWHERE = {"lat": 51.914, "lon": -2.582}


def at(clock: str) -> str:
    """09:30 or 09:30:15 on the day; +02:00 on the day after, for times past midnight."""
    day = "2026-11-03" if clock.startswith("+") else "2026-11-02"
    clock = clock.removeprefix("+")
    return f"{day}T{clock if clock.count(':') == 2 else clock + ':00'}Z"


def span(start: str, end: str) -> dict[str, str]:
    return {"start": at(start), "end": at(end)}


def visit(name: str, start: str | None, end: str | None, place: Any = HERE, **more: Any) -> dict[str, Any]:
    """A completed visit; with one end null it is incomplete."""
    actual = {"start": start and at(start), "end": end and at(end)}
    return {"id": name, "place": place, "status": "completed", "actual": actual} | more


def activity(kind: str, start: str, end: str, place: Any = None) -> dict[str, Any]:
    return {"kind": kind, **span(start, end), "place": place}


def journey(start: str, end: str, minutes: int) -> dict[str, Any]:
    return {"from": start, "to": end, "estimate_minutes": minutes, "source": "given"}


def case(
    visits: list[Any], activities: list[Any] | None = None, journeys: list[Any] | None = None, **policy: Any
) -> dict[str, Any]:
    """One working day at a waiting limit of 60 minutes, with the policy given instead."""
    return {
        "carer": {"home": HERE, "mode": "car"},
        "date": "2026-11-02",
        "policy": {"waiting_limit_minutes": 60} | policy,
        "visits": visits,
        "activities": activities or [],
        "journeys": journeys or [],
    }


def answer(*args: Any, **policy: Any) -> Any:
    return calc_day(json.dumps(case(*args, **policy)).encode())


def told(result: Any) -> list[str]:
    """Segments as "09:00-09:30 contact", uncounted ones in brackets; seconds only where there are some."""
    return [_told(segment) for segment in result["segments"]]


def _told(segment: dict[str, Any]) -> str:
    kind = segment["kind"] if segment["counted"] else f"({segment['kind']})"
    return f"{_clock(segment['start'])}-{_clock(segment['end'])} {kind}"


def _clock(instant: str) -> str:
    return instant[11:19].removesuffix(":00")


def flags(result: Any) -> list[str]:
    return [flag["flag"] for flag in result["flags"]]


def pointers(data: Any) -> list[str]:
    """The pointers of the faults for which calc day refuses `data`; none if it answers."""
    try:
        calc_day(json.dumps(data).encode())
    except Faulty as refused:
        return [fault.pointer for fault in refused.faults]
    return []
