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

    def answer(self, raw: bytes) -> bytes:
        """The result for JSON text as JSON text; an array for an array. Raises schemas.strict.Faulty."""
        module = import_module(f"backend.use_cases.calc_{self.name}")
        result: Any = getattr(module, f"calc_{self.name}")(raw)
        return json.dumps(result, ensure_ascii=False, indent=2).encode()


CALCULATORS: Final = (
    Calculator("wage", "Test a worker's pay in one period against the minimum wage", WageCase, WageResult),
    Calculator("day", "Work out a carer's day: contact, travel, waiting, breaks", DayCase, DayResult),
    Calculator("pay", "Work out what the employer's terms pay for a day's time", PayCase, PayResult),
    Calculator("price", "Price visits under a contract and share the lines", PriceCase, PriceResult),
)
