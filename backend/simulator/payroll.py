"""What each provider's payroll pays for a pay reference period, and what it takes off: the lines of the payslips.

One provider pays all time, one contact time alone, one contact and travel. A few carers stand at the edges of the test.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final

from backend.simulator.model import Carer, County, Provider
from backend.simulator.truth.wage import Line, Worker, half_up, minimum_rate

PAYDAY_AFTER: Final = timedelta(days=5)
YOUNG_RATES: Final = {"18_to_20": "11.20", "apprentice": "8.60"}
RATES: Final = {
    "all_time": {
        "contact": "13.00",
        "travel": "13.00",
        "waiting": "13.00",
        "other": "13.00",
        "awake": "13.00",
    },
    "contact_only": {"contact": "13.40"},
    "contact_and_travel": {"contact": "12.90", "travel": "12.71"},
}
"""Pounds an hour for each kind of time; a kind left out is not paid."""
SLEEP_IN: Final = "50.00"


@dataclass(frozen=True, slots=True)
class PaySlipLine:
    """One line of a payslip as it is loaded. Money and minutes are decimal text."""

    provider: str
    employment: str
    section: str
    kind: str
    paid_on: date
    earned: tuple[date, date]
    reference: str
    amount: str | None = None
    minutes: str | None = None
    rate: str | None = None
    reimbursed: str | None = None

    def as_truth(self) -> Line:
        """The same line in fractions, for the reckoning."""
        return Line(
            self.section, self.kind, _fraction(self.amount), _fraction(self.minutes), _fraction(self.rate),
            _fraction(self.reimbursed) or Fraction(0), None, self.paid_on, self.earned,
        )  # fmt: skip


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def payday(pay_cycle: str, period: tuple[date, date]) -> date:
    """When a period is paid: a month on its last day, shorter periods five days after."""
    return period[1] if pay_cycle.startswith("monthly") else period[1] + PAYDAY_AFTER


def pay_run(
    county: County, provider: Provider, period: tuple[date, date], worked: Mapping[str, Counter[str]]
) -> list[PaySlipLine]:
    """The payslip lines of one provider for one period. `worked`: seconds by label, by employment."""
    carers = [carer for carer in county.carers if carer.provider == provider.reference]
    return [line for carer in carers for line in _payslip(provider, carer, period, worked[carer.employment])]


def _payslip(
    provider: Provider, carer: Carer, period: tuple[date, date], seconds: Counter[str]
) -> Iterator[PaySlipLine]:  # fmt: skip
    if not any(seconds.values()) or carer.quirk == "unpaid_yet":
        return
    for number, values in enumerate(_lines(provider, carer, period[0], seconds), start=1):
        section, kind, money = values
        yield PaySlipLine(
            provider.reference, carer.employment, section, kind, payday(provider.pay_cycle, period), period,
            f"{carer.employment}-{period[0]}-{number}", **money,
        )  # fmt: skip


def _lines(
    provider: Provider, carer: Carer, first_day: date, seconds: Counter[str]
) -> Iterator[tuple[str, str, dict[str, str]]]:
    worker = Worker(carer.born, carer.apprenticeship_started)
    minimum = minimum_rate(worker, first_day)
    if carer.quirk in ("exactly_minimum", "penny_short"):
        yield "pay", "hourly", _at_the_edge(carer, minimum, seconds)
    else:
        yield from _hourly(provider, minimum, seconds)
    if carer.quirk == "premium":
        yield "pay", "premium", {"amount": "25.00"}
    if carer.quirk == "uniform":
        yield "deduction", "uniform", {"amount": "15.00"}
    if carer.quirk == "own_petrol":
        yield "expenditure", "business_travel", {"amount": "48.60", "reimbursed": "10.00"}
    if seconds["sleep_in"]:
        yield "pay", "sleep_in_allowance", {"amount": SLEEP_IN}
    if carer.quirk != "own_petrol":
        yield "pay", "mileage", {"amount": _pounds(Fraction(seconds["travel"], 3600) * 9)}
    yield "deduction", "tax", {"amount": "12.00"}


def _hourly(
    provider: Provider, minimum: Fraction, seconds: Counter[str]
) -> Iterator[tuple[str, str, dict[str, str]]]:  # fmt: skip
    """A line for each kind of time that is paid. All time is paid by the full minute, contact by the nearest."""
    young = {Fraction("10.85"): YOUNG_RATES["18_to_20"], Fraction("8.00"): YOUNG_RATES["apprentice"]}.get(
        minimum
    )
    for kind, rate in RATES[provider.pays].items():
        minutes = Fraction(seconds[kind], 60)
        whole = ceil(minutes) if provider.pays == "all_time" else half_up(minutes)
        if whole:
            yield "pay", "hourly", {"minutes": str(whole), "rate": young or rate}


def _at_the_edge(carer: Carer, minimum: Fraction, seconds: Counter[str]) -> dict[str, str]:
    """One sum for all time: the least that is enough, in whole pence, or a penny less."""
    counted = sum(seconds[kind] for kind in RATES["all_time"])
    pence = ceil(minimum * counted * 100 / 3600) - (1 if carer.quirk == "penny_short" else 0)
    return {"amount": f"{Decimal(pence) / 100:.2f}", "minutes": str(ceil(Fraction(counted, 60)))}


def _pounds(value: Fraction) -> str:
    return f"{Decimal(half_up(value * 100)) / 100:.2f}"
