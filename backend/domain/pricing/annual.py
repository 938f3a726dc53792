"""Annual uplifts: the rates of a contract, cut where an uplift begins and raised from there on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from backend.domain.money import half_up, micropounds, millionths, pounds
from schemas.contract import AnnualUplift, Contract, Rate

_HUNDRED_PERCENT = 100_000_000
_MICROPOUNDS_A_PENNY = 10_000


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate as it is charged on its dates; `raised` by an annual uplift, or as the contract wrote it."""

    rate: Rate
    raised: bool


def dated_rates(contract: Contract) -> list[DatedRate]:
    """The contract's rates, each in as many pieces as annual uplifts fall into its dates.

    An uplift raises a rate that was in force the day before; a rate that begins on that day or later stays as written.
    Every uplift rounds to the whole penny, half up, and the next one begins from there.
    """
    uplifts = sorted(contract.annual_uplifts, key=lambda uplift: uplift.from_)
    return [piece for rate in contract.rates for piece in _pieces(rate, uplifts)]


def _pieces(rate: Rate, uplifts: Sequence[AnnualUplift]) -> Iterator[DatedRate]:
    current, raised = rate, False
    for uplift in uplifts:
        if current.from_ < uplift.from_ <= (current.until or date.max):
            yield DatedRate(replace(current, until=uplift.from_ - timedelta(days=1)), raised)
            current, raised = _raised(current, uplift), True
    yield DatedRate(current, raised)


def _raised(rate: Rate, uplift: AnnualUplift) -> Rate:
    prices = {minutes: _more(price, uplift.percent) for minutes, price in rate.visit_prices.items()}
    hourly = _more(rate.hourly, uplift.percent)
    return replace(rate, from_=uplift.from_, hourly=hourly, visit_prices=prices)


def _more(price: Decimal, percent: Decimal) -> Decimal:
    exact = micropounds(price) * (_HUNDRED_PERCENT + millionths(percent, "per cent"))
    return pounds(half_up(exact, _HUNDRED_PERCENT * _MICROPOUNDS_A_PENNY))
