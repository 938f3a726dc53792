"""The four public calculators by name. Each is loaded when it is first used, so that a command starts quickly."""

import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from schemas.day import DayCase, DayResult
from schemas.pay import PayCase, PayResult
from schemas.price import PriceCase, PriceResult
from schemas.wage import WageCase, WageResult


@dataclass(frozen=True, slots=True)
class Calculator:
    """A calculator's name, what it does in a line, the types of one case and one result, and a short case as JSON."""

    name: str
    title: str
    case: type
    result: type
    example: str
    judges_journeys: bool = False

    def answer(self, raw: bytes) -> bytes:
        """The result for JSON text as JSON text; an array for an array. Raises schemas.strict.Faulty."""
        calculate = getattr(import_module(f"backend.use_cases.calc_{self.name}"), f"calc_{self.name}")
        result: Any = calculate(raw, *([_estimator()] if self.judges_journeys else []))
        return json.dumps(result, ensure_ascii=False, indent=2).encode()


def _estimator() -> Any:
    return import_module("backend.use_cases.asked_journeys").configured_estimator()


_WAGE: Final = """\
{"period": {"start": "2026-11-02", "end": "2026-11-08"}, "worker": {"date_of_birth": "1990-05-03"},
 "work": [{"kind": "contact", "minutes": 1500}, {"kind": "travel", "minutes": 300}],
 "pay": [{"kind": "hourly", "minutes": 1500, "rate": "13.00"}]}"""
_DAY: Final = """\
{"carer": {"mode": "car"}, "date": "2026-11-02",
 "visits": [{"id": "a", "place": {"lat": 52.05, "lon": -2.71}, "status": "completed",
   "actual": {"start": "2026-11-02T09:00:00Z", "end": "2026-11-02T09:30:00Z"}},
  {"id": "b", "place": {"lat": 52.09, "lon": -2.73}, "status": "completed",
   "actual": {"start": "2026-11-02T09:50:00Z", "end": "2026-11-02T10:20:00Z"}}],
 "journeys": [{"from": "a", "to": "b", "estimate_minutes": 12, "source": "given"}]}"""
_PAY: Final = f"""\
{{"terms": {{"rates": {{"contact": "13.00", "travel": "12.71"}}, "mileage_per_mile": {{"car": "0.45"}}}},
 "miles": 4, "days": [
{_DAY}]}}"""
_PRICE: Final = """\
{"contract": {"reference": "HC-01", "pay_basis": "actual", "rounding": {"minutes": 15, "mode": "nearest"},
  "rates": [{"service": "home_care", "zone": "urban", "from": "2026-04-01", "hourly": "25.20"}],
  "missed": {"percent": "0"}, "refused": {"percent": "100"},
  "cancelled": {"notice_hours": 24, "percent_if_late": "100"},
  "funding": [{"payer": "wyeshire", "percent": "100"}]},
 "visits": [{"id": "v1", "service": "home_care", "zone": "urban", "status": "completed",
  "planned": {"start": "2026-11-02T09:00:00Z", "end": "2026-11-02T09:30:00Z"},
  "actual": {"start": "2026-11-02T09:02:00Z", "end": "2026-11-02T09:41:00Z"}}]}"""

CALCULATORS: Final = (
    Calculator("wage", "Test a worker's pay in one period against the minimum wage", WageCase, WageResult, _WAGE),
    Calculator("day", "Work out a carer's day: contact, travel, waiting, breaks", DayCase, DayResult, _DAY, True),
    Calculator("pay", "Work out what the employer's terms pay for a day's time", PayCase, PayResult, _PAY, True),
    Calculator("price", "Price visits under a contract and share the lines", PriceCase, PriceResult, _PRICE),
)  # fmt: skip
