"""What the miles of a period would cost at the approved rates: a risk beside the wage test, never part of it.

Source: Income Tax (Earnings and Pensions) Act 2003, s.230: so much a mile for the first miles of a tax year by
car, less beyond them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from backend.domain.money import to_the_penny

_TAX_YEAR: Final = (4, 6)
UNITS_A_METRE: Final = 100_000
UNITS_A_HUNDREDTH_OF_A_MILE: Final = 1_609_344


@dataclass(frozen=True, slots=True)
class ApprovedRates:
    """Approved pounds a mile on London dates `since` to `until`; by car less beyond `first_miles` of a tax year."""

    id: str
    since: date
    until: date
    first_miles: int
    car: Decimal
    car_after: Decimal
    bicycle: Decimal


@dataclass(frozen=True, slots=True)
class ApprovedCost:
    """Pounds to the penny, half up, and the ids of the rates; `amount` null where no rate is approved."""

    amount: Decimal | None
    statute: tuple[str, ...]


def tax_year_start(day: date) -> date:
    """The sixth of April that begins the tax year of a day."""
    start = date(day.year, *_TAX_YEAR)
    return start if day >= start else date(day.year - 1, *_TAX_YEAR)


def hundredths_of_a_mile(metres: int) -> int:
    """Half up."""
    return (2 * metres * UNITS_A_METRE + UNITS_A_HUNDREDTH_OF_A_MILE) // (2 * UNITS_A_HUNDREDTH_OF_A_MILE)


def approved_cost(
    journeys: Iterable[tuple[date, int]], mode: str, before: int, known: Sequence[ApprovedRates]
) -> ApprovedCost:
    """What journeys (London date, metres) come to. `before`: hundredths of a mile earlier in the tax year."""
    ordered = sorted(journeys)
    total, used = Decimal(0), []
    for year, of_year in groupby(ordered, key=lambda journey: tax_year_start(journey[0])):
        driven = before if year == tax_year_start(ordered[0][0]) else 0
        for rates, metres in _by_rates(of_year, known):
            if rates is None or mode not in ("car", "bicycle"):
                return ApprovedCost(None, ())
            miles = hundredths_of_a_mile(metres)
            total += _cost(miles, mode, driven, rates)
            driven += miles
            used.append(rates.id)
    return ApprovedCost(to_the_penny(total), tuple(dict.fromkeys(used)))


def _by_rates(
    journeys: Iterable[tuple[date, int]], known: Sequence[ApprovedRates]
) -> list[tuple[ApprovedRates | None, int]]:
    def of(journey: tuple[date, int]) -> ApprovedRates | None:
        return next((rates for rates in known if rates.since <= journey[0] <= rates.until), None)

    return [(rates, sum(metres for _, metres in run)) for rates, run in groupby(journeys, key=of)]


def _cost(miles: int, mode: str, driven: int, rates: ApprovedRates) -> Decimal:
    if mode == "bicycle":
        return Decimal(miles) / 100 * rates.bicycle
    first = max(0, min(miles, rates.first_miles * 100 - driven))
    return (first * rates.car + (miles - first) * rates.car_after) / 100
