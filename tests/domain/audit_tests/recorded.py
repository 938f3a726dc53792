"""Facts for audit tests, a line a visit or an event: London clock times, places in metres from a first door."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import polars as pl

from backend.domain.audit_tests import frames
from backend.domain.audit_tests.registry import BY_ID
from backend.domain.visit import VISIT_SCHEMA
from backend.statute.audit import audit_limits_on

DAY = date(2026, 11, 2)
LAT, LON = 52.06, -2.71
METRES_PER_DEGREE = 111_195.0
LIMITS = audit_limits_on(DAY).values


def at(clock: str, day: int = 0) -> datetime:
    """An instant of a winter's day in London, where clocks show UTC: "09:30" or "09:30:15"."""
    moment = datetime.fromisoformat(f"{DAY + timedelta(days=day)}T{clock}")
    return moment.replace(tzinfo=UTC)


def north(metres: float) -> float:
    """The latitude so many metres north of the first door."""
    return LAT + metres / METRES_PER_DEGREE


def visit(name: str, start: str | None, end: str | None, **other: Any) -> dict[str, Any]:
    """An attendance by carer Ann at a door `door` metres north of the first, planned as it was unless `plan` says."""
    day = other.pop("day", 0)
    actual = (start and at(start, day), end and at(end, day))
    plan = other.pop("plan", None) or (start or "09:00", end or "09:30")
    row = {
        "visit_id": name, "reference": name, "carer_id": "ann", "employment_id": "ann-1", "service_user_id": "bert",
        "contract_id": "council", "carers": 1, "status": "completed", "starts_at": at(plan[0], day),
        "planned_start": at(plan[0], day), "planned_end": at(plan[1], day), "actual_start": actual[0],
        "actual_end": actual[1], "recorded_start": actual[0], "recorded_end": actual[1], "corrected": False,
        "lat": north(other.pop("door", 0)), "lon": LON, "radius_m": 100.0, "last_fact_at": actual[1] or actual[0],
    }  # fmt: skip
    return {**dict.fromkeys(VISIT_SCHEMA), **row, **other}


def mark(kind: str, visit_id: str | None, clock: str, **other: Any) -> dict[str, Any]:
    """An event of Ann's phone, `away` metres north of the first door; inside its fence unless told otherwise."""
    moment = at(clock, other.pop("day", 0))
    place = north(other.pop("away")) if "away" in other else None
    row = {
        "event_row": f"{kind}/{visit_id}/{moment:%d%H%M%S}", "device_id": "phone", "carer_id": "ann", "kind": kind,
        "visit_id": visit_id, "at": moment, "shown_at": moment, "received_at": moment, "clock_flags": [],
        "fence": "inside", "distance_m": 10.0, "accuracy_m": 10.0, "fix_age_s": 0.0, "at_home": False, "reasons": [],
        "lat": place, "lon": None if place is None else LON,
    }  # fmt: skip
    return {**dict.fromkeys(frames.MARK_SCHEMA), **row, **other}


@dataclass
class Record:
    """What was recorded; empty but for what a test gives."""

    visits: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    phones: list[dict[str, Any]] = field(default_factory=list)
    absences: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    periods: list[dict[str, Any]] = field(default_factory=list)
    parked: list[dict[str, Any]] = field(default_factory=list)
    edits: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: list[dict[str, Any]] = field(default_factory=list)
    roundings: list[dict[str, Any]] = field(default_factory=list)

    def facts(self) -> frames.AuditFacts:
        """The record as frames."""
        schemas = {
            "visits": VISIT_SCHEMA, "marks": frames.MARK_SCHEMA, "phones": frames.PHONE_SCHEMA,
            "absences": frames.ABSENCE_SCHEMA, "lines": frames.BILL_LINE_SCHEMA,
            "periods": frames.BILLED_PERIOD_SCHEMA, "parked": frames.PARKED_SCHEMA, "edits": frames.EDIT_SCHEMA,
            "elsewhere": frames.ELSEWHERE_SCHEMA, "roundings": frames.ROUNDING_SCHEMA,
        }  # fmt: skip
        return frames.AuditFacts(
            **{name: pl.DataFrame(getattr(self, name), schema=schema) for name, schema in schemas.items()}
        )

    def flags(self, test: str, **limits: int) -> list[dict[str, Any]]:
        """The flags of one test, under the packaged limits or `limits` in their place."""
        judged = BY_ID[test].run(frames.evidence(self.facts()), msgspec.structs.replace(LIMITS, **limits))
        return judged.sort("at", "carer_id", "visit_id", nulls_last=True).to_dicts()

    def about(self, test: str, **limits: int) -> list[str | None]:
        """The visits that the flags of one test are about."""
        return [flag["visit_id"] for flag in self.flags(test, **limits)]


def recorded(*visits: dict[str, Any], **other: Any) -> Record:
    """A record of visits, each with a check-in and a check-out at its door unless `marks` gives them."""
    marks = other.pop("marks", None)
    if marks is None:
        marks = [
            replace_carer(
                mark(kind, one["visit_id"], f"{moment:%H:%M:%S}", day=(moment.date() - DAY).days), one
            )
            for one in visits
            for kind, moment in (("check_in", one["recorded_start"]), ("check_out", one["recorded_end"]))
            if moment is not None
        ]
    return replace(Record(**other), visits=list(visits), marks=marks)


def replace_carer(row: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """An event of the visit's own carer, on a phone of hers."""
    return {**row, "carer_id": one["carer_id"], "device_id": f"phone-{one['carer_id']}"}
