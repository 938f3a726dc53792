"""The minimum wage test of one worker, line by line in fractions.

It knows what the made-up county's payrolls use, and no more: National Minimum Wage Regulations 2015 (SI 2015/621),
regulations 6 to 13 and 30 to 35, and the rates from April 2024.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

Period = tuple[date, date]
"""First and last day, both included."""

RATES: Final = (
    (date(2026, 4, 1), {"main": "12.71", "18_to_20": "10.85", "under_18": "8.00", "apprentice": "8.00"}),
    (date(2025, 4, 1), {"main": "12.21", "18_to_20": "10.00", "under_18": "7.55", "apprentice": "7.55"}),
    (date(2024, 4, 1), {"main": "11.44", "18_to_20": "8.60", "under_18": "6.40", "apprentice": "6.40"}),
)
COUNTED_PAY: Final = ("hourly", "salary", "bonus", "commission")
REDUCING_DEDUCTIONS: Final = (
    "uniform", "tools", "meals", "admin_fee", "penalty_without_liability", "deposit", "voluntary_purchase",
    "other_employer",
)  # fmt: skip
REDUCING_EXPENDITURE: Final = (
    "uniform",
    "tools",
    "business_travel",
    "phone",
    "training",
    "required_equipment",
)


@dataclass(frozen=True, slots=True)
class Worker:
    """Whom the test is about: what decides the rate."""

    born: date | None
    apprenticeship_started: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a payslip. Money in pounds, `minutes` as paid."""

    section: str
    kind: str
    amount: Fraction | None = None
    minutes: Fraction | None = None
    rate: Fraction | None = None
    reimbursed: Fraction = Fraction(0)
    duties: str | None = None
    paid_on: date | None = None
    earned: Period | None = None

    @property
    def pounds(self) -> Fraction:
        """What the line comes to."""
        if self.amount is not None:
            return self.amount
        assert self.minutes is not None and self.rate is not None
        return self.minutes * self.rate / 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: exact pounds, and the shortfall as it is printed, in whole pence."""

    counted_seconds: int
    hourly: Fraction
    required: Fraction
    nmw_pay: Fraction
    shortfall: Fraction

    @property
    def short(self) -> bool:
        """Whether the worker was paid less than the minimum wage, by however little."""
        return self.shortfall > 0

    @property
    def pence_short(self) -> int:
        """Half up to the penny; a shortfall below half a penny is one penny."""
        return max(1, half_up(self.shortfall * 100)) if self.short else 0


def half_up(value: Fraction) -> int:
    """To the nearest whole number, halves upward."""
    return int((value + Fraction(1, 2)) // 1)


def minimum_rate(worker: Worker, first_day: date) -> Fraction:
    """Pounds an hour on the first day of the pay reference period. Raises LookupError before April 2024."""
    for since, rates in RATES:
        if since <= first_day:
            return Fraction(rates[_band(worker, first_day)])
    raise LookupError(f"no rate is written down here for {first_day}")


def _band(worker: Worker, day: date) -> str:
    assert worker.born is not None
    age = day.year - worker.born.year - ((day.month, day.day) < (worker.born.month, worker.born.day))
    began = worker.apprenticeship_started
    if began is not None and began <= day and (age < 19 or (day - began).days < 365):
        return "apprentice"
    return "under_18" if age < 18 else "18_to_20" if age < 21 else "main"


def reckon_wage(
    worker: Worker, period: Period, following: Period, counted_seconds: int, lines: Sequence[Line],
    hourly: Fraction | None = None,
) -> Verdict:  # fmt: skip
    """Test one worker in one pay reference period. `hourly` stands in for the table."""
    rate = minimum_rate(worker, period[0]) if hourly is None else hourly
    here = [line for line in lines if belongs(line, period, following)]
    pay = sum(
        (line.pounds for line in here if line.section == "pay" and line.kind in COUNTED_PAY), Fraction(0)
    )
    nmw_pay = pay - _premium(here) - _reductions(here)
    required = rate * counted_seconds / 3600
    return Verdict(counted_seconds, rate, required, nmw_pay, max(Fraction(0), required - nmw_pay))


def belongs(line: Line, period: Period, following: Period) -> bool:
    """Whether a payment counts in a period (regulation 9).

    Earned inside the period and paid in it or in the following one: yes. Otherwise it counts where it was paid.
    """
    if line.paid_on is None and line.earned is None:
        return True
    if line.earned is None or line.paid_on is None:
        only = line.paid_on or line.earned[0] if line.earned else line.paid_on
        return only is not None and _within(only, period)
    if _within(line.earned[0], period):
        return _within(line.paid_on, period) or _within(line.paid_on, following)
    length = period[1] - period[0] + timedelta(days=1)
    earned_just_before = period[0] - length <= line.earned[0] < period[0]
    return _within(line.paid_on, period) and not earned_just_before


def _within(day: date, period: Period) -> bool:
    return period[0] <= day <= period[1]


def _premium(lines: Sequence[Line]) -> Fraction:
    """What hourly pay exceeds the lowest rate for the same duties by (regulation 10(j))."""
    hourly = [line for line in lines if line.section == "pay" and line.kind == "hourly"]
    excess = Fraction(0)
    for line in hourly:
        lowest = min(_rate(other) for other in hourly if other.duties == line.duties)
        excess += line.pounds - lowest * (line.minutes or 0) / 60
    return excess


def _rate(line: Line) -> Fraction:
    if line.rate is not None:
        return line.rate
    assert line.minutes
    return line.pounds * 60 / line.minutes


def _reductions(lines: Sequence[Line]) -> Fraction:
    taken = Fraction(0)
    for line in lines:
        if line.section == "deduction" and line.kind in REDUCING_DEDUCTIONS:
            taken += line.pounds
        if line.section == "expenditure" and line.kind in REDUCING_EXPENDITURE:
            taken += max(Fraction(0), line.pounds - line.reimbursed)
    return taken
