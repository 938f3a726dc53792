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
    """A calculator's name, what it does in a line, and the types of one case and one result."""

    name: str
    title: str
    case: type
    result: type
    judges_journeys: bool = False

    def answer(self, raw: bytes) -> bytes:
        """The result for JSON text as JSON text; an array for an array. Raises schemas.strict.Faulty."""
        calculate = getattr(import_module(f"backend.use_cases.calc_{self.name}"), f"calc_{self.name}")
        result: Any = calculate(raw, *([_estimator()] if self.judges_journeys else []))
        return json.dumps(result, ensure_ascii=False, indent=2).encode()


def _estimator() -> Any:
    return import_module("backend.use_cases.asked_journeys").configured_estimator()


CALCULATORS: Final = (
    Calculator("wage", "Test a worker's pay in one period against the minimum wage", WageCase, WageResult),
    Calculator("day", "Work out a carer's day: contact, travel, waiting, breaks", DayCase, DayResult, True),
    Calculator("pay", "Work out what the employer's terms pay for a day's time", PayCase, PayResult, True),
    Calculator("price", "Price visits under a contract and share the lines", PriceCase, PriceResult),
)
