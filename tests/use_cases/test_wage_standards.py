"""Whether travel is paid as contact is: exact, and never missed by what a payslip rounds."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backend.use_cases.calc_wage import wage_results
from backend.use_cases.wage_standards import standard_verdicts
from schemas.beside import StandardVerdict
from schemas.wage import PayLine, Period, WageCase, Worker, WorkLine

TODAY = date(2026, 11, 21)
TRAVEL = {"reference": "travel", "name": "Travel as contact", "required_by": None, "hourly": None}


def verdict(seconds: int, *pay: dict[str, Any]) -> StandardVerdict:
    """Of a month with so many seconds of travel."""
    case = WageCase(
        period=Period(start=date(2026, 11, 1), end=date(2026, 11, 30)),
        worker=Worker(date_of_birth=date(1990, 1, 1)),
        work=[WorkLine(kind="travel", seconds=seconds)],
        pay=[PayLine(kind="hourly", **line) for line in pay],
    )
    [result] = wage_results([case], TODAY)
    [found] = standard_verdicts([TRAVEL], case, result, result)
    return found


@pytest.mark.parametrize("minutes", [74, 420, 1571])
def test_a_rate_that_does_not_come_out_even_leaves_no_penny_missing(minutes: int) -> None:
    paid = {"amount": Decimal("12.50"), "minutes": Decimal(minutes)}
    found = verdict(minutes * 60, {**paid, "duties": "contact"}, {**paid, "duties": "travel"})
    assert (found.met, found.shortfall) == (True, Decimal("0.00"))


def test_travel_at_the_rate_of_contact_meets_it_though_the_payslip_rounds() -> None:
    rate = Decimal("12.71")
    contact = {"rate": rate, "minutes": Decimal(6000), "duties": "contact"}
    travel = {"rate": rate, "minutes": Decimal("922.2"), "duties": "travel"}
    assert verdict(55_332, contact, travel).met
    assert (short := verdict(55_333, contact, travel)).met is False
    assert short.shortfall == Decimal("0.01")
